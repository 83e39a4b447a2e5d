"""What référents are told of seats lost: not accepted in time, nobody came, a request that a provider took back."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse

from notifications import notices
from notifications.enums import Level
from pathways.audience import in_organisation
from pathways.enums import Role
from pathways.facts import Change, on_change
from prescriptions.models import Prescription

READERS = (Role.REFERENT, Role.DEPARTMENT_MANAGER)
LOST = notices.declare(
    "seat_lost",
    "Place perdue ou candidature retirée par l'organisme",
    "hourglass-off",
    level=Level.WARNING,
    roles=READERS,
)


def _is_news(change: Change) -> bool:
    kind = change.fact.kind
    return kind in ("expire", "no_show") or (kind == "withdraw" and change.held.actor.role == Role.PROVIDER)


@on_change(when=_is_news)
def notify(changes: Sequence[Change]) -> None:
    """A notice to the pôle of each person concerned."""
    subjects = [change.fact.subject_id for change in changes]
    rows = Prescription.objects.filter(pk__in=subjects).select_related(
        "session__provider", "pathway__beneficiary"
    )
    by_key = {row.pk: row for row in rows.order_by("pk")}
    notices.post_many(LOST.code, [_news(change, by_key[change.fact.subject_id]) for change in changes])


def _news(change: Change, row: Prescription) -> notices.News:
    pathway, provider = row.pathway, row.session.provider
    told = {
        "expire": lambda: "la place proposée n'a pas été acceptée à temps.",
        "no_show": lambda: f"ne s'est pas présenté à l'ouverture ({provider}).",
        "withdraw": lambda: (
            f"candidature retirée par {provider} ({row.get_withdrawal_reason_display().lower()})."
        ),
    }
    return notices.News(
        [in_organisation(Role.REFERENT, pathway.pole_id)] if pathway.pole_id else [],
        title=str(pathway.beneficiary),
        detail=f"{row.session.title} : {told[change.fact.kind]()}",
        url=reverse("pathways:file", args=[pathway.pk]),
        subject_key=f"prescription:{row.pk}",
        actor_user_id=change.held.actor.user_id,
    )
