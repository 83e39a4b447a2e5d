"""What anybody holding a document may learn of it: whether it is authentic and still holds, nothing that it hides."""

from __future__ import annotations

import re
from dataclasses import dataclass

from prescriptions.documents.content import SHORT, fingerprint
from prescriptions.documents.kinds import DocumentKind
from prescriptions.documents.standing import Standing, standings
from prescriptions.models import IssuedDocument

_NUMBER = re.compile(rf"({'|'.join(DocumentKind.values)})-(\d{{4}})-(\d{{6,9}})")
_NOT_HEXADECIMAL = re.compile(r"[^0-9a-f]")


@dataclass(frozen=True)
class Verified:
    """A document found, and where it stands today."""

    document: IssuedDocument
    standing: Standing


def by_fingerprint(digits: str) -> Verified | None:
    """The document of a whole fingerprint; None when nobody has issued it, or when its row no longer matches it."""
    return _read(IssuedDocument.objects.filter(fingerprint=digits))


def by_number(number: str, code: str) -> Verified | None:
    """The document whose number and code were typed, whatever the case and spaces; the whole fingerprint is a code too.

    The code has 64 bits at least: trying them one after the other finds nothing.
    """
    match = _NUMBER.fullmatch(_typed(number))
    digits = _NOT_HEXADECIMAL.sub("", code.lower())
    if match is None or not SHORT <= len(digits) <= 64:
        return None
    kind, year, rank = match.groups()
    return _read(
        IssuedDocument.objects.filter(
            kind=kind, year=int(year), rank=int(rank), fingerprint__startswith=digits
        )
    )


def _read(found) -> Verified | None:
    document = found.select_related("prescription", "provider").order_by("pk").first()
    if document is None or fingerprint(document.content) != document.fingerprint:
        return None
    return Verified(document, standings([document])[document.pk])


def _typed(number: str) -> str:
    """A number as it is kept: capitals, no space, plain hyphens."""
    return re.sub(r"[\u2010-\u2015]", "-", re.sub(r"\s", "", number.upper()))
