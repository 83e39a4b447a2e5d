"""Publics and quotas for the tests of seats."""

from datetime import UTC, date, datetime

from prescriptions.models import ReservedPublic, SeatQuota, Session


def public(letter: str = "A", **criteria) -> ReservedPublic:
    return ReservedPublic.objects.create(letter=letter, name=f"Public {letter}", **criteria)


def keep(session: Session, for_whom: ReservedPublic, seats: int, until: date) -> SeatQuota:
    """Seats of a session kept for a public, decided long ago."""
    decided = datetime(2025, 1, 1, tzinfo=UTC)
    return SeatQuota.objects.create(
        session=session, public=for_whom, seats=seats, releases_on=until, set_at=decided
    )
