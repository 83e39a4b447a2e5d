"""« Résultats d'examen »: everyone presented of one session on one screen."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from config.ui.dates import count
from followup.enums import ExamState
from followup.forms import ResultForm, ResultsDayForm
from followup.models import Enrolment
from followup.services import WITH_RESULT_TO_COME, state_all
from followup.tones import exam_tone
from pathways.enums import Role
from pathways.views.access import for_roles
from prescriptions.models import Session


@require_http_methods(["GET", "POST"])
@for_roles(Role.PROVIDER)
def exam_results(request: HttpRequest, session_id: int) -> HttpResponse:
    """One date, one line per person; a line left « Pas encore connu » says nothing. Each line is its own fact."""
    session = get_object_or_404(Session.objects.visible_to(request.actor), pk=session_id)
    rows = presented(request.actor, session)
    data = request.POST if request.method == "POST" else None
    day, lines = ResultsDayForm(data), [ResultForm(row, data) for row in rows]
    if data is not None:
        return _record(request, session, day, lines)
    return _page(request, session, day, lines)


def presented(actor, session: Session) -> list[Enrolment]:
    """Who waits for a result, then who may sit again (a partial pass keeps its CCP for a year, domain.md B6)."""
    rows = (
        Enrolment.objects.visible_to(actor)
        .filter(session=session, exam_state__in=WITH_RESULT_TO_COME)
        .with_all()
        .order_by("pathway__beneficiary__sort_key", "pk")
    )
    return sorted(rows, key=lambda row: row.exam_state != ExamState.AWAITED)


def _record(request, session: Session, day: ResultsDayForm, lines: list[ResultForm]) -> HttpResponse:
    # Both are checked, so that all that is wrong shows at once.
    if not all([day.is_valid(), *(line.is_valid() for line in lines)]):
        return _page(request, session, day, lines)
    said = [line for line in lines if line.is_said]
    if not said:
        messages.info(request, "Aucun résultat n'a été choisi : rien n'est enregistré.")
        return redirect("followup:exam_results", session.pk)
    statements = [line.statement(day.cleaned_data["occurred_on"]) for line in said]
    answers = state_all(statements, request.actor, day.cleaned_data["key"])
    refused = 0
    for line, answer in zip(said, answers, strict=True):
        if answer.refusal is not None:
            refused += 1
            line.add_error("ccp" if answer.refusal.code == "ccp_missing" else "result", str(answer.refusal))
    if recorded := len(said) - refused:
        messages.success(request, f"{count(recorded, 'résultat enregistré,résultats enregistrés')}.")
    if refused:
        left = {row.pk for row in presented(request.actor, session)}
        return _page(request, session, day, [line for line in lines if line.enrolment.pk in left])
    return redirect(f"{reverse('followup:trainees')}?session={session.pk}")


def _page(request, session: Session, day: ResultsDayForm, lines: list[ResultForm]) -> HttpResponse:
    trainees = f"{reverse('followup:trainees')}?session={session.pk}"
    problems = [line for line in lines if line.is_bound and line.errors]
    context = {
        "session": session,
        "day": day,
        "lines": [{"form": line, "row": line.enrolment, "exam": exam_tone(line.enrolment)} for line in lines],
        "problems": problems,
        "has_errors": bool(problems or (day.is_bound and day.errors)),
        "trainees_url": trainees,
        "crumbs": [
            {"label": "Stagiaires", "url": trainees},
            {"label": f"Résultats d'examen, {session.title}"},
        ],
    }
    return render(
        request, "followup/exam_results.html", context, status=422 if context["has_errors"] else 200
    )
