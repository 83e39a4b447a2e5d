"""Sending what is in the outbox, each mail once, whatever is killed and when.

A mail is `sending` before anything leaves and `handed` before its text does, each in a transaction of its own. A sender
that dies leaves it so; when its lease has run out, another one asks the transport what became of it.
"""

from __future__ import annotations

import logging
import uuid
from collections import Counter
from datetime import timedelta
from email.utils import format_datetime
from functools import partial

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse

from config import clock
from notifications.enums import HELD, MailState
from notifications.models import Mail, Subscription
from notifications.outbox import transports
from notifications.outbox.transports import AddressRefused, Doubtful, Transport, TryLater
from notifications.readers import directory

logger = logging.getLogger(__name__)

#: Minutes before each further attempt; after the last one the mail waits for an administrator.
PAUSES = (1, 5, 15, 60, 180, 360, 720)
#: What one run sends at most: the next one goes on.
LIMIT = 500


class LeaseLost(Exception):
    """Another sender has taken the mail over: this one must not send it."""


def send_due(limit: int = LIMIT) -> Counter[str]:
    """Send what is due, one mail at a time; any number of senders may run at once. Returns how many ended how."""
    done: Counter[str] = Counter()
    transport = transports.current()
    try:
        recover(transport)
        while sum(done.values()) < limit and (mail := claim()) is not None:
            done[send(mail, transport)] += 1
    finally:
        transport.close()
    return done


def claim() -> Mail | None:
    """Take the mail that has waited longest, for as long as the lease lasts; None when none is due."""
    now = clock.now()
    with transaction.atomic():
        due = Mail.objects.filter(status=MailState.READY, next_attempt_at__lte=now)
        mail = due.order_by("next_attempt_at", "pk").select_for_update(skip_locked=True, of=("self",)).first()
        if mail is None:
            return None
        mail.status, mail.holder, mail.attempts = MailState.SENDING, uuid.uuid4(), mail.attempts + 1
        mail.lease_until = now + _lease()
        mail.save(update_fields=["status", "holder", "attempts", "lease_until"])
    return mail


def send(mail: Mail, transport: Transport) -> str:
    """Send one mail that has been claimed; returns its state."""
    if not directory().of_users([mail.recipient_id]):
        return _end(mail, MailState.CANCELLED, "Cette personne n'a plus accès à Jalons.")
    try:
        transport.deliver(message_of(mail), partial(hand_over, mail))
    except TryLater as error:
        return try_later(mail, str(error))
    except AddressRefused as error:
        Subscription.objects.filter(user=mail.recipient_id).update(bounced=mail.address)
        return _end(mail, MailState.REFUSED, str(error))
    except Doubtful as error:
        return doubt(mail, str(error))
    except LeaseLost:
        logger.warning("mail %s was taken over by another sender", mail.pk)
        return MailState.SENDING
    return _end(mail, MailState.SENT)


def hand_over(mail: Mail) -> None:
    """Note that the text is about to leave. Raises LeaseLost when the mail is no longer this sender's."""
    now = clock.now()
    own = Mail.objects.filter(pk=mail.pk, holder=mail.holder, status=MailState.SENDING, lease_until__gt=now)
    if not own.order_by().update(status=MailState.HANDED, lease_until=now + _lease()):
        raise LeaseLost


def recover(transport: Transport) -> int:
    """Settle the mails whose sender has given no sign until the end of its lease. Returns how many."""
    with transaction.atomic():
        left = Mail.objects.filter(status__in=HELD, lease_until__lte=clock.now())
        mails = list(left.order_by("pk").select_for_update(skip_locked=True, of=("self",)))
        for mail in mails:
            known = transport.knows(mail.message_id)
            if known:
                _end(mail, MailState.SENT)
            elif known is None and mail.status == MailState.HANDED:
                doubt(mail, "L'envoi a été interrompu avant la réponse du serveur.")
            else:
                try_later(mail, "L'envoi a été interrompu.")
    return len(mails)


def try_later(mail: Mail, error: str) -> str:
    """Wait longer each time, then leave the mail to an administrator."""
    if mail.attempts > len(PAUSES):
        return _end(mail, MailState.FAILED, error)
    pause = timedelta(minutes=PAUSES[mail.attempts - 1])
    return _end(mail, MailState.READY, error, next_attempt_at=clock.now() + pause)


def doubt(mail: Mail, error: str) -> str:
    """It may have left: send again under the same Message-ID, or hold, as settings.MAIL_WHEN_DOUBTFUL says."""
    if settings.MAIL_WHEN_DOUBTFUL == "hold":
        return _end(mail, MailState.DOUBTFUL, error)
    return try_later(mail, error)


def _end(mail: Mail, state: MailState, error: str = "", **columns) -> str:
    """Write what became of a mail, if it is still this sender's."""
    ended_at = None if state == MailState.READY else clock.now()
    own = Mail.objects.filter(pk=mail.pk, holder=mail.holder, status__in=HELD).order_by()
    own.update(status=state, holder=None, lease_until=None, error=error, ended_at=ended_at, **columns)
    return state


def _lease() -> timedelta:
    return timedelta(seconds=settings.MAIL_LEASE)


def message_of(mail: Mail) -> EmailMultiAlternatives:
    """The mail as it leaves: identical each time, Message-ID and date included."""
    preferences = f"{settings.SITE_URL}{reverse('notifications:preferences')}"
    message = EmailMultiAlternatives(
        mail.subject,
        mail.text,
        settings.DEFAULT_FROM_EMAIL,
        [mail.address],
        headers={
            "Message-ID": mail.message_id,
            "Date": format_datetime(mail.created_at),
            "List-Unsubscribe": f"<{preferences}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(mail.html, "text/html")
    return message
