"""How a mail leaves. Each transport says what it knows of a mail that was in hand when its sender died."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from config.mail_folder import EmailBackend as FolderBackend
from config.mail_folder import MailFolder


class TryLater(Exception):
    """The mail has not been taken, for certain; it may be later."""


class AddressRefused(Exception):
    """The server knows no such address."""


class Doubtful(Exception):
    """The text went out and no answer came: nobody can tell whether it was taken."""


class Transport(Protocol):
    def deliver(self, message: EmailMultiAlternatives, hand_over: Callable[[], None]) -> None:
        """Send one message. `hand_over` is called just before what cannot be taken back.

        Raises TryLater, AddressRefused, Doubtful, and whatever hand_over raises.
        """

    def knows(self, message_id: str) -> bool | None:
        """Whether the message has been taken; None when this transport cannot be asked."""

    def close(self) -> None:
        """No more messages for now."""

    def tidy(self) -> None:
        """Once a night: remove what was left behind."""


def current() -> Transport:
    """The transport of settings.EMAIL_BACKEND."""
    backend = get_connection()
    if isinstance(backend, FolderBackend):
        return FolderTransport(MailFolder(Path(settings.MAIL_FOLDER)))
    if isinstance(backend, SmtpBackend):
        return SmtpTransport(backend)
    return BackendTransport(backend)


class FolderTransport:
    """Files of a folder, named after their Message-ID: exactly once, whatever dies and when."""

    def __init__(self, folder: MailFolder):
        self.folder = folder

    def deliver(self, message: EmailMultiAlternatives, hand_over: Callable[[], None]) -> None:
        hand_over()
        try:
            self.folder.deliver(_file_name(message.extra_headers["Message-ID"]), message.message().as_bytes())
        except OSError as error:
            raise TryLater(str(error)) from error

    def knows(self, message_id: str) -> bool:
        return self.folder.has(_file_name(message_id))

    def close(self) -> None:
        pass

    def tidy(self) -> None:
        self.folder.forget_drafts()


def _file_name(message_id: str) -> str:
    return f"{re.sub(r'[^A-Za-z0-9.@-]', '', message_id)}.eml"


class SmtpTransport:
    """An SMTP server. Until the text goes out nothing can have been taken; after it, only the answer tells."""

    def __init__(self, backend: SmtpBackend):
        self.backend = backend

    def deliver(self, message: EmailMultiAlternatives, hand_over: Callable[[], None]) -> None:
        smtp = self._prepared(message)
        try:
            hand_over()
        except BaseException:
            self.close()
            raise
        try:
            code, answer = smtp.data(message.message().as_bytes(linesep="\r\n"))
        except smtplib.SMTPDataError as error:
            self.close()
            raise TryLater(_said(error.smtp_code, error.smtp_error)) from error
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise Doubtful(str(error)) from error
        if code != 250:
            self.close()
            raise TryLater(_said(code, answer))

    def _prepared(self, message: EmailMultiAlternatives) -> smtplib.SMTP:
        """The server, ready for the text: it has taken sender and address."""
        try:
            self.backend.open()
            smtp: smtplib.SMTP = self.backend.connection
            smtp.ehlo_or_helo_if_needed()
            code, answer = smtp.mail(_bare(message.from_email))
            if code != 250:
                raise TryLater(_said(code, answer))
            code, answer = smtp.rcpt(_bare(message.to[0]))
        except TryLater:
            self.close()
            raise
        except (OSError, smtplib.SMTPException) as error:
            self.close()
            raise TryLater(str(error)) from error
        if code in (250, 251):
            return smtp
        self.close()
        # 5.7.x speaks of our right to send, not of the address (RFC 3463).
        if code in (550, 551, 553) and b" 5.7." not in b" " + answer:
            raise AddressRefused(_said(code, answer))
        raise TryLater(_said(code, answer))

    def knows(self, message_id: str) -> None:
        return None

    def close(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.backend.close()
        self.backend.connection = None

    def tidy(self) -> None:
        pass


class BackendTransport:
    """Any other backend of Django (console, memory): it cannot be asked."""

    def __init__(self, backend):
        self.backend = backend

    def deliver(self, message: EmailMultiAlternatives, hand_over: Callable[[], None]) -> None:
        hand_over()
        try:
            self.backend.send_messages([message])
        except OSError as error:
            raise Doubtful(str(error)) from error

    def knows(self, message_id: str) -> None:
        return None

    def close(self) -> None:
        self.backend.close()

    def tidy(self) -> None:
        pass


def _bare(address: str) -> str:
    return smtplib.quoteaddr(address)[1:-1]


def _said(code: int, answer: bytes | str) -> str:
    text = answer.decode(errors="replace") if isinstance(answer, bytes) else answer
    return f"{code} {text}"
