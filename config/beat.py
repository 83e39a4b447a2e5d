"""One beat: whichever process holds a lock in the database sends; the others stand by."""

import logging

from celery.beat import PersistentScheduler
from django.db import Error, connections

from config.locks import AdvisoryLock

logger = logging.getLogger(__name__)

STANDBY_SECONDS = 5.0
CONNECTION_ALIAS = "default"


class SingleBeatScheduler(PersistentScheduler):
    """Celery's scheduler, silent while another beat holds the lock.

    The lock belongs to a database session: it vanishes with the process or with its connection, and a standby
    takes over within five seconds.
    """

    def __init__(self, *args, **kwargs):
        self._lock = None
        super().__init__(*args, **kwargs)

    def tick(self, *args, **kwargs) -> float:
        """Send what is due. Returns the seconds to wait before the next call."""
        if not self._is_leader():
            return STANDBY_SECONDS
        return super().tick(*args, **kwargs)

    def _is_leader(self) -> bool:
        try:
            if self._lock and self._lock.is_held():
                return True
            was_leader = self._lock is not None
            # A connection of its own: request handling and tasks never share it.
            self._lock = AdvisoryLock("celery-beat", connections.create_connection(CONNECTION_ALIAS))
            if self._lock.acquire():
                logger.info("This beat leads%s.", " again" if was_leader else "")
                return True
        except Error:
            logger.warning("Beat cannot reach the database; trying again in %s s.", STANDBY_SECONDS)
        if self._lock:
            self._lock.connection.close()
        self._lock = None
        return False
