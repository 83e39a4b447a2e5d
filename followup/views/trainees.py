"""« Stagiaires »: the people of one session of the provider, and what is recorded of several at once."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from config import clock
from config.ui.tables import Column, headers
from followup.assiduity import assiduity
from followup.enums import EnrolmentState, ExamState
from followup.models import Enrolment
from followup.tones import enrolment_tone, exam_tone
from followup.workflow import ENROLMENT, EXAM
from pathways import together as bulk
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Pathway
from pathways.possibilities import fact_url
from pathways.reading.moment import reading_now
from pathways.reading.pages import readable_in_time
from pathways.views.access import for_roles
from prescriptions.models import Session
from prescriptions.past import people_of

#: Sessions offered in the list, the running ones first; older ones are reached from the person's file.
SESSIONS_SHOWN = 200
COLUMNS = (
    Column("Nom"),
    Column("Situation"),
    Column("Entrée"),
    Column("Examen"),
    Column("Assiduité"),
    Column("Actions", is_label_hidden=True),
)
ACTIVE, SUSPENDED = EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED


def _trainees(request: HttpRequest) -> QuerySet[Pathway]:
    return people_of(Session.objects.visible_to(request.actor))


def _figures(request: HttpRequest) -> list[tuple[str, int]]:
    session = _chosen(request.GET.get("session", ""), request.actor, own_sessions(request.actor))
    rows = people(request.actor, session) if session else []
    counts = Counter(str(row.get_state_display()) for row in rows)
    exams = Counter(str(row.get_exam_state_display()) for row in rows)
    situations = [(f"Formation « {label} »", number) for label, number in sorted(counts.items())]
    return [
        ("Personnes entrées", len(rows)),
        *situations,
        *((f"Examen « {label} »", number) for label, number in sorted(exams.items())),
    ]


@require_safe
@for_roles(Role.PROVIDER)
@readable_in_time(_trainees, figures=_figures)
def trainees(request: HttpRequest) -> HttpResponse:
    """`?session=` the session shown, else the running one that opened last."""
    sessions = own_sessions(request.actor)
    session = _chosen(request.GET.get("session", ""), request.actor, sessions)
    if session is None:
        return render(request, "followup/trainees_none.html")
    rows = people(request.actor, session)
    rates = assiduity(rows)
    here = f"{reverse('followup:trainees')}?session={session.pk}"
    context = {
        "sessions": sessions if session in sessions else [session, *sessions],
        "session": session,
        "lines": [_line(row, rates.get(row.pk), here) for row in rows],
        "bulk": _bulk(request.actor, rows),
        "is_checked": request.GET.get("cocher") == "tout",
        "check_all_url": f"{here}&cocher=tout",
        "here": here,
        "running": sum(1 for row in rows if row.state in (ACTIVE, SUSPENDED)),
        "awaited": sum(1 for row in rows if row.exam_state == ExamState.AWAITED),
        "headers": headers(request, COLUMNS),
        "is_open": reading_now() is None,
        "is_over": session.ends_on is not None and session.ends_on < clock.today(),
    }
    return render(request, "followup/trainees.html", context)


def own_sessions(actor: Actor) -> list[Session]:
    """The provider's sessions in which somebody entered; `running`: people there now. Running ones first."""
    running = Count("enrolments", filter=Q(enrolments__state__in=[ACTIVE, SUSPENDED]))
    entered = Count("enrolments", filter=Q(enrolments__entered_on__isnull=False))
    found = Session.objects.visible_to(actor).annotate(running=running, entered=entered).filter(entered__gt=0)
    rows = list(found.order_by(F("starts_on").desc(nulls_last=True), "-pk")[:SESSIONS_SHOWN])
    return sorted(rows, key=lambda session: not session.running)


def _chosen(wanted: str, actor: Actor, sessions: list[Session]) -> Session | None:
    """The session asked for, 404 when it is not the provider's; else the first of the list."""
    if not wanted:
        return sessions[0] if sessions else None
    if not wanted.isdecimal() or len(wanted) > 18:
        raise Http404("Cette session n'existe pas.")
    found = Session.objects.visible_to(actor).filter(pk=int(wanted)).first()
    if found is None:
        raise Http404("Cette session n'existe pas, ou ne vous est pas ouverte.")
    return found


def people(actor: Actor, session: Session) -> list[Enrolment]:
    """Everyone who entered the session, by name; those who are there first."""
    rows = (
        Enrolment.objects.visible_to(actor)
        .filter(session=session, entered_on__isnull=False)
        .exclude(state=EnrolmentState.VOID)
        .with_all()
        .order_by("pathway__beneficiary__sort_key", "pk")
    )
    return sorted(rows, key=lambda row: row.state not in (ACTIVE, SUSPENDED))


def _bulk(actor: Actor, rows: list[Enrolment]) -> list[bulk.Button]:
    """What may be recorded of several of those in training at once."""
    running = [row for row in rows if row.state in (ACTIVE, SUSPENDED)]
    courses = bulk.possible_from(ENROLMENT.name, {row.state for row in running})
    exams = bulk.possible_from(EXAM.name, {row.exam_state for row in running})
    return bulk.buttons(actor, courses | exams)


def _line(row: Enrolment, rate, here: str) -> dict[str, Any]:
    return {
        "row": row,
        "value": bulk.row_of_subject(row.pk),
        "person": row.pathway.beneficiary,
        "state": enrolment_tone(row),
        "exam": exam_tone(row),
        "rate": rate,
        "actions": [
            {"label": label, "url": fact_url(row.pathway_id, kind, row.pk, here)}
            for label, kind in _facts(row)
        ],
        "is_running": row.state in (ACTIVE, SUSPENDED),
    }


def _facts(row: Enrolment) -> list[tuple[str, str]]:
    """What can be recorded of one trainee from the list; the file tells the rest, with the reasons."""
    if reading_now() is not None:
        return []
    if row.state == ACTIVE:
        return [("Suspendre", "suspend"), ("Sortie anticipée", "drop_out")]
    if row.state == SUSPENDED:
        return [("Reprendre", "resume"), ("Sortie anticipée", "drop_out")]
    return []
