"""Writing down who read whose file (architecture, section 6)."""

from datetime import timedelta

from config import clock
from config.readonly import recording_access
from pathways.actor import Actor
from pathways.models import FileAccess, Pathway
from pathways.reading.moment import afterwards, reading_now

#: Going back and forth on one file is one reading.
SAME_READING = timedelta(hours=1)


def record_reading(actor: Actor, pathway: Pathway, page: str) -> None:
    """Log that the actor read `page` (« dossier », « présences »…) of this person, once an hour at most.

    A reading in the past is logged on the day it is made, with the day that was read.
    """
    if (past := reading_now()) is not None:
        afterwards(lambda: _record(actor, pathway, f"{page} au {past.day:%d/%m/%Y}"))
    else:
        _record(actor, pathway, page)


def _record(actor: Actor, pathway: Pathway, page: str) -> None:
    seen = FileAccess.objects.filter(
        user=actor.user, organisation=actor.organisation, pathway=pathway, page=page
    )
    if seen.filter(read_at__gt=clock.now() - SAME_READING).exists():
        return
    with recording_access():
        FileAccess.objects.create(
            user=actor.user, organisation=actor.organisation, pathway=pathway, page=page
        )
