"""The individual training that somebody wishes for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from prescriptions.schemes.case import Offer


@dataclass(frozen=True)
class Wish:
    """price: euros for the whole course; hours: in total. One of rome_code and formacode at least says the trade."""

    title: str
    provider: str
    rome_code: str = ""
    formacode: str = ""
    price: Decimal | None = None
    hours: int | None = None
    starts_on: date | None = None
    ends_on: date | None = None

    def as_offer(self) -> Offer:
        return Offer(
            title=self.title,
            formacodes=(self.formacode,) if self.formacode else (),
            rome_codes=(self.rome_code,) if self.rome_code else (),
            hours_total=self.hours,
            price=self.price,
            starts_on=self.starts_on,
            ends_on=self.ends_on,
            is_wish=True,
        )

    @property
    def domains(self) -> Domains:
        return Domains.of([self.rome_code], [self.formacode])

    def as_payload(self) -> dict[str, Any]:
        """The details of the fact `examine_aif` about the training."""
        told = {
            "training": self.title,
            "training_provider": self.provider,
            "rome_code": self.rome_code,
            "formacode": self.formacode,
            "price": None if self.price is None else str(self.price),
            "hours": self.hours,
            "planned_on": self.starts_on and self.starts_on.isoformat(),
            "planned_end": self.ends_on and self.ends_on.isoformat(),
        }
        return {key: value for key, value in told.items() if value not in (None, "")}


#: Digits or letters that say a domain: « F17 » of F1703, « 223 » of 22334.
DOMAIN = 3


@dataclass(frozen=True)
class Domains:
    """ROME professional domains and Formacode domains, three characters each."""

    rome: tuple[str, ...] = ()
    formacode: tuple[str, ...] = ()

    @classmethod
    def of(cls, rome_codes, formacodes) -> Domains:
        def cut(codes):
            return tuple(sorted({code[:DOMAIN] for code in codes if len(code) >= DOMAIN}))

        return cls(cut(rome_codes), cut(formacodes))

    def __bool__(self) -> bool:
        return bool(self.rome or self.formacode)

    def __str__(self) -> str:
        parts = [("métiers", self.rome), ("domaine Formacode", self.formacode)]
        return " ; ".join(f"{label} {', '.join(codes)}" for label, codes in parts if codes)
