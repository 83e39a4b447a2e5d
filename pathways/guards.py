"""Guards: the conditions of a transition, each with a code, a French sentence and what to do next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from config.errors import JalonsError
from pathways.facts import Context


@dataclass(frozen=True)
class Refusal:
    """Why a transition is not possible and what to do about it. Read alike by pages, reports, API and tests.

    steps: for `wrong_state`, the facts that would make it possible, in order; empty when no way leads there.
    """

    code: str
    sentence: str
    next_step: str
    link: str | None = None
    steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}".strip()


class TransitionRefused(JalonsError):
    """The door said no. `refusal` holds the code, the sentence and the remedy."""

    def __init__(self, refusal: Refusal):
        super().__init__(
            code=refusal.code, message=refusal.sentence, next_step=refusal.next_step, link=refusal.link or ""
        )
        self.refusal = refusal


@dataclass(frozen=True)
class Guard:
    """A named condition.

    holds: returns True, or False, or a mapping of the details that fill the placeholders of the two sentences.
    on_input: the condition bears on what is typed in the form; `explain()` passes over it.
    reads: the columns of the pathway at which it looks, when it looks at nothing else but the fact and the states below
    the pathway: everybody alike in these has the same answer. None: it looks at other rows.
    """

    code: str
    sentence: str
    next_step: str
    holds: Callable[[Context], bool | Mapping[str, Any]] = field(repr=False)
    on_input: bool = False
    reads: tuple[str, ...] | None = None
    link: Callable[[Context], str | None] | None = field(default=None, repr=False)

    def refusal(self, context: Context) -> Refusal | None:
        """None when the condition holds."""
        if self.on_input and context.asking:
            return None
        verdict = self.holds(context)
        if verdict is True:
            return None
        details = verdict if isinstance(verdict, Mapping) else {}
        return self.refused(self.link(context) if self.link else None, **details)

    def refused(self, link: str | None = None, **details: Any) -> Refusal:
        """The refusal of this guard, its placeholders filled with `details`."""
        return Refusal(self.code, self.sentence.format(**details), self.next_step.format(**details), link)
