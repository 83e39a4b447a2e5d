"""What a document says, frozen when it is issued, and the fingerprint by which it is recognised.

Nothing here names the pôle d'insertion, the prescriber or the RSA: the paper is shown to landlords and employers
(domain.md, C, minimisation). Jalons holds no remuneration category: none is written.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from pathways.actor import Actor
from pathways.enums import OrganisationKind
from pathways.identity import search_key
from pathways.models import Organisation
from prescriptions.models import Prescription, Session

#: The paper on which new documents are written: `paper/attestation-<version>.typ`. An old version never changes.
TEMPLATE = 1
#: Characters of the fingerprint that make the short code typed by hand: 64 bits.
SHORT = 16


def region_name() -> str:
    """The Région of the agreement, by name where there is one only."""
    regions = list(Organisation.objects.filter(kind=OrganisationKind.REGION).order_by("pk")[:2])
    return regions[0].name if len(regions) == 1 else "Région"


def subject(prescription: Prescription, day: date, region: str) -> dict[str, Any]:
    """What the document attests: the person, the session, the provider and the day of the fact, as known now.

    region: `region_name()`. Compared with the frozen content, it tells whether a document is still up to date.
    """
    person, session = prescription.pathway.beneficiary, prescription.session
    provider = session.provider
    return {
        "person": {
            "last_name": person.last_name,
            "birth_name": person.birth_name,
            "first_name": person.first_name,
            "birth_date": person.birth_date.isoformat(),
            "pe_identifier": person.pe_identifier,
        },
        "provider": {
            "name": provider.name,
            "siret": provider.siret,
            "activity_number": provider.activity_number,
        },
        "session": _session(session),
        "day": day.isoformat(),
        # The two signatories of the agreement (A33).
        "partners": {"region": region, "department": str(prescription.pathway.department or "Département")},
    }


def _session(session: Session) -> dict[str, Any]:
    action = session.action
    city = f"{action.postal_code} {action.city}".strip()
    return {
        "title": session.title,
        "carif_number": session.carif_number,
        "starts_on": session.starts_on.isoformat() if session.starts_on else "",
        "ends_on": session.ends_on.isoformat() if session.ends_on else "",
        "place": ", ".join(part for part in (action.place_name, action.address, city) if part),
        "hours": {
            "centre": action.hours_centre or 0,
            "company": action.hours_company or 0,
            "total": action.hours_total or 0,
        },
        "is_regional": session.is_regional,
    }


SUBJECT_KEYS = ("person", "provider", "session", "day", "partners")


def freeze(told: Mapping[str, Any], kind: str, number: str, actor: Actor, at: datetime) -> dict[str, Any]:
    """The whole content of a new document. The nonce keeps anybody from guessing a fingerprint from what they know."""
    return {
        **told,
        "kind": kind,
        "number": number,
        "template": TEMPLATE,
        "issued": {
            "at": at.isoformat(timespec="seconds"),
            "on": timezone.localtime(at).date().isoformat(),
            "by": str(actor.user),
            "organisation": actor.organisation.name,
        },
        "nonce": secrets.token_hex(16),
    }


def is_same_subject(content: Mapping[str, Any], told: Mapping[str, Any]) -> bool:
    return all(content[key] == told[key] for key in SUBJECT_KEYS)


def canonical(content: Mapping[str, Any]) -> bytes:
    """The bytes of which the fingerprint is taken: JSON with sorted keys and no space, UTF-8, composed accents."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return unicodedata.normalize("NFC", text).encode()


def fingerprint(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical content: 64 hexadecimal digits."""
    return hashlib.sha256(canonical(content)).hexdigest()


def grouped(digits: str) -> str:
    """« 3F2A 91BC … »: groups of four, as they are read aloud."""
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4)).upper()


def short_code(digits: str) -> str:
    """The beginning of a fingerprint, which is enough beside the number."""
    return grouped(digits[:SHORT])


def initials(content: Mapping[str, Any]) -> str:
    """« C. D. »: what the verification page says of the person."""
    person = content["person"]
    return " ".join(f"{name[:1].upper()}." for name in (person["first_name"], person["last_name"]) if name)


def is_name(content: Mapping[str, Any], typed: str) -> bool:
    """Whether what was typed is the name on the document: the last name, with or without the first, in any order."""
    person = content["person"]
    last, first = person["last_name"], person["first_name"]
    return search_key(typed) in {search_key(last), search_key(last, first), search_key(first, last)}
