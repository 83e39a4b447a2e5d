"""A page that is only read must not write. Enforced in tests; the access log is the one declared exception."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import connection

READING_METHODS = {"GET", "HEAD", "OPTIONS"}
# EXECUTE: the statements kept prepared are those of the engine's door, which a page that is read never opens.
_WRITE = re.compile(
    r"\A(EXECUTE|INSERT|UPDATE|DELETE|TRUNCATE|MERGE|COPY|CREATE|ALTER|DROP)\b", re.IGNORECASE
)
# A data-modifying WITH: the verb follows an opening parenthesis or the last closing one.
_WRITE_IN_WITH = re.compile(
    r"[()]\s*(INSERT\s+INTO|UPDATE\s+(?!OF\b)|DELETE\s+FROM|MERGE\s+INTO)\b", re.IGNORECASE
)
# Temporary tables hold no data of the product: a page read in the past makes some and throws them away.
_TEMPORARY = re.compile(
    r"\A(CREATE TEMPORARY (TABLE|VIEW)|(ALTER TABLE|INSERT INTO|UPDATE|DELETE FROM|COPY) pg_temp\.)",
    re.IGNORECASE,
)
_LEADING_COMMENT = re.compile(r"\A\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*", re.DOTALL)

_writing_allowed: ContextVar[bool] = ContextVar("jalons_writing_allowed", default=False)


class WriteInReadOnlyPage(RuntimeError):
    """A GET page issued SQL that writes."""


def writes(sql: str) -> bool:
    """Whether a statement changes data or schema. Locks, savepoints and temporary tables do not count."""
    body = sql[_LEADING_COMMENT.match(sql).end() :]
    if _TEMPORARY.match(body):
        return False
    if _WRITE.match(body):
        return True
    return body[:4].upper() == "WITH" and bool(_WRITE_IN_WITH.search(body))


@contextmanager
def recording_access() -> Iterator[None]:
    """Allow writing inside a page that is read: for the log of who opened whose file, and nothing else."""
    token = _writing_allowed.set(True)
    try:
        yield
    finally:
        _writing_allowed.reset(token)


def _refuse_writes(execute, sql, params, many, context):
    if not _writing_allowed.get() and writes(str(sql)):
        raise WriteInReadOnlyPage(f"This page is only read, yet it wrote: {str(sql)[:300]}")
    return execute(sql, params, many, context)


class ReadOnlyGetMiddleware:
    """Innermost middleware of the test settings: a view that writes on GET fails."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.method not in READING_METHODS:
            return self.get_response(request)
        with connection.execute_wrapper(_refuse_writes):
            return self.get_response(request)
