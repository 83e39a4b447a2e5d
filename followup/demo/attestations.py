"""AIS and AES of the demo: issued by each provider on the days that follow the facts, a few late, one annulled."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from config import clock
from pathways import corrections
from pathways.actor import Actor
from pathways.enums import Role
from pathways.guards import TransitionRefused
from pathways.models import Event, Membership
from prescriptions.documents.issuing import issue
from prescriptions.documents.kinds import DocumentKind
from prescriptions.enums import PrescriptionState
from prescriptions.models import IssuedDocument, Prescription

P = PrescriptionState
#: Days from the entry to the AES, one draw per session; None: nobody has issued them yet.
LAGS = (0, 1, 1, 1, 2, 2, 2, 3, 3, 5, 8, None)
#: A session that opened so few days ago is left for the provider to issue.
FRESH = 6


def issue_all(seed: int) -> int:
    """Issue what the providers of a played year would have issued by now; returns how many documents."""
    rng = Random(seed)  # noqa: S311  (repeatable, not unpredictable)
    today = clock.today()
    actors = _providers()
    made = 0
    for (day, kind, provider_id), ids in sorted(_plan(rng, today).items()):
        if provider_id in actors:
            moment = datetime.combine(day, time(17, 30), timezone.get_default_timezone())
            with clock.at(min(moment, clock.now())):
                made += len(issue(kind, ids, actors[provider_id]).made)
    return made + _one_annulled(actors)


def _providers() -> dict[int, Actor]:
    """Provider id -> its first trainer, who signs."""
    rows = (
        Membership.objects.filter(role=Role.PROVIDER).select_related("user", "organisation").order_by("-pk")
    )
    return {row.organisation_id: Actor.of(row) for row in rows}


def _plan(rng: Random, today: date) -> dict[tuple, list[int]]:
    """(day, kind, provider) -> the requests whose document is issued then."""
    rows = Prescription.objects.filter(state__in=[P.REGISTERED, P.ENTERED]).select_related("session")
    by_session: dict[str, list[Prescription]] = defaultdict(list)
    for row in rows.order_by("session__carif_number", "pathway__sort_key", "pk"):
        by_session[row.session.carif_number].append(row)
    plan: dict[tuple, list[int]] = defaultdict(list)
    for people in by_session.values():
        lag = rng.choice(LAGS)
        # The AIS of a session leave together, once the last person is registered.
        registered = min(today, max(row.registered_on for row in people))
        for row in people:
            provider = row.session.provider_id
            plan[registered, DocumentKind.AIS, provider].append(row.pk)
            if row.state == P.ENTERED and lag is not None and row.entered_on < today - timedelta(days=FRESH):
                plan[min(today, row.entered_on + timedelta(days=lag)), DocumentKind.AES, provider].append(
                    row.pk
                )
    return plan


def _one_annulled(actors: dict[int, Actor]) -> int:
    """An entry recorded one day too early is put right: its AES is annulled, another is issued. Returns 1, or 0."""
    entries = IssuedDocument.objects.filter(kind=DocumentKind.AES).select_related(
        "event", "prescription__session"
    )
    for document in entries.order_by("-issued_at", "prescription__pathway__sort_key", "pk")[:40]:
        event: Event = document.event
        actor = actors[document.provider_id]
        try:
            corrections.correct(
                event.pk,
                actor,
                comment="La personne est entrée le lendemain.",
                occurred_on=event.occurred_on + timedelta(days=1),
            )
        except TransitionRefused:
            continue
        return len(issue(DocumentKind.AES, [document.prescription_id], actor).made)
    return 0
