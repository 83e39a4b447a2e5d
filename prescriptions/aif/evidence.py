"""What an examination found, as it is frozen into the fact: each session considered, and why it did not serve.

Nothing here reads the offer: a page shows it as it was, years later, whatever has become of the sessions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from enum import StrEnum
from hashlib import blake2b
from typing import Any

#: Raised when the shape changes; older shapes stay readable.
VERSION = 1


class Standing(StrEnum):
    """What a session is for the guard. SET_ASIDE: it was to verify, and somebody says what they found."""

    COMPATIBLE = "compatible"
    TO_VERIFY = "to_verify"
    SET_ASIDE = "set_aside"
    EXCLUDED = "excluded"

    @property
    def label(self) -> str:
        return {
            "compatible": "Convient",
            "to_verify": "À vérifier",
            "set_aside": "Écartée après vérification",
            "excluded": "Ne convient pas",
        }[self.value]

    @property
    def badge(self) -> tuple[str, str]:
        return {
            "compatible": ("success", "circle-check"),
            "to_verify": ("warning", "help-circle"),
            "set_aside": ("neutral", "user-check"),
            "excluded": ("neutral", "circle-x"),
        }[self.value]


@dataclass(frozen=True)
class Considered:
    """One session. reasons: why it does not serve, what is to verify, or what makes it serve. found: what was
    verified by whom examines. distance_km: whole kilometres, None when unknown."""

    session_id: int
    carif_number: str
    title: str
    provider: str
    city: str
    starts_on: date | None
    is_permanent: bool
    seats_left: int | None
    distance_km: int | None
    standing: Standing
    reasons: tuple[str, ...]
    found: str = ""


@dataclass(frozen=True)
class Note:
    """What a rule of the scheme AIF answers about the training: outcome as in `schemes.rules`."""

    outcome: str
    why: str
    remedy: str = ""


@dataclass(frozen=True)
class Evidence:
    """The whole search. beyond: sessions of the domain left out because there were too many to list."""

    day: date
    domains: str
    window_days: int
    reach_km: int
    considered: tuple[Considered, ...]
    notes: tuple[Note, ...] = ()
    beyond: int = 0

    def of(self, standing: Standing) -> list[Considered]:
        return [each for each in self.considered if each.standing is standing]

    @property
    def compatible(self) -> list[Considered]:
        return self.of(Standing.COMPATIBLE)

    @property
    def to_verify(self) -> list[Considered]:
        return self.of(Standing.TO_VERIFY)

    @property
    def is_empty(self) -> bool:
        """S = ∅: no session serves and none is left to verify."""
        return not self.compatible and not self.to_verify

    def after_verifying(self, found: Mapping[int, str]) -> Evidence:
        """With the sessions to verify for which something was found set aside; session id -> what was found."""

        def settled(each: Considered) -> Considered:
            told = found.get(each.session_id, "").strip()
            if each.standing is not Standing.TO_VERIFY or not told:
                return each
            return replace(each, standing=Standing.SET_ASIDE, found=told)

        return replace(self, considered=tuple(map(settled, self.considered)))

    @property
    def fingerprint(self) -> str:
        """Differs as soon as anything that the page shows differs."""
        return blake2b(repr(self.as_payload()).encode(), digest_size=12).hexdigest()

    def as_payload(self) -> dict[str, Any]:
        """JSON; `compatible`, `to_verify` and `day` are what the door checks."""

        def iso(value: Any) -> Any:
            return value.isoformat() if isinstance(value, date) else value

        return {
            "version": VERSION,
            "day": self.day.isoformat(),
            "domains": self.domains,
            "window_days": self.window_days,
            "reach_km": self.reach_km,
            "compatible": len(self.compatible),
            "to_verify": len(self.to_verify),
            "beyond": self.beyond,
            "considered": [
                {key: iso(value) for key, value in asdict(each).items()} for each in self.considered
            ],
            "notes": [asdict(note) for note in self.notes],
        }

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Evidence:
        """The evidence of a recorded fact. Raises KeyError or ValueError on what no version ever wrote."""

        def session(row: Mapping[str, Any]) -> Considered:
            starts_on = row["starts_on"]
            return Considered(
                **{
                    **row,
                    "starts_on": date.fromisoformat(starts_on) if starts_on else None,
                    "standing": Standing(row["standing"]),
                    "reasons": tuple(row["reasons"]),
                }
            )

        return cls(
            day=date.fromisoformat(payload["day"]),
            domains=payload["domains"],
            window_days=payload["window_days"],
            reach_km=payload["reach_km"],
            considered=tuple(session(row) for row in payload["considered"]),
            notes=tuple(Note(**row) for row in payload["notes"]),
            beyond=payload["beyond"],
        )
