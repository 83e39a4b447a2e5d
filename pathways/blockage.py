"""How long somebody has been where they are, and whether that is too long (domain.md B13): words for pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from config import clock
from config.ui.dates import NO_BREAK
from pathways.enums import PathwayState
from pathways.models import StateDelay


@dataclass(frozen=True)
class Delays:
    """The delays per state, read once for a page."""

    rows: dict[str, StateDelay]

    @classmethod
    def read(cls) -> Delays:
        return cls({delay.state: delay for delay in StateDelay.objects.all()})

    def wait(self, state: str, since: date | None) -> Wait:
        return Wait(state, since, self.rows.get(state))


@dataclass(frozen=True)
class Wait:
    """Somebody in a state since a day, with the delay of that state if it has one."""

    state: str
    since: date | None
    delay: StateDelay | None

    @property
    def label(self) -> str:
        return str(PathwayState(self.state).label) if self.state else "Aucune étape"

    @cached_property
    def days(self) -> int:
        return (clock.today() - self.since).days if self.since else 0

    @property
    def expected_days(self) -> int | None:
        return self.delay.days if self.delay else None

    @property
    def due_on(self) -> date | None:
        return self.since + timedelta(days=self.delay.days) if self.since and self.delay else None

    @property
    def is_stuck(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()

    @property
    def missing(self) -> str:
        """What is awaited: « une réponse de l'organisme »."""
        return self.delay.explanation if self.delay else ""

    @property
    def sentence(self) -> str:
        """« Depuis 38 j à « Prescrit » (attendu : 14 j) »; the delay only where there is one."""
        if self.since is None:
            return f"À «{NO_BREAK}{self.label}{NO_BREAK}»"
        expected = ""
        if self.expected_days is not None:
            expected = f" (attendu{NO_BREAK}: {self.expected_days}{NO_BREAK}j)"
        return f"Depuis {self.days}{NO_BREAK}j à «{NO_BREAK}{self.label}{NO_BREAK}»{expected}"
