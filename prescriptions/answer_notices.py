"""The référent hears of a refusal, and at once of a seat offered, which expires (domain.md A47, B13)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from django.urls import reverse

from notifications import notices
from notifications.enums import Delivery, Level
from pathways.audience import in_organisation
from pathways.enums import Role
from pathways.facts import Change, on_change
from prescriptions.enums import PrescriptionState, RefusalReason
from prescriptions.models import Prescription
from prescriptions.moments import in_words

P = PrescriptionState
READERS = (Role.REFERENT, Role.DEPARTMENT_MANAGER)

REFUSED = notices.declare("refused", "Refus reçu", "circle-x", level=Level.WARNING, roles=READERS)
OFFERED = notices.declare(
    "seat_offered",
    "Place proposée",
    "armchair",
    level=Level.URGENT,
    delivery=Delivery.AT_ONCE,
    roles=READERS,
)
#: The state of a request that each kind tells of; once it is left there is nothing to tell.
TOLD = {P.REFUSED: REFUSED, P.OFFERED: OFFERED}


def _concerns(change: Change) -> bool:
    return any(old in TOLD or new in TOLD for old, new in change.moved("prescription").values())


@on_change(when=_concerns)
def tell(changes: Sequence[Change]) -> None:
    """Post what has become true of each request, and take back what is no longer."""
    now: dict[int, str] = {}
    before: dict[str, set[int]] = defaultdict(set)
    for change in changes:
        for subject, (old, new) in change.moved("prescription").items():
            now[subject] = new
            if old in TOLD:
                before[old].add(subject)
    for state, kind in TOLD.items():
        if left := [_key(subject) for subject in before[state] if now[subject] != state]:
            notices.withdraw(kind.code, left)
        if entered := [subject for subject, new in now.items() if new == state]:
            notices.post_many(kind.code, [_news(row) for row in _rows(entered)])


def _rows(subjects: Sequence[int]):
    rows = Prescription.objects.filter(pk__in=subjects).order_by("pk")
    return rows.select_related("session__provider", "pathway__beneficiary")


def _key(subject: int) -> str:
    return f"prescription:{subject}"


def _news(row: Prescription) -> notices.News:
    pathway = row.pathway
    if pathway.pole_id is not None:
        key = in_organisation(Role.REFERENT, pathway.pole_id)
    else:
        key = in_organisation(Role.DEPARTMENT_MANAGER, pathway.department_id)
    return notices.News(
        [key],
        title=str(pathway.beneficiary),
        detail=_told(row),
        url=_url(row),
        subject_key=_key(row.pk),
        due_on=row.offer_expires_on if row.state == P.OFFERED else None,
    )


def _url(row: Prescription) -> str:
    """Where one acts: other sessions after a refusal, the file for a seat to accept."""
    if row.state == P.REFUSED:
        return reverse("prescriptions:alternatives", args=[row.pk])
    return reverse("pathways:file", args=[row.pathway_id])


def _told(row: Prescription) -> str:
    session = f"{row.session.title}, {row.session.provider}"
    if row.state == P.OFFERED:
        limit = in_words(row.offer_expires_at)
        return f"{session} : une place est proposée, à accepter avant le {limit}."
    reason = RefusalReason(row.refusal_reason).label.lower() if row.refusal_reason else "motif non précisé"
    step = f" Suite proposée : {row.get_next_step_display().lower()}." if row.next_step else ""
    return f"{session} : candidature refusée, {reason}. {row.refusal_explanation}{step}"
