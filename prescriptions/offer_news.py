"""What a provider changes of its offer reaches the advisors of the bassin at once (PE, art. 4)."""

from __future__ import annotations

from django.urls import reverse

from notifications import notices
from pathways.actor import Actor
from pathways.audience import advisors_of
from pathways.enums import Role
from prescriptions.models import Session
from prescriptions.provenance import SHOWN
from prescriptions.session_form import SessionForm, said, text

OFFER_CHANGED = notices.declare(
    "offer_changed",
    "Session modifiée par l'organisme",
    "calendar-event",
    names_nobody=True,
    roles=(Role.ADVISOR,),
)
#: What an advisor needs to know to direct somebody; a price is not.
TOLD = (
    *("starts_on", "ends_on", "registration_starts_on", "registration_ends_on"),
    *("capacity", "recruitment"),
)


def tell(session: Session, form: SessionForm, actor: Actor) -> None:
    """Post the changes of a declaration that has just been saved; nothing when it only confirms.

    One notice a session: a later change replaces it, and is then new again. A session without a bassin has no reader.
    """
    changes = changes_of(form)
    if not changes or session.area_id is None or session.cancelled_on is not None:
        return
    notices.post(
        OFFER_CHANGED.code,
        [advisors_of(session.area_id)],
        title=session.title,
        detail=f"{session.provider} : {' ; '.join(changes)}.",
        url=reverse("prescriptions:session", args=[session.pk]),
        actor_user_id=actor.user_id,
        subject_key=f"session:{session.pk}",
    )


def changes_of(form: SessionForm) -> list[str]:
    """« places : 10 → 12 », « information collective du 12/03/2026 à 9 h annoncée », in reading order."""
    told = []
    for name in TOLD:
        before, now = form.kept[name], text(form.cleaned_data[name])
        if before != now:
            label = SHOWN[name][0].lower()
            told.append(f"{label} : {said(form, name, before)} → {said(form, name, now)}")
    told += [f"{str(meeting).lower()} annoncée" for meeting in form.meetings.added]
    return told + [f"{str(meeting).lower()} retirée" for meeting in form.meetings.withdrawn]
