"""Noting half-days, and closing a day. The one door to `AttendanceMark` and `LockedDay`.

Whoever notes says what was on the screen (`seen`): only what changed there is written, and a half-day that somebody
else has noted meanwhile is reported, never overwritten in silence.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from config import clock
from config.errors import JalonsError
from config.ui.dates import day_long, moment
from followup.enums import EnrolmentState, Half, Mark
from followup.models import AttendanceMark, Enrolment, LockedDay
from followup.stays import Stay, stays
from pathways.actor import Actor
from pathways.enums import Role
from pathways.refusals import NotVisible
from prescriptions.models import Session

#: From when the afternoon of the current day may be noted.
NOON = time(12)


class Place(NamedTuple):
    """One half-day of one trainee."""

    enrolment_id: int
    day: date
    half: str


@dataclass(frozen=True)
class Noted:
    """What is asked for one half-day. mark: a value of `Mark`, "" to take the mark back.

    seen: what the screen showed before it was changed (None: whatever is there may be replaced).
    """

    place: Place
    mark: str
    seen: str | None = None


@dataclass(frozen=True)
class Problem:
    """A half-day that was not written: why, and what to do."""

    place: Place
    code: str
    sentence: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.sentence} {self.next_step}"


@dataclass(frozen=True)
class Recorded:
    """written: how many half-days changed. problems: those that did not, in the order in which they were asked."""

    written: int
    problems: tuple[Problem, ...]


class AttendanceRefused(JalonsError):
    """A day cannot be noted, locked or reopened."""


def record_marks(session: Session, marks: Iterable[Noted], actor: Actor) -> Recorded:
    """Write the half-days that changed, all at once; a mark replaced stays beside the new one.

    Each refused half-day is in `problems`, with `code` day_locked, not_yet, outside_session, not_in_training,
    suspended, unknown_mark or noted_meanwhile; the others are written.
    Raises NotVisible, AttendanceRefused (wrong_role).
    """
    asked = list(marks)
    with transaction.atomic():
        register = _Register.open(session, asked, actor)
        problems, changed = [], []
        for noted in asked:
            current = register.current.get(noted.place)
            if noted.mark == (current.mark if current else "") or noted.mark == noted.seen:
                continue
            problem = register.problem(noted, current)
            if problem is None:
                changed.append(noted)
            else:
                problems.append(problem)
        register.write(changed, actor)
    return Recorded(len(changed), tuple(problems))


@dataclass
class _Register:
    """A session's attendance, locked for the transaction, as far as the half-days asked reach."""

    session: Session
    locks: dict[date, LockedDay]
    enrolments: dict[int, Enrolment]
    stays: dict[int, Stay]
    current: dict[Place, AttendanceMark]

    @classmethod
    def open(cls, session: Session, asked: list[Noted], actor: Actor) -> _Register:
        lock_session(session, actor)
        ids = {noted.place.enrolment_id for noted in asked}
        days = {noted.place.day for noted in asked}
        rows = trainees(session).filter(pk__in=ids).select_related("pathway__beneficiary")
        enrolments = {enrolment.pk: enrolment for enrolment in rows.order_by("pk")}
        marks = AttendanceMark.objects.filter(enrolment__in=enrolments, day__in=days, replaced_at=None)
        return cls(
            session=session,
            locks=locks_of(session, days),
            enrolments=enrolments,
            stays=stays(enrolments.values()),
            current={
                Place(mark.enrolment_id, mark.day, mark.half): mark
                for mark in marks.select_related("recorded_by").order_by("pk")
            },
        )

    def problem(self, noted: Noted, current: AttendanceMark | None) -> Problem | None:
        place = noted.place
        stay = self.stays.get(place.enrolment_id)
        where = self._where(noted)
        lock = self.locks.get(place.day)
        found = None
        if noted.mark not in ("", *Mark.values):
            found = ("unknown_mark", "ce code de présence n'existe pas.", "Choisissez un code de la légende.")
        elif stay is None or not stay.includes(place.day):
            found = (
                "not_in_training",
                "la personne n'est pas en formation ce jour-là.",
                "Vérifiez sa date d'entrée ou de sortie dans son dossier.",
            )
        elif stay.is_suspended(place.day):
            found = (
                "suspended",
                "la formation est suspendue ce jour-là.",
                "Enregistrez d'abord la reprise dans le dossier.",
            )
        elif not in_session(self.session, place.day):
            found = (
                "outside_session",
                "ce jour est hors des dates de la session.",
                "Choisissez un jour entre l'ouverture et la clôture.",
            )
        elif not is_past(place.day, place.half):
            found = (
                "not_yet",
                "cette demi-journée n'a pas encore eu lieu.",
                "Notez-la le moment venu.",
            )
        elif lock is not None:
            found = (
                "day_locked",
                f"la journée a été verrouillée par {lock.locked_by}.",
                "Rouvrez la journée, en disant pourquoi, puis notez de nouveau.",
            )
        elif noted.seen is not None and noted.seen != (current.mark if current else ""):
            found = self._noted_meanwhile(current)
        return Problem(place, found[0], f"{where} : {found[1]}", found[2]) if found else None

    def _noted_meanwhile(self, current: AttendanceMark | None) -> tuple[str, str, str]:
        if current is None:
            theirs = "un collègue a effacé cette présence entre-temps."
        else:
            theirs = (
                f"{current.recorded_by} a noté « {current.get_mark_display().lower()} » "
                f"le {moment(current.recorded_at)}."
            )
        remedy = "Enregistrez de nouveau pour garder votre choix, ou reprenez l'autre."
        return ("noted_meanwhile", theirs, remedy)

    def _where(self, noted: Noted) -> str:
        """« Samia Amrani, lundi 9 avril 2018, matin (« présent ») »: who, when, and what was asked."""
        place = noted.place
        enrolment = self.enrolments.get(place.enrolment_id)
        person = str(enrolment.pathway.beneficiary) if enrolment else "Stagiaire inconnu de cette session"
        half = Half(place.half).label.lower() if place.half in Half.values else "demi-journée inconnue"
        labels = {"": "effacer", **dict(Mark.choices)}
        chosen = labels.get(noted.mark, noted.mark[:10]).lower()
        return f"{person}, {day_long(place.day)}, {half} (« {chosen} »)"

    def write(self, changed: list[Noted], actor: Actor) -> None:
        """Two statements whatever the number of half-days: the old marks leave, the new ones come."""
        now = clock.now()
        replaced = [self.current[noted.place].pk for noted in changed if noted.place in self.current]
        AttendanceMark.objects.filter(pk__in=replaced).update(replaced_at=now)
        AttendanceMark.objects.bulk_create(
            AttendanceMark(
                enrolment_id=noted.place.enrolment_id,
                day=noted.place.day,
                half=noted.place.half,
                mark=noted.mark,
                recorded_by=actor.user,
                recorded_at=now,
            )
            for noted in changed
            if noted.mark
        )


# ---- what may be noted


def trainees(session: Session):
    """Everyone who entered this session, those who have left included; without entries that were corrected away."""
    return Enrolment.objects.filter(session=session, entered_on__isnull=False).exclude(
        state__in=["", EnrolmentState.VOID]
    )


def in_session(session: Session, day: date) -> bool:
    """Whether `day` is between the opening and the closing; a date that the offer does not give bounds nothing."""
    return (session.starts_on is None or session.starts_on <= day) and (
        session.ends_on is None or day <= session.ends_on
    )


def is_past(day: date, half: str) -> bool:
    """Whether a half-day has begun: no presence is noted beforehand."""
    today = clock.today()
    begun = half == Half.MORNING or timezone.localtime(clock.now()).time() >= NOON
    return day < today or (day == today and begun)


def locks_of(session: Session, days: Iterable[date]) -> dict[date, LockedDay]:
    """Day -> its lock in force."""
    rows = LockedDay.objects.in_force().filter(session=session, day__in=set(days))
    return {lock.day: lock for lock in rows.select_related("locked_by")}


# ---- closing and reopening a day


def lock_session(session: Session, actor: Actor) -> Session:
    """The session, locked for the transaction: two people who note or lock at once take turns.

    Raises NotVisible, AttendanceRefused (wrong_role).
    """
    own = Session.objects.visible_to(actor).select_for_update(of=("self",), no_key=True)
    found = own.filter(pk=session.pk).first()
    if found is None:
        raise NotVisible()
    if actor.role != Role.PROVIDER:
        raise AttendanceRefused(
            "Les présences sont notées par l'organisme de formation.",
            code="wrong_role",
            next_step="Demandez-lui de les enregistrer.",
        )
    return found


def missing_places(session: Session, days: Iterable[date]) -> list[Place]:
    """The half-days of `days` that have begun, on which a trainee was expected and nothing is noted."""
    days = sorted(set(days))
    rows = list(trainees(session).order_by("pk"))
    noted = set(
        AttendanceMark.objects.filter(enrolment__in=rows, day__in=days, replaced_at=None).values_list(
            "enrolment_id", "day", "half"
        )
    )
    return [
        place
        for enrolment_id, stay in stays(rows).items()
        for day in days
        if stay.expects(day)
        for half in Half.values
        if is_past(day, half) and (place := Place(enrolment_id, day, half)) not in noted
    ]


def lock_day(session: Session, day: date, actor: Actor) -> LockedDay:
    """Close a day whose half-days are all noted; a day locked already answers its lock.

    Raises NotVisible, AttendanceRefused (wrong_role, outside_session, not_yet, not_all_noted).
    """
    with transaction.atomic():
        lock_session(session, actor)
        known = locks_of(session, [day]).get(day)
        if known is not None:
            return known
        _check_can_be_locked(session, day)
        return LockedDay.objects.create(
            session=session, day=day, locked_by=actor.user, locked_for=actor.organisation
        )


def _check_can_be_locked(session: Session, day: date) -> None:
    named = day_long(day)
    if not in_session(session, day):
        raise AttendanceRefused(
            f"Le {named} est hors des dates de la session.",
            code="outside_session",
            next_step="Choisissez un jour entre l'ouverture et la clôture.",
        )
    if not is_past(day, Half.AFTERNOON):
        raise AttendanceRefused(
            f"La journée du {named} n'est pas finie.",
            code="not_yet",
            next_step="Verrouillez-la à partir de l'après-midi, une fois tout noté.",
        )
    left = len(missing_places(session, [day]))
    if left:
        words = "demi-journée reste" if left == 1 else "demi-journées restent"
        raise AttendanceRefused(
            f"Le {named}, {left} {words} à noter.",
            code="not_all_noted",
            next_step="Notez-les (F si le centre était fermé), puis verrouillez la journée.",
        )


def reopen_day(session: Session, day: date, actor: Actor, reason: str) -> None:
    """Open a locked day again. The lock stays on record with who opened it, when and why.

    Raises NotVisible, AttendanceRefused (wrong_role, reason_missing, not_locked).
    """
    reason = reason.strip()
    with transaction.atomic():
        lock_session(session, actor)
        lock = locks_of(session, [day]).get(day)
        if lock is None:
            raise AttendanceRefused(
                f"Le {day_long(day)} n'est pas verrouillé.",
                code="not_locked",
                next_step="Vous pouvez noter les présences directement.",
            )
        if not reason:
            raise AttendanceRefused(
                f"Il manque la raison de rouvrir le {day_long(day)}.",
                code="reason_missing",
                next_step="Écrivez-la en une phrase, par exemple « justificatif reçu ».",
            )
        lock.reopened_at, lock.reopened_by, lock.reopen_reason = clock.now(), actor.user, reason[:300]
        lock.save(update_fields=["reopened_at", "reopened_by", "reopen_reason"])
