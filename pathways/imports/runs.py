"""The life of an import: handed in, analysed, previewed, confirmed, written, told.

What is due stands in `ImportRun.status`. A session lock says that a worker is alive on a run: it goes with the worker's
connection, so a killed worker frees it at once, and its open transaction leaves nothing behind.
"""

import hashlib
import logging
import traceback
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any, BinaryIO

from django.core.files import File
from django.db import Error, InterfaceError, OperationalError, connection, transaction

from config import clock
from config.errors import JalonsError
from config.locks import AdvisoryLock, lock_key
from pathways.actor import Actor
from pathways.enums import Role
from pathways.imports import registry
from pathways.imports.lines import LineResult, Tally, as_row, batches
from pathways.imports.pulse import Pulse
from pathways.imports.words import VERDICT_TONES
from pathways.models import ImportLine, ImportRun, Membership

logger = logging.getLogger(__name__)

Status = ImportRun.Status
#: After how long without a sign a run in progress is looked at again, and a preview nobody confirmed is dropped.
STALE_AFTER = timedelta(minutes=2)
FORGOTTEN_AFTER = timedelta(days=7)
MAX_ATTEMPTS = 3
LINES_PER_INSERT = 500


# ---- what people do


def deposit(importer: registry.Importer, file: File, parameters: dict[str, Any], actor: Actor) -> ImportRun:
    """Keep a file that passed the form, to be analysed. The caller then sends the task."""
    run = ImportRun(
        kind=importer.kind,
        file_name=file.name[-255:],
        parameters={**parameters, "sha256": _digest(file)},
        user=actor.user,
        organisation=actor.organisation,
        role=actor.role,
    )
    file.seek(0)
    # The stored name says nothing: names of files sometimes hold names of people.
    run.file.save(f"{importer.kind}.import", file, save=False)
    run.save()
    return run


def confirm(run: ImportRun) -> bool:
    """Ask for the writing. False when somebody already did, or when there is nothing to confirm any more."""
    return _move(run, Status.PREVIEWED, status=Status.CONFIRMED, heartbeat_at=None, progress=0, attempts=0)


def cancel(run: ImportRun) -> bool:
    """Drop a preview with its file and its lines: nothing of it was ever recorded."""
    with transaction.atomic():
        if not _move(run, Status.PREVIEWED, status=Status.CANCELLED, finished_at=clock.now()):
            return False
        run.lines.all().delete()
    forget_file(run)
    return True


def _move(run: ImportRun, source: Status, *, attempts: int | None = None, **changes: Any) -> bool:
    """Change a run that is still in `source`; two requests at once: one of them wins."""
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        if locked.status != source:
            return False
        if attempts is not None:
            changes["parameters"] = {**locked.parameters, "attempts": attempts}
        for name, value in changes.items():
            setattr(locked, name, value)
            setattr(run, name, value)
        locked.save(update_fields=list(changes))
    return True


# ---- what a worker does


def work(run_id: int) -> None:
    """Do what is due on a run, if anything is and if no other worker is at it."""
    lock = AdvisoryLock(f"import:{run_id}")
    if not lock.acquire():
        return
    try:
        run = _claim(run_id)
        if run is not None:
            _attempt(run)
    finally:
        # A lost connection has released the lock already.
        with suppress(Error):
            lock.release()


def _claim(run_id: int) -> ImportRun | None:
    """Mark the run as being worked on. The caller holds its lock, so a run « in progress » is one whose worker died."""
    with transaction.atomic():
        run = (
            ImportRun.objects.select_for_update(skip_locked=True)
            .filter(pk=run_id, status__in=ImportRun.DUE)
            .first()
        )
        if run is None:
            return None
        attempts = run.parameters.get("attempts", 0) + 1
        if attempts > MAX_ATTEMPTS:
            _conclude_failure(run, _interrupted())
            return None
        is_check = run.status in (Status.UPLOADED, Status.CHECKING)
        run.status = Status.CHECKING if is_check else Status.WRITING
        run.parameters = {**run.parameters, "attempts": attempts}
        run.started_at = run.heartbeat_at = clock.now()
        run.progress = 0
        run.save(update_fields=["status", "parameters", "started_at", "heartbeat_at", "progress"])
        return run


def _attempt(run: ImportRun) -> None:
    try:
        with run.file.open("rb") as source:
            step = _check if run.status == Status.CHECKING else _write
            step(run, _job(run), source)
    except JalonsError as error:
        _fail(run, error)
    except (OperationalError, InterfaceError):
        raise  # the database went away: the sweep tries again
    except FileNotFoundError:
        _fail(run, _file_lost())
    except Exception as error:
        # No message: a database error quotes the row, that is, a person.
        where = "".join(traceback.format_tb(error.__traceback__))
        logger.error("Import %s failed with %s\n%s", run.pk, type(error).__name__, where)
        _fail(run, _unexpected())
    if run.status in (Status.DONE, Status.FAILED):
        forget_file(run)


def _job(run: ImportRun) -> registry.ImportJob:
    importer = registry.get(run.kind)
    if importer is None:
        raise JalonsError(
            f"Jalons ne lit plus les fichiers « {run.kind} ».",
            code="unknown_kind",
            next_step="Déposez le fichier dans la page d'import qui convient.",
        )
    return importer.job(run.parameters, _actor(run))


def _actor(run: ImportRun) -> Actor:
    """Who handed the file in, provided that they still may."""
    is_member = Membership.objects.current().filter(
        user_id=run.user_id, organisation_id=run.organisation_id, role=run.role, user__is_active=True
    )
    if not is_member.exists():
        raise JalonsError(
            "La personne qui a déposé ce fichier n'a plus ce rôle.",
            code="membership_ended",
            next_step="Demandez à un collègue qui l'a de redéposer le fichier.",
        )
    return Actor(Role(run.role), run.user, run.organisation)


def _check(run: ImportRun, job: registry.ImportJob, source: BinaryIO) -> None:
    """Say line by line what the file would do. Only lines of the report are written."""
    tally = Tally()
    size = run.file.size
    with Pulse(run.pk) as pulse, transaction.atomic():
        run.lines.all().delete()
        _keep_lines(run, _pulsing(tally.count(job.plan(source)), pulse, source, size))
        _conclude(run, Status.PREVIEWED, tally, job)


def _write(run: ImportRun, job: registry.ImportJob, source: BinaryIO) -> None:
    """Record everything in one transaction, or nothing."""
    if _digest(source) != run.parameters["sha256"]:
        raise _file_lost()
    source.seek(0)
    tally = Tally()
    with Pulse(run.pk, run.total) as pulse, transaction.atomic():
        one_writer_at_a_time(run.kind)
        previewed = dict(run.lines.order_by("number").values_list("number", "verdict"))
        run.lines.all().delete()
        lines = _compared(tally.count(job.write(source)), previewed, job)
        _keep_lines(run, _pulsing(lines, pulse))
        _conclude(run, Status.DONE, tally, job, finished_at=clock.now())


def one_writer_at_a_time(kind: str) -> None:
    """Wait until no other transaction writes a file of this kind: two files at once would create a person twice."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock_key(f"import-write:{kind}")])


def _compared(
    lines: Iterable[LineResult], previewed: dict[int, str], job: registry.ImportJob
) -> Iterator[LineResult]:
    """Mark the lines that no longer end as the preview had told: somebody wrote in between."""
    changed = 0
    for number, line in enumerate(lines, start=1):
        told = previewed.get(number)
        if told is not None and told != line.verdict:
            changed += 1
            label = VERDICT_TONES[ImportLine.Verdict(told)][0].lower()
            note = f"L'aperçu annonçait « {label} » : Jalons a changé entre-temps."
            line = replace(line, explanation=f"{line.explanation} {note}".strip())
        yield line
    job.summary["changed_since_preview"] = changed


def _pulsing(
    lines: Iterable[LineResult], pulse: Pulse, source: BinaryIO | None = None, size: int = 0
) -> Iterator[LineResult]:
    """Pass the lines through, giving signs of life. From `source` and its size in bytes the total is estimated."""
    for number, line in enumerate(lines, start=1):
        estimate = None
        if source is not None and (read := source.tell()):
            estimate = max(number, round(number * size / read))
        pulse.beat(number, estimate)
        yield line


def _keep_lines(run: ImportRun, lines: Iterable[LineResult]) -> None:
    for batch in batches(enumerate(lines, start=1), LINES_PER_INSERT):
        ImportLine.objects.bulk_create(as_row(line, run.pk, number) for number, line in batch)


def _conclude(run: ImportRun, status: Status, tally: Tally, job: registry.ImportJob, **changes: Any) -> None:
    tally.add(job.file_findings)
    findings = [asdict(finding) for finding in job.file_findings]
    run.counts = {**tally.as_dict(), **job.summary, "file_findings": findings}
    run.status = status
    run.progress = run.total = tally.lines
    run.heartbeat_at = clock.now()
    for name, value in changes.items():
        setattr(run, name, value)
    run.save(update_fields=["counts", "status", "progress", "total", "heartbeat_at", *changes])


def _fail(run: ImportRun, error: JalonsError) -> None:
    with transaction.atomic():
        locked = ImportRun.objects.select_for_update().get(pk=run.pk)
        if locked.status in ImportRun.DUE:
            _conclude_failure(locked, error)
    run.refresh_from_db()


def _conclude_failure(run: ImportRun, error: JalonsError) -> None:
    """Nothing was recorded: the lines of the preview go, the reason stays."""
    run.lines.all().delete()
    run.status = Status.FAILED
    run.error, run.error_next_step = error.message, error.next_step
    run.finished_at = clock.now()
    run.save(update_fields=["status", "error", "error_next_step", "finished_at"])


def forget_file(run: ImportRun) -> None:
    """Delete the uploaded file: the report is enough once the run has ended (domain.md, C, minimisation)."""
    if run.file:
        run.file.delete(save=False)
        ImportRun.objects.filter(pk=run.pk).update(file="")


def _digest(source: BinaryIO) -> str:
    digest = hashlib.sha256()
    source.seek(0)
    while chunk := source.read(1024 * 1024):
        digest.update(chunk)
    return digest.hexdigest()


def _interrupted() -> JalonsError:
    return JalonsError(
        f"Le traitement s'est interrompu {MAX_ATTEMPTS} fois ; rien n'a été enregistré.",
        code="interrupted",
        next_step="Redéposez le fichier. Si cela se répète, signalez-le à l'administrateur de Jalons.",
    )


def _file_lost() -> JalonsError:
    return JalonsError(
        "Le fichier déposé n'est plus celui de l'aperçu ; rien n'a été enregistré.",
        code="file_lost",
        next_step="Redéposez-le.",
    )


def _unexpected() -> JalonsError:
    return JalonsError(
        "Une erreur imprévue a arrêté le traitement ; rien n'a été enregistré.",
        code="unexpected",
        next_step="Redéposez le fichier. Si cela se répète, signalez-le à l'administrateur de Jalons.",
    )
