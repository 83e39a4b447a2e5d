"""What awaits a decision about prescriptions: of a provider about its candidates, of a référent about their people.

Where one screen settles several people at once (presences, AIS, AES), the session is one line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse

from config import clock
from config.ui.dates import count, day
from pathways.actor import Actor
from pathways.enums import PathwayState, Role
from pathways.pile import PLACES, PRESCRIPTIONS, Action, Batch, Item, source
from pathways.possibilities import fact_url
from prescriptions import delays, queue
from prescriptions.enums import LIVE, PrescriptionState
from prescriptions.models import Prescription, Session
from prescriptions.moments import in_words
from prescriptions.offers import sessions_passing_on

P = PrescriptionState


def days(number: int) -> timedelta:
    return timedelta(days=number)


def people_batch(
    rows: QuerySet, late: Q, limit: int, order: str, item: Callable[[Prescription], Item]
) -> Batch:
    """One line per prescription; `order` is the column from which the due day is counted."""
    counts = rows.aggregate(total=Count("pk"), late=Count("pk", filter=late))
    shown = rows.with_all().order_by(order, "pk")[:limit] if counts["total"] else ()
    return Batch(counts["total"], counts["late"], tuple(item(prescription) for prescription in shown))


def file_url(prescription: Prescription) -> str:
    return reverse("pathways:file", args=[prescription.pathway_id])


def to_fact(prescription: Prescription, kind: str, label: str, *, is_main: bool = False) -> Action:
    """A button that opens the form of a fact and comes back to the pile."""
    url = fact_url(prescription.pathway_id, kind, prescription.pk, reverse("pathways:pile"))
    return Action(label, url, is_main)


def candidates_url(session_id: int, group: str) -> str:
    query = urlencode({"session": session_id, "etape": group})
    return f"{reverse('prescriptions:candidates')}?{query}"


# ---- provider


@source(PRESCRIPTIONS, Role.PROVIDER)
def without_answer(actor: Actor, limit: int) -> Batch:
    """Requests that nobody has answered, and people seen at the information session who wait for a decision."""
    overdue = clock.today() - days(delays.ANSWER)
    rows = Prescription.objects.visible_to(actor).filter(state__in=[P.SUBMITTED, P.ATTENDED])
    return people_batch(rows, Q(state_since__lt=overdue), limit, "state_since", _without_answer)


def _without_answer(p: Prescription) -> Item:
    if p.state == P.ATTENDED:
        why = f"présent à l'information collective le {day(p.state_since)}, décision attendue"
        main = to_fact(p, "admit", "Retenir", is_main=True)
    else:
        why = f"prescrit le {day(p.state_since)}, sans réponse"
        main = to_fact(p, "convene", "Convoquer", is_main=True)
    return Item(
        PRESCRIPTIONS,
        who=str(p.pathway.beneficiary),
        url=file_url(p),
        why=f"{p.session.title} : {why}",
        due_on=p.state_since + days(delays.ANSWER),
        actions=(main, to_fact(p, "refuse", "Refuser")),
        icon="hourglass",
    )


def session_batch(
    rows: QuerySet, by: str, late: Q, limit: int, item: Callable[[Session, dict[str, Any]], Item]
) -> Batch:
    """One line per session and day `by`, with `people`, the number of prescriptions."""
    groups = rows.order_by().values("session", by).annotate(people=Count("pk"))
    total = groups.count()
    shown = list(groups.order_by(by, "session")[:limit]) if total else []
    sessions = Session.objects.in_bulk([group["session"] for group in shown])
    items = tuple(item(sessions[group["session"]], group) for group in shown)
    return Batch(total, groups.filter(late).count() if total else 0, items)


@source(PRESCRIPTIONS, Role.PROVIDER)
def presences_to_say(actor: Actor, limit: int) -> Batch:
    """Information sessions that have taken place and of which nobody said who came."""
    today = clock.today()
    rows = Prescription.objects.visible_to(actor).filter(state=P.CONVENED, convened_for__lte=today)
    overdue = Q(convened_for__lt=today - days(delays.PRESENCE))
    return session_batch(rows, "convened_for", overdue, limit, _presences)


def _presences(session: Session, group: dict[str, Any]) -> Item:
    url = reverse("prescriptions:meeting", args=[session.pk])
    told = count(group["people"], "personne convoquée,personnes convoquées")
    return Item(
        PRESCRIPTIONS,
        who=session.title,
        url=reverse("prescriptions:session", args=[session.pk]),
        why=f"{told} le {day(group['convened_for'])} : présences à saisir",
        due_on=group["convened_for"] + days(delays.PRESENCE),
        actions=(Action("Saisir les présences", url, is_main=True),),
        icon="user-check",
    )


@source(PRESCRIPTIONS, Role.PROVIDER)
def without_ais(actor: Actor, limit: int) -> Batch:
    """People admitted whose AIS is not recorded while the opening comes near."""
    today = clock.today()
    horizon = today + days(delays.AIS_BEFORE_OPENING + delays.AIS_NOTICE)
    rows = Prescription.objects.visible_to(actor).filter(state=P.ADMITTED, session__starts_on__lte=horizon)
    overdue = Q(session__starts_on__lt=today + days(delays.AIS_BEFORE_OPENING))
    return session_batch(rows, "session__starts_on", overdue, limit, _ais)


def _ais(session: Session, group: dict[str, Any]) -> Item:
    told = count(group["people"], "personne retenue,personnes retenues")
    url = candidates_url(session.pk, "retenus")
    return Item(
        PRESCRIPTIONS,
        who=session.title,
        url=reverse("prescriptions:session", args=[session.pk]),
        why=f"{told} sans inscription (AIS), ouverture le {day(session.starts_on)}",
        due_on=session.starts_on - days(delays.AIS_BEFORE_OPENING),
        actions=(Action("Enregistrer les AIS", url, is_main=True),),
        icon="file-check",
    )


@source(PRESCRIPTIONS, Role.PROVIDER)
def without_aes(actor: Actor, limit: int) -> Batch:
    """People registered in a session that has opened, of whom neither an entry nor an absence is recorded."""
    today = clock.today()
    rows = Prescription.objects.visible_to(actor).filter(state=P.REGISTERED, session__starts_on__lte=today)
    overdue = Q(session__starts_on__lt=today - days(delays.AES))
    return session_batch(rows, "session__starts_on", overdue, limit, _aes)


def _aes(session: Session, group: dict[str, Any]) -> Item:
    told = count(group["people"], "personne inscrite,personnes inscrites")
    url = candidates_url(session.pk, "retenus")
    return Item(
        PRESCRIPTIONS,
        who=session.title,
        url=reverse("prescriptions:session", args=[session.pk]),
        why=f"{told}, session ouverte le {day(session.starts_on)} : entrée (AES) ou absence à saisir",
        due_on=session.starts_on + days(delays.AES),
        actions=(Action("Enregistrer les entrées", url, is_main=True),),
        icon="door-enter",
    )


@source(PLACES, Role.PROVIDER)
def seats_to_offer(actor: Actor, limit: int) -> Batch:
    """Sessions still to open where a seat is free while people wait for one, which Jalons does not offer by itself."""
    today = clock.today()
    waiting = Prescription.objects.filter(session=OuterRef("pk"), state=P.WAITLISTED)
    rows = (
        Session.objects.visible_to(actor)
        .with_seats_to_give()
        .filter(Exists(waiting), cancelled_on=None)
        .filter(Q(starts_on=None) | Q(starts_on__gte=today))
        .exclude(pk__in=sessions_passing_on().order_by().values("pk"), seats_given_up__gte=F("to_give"))
    )
    total = rows.count()
    shown = list(rows.order_by("starts_on", "pk")[:limit]) if total else []
    first = _first_in_line(session.pk for session in shown)
    items = tuple(_to_offer(session, first[session.pk]) for session in shown if session.pk in first)
    return Batch(total, 0, items)


def _first_in_line(session_ids: Iterable[int]) -> dict[int, Prescription]:
    """Session id -> who is first on its waiting list."""
    ranks = queue.ranks(session_ids)
    leading = [pk for pk, place in ranks.items() if place.rank == 1]
    return {p.session_id: p for p in Prescription.objects.filter(pk__in=leading).with_all().order_by("pk")}


def _to_offer(session: Session, first: Prescription) -> Item:
    free = count(session.seats_to_give, "place libre,places libres")
    return Item(
        PLACES,
        who=session.title,
        url=reverse("prescriptions:session", args=[session.pk]),
        why=f"{free} ; première personne en attente : {first.pathway.beneficiary}",
        due_on=session.starts_on,
        actions=(
            to_fact(first, "offer", "Proposer la place", is_main=True),
            Action("Voir la liste d'attente", candidates_url(session.pk, "attente")),
        ),
        icon="armchair",
    )


# ---- référent


#: How a request ended badly -> (what to say, days to find something else).
SETBACKS = {
    P.REFUSED: delays.NEXT_STEP,
    P.EXPIRED: delays.NEXT_STEP,
    P.SESSION_CANCELLED: delays.NEXT_STEP,
    P.NO_SHOW: delays.NO_SHOW,
}


@source(PRESCRIPTIONS, Role.REFERENT)
def setbacks(actor: Actor, limit: int) -> Batch:
    """People whose last request ended without a course, and for whom nothing has been asked since."""
    today = clock.today()
    later = Prescription.objects.filter(pathway=OuterRef("pathway")).filter(
        Q(pk__gt=OuterRef("pk")) | Q(state__in=sorted(LIVE))
    )
    rows = Prescription.objects.visible_to(actor).filter(
        ~Exists(later), state__in=sorted(SETBACKS), pathway__state=PathwayState.IDENTIFIED
    )
    late = Q()
    for state, allowed in SETBACKS.items():
        late |= Q(state=state, ended_on__lt=today - days(allowed))
    return people_batch(rows, late, limit, "ended_on", _setback)


def _setback(p: Prescription) -> Item:
    provider = p.session.provider.name
    on = day(p.ended_on)
    told = {
        P.REFUSED: f"refus du {on} par {provider} : {p.get_refusal_reason_display().lower()}"
        f" ; suite proposée : {p.get_next_step_display().lower()}",
        P.EXPIRED: f"la place proposée par {provider} n'a pas été acceptée à temps",
        P.SESSION_CANCELLED: f"session de {provider} annulée le {on}",
        P.NO_SHOW: f"ne s'est pas présenté à l'ouverture ({provider}, {day(p.session.starts_on)})",
    }[P(p.state)]
    return Item(
        PRESCRIPTIONS,
        who=str(p.pathway.beneficiary),
        url=file_url(p),
        why=f"{p.session.title} : {told}",
        due_on=p.ended_on + days(SETBACKS[P(p.state)]),
        actions=(*_instead(p), another_session(p, is_main=p.session.replaced_by_id is None), contact(p)),
        icon="circle-x",
    )


def _instead(p: Prescription) -> tuple[Action, ...]:
    """The session that the provider proposes instead of the one it has cancelled."""
    if p.session.replaced_by_id is None:
        return ()
    address = reverse("prescriptions:prescribe", args=[p.pathway_id])
    return (Action("Prescrire la session proposée", f"{address}?session={p.session.replaced_by_id}", True),)


def another_session(p: Prescription, *, is_main: bool = False) -> Action:
    url = reverse("prescriptions:prescribe", args=[p.pathway_id])
    return Action("Trouver une autre session", url, is_main)


def contact(p: Prescription, *, is_main: bool = False) -> Action:
    url = fact_url(p.pathway_id, "contact", following=reverse("pathways:pile"))
    return Action("Noter un contact", url, is_main)


@source(PRESCRIPTIONS, Role.REFERENT)
def absent(actor: Actor, limit: int) -> Batch:
    """People who did not come to the information session: at once, the référent reaches them."""
    rows = Prescription.objects.visible_to(actor).filter(state=P.ABSENT)
    return people_batch(rows, Q(state_since__lt=clock.today()), limit, "state_since", _absent)


def _absent(p: Prescription) -> Item:
    return Item(
        PRESCRIPTIONS,
        who=str(p.pathway.beneficiary),
        url=file_url(p),
        why=f"{p.session.title} : absent à l'information collective du {day(p.convened_for)}",
        due_on=p.state_since,
        actions=(
            contact(p, is_main=True),
            another_session(p),
            to_fact(p, "withdraw", "Retirer la candidature"),
        ),
        icon="user-x",
    )


@source(PLACES, Role.REFERENT)
def offers(actor: Actor, limit: int) -> Batch:
    """Seats offered that the référent accepts or declines before they go to the next person."""
    rows = Prescription.objects.visible_to(actor).filter(state=P.OFFERED)
    return people_batch(rows, Q(offer_expires_at__lt=clock.now()), limit, "offer_expires_at", _offer)


def _offer(p: Prescription) -> Item:
    opening = f", {day(p.session.starts_on)}" if p.session.starts_on else ""
    return Item(
        PLACES,
        who=str(p.pathway.beneficiary),
        url=file_url(p),
        why=f"place proposée jusqu'au {in_words(p.offer_expires_at)} : "
        f"{p.session.title}, {p.session.provider.name}{opening}",
        due_on=p.offer_expires_on,
        actions=(to_fact(p, "accept", "Accepter", is_main=True), to_fact(p, "withdraw", "Décliner")),
        icon="gift",
    )


@source(PRESCRIPTIONS, Role.REFERENT)
def drafts(actor: Actor, limit: int) -> Batch:
    """Requests begun and not sent; due before registrations close or the session opens."""
    rows = Prescription.objects.visible_to(actor).filter(state=P.DRAFT)
    today = clock.today()
    late = Q(session__registration_ends_on__lt=today) | Q(
        session__registration_ends_on=None, session__starts_on__lt=today
    )
    return people_batch(rows, late, limit, "session__starts_on", _draft)


def _draft(p: Prescription) -> Item:
    address = reverse("prescriptions:prescribe", args=[p.pathway_id])
    return Item(
        PRESCRIPTIONS,
        who=str(p.pathway.beneficiary),
        url=file_url(p),
        why=f"brouillon non envoyé : {p.session.title}, {p.session.provider.name}",
        due_on=_last_day(p.session),
        actions=(Action("Relire et envoyer", f"{address}?session={p.session_id}", is_main=True),),
        icon="pencil",
    )


def _last_day(session: Session) -> date | None:
    return session.registration_ends_on or session.starts_on
