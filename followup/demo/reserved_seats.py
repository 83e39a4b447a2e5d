"""Seats kept for a public, an overbooked session, a suspended one, and a seat that Jalons offers by itself."""

from __future__ import annotations

from datetime import timedelta

from config import clock
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Membership
from prescriptions import allotment, deadlines, offers, quota_alerts
from prescriptions.enums import PrescriptionState
from prescriptions.models import ReservedPublic, Session

#: (letter, name, criteria) of the publics that the Région keeps seats for.
PUBLICS = (
    ("A", "Moins de 26 ans", {"max_age": 25}),
    ("B", "Inscrits à Pôle emploi depuis un an ou plus", {"registered_months": 12}),
    ("C", "50 ans ou plus", {"min_age": 50}),
)
#: Only sessions that open later than this are touched: those of the next days are staged.
LATER = 8
OVERBOOKED_FOR = "Désistements fréquents avant l'ouverture"
SUSPENDED_FOR = "Groupe en cours de recomposition"


def decide_all() -> int:
    """What the Région and the providers have decided by today; returns how many decisions."""
    officer = _first(Role.REGION_OFFICER)
    if officer is None:
        return 0
    publics = [_public(letter, name, criteria, officer) for letter, name, criteria in PUBLICS]
    today = clock.today()
    coming = Session.objects.regional().upcoming(today + timedelta(days=LATER)).exclude(capacity=None)
    sessions = list(coming.order_by("starts_on", "carif_number"))
    made = 0
    roomy = [session for session in sessions if session.seats_to_give >= 4][:4]
    for rank, session in enumerate(roomy):
        # The second comes so near its release that the Région and the Département are told.
        near = today + timedelta(days=quota_alerts.notice() - 1)
        until = near if rank == 1 else max(deadlines.release_day(session.starts_on), near)
        wanted = {publics[rank % 3].pk: allotment.Wanted(2 if rank % 2 else 1, until)}
        made += _tried(lambda s=session, w=wanted: allotment.set_quotas(s.pk, w, officer))
    large = [session for session in sessions if deadlines.overbooking_cap(session.capacity)]
    crowded = sorted(
        large, key=lambda one: (-_waiting(one), -one.seats_held, one.starts_on, one.carif_number)
    )
    for session in crowded[:1]:
        made += _tried(lambda s=session: allotment.set_overbooking(s.pk, 1, OVERBOOKED_FOR, officer))
        session.refresh_from_db()
        offers.pass_on(session)
    for session in crowded[1:2]:
        provider = _first(Role.PROVIDER, session.provider_id)
        if provider is not None:
            made += _tried(lambda s=session, p=provider: allotment.suspend_offers(s.pk, SUSPENDED_FOR, p))
    return made


def _waiting(session: Session) -> int:
    return session.prescriptions.filter(state=PrescriptionState.WAITLISTED).count()


def _tried(decide) -> int:
    try:
        decide()
    except allotment.SeatsRefused:
        return 0
    return 1


def _public(letter: str, name: str, criteria: dict, officer: Actor) -> ReservedPublic:
    found, _ = ReservedPublic.objects.get_or_create(
        letter=letter, defaults={"name": name, "created_by": officer.user, **criteria}
    )
    return found


def _first(role: Role, organisation_id: int | None = None) -> Actor | None:
    rows = Membership.objects.filter(role=role).select_related("user", "organisation").order_by("pk")
    if organisation_id is not None:
        rows = rows.filter(organisation=organisation_id)
    membership = rows.first()
    return Actor.of(membership) if membership else None
