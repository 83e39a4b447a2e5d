"""What awaits a référent about their people's prescriptions: setbacks, absences, seats offered, drafts."""

from __future__ import annotations

from datetime import date

from django.db.models import Q
from django.urls import reverse

from config import clock
from config.ui.dates import day
from pathways.actor import Actor
from pathways.enums import Role
from pathways.pile import PLACES, PRESCRIPTIONS, Action, Batch, Item, source
from prescriptions.admission.alerts import without_sequel
from prescriptions.delays import Delays
from prescriptions.enums import PrescriptionState
from prescriptions.flows import Admission
from prescriptions.models import Prescription, Session
from prescriptions.moments import in_words
from prescriptions.pile_lines import another_session, contact, days, file_url, people_batch, tasks_of, to_fact

P = PrescriptionState


def allowed_after(delays: Delays) -> dict[str, int]:
    """How a request ended without a course -> days to find something else."""
    return {
        P.REFUSED: delays.next_step,
        P.EXPIRED: delays.next_step,
        P.SESSION_CANCELLED: delays.next_step,
        P.NO_SHOW: delays.no_show,
    }


@source(PRESCRIPTIONS, Role.REFERENT, key="suite")
def setbacks(actor: Actor, limit: int) -> Batch:
    """People whose last request ended without a course, and for whom nothing has been asked since."""
    today, allowed = clock.today(), allowed_after(Delays.on())
    late = Q()
    for state, number in allowed.items():
        late |= Q(state=state, ended_on__lt=today - days(number))
    rows = without_sequel(Prescription.objects.visible_to(actor))
    return people_batch(
        "suite",
        rows,
        late,
        limit,
        "ended_on",
        lambda p, named: _setback(p, p.ended_on + days(allowed[P(p.state)]), named),
    )


def _setback(p: Prescription, due_on: date, named: dict[str, str]) -> Item:
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
        due_on=due_on,
        actions=(*_instead(p), another_session(p, is_main=p.session.replaced_by_id is None), contact(p)),
        icon="circle-x",
        **named,
    )


def _instead(p: Prescription) -> tuple[Action, ...]:
    """The session that the provider proposes instead of the one it has cancelled."""
    if p.session.replaced_by_id is None:
        return ()
    address = reverse("prescriptions:prescribe", args=[p.pathway_id])
    return (Action("Prescrire la session proposée", f"{address}?session={p.session.replaced_by_id}", True),)


@source(PRESCRIPTIONS, Role.REFERENT, key="absence", tasks=tasks_of(Admission.absence))
def absent(actor: Actor, limit: int) -> Batch:
    """People who did not come to the information session: at once, the référent reaches them."""
    rows = Prescription.objects.visible_to(actor).filter(state=P.ABSENT)
    late = Q(state_since__lt=clock.today())
    return people_batch("absence", rows, late, limit, "state_since", _absent, (Admission.absence,))


def _absent(p: Prescription, named: dict[str, str]) -> Item:
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
        **named,
    )


@source(PLACES, Role.REFERENT, key="place-proposee", tasks=tasks_of(Admission.seat))
def offers(actor: Actor, limit: int) -> Batch:
    """Seats offered that the référent accepts or declines before they go to the next person."""
    rows = Prescription.objects.visible_to(actor).filter(state=P.OFFERED)
    late = Q(offer_expires_at__lt=clock.now())
    return people_batch("place-proposee", rows, late, limit, "offer_expires_at", _offer, (Admission.seat,))


def _offer(p: Prescription, named: dict[str, str]) -> Item:
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
        **named,
    )


@source(PRESCRIPTIONS, Role.REFERENT, key="brouillon")
def drafts(actor: Actor, limit: int) -> Batch:
    """Requests begun and not sent; due before registrations close or the session opens."""
    rows = Prescription.objects.visible_to(actor).filter(state=P.DRAFT)
    today = clock.today()
    late = Q(session__registration_ends_on__lt=today) | Q(
        session__registration_ends_on=None, session__starts_on__lt=today
    )
    return people_batch("brouillon", rows, late, limit, "session__starts_on", _draft)


def _draft(p: Prescription, named: dict[str, str]) -> Item:
    address = reverse("prescriptions:prescribe", args=[p.pathway_id])
    return Item(
        PRESCRIPTIONS,
        who=str(p.pathway.beneficiary),
        url=file_url(p),
        why=f"brouillon non envoyé : {p.session.title}, {p.session.provider.name}",
        due_on=_last_day(p.session),
        actions=(Action("Relire et envoyer", f"{address}?session={p.session_id}", is_main=True),),
        icon="pencil",
        **named,
    )


def _last_day(session: Session) -> date | None:
    return session.registration_ends_on or session.starts_on
