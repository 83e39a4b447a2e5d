"""How long each step of an admission may take: dated parameters, proposals of domain.md B13 and not law.

Calendar days, each counted from the event that its label names. Read once for a page or a detection: `Delays.on()`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date

from pathways import parameters

GROUP = "Admission"


def _declare(name: str, label: str, default: int, **more) -> str:
    made = parameters.declare(
        f"admission_{name}", label, unit="jours", default=default, group=GROUP, maximum=365, **more
    )
    return made.code


_CODES = {
    "answer": _declare("answer", "Répondre à une candidature, ou décider après l'information collective", 7),
    "answer_region": _declare(
        "answer_region", "Sans réponse de l'organisme : le référent et la Région sont prévenus", 14
    ),
    "presence": _declare("presence", "Saisir les présences après une information collective", 2),
    "presence_region": _declare("presence_region", "Présences non saisies : la Région est prévenue", 7),
    "absence_manager": _declare(
        "absence_manager", "Absent à l'information collective et sans suite : le Département est prévenu", 7
    ),
    "ais": _declare("ais", "Émettre l'AIS avant l'ouverture", 5),
    "ais_region": _declare("ais_region", "Sans AIS, la Région est prévenue avant l'ouverture", 2),
    "ais_notice": _declare("ais_notice", "L'AIS entre dans la pile avant son échéance", 10),
    "aes": _declare("aes", "Enregistrer l'entrée (AES) après l'ouverture", 2),
    "aes_region": _declare("aes_region", "Sans AES, la Région est prévenue après l'ouverture", 7),
    "next_step": _declare("next_step", "Trouver une suite après un refus ou une session annulée", 7),
    "next_step_manager": _declare("next_step_manager", "Refus sans suite : le Département est prévenu", 14),
    "no_show": _declare("no_show", "Reprendre contact avec qui ne s'est pas présenté à l'ouverture", 2),
}


@dataclass(frozen=True)
class Delays:
    """The delays in force on a day, in days."""

    answer: int
    answer_region: int
    presence: int
    presence_region: int
    absence_manager: int
    ais: int
    ais_region: int
    ais_notice: int
    aes: int
    aes_region: int
    next_step: int
    next_step_manager: int
    no_show: int

    @classmethod
    def on(cls, day: date | None = None) -> Delays:
        """Today's by default. One query."""
        found = parameters.values(list(_CODES.values()), day)
        return cls(**{each.name: found[_CODES[each.name]] for each in fields(cls)})
