"""The life of an import: two steps, one transaction, one worker at a time, nothing lost and nothing doubled."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import OperationalError, connection, connections

from config import clock
from config.locks import AdvisoryLock
from pathways import tasks
from pathways.imports import runs
from pathways.imports.cohort import COHORT
from pathways.models import Beneficiary, CohortDecision, Event, ImportRun, Membership, Pathway
from tests.pathways.cohort_files.builders import caf_xml, cohort_csv, csv_person

pytestmark = pytest.mark.django_db
Status = ImportRun.Status
TWO = cohort_csv(csv_person(), csv_person(Nom="Bellil", Identifiant_Pôle_emploi="7654321B"))


@pytest.fixture
def deposit(world):
    def hand_in(content: bytes = TWO) -> ImportRun:
        file = ContentFile(content, name="cohorte.csv")
        return runs.deposit(COHORT, file, {"cohort": world.cohort.pk}, world.manager)

    return hand_in


def fresh(run):
    return ImportRun.objects.get(pk=run.pk)


def nothing_is_written():
    return not (Beneficiary.objects.exists() or Pathway.objects.exists() or Event.objects.exists())


def test_a_file_is_analysed_then_waits_for_a_yes(deposit):
    run = deposit()
    assert (run.status, default_storage.exists(run.file.name)) == (Status.UPLOADED, True)
    runs.work(run.pk)
    run = fresh(run)
    assert (run.status, run.total, run.counts["created"]) == (Status.PREVIEWED, 2, 2)
    assert [(line.number, line.verdict) for line in run.lines.all()] == [(1, "created"), (2, "created")]
    assert nothing_is_written()


def test_confirmed_it_is_written_and_its_file_is_deleted(deposit):
    run = deposit()
    name = run.file.name
    runs.work(run.pk)
    assert runs.confirm(fresh(run))
    runs.work(run.pk)
    run = fresh(run)
    assert (run.status, run.counts["created"], run.counts["entered"]) == (Status.DONE, 2, 2)
    assert run.counts["changed_since_preview"] == 0
    assert Pathway.objects.filter(state="identified").count() == 2
    assert set(Event.objects.values_list("actor", "organisation", "origin")) == {
        (run.user_id, run.organisation_id, "imported")
    }
    assert (run.file.name, default_storage.exists(name), run.lines.count()) == ("", False, 2)


def test_two_clicks_confirm_once(deposit):
    run = deposit()
    runs.work(run.pk)
    first, second = fresh(run), fresh(run)
    assert runs.confirm(first)
    assert not runs.confirm(second)
    runs.work(run.pk)
    runs.work(run.pk)
    assert Beneficiary.objects.count() == 2
    assert CohortDecision.objects.count() == 2


def test_abandoned_it_leaves_neither_file_nor_lines(deposit):
    run = deposit()
    name = run.file.name
    runs.work(run.pk)
    assert runs.cancel(fresh(run))
    run = fresh(run)
    assert (run.status, run.lines.count(), default_storage.exists(name)) == (Status.CANCELLED, 0, False)
    assert not runs.confirm(run)
    runs.work(run.pk)
    assert nothing_is_written()


def test_what_is_already_confirmed_cannot_be_abandoned(deposit):
    run = deposit()
    runs.work(run.pk)
    runs.confirm(fresh(run))
    assert not runs.cancel(fresh(run))
    assert default_storage.exists(run.file.name)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (caf_xml()[:-200], "tronqué"),
        (b"Nom;Date de naissance\nMartin;02/03/1985\n", "Prénom"),
        (b"<lheo xmlns='http://www.lheo.org/2.2'/>", "lheo"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_remedy(deposit, content, told):
    run = deposit(content)
    runs.work(run.pk)
    run = fresh(run)
    assert run.status == Status.FAILED
    assert told in run.error + run.error_next_step
    assert run.error_next_step
    assert (run.lines.count(), run.file.name) == (0, "")
    assert nothing_is_written()


def test_an_error_in_the_middle_of_writing_leaves_nothing(deposit, monkeypatch, caplog):
    run = deposit(cohort_csv(*(csv_person(Nom=f"Nom{n}", Identifiant_Pôle_emploi="") for n in "abc")))
    runs.work(run.pk)
    runs.confirm(fresh(run))
    real, calls = runs.as_row, []

    def break_at_third(line, run_id, number):
        calls.append(number)
        if number == 3:
            assert Beneficiary.objects.count() == 3
            raise ValueError(line.title)
        return real(line, run_id, number)

    monkeypatch.setattr(runs, "as_row", break_at_third)
    runs.work(run.pk)
    run = fresh(run)
    assert (run.status, calls) == (Status.FAILED, [1, 2, 3])
    assert "rien n'a été enregistré" in run.error
    assert nothing_is_written()
    assert "ValueError" in caplog.text
    assert "Nomc" not in caplog.text


def test_a_lost_database_leaves_the_run_due_for_the_sweep(deposit, monkeypatch):
    run = deposit()
    runs.work(run.pk)
    runs.confirm(fresh(run))
    with monkeypatch.context() as patch:
        patch.setattr(runs, "one_writer_at_a_time", lambda kind: (_ for _ in ()).throw(OperationalError()))
        with pytest.raises(OperationalError):
            runs.work(run.pk)
    assert fresh(run).status == Status.WRITING
    assert nothing_is_written()
    runs.work(run.pk)
    assert fresh(run).status == Status.DONE
    assert Beneficiary.objects.count() == 2


def test_another_live_worker_is_left_alone(deposit):
    run = deposit()
    session = connections.create_connection("default")
    lock = AdvisoryLock(f"import:{run.pk}", session)
    lock.acquire()
    try:
        runs.work(run.pk)
        assert fresh(run).status == Status.UPLOADED
        lock.release()
    finally:
        session.close()
    runs.work(run.pk)
    assert fresh(run).status == Status.PREVIEWED


def test_a_run_that_dies_every_time_ends_with_a_reason(deposit):
    run = deposit()
    ImportRun.objects.filter(pk=run.pk).update(
        status=Status.WRITING, parameters={**run.parameters, "attempts": runs.MAX_ATTEMPTS}
    )
    runs.work(run.pk)
    run = fresh(run)
    assert run.status == Status.FAILED
    assert "interrompu 3 fois" in run.error


@pytest.fixture
def sent(monkeypatch):
    """The runs that the sweep sends to workers."""
    numbers = []
    monkeypatch.setattr(tasks, "_send", numbers.append)
    return numbers


@pytest.mark.parametrize(
    ("status", "silent_for", "is_taken"),
    [
        (Status.UPLOADED, None, True),
        (Status.CONFIRMED, None, True),
        (Status.WRITING, runs.STALE_AFTER + timedelta(seconds=1), True),
        (Status.WRITING, runs.STALE_AFTER - timedelta(seconds=1), False),
        (Status.PREVIEWED, None, False),
        (Status.DONE, None, False),
        (Status.FAILED, None, False),
    ],
)
def test_the_sweep_takes_up_what_is_due_and_silent(deposit, sent, status, silent_for, is_taken):
    run = deposit()
    heartbeat = clock.now() - silent_for if silent_for else None
    ImportRun.objects.filter(pk=run.pk).update(
        status=status, heartbeat_at=heartbeat, error="x" if status == Status.FAILED else ""
    )
    tasks.sweep_imports()
    assert sent == ([run.pk] if is_taken else [])
    tasks.sweep_imports()
    assert len(sent) == is_taken  # marked: the next sweep leaves it some time


def test_a_dead_worker_is_replaced_and_nothing_is_doubled(deposit):
    run = deposit()
    runs.work(run.pk)
    runs.confirm(fresh(run))
    long_ago = clock.now() - timedelta(minutes=10)
    ImportRun.objects.filter(pk=run.pk).update(status=Status.WRITING, heartbeat_at=long_ago)
    tasks.sweep_imports()
    assert fresh(run).status == Status.DONE
    assert Beneficiary.objects.count() == 2


def test_a_preview_nobody_comes_back_to_is_dropped(deposit):
    run = deposit()
    runs.work(run.pk)
    old = clock.now() - runs.FORGOTTEN_AFTER - timedelta(hours=1)
    ImportRun.objects.filter(pk=run.pk).update(heartbeat_at=old)
    tasks.sweep_imports()
    run = fresh(run)
    assert (run.status, run.file.name, run.lines.count()) == (Status.CANCELLED, "", 0)


def test_the_sweep_deletes_files_that_outlived_their_run(deposit):
    run = deposit()
    ImportRun.objects.filter(pk=run.pk).update(status=Status.DONE)
    tasks.sweep_imports()
    assert not default_storage.exists(run.file.name)


def test_the_report_says_what_changed_since_the_preview(deposit, world):
    run = deposit()
    runs.work(run.pk)
    deposit_of_a_colleague = deposit(cohort_csv(csv_person()))
    runs.work(deposit_of_a_colleague.pk)
    runs.confirm(fresh(deposit_of_a_colleague))
    runs.work(deposit_of_a_colleague.pk)
    runs.confirm(fresh(run))
    runs.work(run.pk)
    run = fresh(run)
    assert (run.status, run.counts["changed_since_preview"]) == (Status.DONE, 1)
    first = run.lines.get(number=1)
    assert first.verdict == "unchanged"
    assert "L'aperçu annonçait « nouvelle »" in first.explanation
    assert Beneficiary.objects.count() == 2


def test_a_file_that_is_not_the_one_previewed_is_not_written(deposit):
    run = deposit()
    runs.work(run.pk)
    runs.confirm(fresh(run))
    with default_storage.open(run.file.name, "wb") as stored:
        stored.write(cohort_csv(csv_person(Nom="Autre")))
    runs.work(run.pk)
    assert fresh(run).status == Status.FAILED
    assert nothing_is_written()


def test_who_lost_the_role_in_between_writes_nothing(deposit, world):
    run = deposit()
    runs.work(run.pk)
    runs.confirm(fresh(run))
    Membership.objects.filter(user=world.manager.user).update(ended_on=clock.today())
    runs.work(run.pk)
    run = fresh(run)
    assert run.status == Status.FAILED
    assert "n'a plus ce rôle" in run.error
    assert nothing_is_written()


def test_a_cohort_of_another_departement_is_not_fed(deposit, world):
    from tests.factories import World

    run = deposit()
    parameters = {**run.parameters, "cohort": World.make().cohort.pk}
    ImportRun.objects.filter(pk=run.pk).update(parameters=parameters)
    runs.work(run.pk)
    assert fresh(run).status == Status.FAILED


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_while_the_transaction_is_open(deposit, monkeypatch):
    """A reader outside the transaction sees the count move, and none of what is being written."""
    monkeypatch.setattr("pathways.imports.pulse.PERIOD", 0.0)
    monkeypatch.setattr(runs, "LINES_PER_INSERT", 1)
    run = deposit()
    runs.work(run.pk)
    runs.confirm(fresh(run))
    seen, real = [], runs.as_row
    reader = connections.create_connection("default")

    def spy(line, run_id, number):
        with reader.cursor() as cursor:
            cursor.execute("SELECT status, progress FROM pathways_importrun WHERE id = %s", [run.pk])
            seen.append(cursor.fetchone())
            cursor.execute("SELECT count(*) FROM pathways_beneficiary")
            assert cursor.fetchone() == (0,)
        return real(line, run_id, number)

    monkeypatch.setattr(runs, "as_row", spy)
    try:
        runs.work(run.pk)
    finally:
        reader.close()
    assert seen == [("writing", 1), ("writing", 2)]
    assert fresh(run).status == Status.DONE
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON database = pg_database.oid"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
        assert cursor.fetchone() == (0,)
