"""Whether the dates of a session may still be changed by a form, or only by postponing it."""

from __future__ import annotations

from config.ui.dates import count
from prescriptions.models import Session


def why_fixed(session: Session) -> str:
    """Why the opening and the closing may not be typed anew, with what to do instead; "" while they may.

    A session whose opening is unknown may always be given one.
    """
    if session.starts_on is None:
        return ""
    live = session.prescriptions.live().count()
    if not live:
        return ""
    people = count(live, "personne compte,personnes comptent")
    return f"{people} sur ces dates. Pour en changer, reportez la session : personne ne perd sa place."
