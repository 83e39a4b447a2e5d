"""Which pages can be read in the past, written on the page itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.db.models import Min, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse

from config import clock
from config.ui.dates import as_day, day
from pathways.facts import Kind
from pathways.models import Event, Pathway
from pathways.reading import addresses, learnt_page
from pathways.reading.learnt import Learnt, learnt_since
from pathways.reading.moment import Reading
from pathways.reading.room import room
from pathways.reading.tables import is_about_somebody

#: (request, arguments of the page) -> the pathways that it reads or counts, by the rights of today.
People = Callable[..., QuerySet[Pathway]]
#: (request, arguments of the page) -> (label, value) of each figure that it shows.
Figures = Callable[..., Iterable[tuple[str, Any]]]

_ALONGSIDE: list[Callable[[QuerySet[Pathway]], QuerySet[Pathway]]] = []


def alongside(function: Callable[[QuerySet[Pathway]], QuerySet[Pathway]]):
    """Register (people) -> others whom the page of these people counts without naming them."""
    _ALONGSIDE.append(function)
    return function


def with_those_alongside(people: QuerySet[Pathway]) -> QuerySet[Pathway]:
    condition = Q(pk__in=people.order_by().values("pk"))
    for function in _ALONGSIDE:
        condition |= Q(pk__in=function(people).order_by().values("pk"))
    return Pathway.objects.filter(condition)


@dataclass
class Findings:
    """What the page says of a past reading besides its content. figures: (label, then known, known today)."""

    learnt: Learnt
    figures: list[tuple[str, Any, Any]] = field(default_factory=list)


class NothingYet(Exception):
    """The reading is of a time before the first fact of whom the page is about."""


def readable_in_time(
    people: People, *, is_about_people: bool = False, figures: Figures | None = None
) -> Callable:
    """Let a page be read as of a day, as known on a day, by the very code that makes it today.

    people: whom it reads or counts. is_about_people: it is about these people by name, others may only be counted.
    figures: those that a reading compares with what is known today. `?appris=1` lists what has been learnt since.
    """

    def decorate(view):
        @wraps(view)
        def read(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            if getattr(request, "reading", None) is None:
                return view(request, *args, **kwargs)
            page = _Page(request, people, is_about_people, figures, args, kwargs)
            try:
                return page.read(view)
            except (NothingYet, Http404):
                # Whose page it is not finds nothing today either.
                addresses.back_to_today(request, page.why_nothing())
                return view(request, *args, **kwargs)

        read.is_readable_in_time = True
        return read

    return decorate


class _Page:
    """One reading of one page."""

    def __init__(self, request, people: People, is_about_people: bool, figures: Figures | None, args, kwargs):
        self.request, self.args, self.kwargs = request, args, kwargs
        self.reading: Reading = request.reading
        self.is_about_people = is_about_people
        self.figures = figures
        with clock.at(self.reading.moment):
            asked = people(request, *args, **kwargs)
        if is_about_people:
            # By key: the same people are looked for again in the past.
            asked = Pathway.objects.filter(pk__in=list(asked.order_by().values_list("pk", flat=True)))
        self.asked: QuerySet[Pathway] = asked

    def read(self, view) -> HttpResponse:
        """The response of the view, made in the past. Raises NothingYet."""
        request, actor = self.request, self.request.actor
        if learnt_page.is_asked(request):
            return learnt_page.learnt_page(request, self.asked)
        counted = with_those_alongside(self.asked) if self.is_about_people else self.asked
        findings = request.reading_findings = Findings(learnt_since(self.reading, actor, self.asked))
        today = {}
        if self.figures and findings.learnt.total:
            with room(self.reading.with_all_we_know(), actor, counted):
                today = self._figures()
        waiting: list[Callable[[], None]] = []
        with room(self.reading, actor, counted, waiting):
            self._check_there_is_something()
            if today:
                then = self._figures()
                findings.figures = [
                    (label, then.get(label, 0), today.get(label, 0))
                    for label in {**today, **then}
                    if then.get(label, 0) != today.get(label, 0)
                ]
            response = view(request, *self.args, **self.kwargs)
        for act in waiting:
            act()
        return response

    def _figures(self) -> dict[str, Any]:
        return dict(self.figures(self.request, *self.args, **self.kwargs))

    def _check_there_is_something(self) -> None:
        """Raises NothingYet when people who are there today were not, whether or not others were."""
        if self.is_about_people:
            is_there = self.asked.visible_to(self.request.actor).exists()
        else:
            is_there = Pathway.objects.exists()
        if not is_there and is_about_somebody():
            raise NothingYet

    def why_nothing(self) -> str:
        """What stood in the way, and which days can be read; outside the reading."""
        facts = Event.objects.filter(pathway__in=self.asked.order_by().values("pk")).exclude(kind=Kind.ANNUL)
        first = facts.order_by().aggregate(day=Min("occurred_on"), at=Min("recorded_at"))
        who = "sur cette personne" if self.is_about_people else "sur les personnes de cette page"
        if first["day"] and self.reading.day < first["day"]:
            return f"Le premier fait {who} est du {day(first['day'])} : choisissez ce jour ou après."
        known_on = self.reading.known_on
        if first["at"] and known_on and known_on < as_day(first["at"]):
            return f"Rien {who} n'était enregistré avant le {day(first['at'])} : choisissez ce jour ou après."
        return (
            f"Au {day(self.reading.day)}, vous n'aviez encore rien à lire {who} : choisissez un autre jour."
        )
