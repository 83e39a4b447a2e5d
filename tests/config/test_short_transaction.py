"""A short transaction keeps or drops exactly what `atomic()` would, and sends BEGIN and COMMIT along."""

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError

from config.short_transaction import execute_last, short_transaction
from pathways.models import EmploymentArea

pytestmark = pytest.mark.django_db(transaction=True)

INSERT = "INSERT INTO pathways_employmentarea (code, vintage, name) VALUES ('{0}', 2020, 'Bassin {0}') RETURNING id"


def insert(code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(code))


def insert_then_fail(code: str) -> None:
    with short_transaction():
        insert(code)
        raise ValueError(code)


def insert_twice(code: str) -> None:
    """The second time is refused, in the message that brings the COMMIT."""
    with short_transaction():
        insert(code)
        with connection.cursor() as cursor:
            execute_last(cursor, f"{INSERT.format('0009')};{INSERT.format(code)}", None)


def insert_after_the_last(code: str) -> None:
    with short_transaction():
        with connection.cursor() as cursor:
            execute_last(cursor, INSERT.format(code), None)
        insert("0002")


def kept() -> set[str]:
    return set(EmploymentArea.objects.order_by().values_list("code", flat=True))


@pytest.fixture
def sent(monkeypatch):
    """Every message that leaves for the server, as psycopg sends it."""
    import psycopg

    connection.ensure_connection()  # what a new connection is told is not the subject
    messages = []
    real = psycopg.ClientCursor.execute

    def execute(self, query, *args, **kwargs):
        messages.append(query)
        return real(self, query, *args, **kwargs)

    monkeypatch.setattr(psycopg.ClientCursor, "execute", execute)
    return messages


def test_begin_travels_with_the_first_statement_and_commit_with_the_last(sent):
    with short_transaction():
        insert("0001")
        with connection.cursor() as cursor:
            execute_last(cursor, INSERT.format("0002"), None)
            assert cursor.fetchone()[0] > 0
    assert kept() == {"0001", "0002"}
    assert [message.split()[0] for message in sent[:2]] == ["BEGIN;INSERT", "INSERT"]
    assert sent[1].endswith(";COMMIT")


def test_it_is_kept_without_a_last_statement_and_dropped_by_an_error():
    with short_transaction():
        insert("0001")
        insert("0002")
    with pytest.raises(ValueError, match="0003"):
        insert_then_fail("0003")
    assert kept() == {"0001", "0002"}
    assert connection.get_autocommit()


def test_nothing_slips_out_after_the_commit():
    with pytest.raises(TransactionManagementError):
        insert_after_the_last("0001")
    assert kept() == {"0001"}
    insert("0003")
    assert kept() == {"0001", "0003"}


def test_a_refused_last_message_leaves_nothing_of_the_transaction():
    with pytest.raises(IntegrityError):
        insert_twice("0001")
    assert kept() == set()
    insert("0003")
    assert kept() == {"0003"}


def test_a_constraint_checked_at_commit_is_told_as_by_atomic():
    """Foreign keys are checked by the COMMIT that travels along."""
    with pytest.raises(IntegrityError, match="area_id"), short_transaction(), connection.cursor() as cursor:
        execute_last(
            cursor,
            "INSERT INTO pathways_commune (insee_code, name, postal_codes, area_id)"
            " VALUES ('13055', 'Marseille', '[]', 999999)",
            None,
        )
    assert connection.get_autocommit()


def test_a_text_that_the_parser_refuses_begins_nothing():
    with short_transaction():
        with pytest.raises(ProgrammingError), connection.cursor() as cursor:
            cursor.execute("SELEKT 1")
        insert("0001")
        with pytest.raises(IntegrityError), transaction.atomic():
            insert("0001")
        insert("0002")
    assert kept() == {"0001", "0002"}


def test_inside_another_transaction_it_is_a_savepoint():
    with transaction.atomic():
        insert("0001")
        with pytest.raises(ValueError, match="0002"):
            insert_then_fail("0002")
        with short_transaction(), connection.cursor() as cursor:
            execute_last(cursor, INSERT.format("0003"), None)
        transaction.set_rollback(True)
    assert kept() == set()


def test_what_waits_for_the_commit_runs_after_it():
    seen = []
    with short_transaction():
        insert("0001")
        transaction.on_commit(lambda: seen.append(kept()))
        with connection.cursor() as cursor:
            execute_last(cursor, INSERT.format("0002"), None)
        assert seen == []
    assert seen == [{"0001", "0002"}]


def test_rows_read_in_pieces_begin_the_transaction_first():
    insert("0001")
    with short_transaction():
        assert [area.code for area in EmploymentArea.objects.order_by("pk").iterator(chunk_size=1)] == [
            "0001"
        ]
        insert("0002")
        transaction.set_rollback(True)
    assert kept() == {"0001"}
