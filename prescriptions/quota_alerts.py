"""« Quota non consommé »: reserved seats that nobody uses as their release comes near (domain.md B13, A19)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.urls import reverse

from config import clock
from config.ui.dates import count
from notifications.registry import Cause, Kind, Since, register
from pathways import parameters, pile
from pathways.actor import Actor
from pathways.audience import REGION, in_organisation
from pathways.blockages import alerted
from pathways.enums import OrganisationKind, Role
from pathways.models import Organisation
from prescriptions import deadlines, reserved
from prescriptions.models import SeatQuota, Session


def notice() -> int:
    """How many days before the release of its seats an unused quota is an alert."""
    return parameters.value(deadlines.QUOTA_NOTICE.code)


def _near():
    """Quotas whose release comes near, up to the very day of it."""
    today = clock.today()
    near = SeatQuota.objects.in_force().filter(
        releases_on__gte=today, releases_on__lte=today + timedelta(days=notice())
    )
    return near.filter(session__cancelled_on=None)


def unused_quotas(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per session with reserved seats about to be released that nobody uses."""
    near = _near() if ids is None else _near().filter(session__in=ids)
    by_session: dict[int, list[SeatQuota]] = {}
    rows = near.select_related("session__provider", "public__cohort", "public__pole")
    for quota in rows.order_by("session", "public__letter", "pk"):
        by_session.setdefault(quota.session_id, []).append(quota)
    kept = reserved.of_sessions(by_session)
    everywhere = _departments()
    for session_id, quotas in by_session.items():
        used = kept[session_id].used()
        left = [(quota, quota.seats - used[quota.pk]) for quota in quotas if used[quota.pk] < quota.seats]
        if left:
            session, due_on = quotas[0].session, min(quota.releases_on for quota, _ in left)
            yield Cause(
                subject_key=f"session:{session_id}",
                title=session.title,
                detail=" ; ".join(_told(quota, number) for quota, number in left) + f" ; {session.provider}.",
                url=reverse("prescriptions:session", args=[session_id]),
                due_on=due_on,
                audience=frozenset({REGION, *_audience([quota for quota, _ in left], everywhere)}),
            )


def _told(quota: SeatQuota, number: int) -> str:
    seats = count(number, "place réservée sans personne,places réservées sans personne")
    return f"{seats} sur {quota.seats} ({quota.public}), ouvertes à tous le {quota.releases_on:%d/%m/%Y}"


def _departments() -> list[int]:
    rows = Organisation.objects.filter(kind=OrganisationKind.DEPARTMENT)
    return list(rows.order_by().values_list("pk", flat=True))


def _audience(quotas: list[SeatQuota], everywhere: list[int]) -> Iterator[str]:
    """The Département of the public; every one where the public belongs to none."""
    for quota in quotas:
        public = quota.public
        home = public.department_id
        if home is None and public.cohort is not None:
            home = public.cohort.department_id
        if home is None and public.pole is not None:
            home = public.pole.parent_id
        for department in [home] if home is not None else everywhere:
            yield in_organisation(Role.DEPARTMENT_MANAGER, department)


def changed_quotas(since: Since) -> set[int]:
    """The sessions touched, those whose release is near, and those whose release has passed since."""
    found = set(since.of("session"))
    found |= set(_near().order_by().values_list("session", flat=True))
    passed = SeatQuota.objects.filter(releases_on__gte=since.day, releases_on__lt=since.today)
    found |= set(passed.order_by().values_list("session", flat=True))
    ended = SeatQuota.objects.exclude(ended_at=None).filter(releases_on__gte=since.day)
    return found | set(ended.order_by().values_list("session", flat=True))


QUOTA_UNUSED = register(
    Kind(
        "quota_unused",
        "Quota non consommé",
        "users-group",
        unused_quotas,
        thing="session",
        watches=("session",),
        changed=changed_quotas,
        parameters=notice,
        names_nobody=True,
        roles=frozenset({Role.DEPARTMENT_MANAGER, Role.REGION_OFFICER}),
    )
)


@pile.source(pile.PLACES, Role.DEPARTMENT_MANAGER, Role.REGION_OFFICER, key="quota")
def unused_quota_lines(actor: Actor, limit: int) -> pile.Batch:
    """Sessions whose reserved seats are about to be everybody's, as the open alerts say."""
    sessions = Session.objects.visible_to(actor).filter(alerted(actor, QUOTA_UNUSED, "session"))
    sessions = pile.narrow(sessions, "quota")
    total = sessions.count()
    shown = list(sessions.order_by("starts_on", "pk")[:limit]) if total else []
    causes = {cause.subject_key: cause for cause in unused_quotas([session.pk for session in shown])}
    found = [cause for session in shown if (cause := causes.get(f"session:{session.pk}")) is not None]
    return pile.Batch(total, 0, tuple(_line(cause) for cause in found))


def _line(cause: Cause) -> pile.Item:
    return pile.Item(
        category=pile.PLACES,
        who=cause.title,
        url=cause.url,
        why=cause.detail,
        due_on=cause.due_on,
        actions=(pile.Action("Voir la session", cause.url, is_main=True),),
        icon=QUOTA_UNUSED.icon,
        key=pile.key_of("quota", cause.subject_key.partition(":")[2]),
    )
