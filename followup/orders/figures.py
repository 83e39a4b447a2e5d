"""The figures of a yearly order: each ordered session or lot as a line, then sums by provider, bassin and scheme.

What is not known is counted as « non renseigné », never as zero: a line without a price is in no amount and no cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Q

from config import clock
from followup.models import Employment, Enrolment
from pathways.outcomes import BACK_TO_WORK
from pathways.small_numbers import hidden
from prescriptions.figures import entries
from prescriptions.models import Commitment, Session
from prescriptions.schemes import catalogue, eligibility
from prescriptions.schemes.case import offer_of

#: An exit to a job: a job that began within so many days after the exit (domain.md B7, « accès à 6 mois »).
JOB_WITHIN = timedelta(days=183)
UNKNOWN = "Non renseigné"


@dataclass(frozen=True)
class Line:
    """One session or lot. price: euros per place. exits, jobs: of a session that is over; zero before."""

    label: str
    provider: str
    area: str
    scheme: str
    session_id: int | None
    commitment_id: int | None
    starts_on: date | None
    places: int
    price: Decimal | None
    entries: int = 0
    exits: int = 0
    jobs: int = 0
    has_opened: bool = False
    is_over: bool = False

    @property
    def committed(self) -> Decimal | None:
        return None if self.price is None else self.price * self.places

    @property
    def consumed(self) -> Decimal | None:
        """At most what was ordered: the programme pays for the other entries of the session."""
        return None if self.price is None else self.price * min(self.entries, self.places)


def years() -> list[int]:
    """The years for which something is ordered, the latest first; this year always."""
    found = set(Commitment.objects.standing().order_by().values_list("year", flat=True).distinct())
    return sorted(found | {clock.today().year}, reverse=True)


def lines(year: int) -> list[Line]:
    """What is ordered for a year: the sessions and lots committed, cancelled sessions left out. Six queries."""
    standing = list(
        Commitment.objects.standing()
        .filter(year=year)
        .select_related("provider", "area", "scheme")
        .order_by("session__starts_on", "pk")
    )
    of_session = {each.session_id: each for each in standing if each.session_id is not None}
    sessions = list(
        Session.objects.filter(pk__in=of_session, cancelled_on=None).with_offer().order_by("starts_on", "pk")
    )
    entered, left = entries([s.pk for s in sessions]), _exits(sessions)
    schemes, today = catalogue.in_force(clock.today()), clock.today()
    found = []
    for session in sessions:
        order = of_session[session.pk]
        paying = eligibility.paying(offer_of(session), today, schemes)
        is_over = session.ends_on is not None and session.ends_on < today
        exits, jobs = left.get(session.pk, (0, 0)) if is_over else (0, 0)
        found.append(
            Line(
                label=session.title,
                provider=session.provider.name,
                area=str(session.area or UNKNOWN),
                scheme=order.scheme.name if order.scheme else paying.scheme.name if paying else UNKNOWN,
                session_id=session.pk,
                commitment_id=order.pk,
                starts_on=session.starts_on,
                places=order.places,
                price=session.price if order.price_per_place is None else order.price_per_place,
                entries=entered.get(session.pk, 0),
                exits=exits,
                jobs=jobs,
                has_opened=session.starts_on is not None and session.starts_on <= today,
                is_over=is_over,
            )
        )
    return found + [_lot(each) for each in standing if each.session_id is None]


def outside(year: int):
    """The sessions of the regional programme that open in a year and that no order pays for."""
    ordered = Commitment.objects.standing().filter(session__isnull=False).order_by().values("session")
    programme = Session.objects.regional().filter(starts_on__year=year, cancelled_on=None)
    return programme.exclude(pk__in=ordered)


def _lot(order: Commitment) -> Line:
    return Line(
        label=order.lot,
        provider=order.provider.name if order.provider else UNKNOWN,
        area=str(order.area or UNKNOWN),
        scheme=order.scheme.name if order.scheme else UNKNOWN,
        session_id=None,
        commitment_id=order.pk,
        starts_on=None,
        places=order.places,
        price=order.price_per_place,
    )


def _exits(sessions: Iterable[Session]) -> dict[int, tuple[int, int]]:
    """Session id -> (exits, exits to a job)."""
    job = Employment.objects.filter(
        pathway=OuterRef("pathway"),
        started_on__gte=OuterRef("exit_on"),
        started_on__lte=OuterRef("exit_on") + JOB_WITHIN,
    )
    left = Enrolment.objects.left().filter(session__in=[s.pk for s in sessions]).order_by()
    found = left.annotate(to_job=Exists(job.order_by()) | Q(exit_cause=BACK_TO_WORK[0]))
    rows = found.values("session").annotate(exits=Count("pk"), jobs=Count("pk", filter=Q(to_job=True)))
    return {row["session"]: (row["exits"], row["jobs"]) for row in rows}


@dataclass(frozen=True)
class Sums:
    """What some lines add up to. Costs are euros; None where there is nothing to divide by, or a count is hidden.

    unpriced: lines without a price, in no amount. is_hidden: exits are too few to be shown.
    """

    label: str
    lines: int
    unpriced: int
    places: int
    committed: Decimal
    entries: int
    consumed: Decimal
    exits: int | None
    jobs: int | None
    per_place: Decimal | None
    per_entry: Decimal | None
    per_exit: Decimal | None
    per_job: Decimal | None
    is_hidden: bool = False


def sums(label: str, found: Sequence[Line], *, is_hidden: bool = False) -> Sums:
    priced = [line for line in found if line.committed is not None]
    opened = [line for line in priced if line.has_opened]
    over = [line for line in priced if line.is_over]
    committed = sum((line.committed for line in priced), Decimal(0))
    spent = sum((line.committed for line in over), Decimal(0))
    return Sums(
        label=label,
        lines=len(found),
        unpriced=len(found) - len(priced),
        places=sum(line.places for line in priced),
        committed=committed,
        entries=sum(line.entries for line in found),
        consumed=sum((line.consumed for line in priced), Decimal(0)),
        exits=None if is_hidden else sum(line.exits for line in found),
        jobs=None if is_hidden else sum(line.jobs for line in found),
        per_place=_over(committed, sum(line.places for line in priced)),
        per_entry=_over(
            sum((line.committed for line in opened), Decimal(0)), sum(line.entries for line in opened)
        ),
        per_exit=None if is_hidden else _over(spent, sum(line.exits for line in over)),
        per_job=None if is_hidden else _over(spent, sum(line.jobs for line in over)),
        is_hidden=is_hidden,
    )


def _over(amount: Decimal, number: int) -> Decimal | None:
    return amount / number if number else None


#: Code, head of the column, and how a line is named in it.
DIMENSIONS: tuple[tuple[str, str, Callable[[Line], str]], ...] = (
    ("organisme", "Organisme", lambda line: line.provider),
    ("bassin", "Bassin d'emploi", lambda line: line.area),
    ("dispositif", "Dispositif", lambda line: line.scheme),
)


@dataclass(frozen=True)
class Breakdown:
    code: str
    column: str
    rows: tuple[Sums, ...]

    @property
    def title(self) -> str:
        return f"Par {self.column[:1].lower()}{self.column[1:]}"


@dataclass(frozen=True)
class Order:
    """A year. total: exits hidden in it when they are too few altogether."""

    year: int
    amount: int
    total: Sums
    breakdowns: tuple[Breakdown, ...]

    @property
    def left(self) -> Decimal:
        """Euros of the order that nothing commits yet; negative when more is committed than ordered."""
        return self.amount - self.total.committed

    @property
    def committed_share(self) -> float | None:
        return float(self.total.committed) / self.amount if self.amount else None


def order(year: int, amount: int, found: Sequence[Line], least: int) -> Order:
    """The figures of a year, small numbers of people hidden (exits, exits to a job), and what would give them away."""
    breakdowns = []
    is_hidden = hidden([_people(found)], least) is None
    for code, column, name in DIMENSIONS:
        groups: dict[str, list[Line]] = {}
        for line in found:
            groups.setdefault(name(line), []).append(line)
        ordered = sorted(groups.items())
        places = hidden([_people(each) for _, each in ordered], least) if ordered else frozenset()
        rows = [
            sums(label, each, is_hidden=is_hidden or places is None or place in places)
            for place, (label, each) in enumerate(ordered)
        ]
        rows.sort(key=lambda row: (-row.committed, row.label))
        breakdowns.append(Breakdown(code, column, tuple(rows)))
    return Order(year, amount, sums("Ensemble", found, is_hidden=is_hidden), tuple(breakdowns))


def _people(found: Iterable[Line]) -> tuple[int, int]:
    """Exits to a job, and the other exits."""
    found = list(found)
    jobs = sum(line.jobs for line in found)
    return jobs, sum(line.exits for line in found) - jobs
