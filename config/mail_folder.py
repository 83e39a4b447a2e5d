"""E-mails as files of a folder: what a machine without a mail server does with them, and a transport that can answer.

A file stands complete under its final name or not at all, and a name is taken once: whoever delivers the same message a
second time finds it there, whatever was killed in between.
"""

import os
import time
import uuid
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend

DAY = 24 * 3600  # seconds


class MailFolder:
    """`new/` holds the messages, `tmp/` what is being written; as a Maildir, so that mail programs can read it."""

    def __init__(self, path: Path):
        self.new, self.tmp = path / "new", path / "tmp"

    def deliver(self, name: str, content: bytes) -> bool:
        """Put a message under its name. Returns False when it is there already. Raises OSError."""
        for folder in (self.new, self.tmp):
            folder.mkdir(parents=True, exist_ok=True)
        draft = self.tmp / f"{name}.{uuid.uuid4().hex}"
        try:
            with draft.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # link() refuses a name that is taken, where rename() would write over it.
            os.link(draft, self.new / name)
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        self._settle()
        return True

    def has(self, name: str) -> bool:
        """Whether a message of this name has been delivered."""
        return (self.new / name).exists()

    def forget_drafts(self) -> None:
        """Remove what a writer that was killed left half written, a day ago or more."""
        for draft in self.tmp.glob("*"):
            if draft.stat().st_mtime < time.time() - DAY:
                draft.unlink(missing_ok=True)

    def _settle(self) -> None:
        """The new name survives a power cut."""
        folder = os.open(self.new, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class EmailBackend(BaseEmailBackend):
    """Django's own e-mails go to the same folder (settings.MAIL_FOLDER)."""

    def send_messages(self, email_messages) -> int:
        folder = MailFolder(Path(settings.MAIL_FOLDER))
        return sum(folder.deliver(f"{uuid.uuid4().hex}.eml", m.message().as_bytes()) for m in email_messages)
