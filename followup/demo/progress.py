"""How far the demo has come, on the terminal: one line that grows, or one line in ten where nobody watches."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TextIO

from django.utils import timezone

WIDTH = 30
MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")


class Progress:
    """Says the day that is being played and the number of facts. `stream` is usually stderr."""

    def __init__(self, stream: TextIO, start: datetime, end: datetime):
        self.stream = stream
        self.start = start
        self.span = (end - start).total_seconds()
        self.is_live = stream.isatty()
        self._shown = -1
        self._last = 0.0

    def show(self, moment: datetime, facts: int) -> None:
        """Draw when it is worth it: ten times a second on a terminal, every tenth of the way elsewhere."""
        share = min(1.0, max(0.0, (moment - self.start).total_seconds() / self.span))
        if self.is_live:
            if time.monotonic() - self._last < 0.1:
                return
            self._last = time.monotonic()
        elif int(share * 10) <= self._shown:
            return
        self._shown = int(share * 10)
        self._draw(share, moment, facts)

    def finish(self, facts: int) -> None:
        if self.is_live:
            self._draw(1.0, self.start, facts, "terminé")
            self.stream.write("\n")
            self.stream.flush()

    def _draw(self, share: float, moment: datetime, facts: int, told: str = "") -> None:
        day = timezone.localdate(moment)
        told = told or f"{day.day:2d} {MONTHS[day.month - 1]} {day.year}"
        bar = "█" * round(share * WIDTH) + "░" * (WIDTH - round(share * WIDTH))
        count = f"{facts:,}".replace(",", " ")
        line = f"{bar} {share:4.0%}  {told:<15} {count} faits".replace("%", " %")
        self.stream.write(f"\r{line}\x1b[K" if self.is_live else f"{line}\n")
        self.stream.flush()
