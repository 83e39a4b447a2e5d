"""What awaits a decision after the entry: attendance, exams, ends of session, people who left (domain.md B13).

Leavers to contact are a source of `contact_lines`; people stuck past the delay of their state one of `pathways`.
"""

from __future__ import annotations

from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse

from config import clock
from config.ui.dates import count
from followup.delays import Delays
from followup.enums import EnrolmentState, ExamState
from followup.missing_attendance import sessions_to_note
from followup.models import Enrolment
from followup.working_days import after
from pathways.actor import Actor
from pathways.enums import AFTER_TRAINING, OPEN_STATES, PathwayState, Role
from pathways.models import Pathway
from pathways.pile import EXITS, TRAINING, Action, Batch, Category, Item, kept_values, key_of, narrow, source
from pathways.possibilities import fact_url
from prescriptions.models import Session

#: A limit to sit an exam again that passed longer ago is no decision any more: another course is needed.
RESIT_FORGOTTEN = timedelta(days=30)
DEPARTMENT_SIDE = (Role.REFERENT, Role.DEPARTMENT_MANAGER)


# ---- the training provider: one line per session


@source(TRAINING, Role.PROVIDER, key="presences-formation")
def attendance_to_note(actor: Actor, limit: int) -> Batch:
    """Sessions with past days on which presences are missing; due three working days after the first of them."""
    only, sessions = kept_values("presences-formation")
    noting = Delays.on().noting
    found = sessions_to_note(
        actor, late_before=_noted_by(clock.today(), noting), limit=limit, sessions=sessions, only=only
    )
    items = tuple(
        Item(
            TRAINING,
            who=f"{row.title} ({row.carif_number})",
            url=f"{reverse('followup:attendance', args=[row.session_id])}?jour={row.first_day}",
            why=f"Présences à noter : {count(row.days, 'journée,journées')} depuis le {row.first_day:%d/%m/%Y}",
            due_on=after(row.first_day, noting),
            actions=(
                Action(
                    "Noter les présences",
                    f"{reverse('followup:attendance', args=[row.session_id])}?jour={row.first_day}",
                    is_main=True,
                ),
            ),
            icon="clipboard-check",
            key=key_of("presences-formation", row.session_id),
        )
        for row in found.rows
    )
    return Batch(found.total, found.late, items)


def _noted_by(today: date, noting: int) -> date:
    """The first day whose delay to note it (working days) has not passed on `today`."""
    day = today
    while after(day - timedelta(days=1), noting) >= today:
        day -= timedelta(days=1)
    return day


@source(TRAINING, Role.PROVIDER, key="resultats")
def results_to_record(actor: Actor, limit: int) -> Batch:
    """Sessions with people presented to the exam whose result is not known, from the day of the exam on."""
    waiting = Q(enrolments__exam_state=ExamState.AWAITED)
    sessions = (
        Session.objects.visible_to(actor)
        .filter(waiting)
        .annotate(people=Count("enrolments"), since=Min("enrolments__exam_on"))
    )
    return _per_session(
        "resultats",
        sessions,
        timedelta(days=Delays.on().result),
        limit,
        lambda row: (
            f"{count(row.people, 'résultat d’examen attendu,résultats d’examen attendus')}, "
            f"le premier depuis le {row.since:%d/%m/%Y}"
        ),
        "Saisir les résultats",
        lambda row: reverse("followup:exam_results", args=[row.pk]),
        "certificate",
    )


@source(TRAINING, Role.PROVIDER, key="fins")
def ends_to_record(actor: Actor, limit: int) -> Batch:
    """Sessions that are over with people still in training: each of them finished, left, or goes on elsewhere."""
    still = Q(enrolments__state__in=[EnrolmentState.ACTIVE, EnrolmentState.SUSPENDED])
    sessions = (
        Session.objects.visible_to(actor)
        .filter(still, ends_on__lt=clock.today())
        .annotate(people=Count("enrolments"), since=Min("ends_on"))
    )
    return _per_session(
        "fins",
        sessions,
        timedelta(days=Delays.on().end),
        limit,
        lambda row: (
            f"Session finie le {row.since:%d/%m/%Y} : "
            f"{count(row.people, 'personne encore en formation,personnes encore en formation')}"
        ),
        "Enregistrer les fins de formation",
        lambda row: f"{reverse('followup:trainees')}?session={row.pk}",
        "flag",
    )


def _per_session(
    name: str, sessions: QuerySet, delay: timedelta, limit: int, why, label: str, url, icon: str
) -> Batch:
    """A line per session, due `delay` after its `since`; `name` is the source's."""
    sessions = narrow(sessions, name)
    late_since = clock.today() - delay
    sinces = list(sessions.order_by("since", "pk").values_list("since", flat=True))
    rows = sessions.order_by("since", "pk")[:limit] if sinces else ()
    items = tuple(
        Item(
            TRAINING,
            who=f"{row.title} ({row.carif_number})",
            url=url(row),
            why=why(row),
            due_on=row.since + delay,
            actions=(Action(label, url(row), is_main=True),),
            icon=icon,
            key=key_of(name, row.pk),
        )
        for row in rows
    )
    return Batch(len(sinces), sum(1 for since in sinces if since < late_since), items)


# ---- the Département's side


@source(TRAINING, *DEPARTMENT_SIDE, key="ccp")
def partial_passes(actor: Actor, limit: int) -> Batch:
    """People who may still sit the missing CCP of a partial pass, in the last three months of the year they have."""
    today, delays = clock.today(), Delays.on()
    # In months, as the delay itself: a result of this day or later may still be completed.
    first = today - relativedelta(months=delays.resit)
    people = Enrolment.objects.visible_to(actor).filter(
        exam_state=ExamState.PARTIAL,
        exam_result_on__gte=first - RESIT_FORGOTTEN,
        exam_result_on__lte=first + relativedelta(months=delays.resit_notice),
        pathway__state__in=sorted(OPEN_STATES),
    )
    people = narrow(people, "ccp")
    counts = people.aggregate(total=Count("pk"), late=Count("pk", filter=Q(exam_result_on__lt=first)))
    items = tuple(
        Item(
            TRAINING,
            who=str(row.pathway.beneficiary),
            url=reverse("pathways:file", args=[row.pathway_id]),
            why=(
                f"Réussite partielle du {row.exam_result_on:%d/%m/%Y} à « {row.session.title} » "
                f"({', '.join(row.exam_ccp)}) : {delays.resit} mois pour repasser les CCP manquants"
            ),
            due_on=delays.resit_before(row.exam_result_on),
            actions=(
                Action("Voir le dossier", reverse("pathways:file", args=[row.pathway_id]), is_main=True),
                Action(
                    "Noter un échange", fact_url(row.pathway_id, "note", following=reverse("pathways:pile"))
                ),
            ),
            icon="certificate",
            key=key_of("ccp", row.pk),
        )
        for row in people.with_all().order_by("exam_result_on", "pk")[:limit]
    )
    return Batch(counts["total"], counts["late"], items)


@source(EXITS, *DEPARTMENT_SIDE, key="reorienter")
def to_reorient(actor: Actor, limit: int) -> Batch:
    """People whose course was interrupted, until their delay has passed (then they are blocked, another source)."""
    people = _in_state(actor, PathwayState.DROPPED_OUT)
    return _people(
        "reorienter",
        EXITS,
        people,
        limit,
        lambda row: f"Formation interrompue le {row.state_since:%d/%m/%Y} : quelle nouvelle étape ?",
        ("Noter un contact", "contact"),
        "route",
        order="state_since",
    )


@source(EXITS, *DEPARTMENT_SIDE, key="cloturer")
def to_close(actor: Actor, limit: int) -> Batch:
    """People lost from sight whose file is still open, in the last month of its delay."""
    people = _in_state(actor, PathwayState.LOST_CONTACT).filter(
        due_on__lte=clock.today() + timedelta(days=30)
    )
    return _people(
        "cloturer",
        EXITS,
        people,
        limit,
        lambda row: (
            f"Perdu de vue depuis le {row.state_since:%d/%m/%Y} : une dernière tentative, ou la clôture"
        ),
        ("Clore le dossier", "close"),
        "archive",
        order="state_since",
    )


def _in_state(actor: Actor, state: PathwayState) -> QuerySet[Pathway]:
    """People in a state who are not stuck yet: the stuck ones have their line already."""
    rows = Pathway.objects.visible_to(actor).filter(state=state)
    return rows.filter(Q(due_on=None) | Q(due_on__gte=clock.today()))


# ---- Pôle emploi


@source(EXITS, Role.ADVISOR, key="rappeler")
def reached_without_outcome(actor: Actor, limit: int) -> Batch:
    """People reached after their exit, and nothing known since: called again after a month."""
    today = clock.today()
    delays = Delays.on()
    again, soon = timedelta(days=delays.reached_again), timedelta(days=delays.reached_notice)
    people = Pathway.objects.visible_to(actor).filter(
        state__in=sorted(AFTER_TRAINING), contacted_on__lte=today - again + soon, contact_attempts=0
    )
    return _people(
        "rappeler",
        EXITS,
        people,
        limit,
        lambda row: f"Contact du {row.contacted_on:%d/%m/%Y} : aucune suite enregistrée depuis",
        ("Noter un contact", "contact"),
        "phone",
        due=("contacted_on", again),
    )


def _people(
    name: str,
    category: Category,
    people: QuerySet[Pathway],
    limit: int,
    why,
    main: tuple[str, str],
    icon: str,
    due: tuple[str, timedelta] = ("due_on", timedelta()),
    order: str = "",
) -> Batch:
    """A line per person; `name` is the source's. main: label and kind of the first action.

    due: a date column and what to add to it.

    order: a column that sorts people as `due` does and that an index of theirs ends with; people in one step are due in
    the order in which they entered it.
    """
    column, delay = due
    people = narrow(people, name, "pk", column)
    late = Q(**{f"{column}__lt": clock.today() - delay})
    counts = people.aggregate(total=Count("pk"), late=Count("pk", filter=late))
    rows = (
        people.select_related("beneficiary").order_by(order or column, "pk")[:limit]
        if counts["total"]
        else ()
    )
    label, kind = main
    pile_url = reverse("pathways:pile")
    items = []
    for row in rows:
        since = getattr(row, column)
        items.append(
            Item(
                category,
                who=str(row.beneficiary),
                url=reverse("pathways:file", args=[row.pk]),
                why=why(row),
                due_on=since + delay if since else None,
                actions=(Action(label, fact_url(row.pk, kind, following=pile_url), is_main=True),),
                icon=icon,
                key=key_of(name, row.pk, since) if since else "",
            )
        )
    return Batch(counts["total"], counts["late"], tuple(items))
