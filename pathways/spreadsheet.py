"""Lists as XLSX files, written row by row: a hundred thousand rows hold in a few megabytes of memory."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from datetime import date
from typing import IO, Any

import xlsxwriter

from config import clock
from config.ui.dates import moment
from pathways.actor import Actor
from pathways.reading.moment import reading_now


def provenance(actor: Actor) -> list[tuple[str, str]]:
    """Who exported, when, and which past was read: the first notes of every export."""
    past = reading_now()
    notes = [("Exporté le", moment(past.asked_at if past else clock.now())), ("Par", str(actor))]
    return notes + (past.notes if past else [])


def write(heads: Sequence[str], rows: Iterable[Sequence[Any]], notes: Sequence[tuple[str, str]]) -> IO[bytes]:
    """A workbook open for reading: a sheet « Liste », and a sheet « Critères » saying what was asked.

    Text is always written as text: a name that begins with = is not a formula, an address not a link.
    """
    file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by the response that sends it)
    with xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        bold = book.add_format({"bold": True})
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet = book.add_worksheet("Liste")
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(0, len(heads) - 1), 22)
        for place, head in enumerate(heads):
            sheet.write_string(0, place, head, bold)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                _cell(sheet, number, place, value, day)
        asked = book.add_worksheet("Critères")
        asked.set_column(0, 1, 32)
        for number, (label, value) in enumerate(notes):
            asked.write_string(number, 0, label, bold)
            asked.write_string(number, 1, value)
    file.seek(0)
    return file


def _cell(sheet, row: int, column: int, value: Any, day_format) -> None:
    if isinstance(value, date):
        sheet.write_datetime(row, column, value, day_format)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value)
    elif value not in (None, ""):
        sheet.write_string(row, column, str(value))
