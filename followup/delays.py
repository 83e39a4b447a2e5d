"""How long each step after the entry may take: dated parameters, proposals of domain.md B6 and B13 and not law.

Read once for a page or a detection: `Delays.on()`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from pathways import parameters

GROUP = "Après l'entrée en formation"


def _declare(code: str, label: str, default: int, unit: str = "jours", maximum: int = 365) -> str:
    return parameters.declare(
        code, label, unit=unit, default=default, group=GROUP, minimum=1, maximum=maximum
    ).code


CONTACT = _declare("contact_days", "Joindre la personne après sa sortie", 5, maximum=90)
_CODES = {
    "noting": _declare("attendance_days", "Noter les présences d'une journée", 3, "jours ouvrés", 30),
    "result": _declare("exam_result_days", "Saisir le résultat d'un examen", 15),
    "end": _declare("course_end_days", "Enregistrer les fins de formation après la clôture", 5),
    "resit": _declare(
        "resit_months", "Repasser les CCP manquants après une réussite partielle", 12, "mois", 60
    ),
    "resit_notice": _declare("resit_notice_months", "Le rappeler avant la fin de ce délai", 3, "mois", 12),
    "reached_again": _declare("reached_again_days", "Rappeler qui a été joint sans suite connue", 30),
    "reached_notice": _declare("reached_notice_days", "Ce rappel entre dans la pile avant son jour", 7),
}


@dataclass(frozen=True)
class Delays:
    """The delays in force on a day. noting: working days; resit, resit_notice: months; the others: calendar days."""

    noting: int
    result: int
    end: int
    resit: int
    resit_notice: int
    reached_again: int
    reached_notice: int

    @classmethod
    def on(cls, day: date | None = None) -> Delays:
        """Today's by default. One query."""
        found = parameters.values(list(_CODES.values()), day)
        return cls(**{each.name: found[_CODES[each.name]] for each in fields(cls)})

    def resit_before(self, result_on: date) -> date:
        """Until when the CCP that a partial pass lacks may be sat (domain.md B6)."""
        return result_on + relativedelta(months=self.resit)


def contact_delay(day: date | None = None) -> timedelta:
    """How long after an exit the person is to be reached; in force on `day`, today by default."""
    return timedelta(days=parameters.value(CONTACT, day))
