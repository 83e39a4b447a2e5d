"""Tag library of the interface kit. `{% load jalons %}`, then see the page /composants/ for each tag in every state."""

from django import forms, template
from django.forms.boundfield import BoundField
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from config import clock
from config.ui import dates, phones
from config.ui import forms as ui_forms
from config.ui.charts import Chart
from config.ui.icons import ICONS

register = template.Library()

TONES = frozenset({"neutral", "info", "progress", "success", "warning", "danger"})
TONE_ICONS = {
    "neutral": "circle",
    "info": "info-circle",
    "progress": "progress",
    "success": "circle-check",
    "warning": "alert-triangle",
    "danger": "alert-circle",
}
# Django's message levels, in the tones of the kit.
MESSAGE_TONES = {
    "debug": "neutral",
    "info": "info",
    "success": "success",
    "warning": "warning",
    "error": "danger",
}
THEMES = frozenset({"light", "dark"})


# --- icons, states -----------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon of the sprite. Decorative unless `label` is given. Raises ValueError on an unknown name."""
    if name not in ICONS:
        raise ValueError(f"unknown icon « {name} »: add it to config/ui/icons.py and run `make assets`")
    sprite = static("vendor/icons.svg")
    described = (
        format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon {}" {} focusable="false" width="20" height="20"><use href="{}#{}"></use></svg>',
        css,
        described,
        sprite,
        name,
    )


def check_tone(tone: str) -> str:
    if tone not in TONES:
        raise ValueError(f"unknown tone « {tone} », expected one of {sorted(TONES)}")
    return tone


@register.inclusion_tag("components/state_badge.html")
def state_badge(label: str, tone: str = "neutral", icon: str = "") -> dict:
    """A state: colour, icon and word together, so that colour alone never carries the meaning."""
    return {"label": label, "tone": check_tone(tone), "icon": icon or TONE_ICONS[tone]}


@register.inclusion_tag("components/alert.html")
def alert(text: str, tone: str = "info", title: str = "", url: str = "", link: str = "") -> dict:
    """A note inside the page: what is the matter and, with `url` and `link`, what to do."""
    icon = TONE_ICONS[check_tone(tone)]
    return {"text": text, "tone": tone, "title": title, "url": url, "link": link, "icon": icon}


@register.filter
def message_tone(level_tag: str) -> str:
    """Tone of a Django message from its `level_tag`."""
    return MESSAGE_TONES.get(level_tag, "info")


@register.filter
def tone_icon(tone: str) -> str:
    return TONE_ICONS[check_tone(tone)]


@register.simple_tag(takes_context=True)
def theme_attribute(context) -> SafeString:
    """`data-bs-theme` of the page: the reader's choice, nothing when the system decides."""
    request = context.get("request")
    chosen = request.COOKIES.get("jalons_theme", "") if request else ""
    return format_html(' data-bs-theme="{}"', chosen) if chosen in THEMES else SafeString("")


@register.filter
def acts_as(actor, membership) -> bool:
    """Whether the page is read under this membership."""
    return (actor.role, actor.organisation) == (membership.role, membership.organisation)


# --- a person's file -----------------------------------------------------------------------------------


@register.inclusion_tag("components/milestones.html")
def milestones(items, label: str = "Étapes du parcours") -> dict:
    """Line of milestones. Items: `label`, `date` (or None), `status` (`done`, `current`, `todo`), `note`."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/action_list.html", takes_context=True)
def action_list(context, actions) -> dict:
    """What can be done next. Items: `label`, `url`, `is_possible`, and `icon`, `is_primary`, `is_post`,
    `fields` (hidden values of a POST); when impossible `why`, `remedy`, `remedy_url`."""
    return {"actions": actions, "csrf_token": context.get("csrf_token", "")}


@register.inclusion_tag("components/timeline.html")
def timeline(entries, filters=(), title: str = "Historique", level: int = 2) -> dict:
    """Events of a file, newest first. Entries: `occurred_on`, `title`, and optionally `detail`, `who`,
    `organisation`, `recorded_at`, `origin` (`declared`, `imported`, `deduced`), `icon`, `tone`, `is_annulled`,
    `annulled_by`, `annulled_on`, `annulled_reason`, `actions` (`label`, `url`).
    Filters: `label`, `url`, `is_active`, `count`."""
    return {"entries": entries, "filters": filters, "title": title, "level": level}


@register.filter
def origin_label(origin: str) -> str:
    return {"declared": "déclaré", "imported": "importé", "deduced": "déduit par Jalons"}.get(origin, origin)


@register.filter
def origin_icon(origin: str) -> str:
    return {"imported": "database-import", "deduced": "bolt"}.get(origin, "pencil")


# --- lists and figures ---------------------------------------------------------------------------------


#: What a line of the pile may lack.
LINE = dict.fromkeys(
    ("url", "tone", "urgency", "kind", "key", "holder", "defer_url", "defer_key", "post_url", "entrust_url"),
    "",
)


@register.inclusion_tag("components/pile.html", takes_context=True)
def pile(context, lines, label: str = "Décisions attendues", choices=()) -> dict:
    """Lines of the day's pile. Items: `person`, `url`, `why`, `due_at`, `tone`, `urgency` (text; computed from
    `due_at` when absent), `kind`, `holder` (who has taken it), `actions` (as `action_list`), `key` (DOM id).

    A line with `defer_url` (the page), `post_url` and `defer_key` can be put off until one of `choices` (`code`,
    `label`); with `entrust_url` it can be entrusted."""
    return {
        "lines": [LINE | line for line in lines],
        "label": label,
        "choices": choices,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("components/stat.html")
def stat(label: str, value, hint: str = "", tone: str = "neutral", url: str = "", icon: str = "") -> dict:
    """One figure with its word. `tone` other than neutral adds an icon."""
    shown = value if isinstance(value, str) else dates.number(value)
    mark = icon or (TONE_ICONS[tone] if check_tone(tone) != "neutral" else "")
    return {"label": label, "value": shown, "hint": hint, "tone": tone, "url": url, "icon": mark}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str, text: str = "", icon: str = "circle-check", url: str = "", link: str = ""
) -> dict:
    """Nothing to show, said plainly, with what to do instead."""
    return {"title": title, "text": text, "icon": icon, "url": url, "link": link}


@register.simple_block_tag(takes_context=True)
def data_table(
    context, content, caption: str, headers, key: str = "table", bulk: bool = False, hide_caption=False
):
    """A list. The block holds the `<tr>` rows; each `<td>` carries `data-label`, which phones show as a card.

    `headers` come from `config.ui.tables.headers`; `bulk` adds a first column for the row check boxes.
    """
    return template.loader.render_to_string(
        "components/data_table.html",
        {
            "rows": content,
            "caption": caption,
            "headers": headers,
            "key": key,
            "bulk": bulk,
            "hide_caption": hide_caption,
        },
    )


@register.inclusion_tag("components/pager.html")
def pager(
    shown: int, total=None, previous_url: str = "", next_url: str = "", noun: str = "ligne,lignes"
) -> dict:
    """Keyset pages: « précédents » and « suivants » only. `total` may be None where counting costs too much."""
    return {
        "shown": dates.count(shown, noun),
        "total": total,
        "previous_url": previous_url,
        "next_url": next_url,
    }


@register.inclusion_tag("components/seats.html")
def seats(held: int, capacity: int, expected=None) -> dict:
    """Gauge of a session: « 7 tenues sur 12 », with the expected number when known."""
    ratio = min(100, round(100 * held / capacity)) if capacity else 0
    return {
        "held": held,
        "capacity": capacity,
        "left": max(0, capacity - held),
        "ratio": ratio,
        "expected": None if expected is None else dates.number(expected, 1),
        "expected_x": None if expected is None or not capacity else min(99, round(100 * expected / capacity)),
        "is_over": held > capacity,
    }


@register.inclusion_tag("components/data_age.html")
def data_age(at, by: str = "", stale_after_days: int = 7) -> dict:
    """Age of a figure: « déclaré par AFPA, il y a 2 j »; marked when older than `stale_after_days`."""
    is_stale = bool(at) and (clock.today() - dates.as_day(at)).days > stale_after_days
    # In a page of the past, today's figure may be younger than the day that is read.
    is_later = bool(at) and dates.as_day(at) > clock.today()
    age = f"le {dates.day(at)}" if is_later else dates.ago(at, clock.now())
    return {"at": at, "by": by, "age": age, "is_stale": is_stale}


@register.inclusion_tag("components/chart.html")
def chart(chart: Chart, level: int = 2) -> dict:
    """A chart (`config.ui.charts.Chart`) whose title is its finding, with the table behind."""
    return {"chart": chart, "payload": chart.payload(), "level": level}


@register.inclusion_tag("components/alert_card.html", takes_context=True)
def alert_card(context, card) -> dict:
    """An alert with its life. Keys: `title`, `tone`, `state`, `state_tone`, `text`, `since`, `owner`, `url`,
    `actions` (as `action_list`)."""
    return {"card": card, "csrf_token": context.get("csrf_token", "")}


# --- background work, imports ---------------------------------------------------------------------------


@register.inclusion_tag("components/job.html")
def job(job) -> dict:
    """Progress of background work, polled by htmx until it ends. Keys: `key`, `label`, `state` (`waiting`,
    `running`, `done`, `failed`), `done`, `total`, `poll_url`, `result_url`, `message`. Put `job_refresh` in
    the `head` block so that the page also advances without JavaScript."""
    percent = round(100 * job["done"] / job["total"]) if job.get("total") else None
    is_running = job["state"] in ("waiting", "running")
    return {"job": job, "percent": percent, "is_running": is_running}


@register.simple_tag
def job_refresh(job) -> SafeString:
    """Reload of the whole page every 3 s while the job runs, only where JavaScript is off."""
    if job["state"] not in ("waiting", "running"):
        return SafeString("")
    return SafeString('<noscript><meta http-equiv="refresh" content="3"></noscript>')


@register.inclusion_tag("components/verdicts.html")
def verdicts(items, level: int = 3) -> dict:
    """Report of an import, worst first. Items: `severity` (`rejected`, `warning`, `completeness`), `place`
    (« ligne 12, colonne date_entree »), `message`, `remedy`, `value`."""
    groups = [
        ("rejected", "Rejeté", "danger", "circle-x"),
        ("warning", "À vérifier", "warning", "alert-triangle"),
        ("completeness", "À compléter", "info", "progress"),
    ]
    found = [
        {"title": title, "tone": tone, "icon": icon, "items": [i for i in items if i["severity"] == severity]}
        for severity, title, tone, icon in groups
    ]
    return {"groups": [group for group in found if group["items"]], "level": level}


# --- forms ---------------------------------------------------------------------------------------------


@register.inclusion_tag("components/form_field.html")
def form_field(field: BoundField, label: str = "", hint: str = "") -> dict:
    """Label, help, error and input of one field, linked for assistive technology (GOV.UK order)."""
    widget = field.field.widget
    return {
        "field": field,
        "label": label or field.label,
        "hint": hint or field.help_text,
        "anchor": ui_forms.anchor(field),
        "base": field.auto_id or f"id_{field.html_name}",
        "described_by": ui_forms.described_by(field),
        "widget": ui_forms.widget_html(field),
        "is_hidden": field.is_hidden,
        "is_checkbox": isinstance(widget, forms.CheckboxInput),
        "is_group": field.use_fieldset,
        "options": ui_forms.options(field),
    }


@register.inclusion_tag("components/form_fields.html")
def form_fields(form: forms.BaseForm) -> dict:
    """Every field of a form, hidden ones included, in order."""
    return {"form": form}


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: forms.BaseForm) -> dict:
    """What stops the form, each with a link to its field; takes the focus when the page opens."""
    links = [
        {"anchor": ui_forms.anchor(field), "label": field.label, "text": error}
        for field in form.visible_fields()
        for error in field.errors
    ]
    return {"links": links, "others": form.non_field_errors(), "has_errors": bool(form.errors)}


@register.inclusion_tag("components/confirm.html", takes_context=True)
def confirm(
    context, label: str, url: str, question: str, text: str = "", yes: str = "Confirmer", **options
) -> dict:
    """A destructive action that asks first, without JavaScript: the button opens the question.

    Options: `icon`, `tone` (`danger` by default), `fields` (dict of hidden values).
    """
    return {
        "label": label,
        "url": url,
        "question": question,
        "text": text,
        "yes": yes,
        "icon": options.get("icon", "trash"),
        "tone": check_tone(options.get("tone", "danger")),
        "fields": options.get("fields", {}),
        "csrf_token": context.get("csrf_token", ""),
    }


# --- attendance ----------------------------------------------------------------------------------------


@register.inclusion_tag("components/attendance_grid.html", takes_context=True)
def attendance_grid(context, grid) -> dict:
    """Trainees × half-days. Keys: `url`, `label`, `codes` (list of `code`, `label`), `slots` (list of `day`
    date, `half` `am` or `pm`), `rows` (list of `enrolment_id`, `name`, `url`, `marks` {(day, half): code},
    `locked` set of (day, half)), `is_locked`, `lock_url`, `key` (prefix of ids; the form is `<key>-form`).
    Inputs are named `m-<enrolment>-<YYYYMMDD>-<am|pm>`.

    Optional: `keep` (a key: what is noted and not sent survives a lost connection, and each input comes with a hidden
    `b-…` that holds the stored mark); `has_open_cells`; in a row, `notes` {(day, half): why nothing is to be noted}
    and `typed` {(day, half): code chosen and not stored}."""
    rows = [{**row, "cells": [_cell(row, slot) for slot in grid["slots"]]} for row in grid["rows"]]
    return {
        "is_locked": False,
        "lock_url": "",
        "key": "grille",
        "keep": "",
        "has_open_cells": True,
        **grid,
        "rows": rows,
        "csrf_token": context.get("csrf_token", ""),
    }


def _cell(row: dict, slot: dict) -> dict:
    place = (slot["day"], slot["half"])
    half = "matin" if slot["half"] == "am" else "après-midi"
    name = f"{row['enrolment_id']}-{slot['day']:%Y%m%d}-{slot['half']}"
    stored = row.get("marks", {}).get(place, "")
    return {
        "name": f"m-{name}",
        "value": row.get("typed", {}).get(place, stored),
        "stored_name": f"b-{name}",
        "stored": stored,
        "is_unsaved": place in row.get("typed", {}),
        "note": row.get("notes", {}).get(place, ""),
        "is_day_start": slot["half"] == "am",
        "is_locked": place in row.get("locked", ()),
        "label": f"{row['name']}, {dates.day_long(slot['day'])}, {half}",
    }


# --- words ---------------------------------------------------------------------------------------------

register.filter("day", dates.day)
register.filter("day_long", dates.day_long)
register.filter("moment", dates.moment)
register.filter("recording_lag", lambda recorded, occurred: dates.recording_lag(occurred, recorded))
register.filter("phone", phones.link)
register.filter("number", dates.number)
register.filter("count", dates.count)


@register.filter
def ago(value) -> str:
    """« il y a 4 j »."""
    return dates.ago(value, clock.now())


@register.filter
def due(value) -> str:
    """« dans 2 j », « en retard de 4 j »."""
    return dates.due(value, clock.now())


@register.filter
def is_late(value) -> bool:
    """Whether a deadline has passed (a date is late from the next day on)."""
    return bool(value) and dates.due(value, clock.now()).startswith("en retard")
