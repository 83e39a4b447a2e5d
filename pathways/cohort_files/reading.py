"""The one entry: any cohort file in, rows and rejections out."""

import datetime
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from pathways.cohort_files.caf import CafReader
from pathways.cohort_files.errors import CohortFileError
from pathways.cohort_files.rows import FileHeader, PersonRow, RowIssue, RowRejection
from pathways.cohort_files.source import ScrubbedStream, Source
from pathways.cohort_files.tabular import CsvReader
from pathways.identity import identity_key


def read_cohort(source: Source, *, today: datetime.date | None = None) -> "CohortReading":
    """Open a cohort file: CAF « bénéficiaires RSA » XML or documented CSV, told apart by content.

    source: path, or binary stream at its beginning (left open). today: judges ages and future dates when
    the file has no reference date. Raises CohortFileError at once on a wrong kind of file, and from the
    iteration as soon as the file breaks: keep nothing before the iteration has ended.
    """
    stream = ScrubbedStream(source)
    try:
        return CohortReading(stream, today or datetime.date.today())
    except BaseException:
        stream.close()
        raise


class CohortReading(Iterator[PersonRow | RowRejection]):
    """Iterator over a file, and what it has learnt so far.

    header: what the file says of itself. skipped: people passed over, by reason.
    file_warnings: findings that concern no single row.
    """

    def __init__(self, stream: ScrubbedStream, today: datetime.date):
        head = stream.head().removeprefix(b"\xef\xbb\xbf").lstrip()
        if not head:
            raise CohortFileError(
                "Le fichier est vide.",
                code="empty_file",
                next_step="Vérifiez l'export, puis redéposez le fichier.",
            )
        self._reader = CafReader(stream, today) if head.startswith(b"<") else CsvReader(stream, today)
        self._rows = self._read(stream)

    @property
    def header(self) -> FileHeader:
        return self._reader.header

    @property
    def skipped(self) -> Counter[str]:
        return self._reader.skipped

    @property
    def file_warnings(self) -> list[RowIssue]:
        return self._reader.file_warnings

    def __next__(self) -> PersonRow | RowRejection:
        return next(self._rows)

    def close(self) -> None:
        """Release the file before its end."""
        self._rows.close()

    def _read(self, stream: ScrubbedStream) -> Iterator[PersonRow | RowRejection]:
        seen = _SeenPeople()
        try:
            for household in self._reader.households():
                yield from seen.review(household)
        finally:
            stream.close()


class _SeenPeople:
    """Finds the same person twice, and two people under one Pôle emploi identifier."""

    def __init__(self):
        self._people: dict[str, tuple[str, str]] = {}
        self._holders: dict[str, tuple[str, str]] = {}

    def review(self, household: list[PersonRow | RowRejection]) -> Iterator[PersonRow | RowRejection]:
        """Yield the rows of a household; both partners are warned when they share an identifier."""
        people = [(row, _key(row)) for row in household if isinstance(row, PersonRow)]
        for row, key in people:
            if row.pe_identifier:
                self._holders.setdefault(row.pe_identifier, (key, row.locator))
        keys = {row.locator: key for row, key in people}
        for row in household:
            yield self._review_person(row, keys[row.locator], people) if isinstance(row, PersonRow) else row

    def _review_person(self, row: PersonRow, key: str, household: list) -> PersonRow | RowRejection:
        dossier = row.rsa_request_number or row.caf_number
        first = self._people.setdefault(key, (row.locator, dossier))
        warnings = list(row.warnings)
        if first[0] != row.locator:
            if first[1] == dossier or not dossier or not first[1]:
                return RowRejection(
                    row.locator, (_duplicate(row, first[0]),), f"{row.last_name} {row.first_name}"
                )
            warnings.append(_other_dossier(row, first[0]))
        if other := self._other_holder(row, key, household):
            warnings.append(_shared_identifier(row, other))
        return replace(row, warnings=tuple(warnings))

    def _other_holder(self, row: PersonRow, key: str, household: list) -> str | None:
        if not row.pe_identifier:
            return None
        holder_key, holder = self._holders[row.pe_identifier]
        if holder_key != key:
            return holder
        others = (one.locator for one, k in household if one.pe_identifier == row.pe_identifier and k != key)
        return next(others, None)


def _key(row: PersonRow) -> str:
    return identity_key(row.last_name, row.first_name, row.birth_date)


def _duplicate(row: PersonRow, first: str) -> RowIssue:
    return RowIssue(
        "duplicate_row",
        f"{row.locator.capitalize()} : cette personne figure déjà {_at(first)}, dans le même dossier. "
        "Seule la première est lue : supprimez l'autre du fichier.",
    )


def _other_dossier(row: PersonRow, first: str) -> RowIssue:
    return RowIssue(
        "same_person_other_dossier",
        f"{row.locator.capitalize()} : cette personne figure déjà {_at(first)}, dans un autre dossier. "
        "Vérifiez lequel est en cours.",
    )


def _shared_identifier(row: PersonRow, other: str) -> RowIssue:
    return RowIssue(
        "shared_pe_identifier",
        f"{row.locator.capitalize()} : une autre personne porte le même identifiant Pôle emploi ({other}). "
        "Vérifiez à qui il appartient ; il ne suffira pas à reconnaître la personne.",
        "identifiant Pôle emploi",
    )


def _at(locator: str) -> str:
    return f"à la {locator}" if locator.startswith("ligne") else f"au {locator}"
