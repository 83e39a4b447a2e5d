"""The page of alerts: what is open for the reader, most urgent first, and what closed by itself lately."""

from datetime import date

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from config.ui.tables import url_with
from notifications.enums import TONES, Level
from notifications.models import Alert
from notifications.registry import KINDS, keys_of

PAGE = 50
CLOSED_SHOWN = 20


@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    """`nature` keeps one kind; `apres` and `avant` are cursors (« level~due_on~pk »)."""
    mine = Alert.objects.addressed_to(keys_of(request.actor)).filter(kind__in=sorted(KINDS))
    open_alerts, kind = mine.open(), request.GET.get("nature", "")
    counts = dict(open_alerts.order_by().values_list("kind").annotate(Count("pk")))
    if kind in KINDS:
        open_alerts = open_alerts.filter(kind=kind)
    shown, previous_url, next_url = page(request, open_alerts)
    return render(
        request,
        "notifications/alerts.html",
        {
            "filters": filters(request, counts, kind),
            "groups": groups(shown),
            "shown": len(shown),
            "total": counts.get(kind, 0) if kind in KINDS else sum(counts.values()),
            "previous_url": previous_url,
            "next_url": next_url,
            "closed": mine.recently_closed().order_by("-closed_at", "-pk")[:CLOSED_SHOWN],
        },
    )


def page(request: HttpRequest, alerts) -> tuple[list[Alert], str, str]:
    """One page of alerts around the cursor `apres` or `avant`, and the addresses of its neighbours (« » : none)."""
    alerts = alerts.filter(due_on__isnull=False)
    back, place = request.GET.get("avant", ""), request.GET.get("apres", "")
    if before := beside(back, backwards=True):
        rows = list(alerts.filter(before).order_by("level", "-due_on", "-pk")[: PAGE + 1])
        shown = rows[:PAGE][::-1]
        has_previous, has_next = len(rows) > PAGE, True
    else:
        following = beside(place)
        rows = list(alerts.filter(following or Q()).order_by("-level", "due_on", "pk")[: PAGE + 1])
        shown = rows[:PAGE]
        has_previous, has_next = following is not None, len(rows) > PAGE
    previous_url = url_with(request, avant=cursor(shown[0]), apres=None) if has_previous and shown else ""
    next_url = url_with(request, apres=cursor(shown[-1]), avant=None) if has_next and shown else ""
    return shown, previous_url, next_url


def cursor(alert: Alert) -> str:
    return f"{alert.level}~{alert.due_on}~{alert.pk}"


def beside(place: str, *, backwards: bool = False) -> Q | None:
    """The condition « after (or before) this cursor » in the order of the page; None when it is no cursor of ours."""
    try:
        level, due_on, pk = place.split("~")
        level, due_on, pk = int(level), date.fromisoformat(due_on), int(pk)
    except ValueError:
        return None
    less, more = ("lt", "gt") if not backwards else ("gt", "lt")
    same_day = Q(**{"level": level, "due_on": due_on, f"pk__{more}": pk})
    return same_day | Q(**{"level": level, f"due_on__{more}": due_on}) | Q(**{f"level__{less}": level})


def filters(request: HttpRequest, counts: dict[str, int], current: str) -> list[dict]:
    links = [("", "Toutes", sum(counts.values()))]
    links += [(kind.code, kind.label, counts[kind.code]) for kind in KINDS.values() if kind.code in counts]
    return [
        {
            "label": label,
            "url": url_with(request, nature=code or None, apres=None, avant=None),
            "is_active": code == (current if current in KINDS else ""),
            "count": count,
        }
        for code, label, count in links
    ]


def groups(shown: list[Alert]) -> list[dict]:
    """The lines of the page by level, the most urgent first."""
    return [
        {
            "level": int(level),
            "label": level.label,
            "lines": [line(alert) for alert in shown if alert.level == level],
        }
        for level in sorted(Level, reverse=True)
        if any(alert.level == level for alert in shown)
    ]


def line(alert: Alert) -> dict:
    """An alert as the component `pile` shows it."""
    return {
        "person": alert.title,
        "url": alert.url,
        "why": alert.detail,
        "due_at": alert.due_on,
        "tone": TONES[Level(alert.level)],
        "kind": KINDS[alert.kind].label,
        "key": f"alerte-{alert.pk}",
        "actions": [],
    }
