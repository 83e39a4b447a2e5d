"""The alert about a session to complete, the reminder to its provider, and the line of the provider's pile.

Provider first; the Région too once the day to complete has passed (B13: « OF → REG »).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from config import clock
from config.ui.dates import count
from notifications import notices
from notifications.enums import Level
from notifications.models import Alert, Touched
from notifications.registry import Cause, Kind, Since, register, sweeper
from pathways import parameters, pile
from pathways.actor import Actor
from pathways.audience import REGION, in_organisation
from pathways.enums import Role
from prescriptions.completeness import gaps
from prescriptions.completeness.checks import CLOSE, CODES, GRACE, GROUP, Rules
from prescriptions.models import OfferReminder, Session

EVERY = parameters.declare(
    "offer_reminder_every",
    "Intervalle entre deux relances d'un organisme",
    unit="jours",
    default=7,
    group=GROUP,
    minimum=1,
    maximum=60,
    help="Pour une même session qui reste à compléter après son délai.",
)
#: Reminders written by one sweep.
BATCH = 1000
OFFER = pile.Category("offre", "Sessions", 45)


def incomplete_sessions(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per session that lacks something by now."""
    today, days = clock.today(), parameters.values([GRACE.code, CLOSE.code])
    sessions = Session.objects.all() if ids is None else Session.objects.filter(pk__in=ids)
    for session in gaps.to_complete(sessions).order_by("pk").iterator():
        gap = gaps.gap(session, days[GRACE.code])
        is_close = session.starts_on is not None and session.starts_on <= today + timedelta(days[CLOSE.code])
        audience = {in_organisation(Role.PROVIDER, session.provider_id)} | (
            {REGION} if gap.is_late else set()
        )
        level = Level.NOTICE
        if gap.is_late:
            level = Level.URGENT if is_close else Level.WARNING
        yield Cause(
            subject_key=f"session:{session.pk}",
            title=session.title,
            detail=f"{session.provider} : {gap.told}",
            url=reverse("prescriptions:session", args=[session.pk]),
            due_on=gap.due_on,
            level=level,
            audience=frozenset(audience),
        )


def changed_sessions(since: Since) -> set[int]:
    """The sessions touched; once a day, all those that must be complete, and those that opened in between."""
    found = set(since.of("session"))
    if since.day < since.today:
        opened = Q(starts_on__gte=since.day, starts_on__lt=since.today)
        asked = Session.objects.filter(Rules.in_force().asked | opened)
        found |= set(asked.order_by().values_list("pk", flat=True))
    return found


def in_force() -> list[tuple[str, int]]:
    return sorted(parameters.values(CODES).items())


SESSION_INCOMPLETE = register(
    Kind(
        "session_incomplete",
        "Session à compléter",
        "progress-alert",
        incomplete_sessions,
        thing="session",
        watches=("session",),
        changed=changed_sessions,
        parameters=in_force,
        names_nobody=True,
        roles=frozenset({Role.PROVIDER, Role.REGION_OFFICER}),
    )
)

# ---- reminders

REMINDED = notices.declare(
    "offer_reminder",
    "Relance : sessions à compléter",
    "bell-ringing",
    level=Level.WARNING,
    names_nobody=True,
    roles=(Role.PROVIDER,),
)


@sweeper("offer-reminders")
def remind_providers() -> int:
    """Remind each provider of its sessions still incomplete after their day, once a period for each session.

    What is late is read from the open alerts; each session is looked at again before anything is sent. One notice a
    provider, which its digest then carries. Returns how many sessions were reminded of.
    """
    today = clock.today()
    late = Alert.objects.open().filter(kind=SESSION_INCOMPLETE.code, due_on__lt=today)
    ids = {int(key.partition(":")[2]) for key in late.order_by().values_list("subject_key", flat=True)}
    if not ids:
        return 0
    since = today - timedelta(days=parameters.value(EVERY.code))
    recent = OfferReminder.objects.filter(session__in=ids, reminded_on__gt=since).order_by()
    waiting = sorted(ids - set(recent.values_list("session", flat=True)))[:BATCH]
    return _remind(gaps.late(gaps.of_sessions(waiting))) if waiting else 0


def _remind(sessions: QuerySet[Session]) -> int:
    grace = parameters.value(GRACE.code)
    found = [gaps.gap(session, grace) for session in sessions.order_by("provider", "asked_since", "pk")]
    with transaction.atomic():
        OfferReminder.objects.bulk_create(
            (
                OfferReminder(session=gap.session, lacking=",".join(check.code for check in gap.lacks))
                for gap in found
            ),
            ignore_conflicts=True,
        )
        # The alert then says that the provider was reminded.
        Touched.objects.bulk_create(Touched(subject_key=f"session:{gap.session.pk}") for gap in found)
        notices.post_many(REMINDED.code, _news(found))
    return len(found)


def _news(found: list[gaps.Gap]) -> list[notices.News]:
    by_provider: dict[int, list[gaps.Gap]] = {}
    for gap in found:
        by_provider.setdefault(gap.session.provider_id, []).append(gap)
    return [
        notices.News(
            [in_organisation(Role.PROVIDER, provider_id)],
            title=f"{count(len(own), 'session reste,sessions restent')} à compléter",
            detail=f"Relance du {clock.today():%d/%m/%Y} : {_titles(own)} (convention Pôle emploi, art. 4).",
            url=reverse("prescriptions:to_complete"),
            subject_key=f"provider:{provider_id}",
        )
        for provider_id, own in by_provider.items()
    ]


def _titles(found: list[gaps.Gap], shown: int = 3) -> str:
    titles = [gap.session.title for gap in found[:shown]]
    more = [f"et {count(len(found) - shown, 'autre')}"] if len(found) > shown else []
    return ", ".join([*titles, *more])


def forget_reminder(provider_id: int) -> None:
    """Take the reminder back once none of the provider's sessions is late any more."""
    own = Session.objects.filter(provider=provider_id)
    if not gaps.late(gaps.to_complete(own)).exists():
        notices.withdraw(REMINDED.code, [f"provider:{provider_id}"])


# ---- the pile


@pile.source(OFFER, Role.PROVIDER, key="completer")
def sessions_to_complete(actor: Actor, limit: int) -> pile.Batch:
    """The provider's own sessions that lack something, checked at this very moment."""
    own = pile.narrow(Session.objects.visible_to(actor), "completer")
    lacking = gaps.to_complete(own)
    total = lacking.count()
    if not total:
        return pile.Batch(0, 0, ())
    lines = tuple(_line(gap) for gap in gaps.gaps(own, limit))
    return pile.Batch(total, gaps.late(lacking).count(), lines)


def _line(gap: gaps.Gap) -> pile.Item:
    edit = reverse("prescriptions:session_edit", args=[gap.session.pk])
    return pile.Item(
        category=OFFER,
        who=gap.session.title,
        url=reverse("prescriptions:session", args=[gap.session.pk]),
        why=_why(gap),
        due_on=gap.due_on,
        actions=(pile.Action("Compléter", edit, is_main=True),),
        icon=SESSION_INCOMPLETE.icon,
        key=pile.key_of("completer", gap.session.pk),
    )


def _why(gap: gaps.Gap) -> str:
    opening = gap.session.starts_on
    when = f"ouverture le {opening:%d/%m/%Y}" if opening else "ouverture non renseignée"
    return f"{when}. {gap.told}"
