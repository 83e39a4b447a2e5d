"""What awaits a training provider about its candidates.

Where one screen settles several people at once (presences, AIS, AES), the session is one line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse

from config import clock
from config.ui.dates import count, day
from pathways.actor import Actor
from pathways.enums import Role
from pathways.pile import PLACES, PRESCRIPTIONS, Action, Batch, Item, narrow, source
from prescriptions import queue
from prescriptions.delays import Delays
from prescriptions.enums import PrescriptionState
from prescriptions.flows import Admission
from prescriptions.models import Prescription, Session
from prescriptions.offers import sessions_passing_on
from prescriptions.pile_lines import (
    candidates_url,
    days,
    file_url,
    people_batch,
    session_batch,
    tasks_of,
    to_fact,
)

P = PrescriptionState


ANSWERS = (Admission.answer, Admission.decide)


@source(PRESCRIPTIONS, Role.PROVIDER, key="candidature", tasks=tasks_of(*ANSWERS))
def without_answer(actor: Actor, limit: int) -> Batch:
    """Requests that nobody has answered, and people seen at the information session who wait for a decision."""
    allowed = Delays.on().answer
    overdue = clock.today() - days(allowed)
    rows = Prescription.objects.visible_to(actor).filter(state__in=[P.SUBMITTED, P.ATTENDED])
    return people_batch(
        "candidature",
        rows,
        Q(state_since__lt=overdue),
        limit,
        "state_since",
        lambda p, named: _without_answer(p, allowed, named),
        ANSWERS,
    )


def _without_answer(p: Prescription, allowed: int, named: dict[str, str]) -> Item:
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
        due_on=p.state_since + days(allowed),
        actions=(main, to_fact(p, "refuse", "Refuser")),
        icon="hourglass",
        **named,
    )


@source(
    PRESCRIPTIONS,
    Role.PROVIDER,
    key="presences",
    tasks=tasks_of(Admission.presence, by=("session", "convened_for")),
)
def presences_to_say(actor: Actor, limit: int) -> Batch:
    """Information sessions that have taken place and of which nobody said who came."""
    today = clock.today()
    rows = Prescription.objects.visible_to(actor).filter(state=P.CONVENED, convened_for__lte=today)
    allowed = days(Delays.on().presence)
    return session_batch(
        "presences",
        rows,
        "convened_for",
        Q(convened_for__lt=today - allowed),
        limit,
        lambda session, group, named: _presences(session, group, group["convened_for"] + allowed, named),
        Admission.presence,
    )


def _presences(session: Session, group: dict[str, Any], due_on: date, named: dict[str, str]) -> Item:
    url = reverse("prescriptions:meeting", args=[session.pk])
    told = count(group["people"], "personne convoquée,personnes convoquées")
    return Item(
        PRESCRIPTIONS,
        who=session.title,
        url=reverse("prescriptions:session", args=[session.pk]),
        why=f"{told} le {day(group['convened_for'])} : présences à saisir",
        due_on=due_on,
        actions=(Action("Saisir les présences", url, is_main=True),),
        icon="user-check",
        **named,
    )


@source(
    PRESCRIPTIONS,
    Role.PROVIDER,
    key="ais",
    tasks=tasks_of(Admission.ais, by=("session", "session__starts_on")),
)
def without_ais(actor: Actor, limit: int) -> Batch:
    """People admitted whose AIS is not recorded while the opening comes near."""
    today, delays = clock.today(), Delays.on()
    horizon = today + days(delays.ais + delays.ais_notice)
    rows = Prescription.objects.visible_to(actor).filter(state=P.ADMITTED, session__starts_on__lte=horizon)
    return session_batch(
        "ais",
        rows,
        "session__starts_on",
        Q(session__starts_on__lt=today + days(delays.ais)),
        limit,
        lambda session, group, named: _ais(session, group, session.starts_on - days(delays.ais), named),
        Admission.ais,
    )


def _ais(session: Session, group: dict[str, Any], due_on: date, named: dict[str, str]) -> Item:
    told = count(group["people"], "personne retenue,personnes retenues")
    url = candidates_url(session.pk, "retenus")
    return Item(
        PRESCRIPTIONS,
        who=session.title,
        url=reverse("prescriptions:session", args=[session.pk]),
        why=f"{told} sans inscription (AIS), ouverture le {day(session.starts_on)}",
        due_on=due_on,
        actions=(Action("Enregistrer les AIS", url, is_main=True),),
        icon="file-check",
        **named,
    )


@source(
    PRESCRIPTIONS,
    Role.PROVIDER,
    key="aes",
    tasks=tasks_of(Admission.aes, by=("session", "session__starts_on")),
)
def without_aes(actor: Actor, limit: int) -> Batch:
    """People registered in a session that has opened, of whom neither an entry nor an absence is recorded."""
    today = clock.today()
    rows = Prescription.objects.visible_to(actor).filter(state=P.REGISTERED, session__starts_on__lte=today)
    allowed = days(Delays.on().aes)
    return session_batch(
        "aes",
        rows,
        "session__starts_on",
        Q(session__starts_on__lt=today - allowed),
        limit,
        lambda session, group, named: _aes(session, group, session.starts_on + allowed, named),
        Admission.aes,
    )


def _aes(session: Session, group: dict[str, Any], due_on: date, named: dict[str, str]) -> Item:
    told = count(group["people"], "personne inscrite,personnes inscrites")
    url = candidates_url(session.pk, "retenus")
    return Item(
        PRESCRIPTIONS,
        who=session.title,
        url=reverse("prescriptions:session", args=[session.pk]),
        why=f"{told}, session ouverte le {day(session.starts_on)} : entrée (AES) ou absence à saisir",
        due_on=due_on,
        actions=(Action("Enregistrer les entrées", url, is_main=True),),
        icon="door-enter",
        **named,
    )


@source(PLACES, Role.PROVIDER, key="place-libre")
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
    rows = narrow(rows, "place-libre")
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
        key=f"place-libre:{session.pk}",
    )
