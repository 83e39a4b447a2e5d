"""The life of alerts: opened once per cause, kept up to date, closed by themselves when the cause is gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TypeVar

from django.db import connection, transaction

from config import clock
from config.locks import lock_key
from notifications.models import Alert, AlertAudience, LastDetection, Touched
from notifications.registry import KINDS, Cause, Kind, Settled, Since

T = TypeVar("T")
BATCH = 1000  # causes handled by one statement
#: Beyond so many subjects to look at again, reading everything costs less.
MANY = 20_000


@dataclass
class Detection:
    """What a detection did: (kind, subject key) of each alert opened, refreshed or closed."""

    opened: list[tuple[str, str]] = field(default_factory=list)
    refreshed: list[tuple[str, str]] = field(default_factory=list)
    closed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {name: len(getattr(self, name)) for name in ("opened", "refreshed", "closed")}


def detect(kinds: Collection[str] | None = None) -> Detection:
    """Bring the open alerts of some kinds (all when None) in line with their causes as of today.

    Looks again at what changed since the last detection and at what a day that passed has made due; at everything
    the first time, after a change of parameters, and when too much changed for the difference to matter.
    One transaction per kind, under an advisory lock on which a second detection waits: it then finds the work done.
    Raises KeyError for an unknown kind.
    """
    return _detect(kinds, _to_examine)


def detect_everything(kinds: Collection[str] | None = None) -> Detection:
    """The same, having read every cause: the safety net of each night, whatever a change forgot to say."""
    return _detect(kinds, lambda kind, touched: None)


def _detect(kinds: Collection[str] | None, choose: Callable[[Kind, set[str]], set[int] | None]) -> Detection:
    chosen = [KINDS[code] for code in (KINDS if kinds is None else kinds)]
    Touched.objects.share_out({kind.code: kind.watches for kind in KINDS.values()})
    done = Detection()
    for kind in chosen:
        _detect_kind(kind, choose, done)
    return done


def close(subject_keys: Collection[str]) -> int:
    """Close at once the open alerts about these subjects, without waiting for the next detection. Returns how many.

    For the moment where a fact settles a cause: whoever acted must not meet the same line again in their pile.
    """
    if not subject_keys:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(*closing(subject_keys))
        return cursor.rowcount


def closing(subject_keys: Collection[str]) -> tuple[str, list]:
    """The statement, and its values, by which `close()` closes."""
    return _CLOSE, [clock.now(), sorted(KINDS), sorted(subject_keys)]


_CLOSE = (
    "UPDATE notifications_alert SET closed_at = %s::timestamptz WHERE closed_at IS NULL"
    " AND kind = ANY(%s::text[]) AND subject_key = ANY(%s::text[])"
)


def _detect_kind(kind: Kind, choose: Callable, done: Detection) -> None:
    with transaction.atomic():
        _wait_for_turn(kind)
        # Taken before anything is read: what changes from here on is touched anew.
        subjects = choose(kind, Touched.objects.take(kind.code))
        if subjects is None:
            _settle_all(kind, kind.find(), _open_alerts(kind), done)
        else:
            for ids in _batches(sorted(subjects)):
                _settle_all(kind, kind.find(ids), _open_alerts(kind, ids), done)
        LastDetection.objects.update_or_create(
            kind=kind.code,
            defaults={"day": clock.today(), "parameters": _parameters(kind), "ended_at": clock.now()},
        )


def _to_examine(kind: Kind, touched: set[str]) -> set[int] | None:
    """The ids of the subjects to look at again; None for all of them."""
    last = LastDetection.objects.filter(kind=kind.code).first()
    today = clock.today()
    if kind.changed is None or last is None or last.day > today or last.parameters != _parameters(kind):
        return None
    things: dict[str, set[int]] = {}
    for key in touched:
        thing, _, pk = key.partition(":")
        things.setdefault(thing, set()).add(int(pk))
    if len(touched) > MANY:
        return None
    since = Since({thing: frozenset(ids) for thing, ids in things.items()}, last.day, today)
    subjects = set(kind.changed(since))
    return subjects if len(subjects) <= MANY else None


def _parameters(kind: Kind) -> str:
    return repr(kind.parameters())


def _open_alerts(kind: Kind, ids: Iterable[int] | None = None) -> dict[str, tuple[int, str]]:
    """Subject key -> (id, fingerprint) of the open alerts of a kind; about some subjects only, when `ids` are given."""
    alerts = Alert.objects.open().filter(kind=kind.code).order_by()
    if ids is not None:
        alerts = alerts.filter(subject_key__in=[f"{kind.thing}:{pk}" for pk in ids])
    rows = alerts.values_list("subject_key", "pk", "fingerprint")
    return {key: (pk, fingerprint) for key, pk, fingerprint in rows.iterator()}


def _settle_all(
    kind: Kind, causes: Iterable[Cause], known: dict[str, tuple[int, str]], done: Detection
) -> None:
    """Settle every cause; what is open in `known` and has none is closed."""
    for batch in _batches(causes):
        _settle(kind, batch, known, done)
    _close_the_rest(kind, known, done)


def _wait_for_turn(kind: Kind) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_key(f"alerts:{kind.code}")])


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, BATCH)):
        yield batch


def _settle(kind: Kind, causes: list[Cause], known: dict[str, tuple[int, str]], done: Detection) -> None:
    """Open what is new, refresh what differs; takes the causes it has seen out of `known`."""
    new, changed = [], {}
    for cause in causes:
        pk, fingerprint = known.pop(cause.subject_key, (None, None))
        if pk is None:
            new.append(cause)
        elif fingerprint != cause.fingerprint:
            changed[pk] = cause
    _open(kind, new)
    _refresh(changed)
    done.opened.extend((kind.code, cause.subject_key) for cause in new)
    done.refreshed.extend((kind.code, cause.subject_key) for cause in changed.values())
    _tell(kind, Settled(opened=tuple(new), refreshed=tuple(changed.values())))


def _open(kind: Kind, causes: list[Cause]) -> None:
    if causes:
        now = clock.now()
        alerts = Alert.objects.bulk_create(
            Alert(
                kind=kind.code, subject_key=cause.subject_key, opened_at=now, refreshed_at=now, **_told(cause)
            )
            for cause in causes
        )
        AlertAudience.objects.bulk_create(
            AlertAudience(alert=alert, key=key, since=now)
            for alert, cause in zip(alerts, causes, strict=True)
            for key in sorted(cause.audience)
        )


def _refresh(changed: dict[int, Cause]) -> None:
    """Write what differs. An alert that is raised is news again for all its readers; else only for the new ones."""
    if not changed:
        return
    rows = [
        {"id": pk, **_told(cause), "due_on": cause.due_on.isoformat(), "keys": sorted(cause.audience)}
        for pk, cause in changed.items()
    ]
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH told AS (SELECT * FROM jsonb_to_recordset(%s::jsonb) AS told (id bigint, level int, title text,"
            " detail text, url text, due_on date, fingerprint text, keys jsonb)),"
            " written AS (UPDATE notifications_alert AS alert SET level = told.level, title = told.title,"
            " detail = told.detail, url = told.url, due_on = told.due_on, fingerprint = told.fingerprint,"
            " refreshed_at = %s FROM told WHERE alert.id = told.id),"
            " gone AS (DELETE FROM notifications_alertaudience AS old USING told"
            " WHERE old.alert_id = told.id AND NOT told.keys ? old.key),"
            # Every part of one statement reads the rows as they were before it: the level of yesterday.
            " raised AS (UPDATE notifications_alertaudience AS old SET since = %s"
            " FROM told JOIN notifications_alert AS alert ON alert.id = told.id AND told.level > alert.level"
            " WHERE old.alert_id = told.id AND told.keys ? old.key)"
            " INSERT INTO notifications_alertaudience (alert_id, key, since)"
            " SELECT told.id, key, %s FROM told, jsonb_array_elements_text(told.keys) AS key"
            " ON CONFLICT (alert_id, key) DO NOTHING",
            [json.dumps(rows), now, now, now],
        )


def _told(cause: Cause) -> dict:
    return {
        "level": int(cause.level),
        "title": cause.title[:255],
        "detail": cause.detail,
        "url": cause.url,
        "due_on": cause.due_on,
        "fingerprint": cause.fingerprint,
    }


def _close_the_rest(kind: Kind, gone: dict[str, tuple[int, str]], done: Detection) -> None:
    if gone:
        ids = [pk for pk, _ in gone.values()]
        Alert.objects.filter(pk__in=ids).order_by().update(closed_at=clock.now())
        done.closed.extend((kind.code, key) for key in gone)
        _tell(kind, Settled(closed=tuple(gone)))


def _tell(kind: Kind, settled: Settled) -> None:
    """Let who follows alerts of this kind know what became of them."""
    if kind.follow is not None and settled != Settled():
        kind.follow(settled)
