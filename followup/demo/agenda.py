"""Time in the demo: what is recorded when, played in the order of the clock.

A story is a generator. Between two facts it yields the day of the next one (or an exact moment), or None to sleep
until somebody wakes it with a message. Each step runs with the product's clock standing at its moment, so that
`recorded_at` is right.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils import timezone

from config import clock
from followup.working_days import is_worked

Story = Generator[date | datetime | None, object, None]


def on_or_after(day: date) -> date:
    """The first working day from `day` on."""
    while not is_worked(day):
        day += timedelta(days=1)
    return day


def on_or_before(day: date) -> date:
    """The last working day up to `day`."""
    while not is_worked(day):
        day -= timedelta(days=1)
    return day


class Task:
    """One story on the agenda. `turn` changes at each step: an entry of an earlier turn is void."""

    __slots__ = ("story", "turn")

    def __init__(self, story: Story):
        self.story = story
        self.turn = 0


class Agenda:
    """Plays stories from `since` until `until`; what was meant for later simply has not happened yet."""

    def __init__(self, rng: Random, since: datetime, until: datetime):
        self.rng = rng
        self.until = until
        self._entries: list[tuple[datetime, int, Task, int, object]] = []
        self._serial = 0
        self._now = since

    @property
    def today(self) -> date:
        """The day on which the agenda stands."""
        return timezone.localdate(self._now)

    def start(self, story: Story) -> Task:
        """Take a story on: it runs to its first wait at once, which it must not spend on recording anything."""
        task = Task(story)
        self._plan(task, next(story))
        return task

    def wake(self, task: Task, message: object, when: date | datetime | None = None) -> None:
        """Make a story go on with `message`, now (after the current step) or at `when`; its own wait is dropped.

        An exception as message is raised inside the story.
        """
        task.turn += 1
        self._push(self._moment(when), task, message)

    def run(self, on_step: Callable[[datetime], None] = lambda moment: None) -> None:
        """Play everything due, in order; `on_step` hears the moment of each step."""
        while self._entries and self._entries[0][0] <= self.until:
            moment, _, task, turn, message = heapq.heappop(self._entries)
            if turn != task.turn:
                continue
            self._now = moment
            with clock.at(moment):
                self._step(task, message)
            on_step(moment)

    def _step(self, task: Task, message: object) -> None:
        task.turn += 1
        try:
            if isinstance(message, Exception):
                wanted = task.story.throw(message)
            else:
                wanted = task.story.send(message)
        except StopIteration:
            return
        self._plan(task, wanted)

    def _plan(self, task: Task, wanted: date | datetime | None) -> None:
        if wanted is not None:
            self._push(self._moment(wanted), task, None)

    def _push(self, moment: datetime, task: Task, message: object) -> None:
        if moment > self.until:
            return
        self._serial += 1
        heapq.heappush(self._entries, (moment, self._serial, task, task.turn, message))

    def _moment(self, wanted: date | datetime | None) -> datetime:
        """An instant in office hours for a day, and never one that has passed."""
        if isinstance(wanted, date) and not isinstance(wanted, datetime):
            minutes = self.rng.randrange(8 * 60 + 30, 17 * 60 + 30)
            wanted = timezone.make_aware(datetime.combine(wanted, time(minutes // 60, minutes % 60)))
        soonest = self._now + timedelta(minutes=self.rng.randrange(2, 9)) if self._serial else self._now
        return soonest if wanted is None else max(wanted, soonest)
