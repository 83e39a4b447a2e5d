"""Rows of the offer as they will be after a file: loaded in bulk, compared in memory, written in bulk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.db import models
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from config import clock
from pathways.models import User
from prescriptions import lheo
from prescriptions.enums import MeetingKind
from prescriptions.models import Formation, Meeting, Session, TrainingAction

Row = TypeVar("Row", bound=models.Model)


@dataclass(eq=False)
class Draft(Generic[Row]):
    """A row and what the file changes of it. changed: columns to write. told: the changes in French."""

    row: Row
    changed: set[str] = field(default_factory=set)
    told: list[str] = field(default_factory=list)

    @property
    def is_new(self) -> bool:
        return self.row.pk is None

    def set(self, name: str, value: Any) -> None:
        """Change a column, if it differs; short values are told with what they were."""
        column = self.row._meta.get_field(name)
        if isinstance(value, models.Model):
            is_same = value.pk is not None and getattr(self.row, column.attname) == value.pk
            old = None
        else:
            old = getattr(self.row, column.attname)
            is_same = old == value
        if not is_same:
            setattr(self.row, name, value)
            self.changed.add(column.name)
            self.told.append(_change(column, old, value))


@dataclass(eq=False)
class SessionDraft(Draft[Session]):
    """meetings: those announced. added and withdrawn: what the file changes of them."""

    meetings: list[Meeting] = field(default_factory=list)
    added: list[Meeting] = field(default_factory=list)
    withdrawn: list[Meeting] = field(default_factory=list)

    def touch(self, name: str, value: Any) -> None:
        """Change a column that reports do not tell of: who declared when, search keys."""
        if getattr(self.row, name) != value:
            setattr(self.row, name, value)
            self.changed.add(name)

    def announce(self, told: Iterable[Meeting]) -> bool:
        """Take the information sessions of a file; whether they change anything.

        What a provider announced stays. What an earlier file announced for a coming day, and this one does not, is
        withdrawn.
        """
        told = list(told)
        known = [meeting for meeting in self.meetings if meeting.kind == MeetingKind.INFORMATION]
        days, told_days = {meeting.held_on for meeting in known}, {meeting.held_on for meeting in told}
        self.added = [meeting for meeting in told if meeting.held_on not in days]
        self.withdrawn = [
            meeting
            for meeting in known
            if meeting.declared_by_id is None
            and meeting.held_on not in told_days
            and meeting.held_on >= clock.today()
        ]
        if self.added or self.withdrawn:
            self.told.append("informations collectives")
        return bool(self.added or self.withdrawn)


@dataclass(eq=False)
class ActionDraft(Draft[TrainingAction]):
    sessions: dict[str, SessionDraft] = field(default_factory=dict)


@dataclass(eq=False)
class FormationDraft(Draft[Formation]):
    actions: list[ActionDraft] = field(default_factory=list)


class KnownOffer:
    """The formations of a batch that the database holds, with their actions and sessions."""

    def __init__(self, numbers: Iterable[str], *, lock: bool = False):
        formations = Formation.objects.filter(carif_number__in=set(numbers)).select_related("responsible")
        self.formations = {row.carif_number: FormationDraft(row) for row in formations}
        by_id = {draft.row.pk: draft for draft in self.formations.values()}
        actions: dict[int, ActionDraft] = {}
        rows = TrainingAction.objects.filter(formation__in=by_id).select_related("provider", "commune")
        for row in rows.order_by("carif_number", "rank"):
            row.formation = by_id[row.formation_id].row
            actions[row.pk] = ActionDraft(row)
            by_id[row.formation_id].actions.append(actions[row.pk])
        sessions = Session.objects.filter(action__in=actions).order_by("pk")
        sessions = sessions.select_related("declared_by", "provider")
        if lock:
            # Seats are held under this lock too: the capacity is compared with a count that stands still.
            sessions = sessions.select_for_update(of=("self",), no_key=True)
        drafts: dict[int, SessionDraft] = {}
        for row in sessions:
            row.action = actions[row.action_id].row
            drafts[row.pk] = actions[row.action_id].sessions[row.carif_number] = SessionDraft(row)
        for meeting in Meeting.objects.filter(session__in=drafts).order_by("pk"):
            drafts[meeting.session_id].meetings.append(meeting)


def assign(told: Sequence[lheo.Action], known: Sequence[ActionDraft]) -> list[ActionDraft | None]:
    """Which known action each action of a formation is, None for a new one.

    A number that stands once on both sides is enough. Where several share one (formats.md, 1.6), the sessions that they
    have in common tell which is which, wherever they stand in the file.
    """
    found: list[ActionDraft | None] = []
    free = list(known)
    numbers = [action.numero for action in told]
    for action in told:
        same = [draft for draft in free if draft.row.carif_number == action.numero]
        sessions = {session.numero for session in action.sessions}
        match = next((draft for draft in same if not sessions.isdisjoint(draft.sessions)), None)
        is_alone = numbers.count(action.numero) == 1
        if match is None and is_alone and len(same) == 1:
            match = same[0]
        if match is not None:
            free.remove(match)
        found.append(match)
    return found


def save(drafts: Iterable[FormationDraft], author: User | None) -> None:
    """Write formations, then their actions, then their sessions: a fixed number of statements per batch."""
    formations = list(drafts)
    actions = [action for formation in formations for action in formation.actions]
    sessions = [session for action in actions for session in action.sessions.values()]
    for level, model in ((formations, Formation), (actions, TrainingAction), (sessions, Session)):
        _save_level(level, model, author)
    withdrawn = [meeting.pk for session in sessions for meeting in session.withdrawn]
    if withdrawn:
        Meeting.objects.filter(pk__in=withdrawn).order_by().update(withdrawn_at=clock.now())
    added = []
    for session in sessions:
        for meeting in session.added:
            meeting.session, meeting.declared_at = session.row, session.row.declared_at
            added.append(meeting)
    if added:
        Meeting.objects.bulk_create(added)


def _save_level(drafts: Sequence[Draft], model: type[models.Model], author: User | None) -> None:
    options = {"default_user": author, "default_date": clock.now()}
    created = [draft.row for draft in drafts if draft.is_new]
    changed = [draft for draft in drafts if draft.changed and not draft.is_new]
    if created:
        bulk_create_with_history(created, model, **options)
    if changed:
        names = sorted(set().union(*(draft.changed for draft in changed)))
        bulk_update_with_history([draft.row for draft in changed], model, names, **options)


def _change(column: models.Field, old: Any, new: Any) -> str:
    label = str(column.verbose_name)
    is_short = (
        isinstance(column, models.DateField | models.PositiveIntegerField | models.DecimalField)
        or column.choices
    )
    if not is_short or isinstance(column, models.DateTimeField):
        return label
    return f"{label} : {_word(column, old)} → {_word(column, new)}"


def _word(column: models.Field, value: Any) -> str:
    if column.choices:
        return str(dict(column.flatchoices).get(value, value)).lower()
    if value is None:
        return "inconnu"
    return f"{value:%d/%m/%Y}" if isinstance(column, models.DateField) else str(value)
