"""The saturation plan: the Région launches it, advisors decide its lines; it is never applied by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config import clock
from config.ui.dates import count
from config.ui.tables import Column, headers, url_with
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.keyset import Sort, page
from pathways.refusals import NotVisible
from pathways.views.access import for_roles
from prescriptions.models import PlanSession, SaturationPlan
from prescriptions.plan import decisions, pages, runs
from prescriptions.plan.asked import Asked
from prescriptions.plan.enums import Status
from prescriptions.plan.forms import LaunchForm, SetAsideForm
from prescriptions.tasks import send_plan

READERS = (Role.REGION_OFFICER, Role.ADVISOR, Role.DEPARTMENT_MANAGER)
PAGE_SIZE = 30
ORDER = Sort("starts_on")
COLUMNS = (
    Column("Ouverture"),
    Column("Session"),
    Column("À pourvoir", is_numeric=True),
    Column("Pourvues", is_numeric=True),
    Column("Décisions, et pourquoi le reste est vide"),
)
SHARE_COLUMNS = (
    Column("Pôle d'insertion"),
    Column("Cherchent une place", is_numeric=True),
    Column("Le plan en sert", is_numeric=True),
    Column("Part", is_numeric=True),
)
LINE_COLUMNS = (Column("Personne"), Column("Raisons"), Column("Décision"))
ACTIONS = Column("Actions", is_label_hidden=True)
NOBODY_COLUMNS = (Column("Personne"), Column("Pôle d'insertion"), Column("Raisons"), Column("Décision"))
VIEWS = {
    "": "Toutes les sessions",
    "decider": "À décider",
    "vides": "Restent vides",
}


@require_safe
@for_roles(*READERS)
def plan(request: HttpRequest) -> HttpResponse:
    """The latest plan; `vue` chooses the sessions."""
    return _show(request, LaunchForm(initial={"semaines": Asked.by_default(clock.today()).weeks}))


def _show(request: HttpRequest, form: LaunchForm, status: int = 200) -> HttpResponse:
    found = pages.latest(request.actor)
    last = SaturationPlan.objects.visible_to(request.actor).order_by("-pk").first()
    running = last if last is not None and last.status in (Status.WAITING, Status.RUNNING) else None
    context = {
        "form": form if request.actor.has_role(Role.REGION_OFFICER) else None,
        "plan": found,
        "job": _job(running) if running else None,
        "failed": last if last is not None and last.status == Status.FAILED else None,
        "definition": pages.DEFINITION,
        **(_found(request, found) if found else {"lines": []}),
    }
    return render(request, "prescriptions/plan.html", context, status=status)


def _found(request: HttpRequest, found: SaturationPlan) -> dict[str, Any]:
    actor = request.actor
    rows = pages.sessions(found, actor)
    pending = pages.to_decide(found, actor)
    narrowed = {
        "": rows,
        "decider": rows.filter(session__in=pending.order_by().values("session")),
        "vides": rows.exclude(why=""),
    }
    if not actor.has_role(*pages.NAMED_FOR):
        del narrowed["decider"]
    chosen = request.GET.get("vue", "")
    chosen = chosen if chosen in narrowed else ""
    shown = page(
        narrowed[chosen], ORDER, PAGE_SIZE, request.GET.get("apres", ""), request.GET.get("avant", "")
    )
    decided = pages.decided_counts(found, [row.session_id for row in shown.rows])
    return {
        "headline": pages.headline(found),
        "proof": pages.proof(found),
        "asked": pages.asked_in_words(found),
        "changes": pages.changes_since(found),
        "shares": pages.shares(found),
        "pending": pending.count(),
        "views": [
            {
                "label": VIEWS[key],
                "url": url_with(request, vue=key or None, apres=None, avant=None),
                "is_active": key == chosen,
                "count": sessions.count(),
            }
            for key, sessions in narrowed.items()
        ],
        "headers": headers(request, COLUMNS),
        "share_headers": headers(request, SHARE_COLUMNS),
        "lines": [{"row": row, "decided": _decided(decided.get(row.session_id, {}))} for row in shown.rows],
        "total": narrowed[chosen].count(),
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
    }


def _decided(counts) -> str:
    """« 2 à décider, 1 proposée »."""
    words = {
        "pending": "à décider,à décider",
        "proposed": "proposée,proposées",
        "set_aside": "écartée,écartées",
    }
    return ", ".join(count(counts[key], said) for key, said in words.items() if counts.get(key))


@require_POST
@for_roles(Role.REGION_OFFICER)
def launch(request: HttpRequest) -> HttpResponse:
    """Ask for a new plan; asked twice, it is computed once."""
    form = LaunchForm(request.POST)
    if not form.is_valid():
        return _show(request, form, status=422)
    usual = Asked.by_default(clock.today())
    asked = Asked(usual.day, form.cleaned_data["semaines"], usual.reach_km, form.cleaned_data["projets"])
    send_plan(runs.launch(asked, request.actor).pk)
    return redirect("prescriptions:plan")


@require_safe
@for_roles(*READERS)
def progress(request: HttpRequest, plan_id: int) -> HttpResponse:
    """The progress bar alone, polled by the page; tells it to reload once there is something to read."""
    row = get_object_or_404(SaturationPlan.objects.visible_to(request.actor), pk=plan_id)
    response = render(request, "pathways/imports/progress.html", {"job": _job(row)})
    if row.status not in (Status.WAITING, Status.RUNNING):
        response["HX-Refresh"] = "true"
    return response


def _job(row: SaturationPlan) -> dict[str, Any]:
    """The plan as the progress component shows it."""
    states = {
        Status.WAITING: "waiting",
        Status.RUNNING: "running",
        Status.DONE: "done",
        Status.FAILED: "failed",
    }
    return {
        "key": f"plan-{row.pk}",
        "label": "Calcul du plan de saturation",
        "state": states[Status(row.status)],
        "done": row.progress,
        "total": len(runs.STEPS),
        "poll_url": reverse("prescriptions:plan_progress", args=[row.pk]),
        "result_url": reverse("prescriptions:plan"),
        "message": row.error,
    }


# ---- one session of the plan


@require_safe
@for_roles(*READERS)
def plan_session(request: HttpRequest, plan_id: int, session_id: int) -> HttpResponse:
    """The lines of one session: who the plan places there, why, and what was decided."""
    return _show_session(request, plan_id, session_id)


def _show_session(
    request: HttpRequest,
    plan_id: int,
    session_id: int,
    form: SetAsideForm | None = None,
    refusal=None,
    checked: frozenset[int] = frozenset(),
    status: int = 200,
) -> HttpResponse:
    actor = request.actor
    found = get_object_or_404(SaturationPlan.objects.visible_to(actor).done(), pk=plan_id)
    rows = PlanSession.objects.select_related("session__provider", "session__action", "session__area")
    row = get_object_or_404(rows, plan=found, session=session_id)
    is_named = actor.has_role(*pages.NAMED_FOR)
    own = pages.lines(found, session_id, actor) if is_named else []
    can_decide = actor.has_role(Role.ADVISOR) and any(line["can_be_decided"] for line in own)
    context = {
        "plan": found,
        "row": row,
        "session": row.session,
        "is_named": is_named,
        "lines": own,
        "others": row.filled - len(own) if is_named else 0,
        "nobody": pages.lines_of_nobody(found, session_id) if actor.has_role(Role.REGION_OFFICER) else [],
        "can_decide": can_decide,
        "line_headers": headers(request, (*LINE_COLUMNS, ACTIONS) if can_decide else LINE_COLUMNS),
        "nobody_headers": headers(request, NOBODY_COLUMNS),
        "form": form or SetAsideForm(),
        "refusal": refusal,
        "checked": checked,
        "crumbs": [
            {"label": "Plan de saturation", "url": reverse("prescriptions:plan")},
            {"label": row.session.title},
        ],
    }
    return render(request, "prescriptions/plan_session.html", context, status=status)


@require_POST
@for_roles(Role.ADVISOR)
def decide(request: HttpRequest, plan_id: int, session_id: int) -> HttpResponse:
    """Propose people to their référents, or set lines aside with a reason: one line, or those that are ticked."""
    one = request.POST.get("ligne", "")
    asked = [one] if one else request.POST.getlist("rows")
    chosen = frozenset(int(value) for value in asked if value.isdecimal() and len(value) < 19)
    form = SetAsideForm(request.POST if "ecarter" in request.POST else None)
    if form.is_bound and not form.is_valid():
        return _show_session(request, plan_id, session_id, form, None, chosen, status=422)
    get_object_or_404(SaturationPlan.objects.visible_to(request.actor).done(), pk=plan_id)
    try:
        if form.is_bound:
            report = decisions.set_aside(
                plan_id, chosen, request.actor, form.cleaned_data["motif"], form.cleaned_data["explication"]
            )
            told = "ligne écartée,lignes écartées"
        else:
            report = decisions.propose(plan_id, chosen, request.actor)
            told = "personne proposée à son référent,personnes proposées à leurs référents"
    except NotVisible:
        raise Http404("Ligne inconnue.") from None
    except TransitionRefused as error:
        return _show_session(request, plan_id, session_id, form, error.refusal, chosen, status=422)
    if report.done:
        messages.success(request, f"{count(len(report.done), told)}.")
    for line, refusal in report.refused:
        messages.warning(request, f"{line.pathway.beneficiary} : {refusal}")
    return redirect("prescriptions:plan_session", plan_id, session_id)
