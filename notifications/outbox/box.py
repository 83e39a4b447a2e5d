"""Putting mails into the outbox, and taking care of those that did not leave."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.db import transaction

from config import clock
from notifications.enums import STUCK, MailState
from notifications.models import Mail, MailLine, Subscription
from notifications.news import NewsItem
from notifications.readers import Reader

#: How long what was sent can be read again; its lines stay, so that nothing is told twice.
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Letter:
    """One mail to put in. key: what it is, once and for all. items: the news that it tells."""

    key: str
    reader: Reader
    subject: str
    text: str
    html: str
    items: Sequence[NewsItem]


def message_id(key: str) -> str:
    """The Message-ID of a mail: the same however often it is sent."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"


def put(letters: Iterable[Letter]) -> int:
    """Put letters in, with a line for each piece of news; those whose key is in already are left out.

    In the transaction of the caller, who has locked the subscriptions of the recipients: the database refuses
    (IntegrityError) to tell anybody the same news twice. Returns how many are new.
    """
    by_key = {letter.key: letter for letter in letters}
    known = set(Mail.objects.filter(key__in=by_key).order_by().values_list("key", flat=True))
    new = [letter for key, letter in by_key.items() if key not in known]
    with transaction.atomic():
        mails = Mail.objects.bulk_create(_mail(letter) for letter in new)
        MailLine.objects.bulk_create(
            MailLine(
                mail=mail,
                recipient_id=mail.recipient_id,
                source=item.source,
                source_id=item.source_id,
                level=item.level,
            )
            for mail, letter in zip(mails, new, strict=True)
            for item in letter.items
        )
    return len(new)


def _mail(letter: Letter) -> Mail:
    return Mail(
        key=letter.key,
        recipient_id=letter.reader.user_id,
        address=letter.reader.email,
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id=message_id(letter.key),
    )


def send_again(mail_id: int) -> bool:
    """Try a stuck mail anew, to the address that its recipient has now. False when it is not stuck (any more)."""
    with transaction.atomic():
        stuck = Mail.objects.select_for_update(of=("self",)).filter(pk=mail_id, status__in=STUCK)
        mail = stuck.select_related("recipient").first()
        if mail is None:
            return False
        Subscription.objects.filter(user=mail.recipient_id, bounced=mail.address).update(bounced="")
        mail.address, mail.status, mail.attempts = mail.recipient.email, MailState.READY, 0
        mail.next_attempt_at, mail.ended_at = clock.now(), None
        mail.save(update_fields=["address", "status", "attempts", "next_attempt_at", "ended_at"])
    return True


def forget_old() -> int:
    """Empty the mails that ended long ago. Returns how many."""
    old = Mail.objects.filter(ended_at__lt=clock.now() - KEPT).exclude(text="", html="")
    return old.order_by().update(text="", html="")
