"""Reader of the cohort CSV documented in docs/cohort-csv.md."""

import csv
import datetime
from collections import Counter
from collections.abc import Iterator

from pathways.cohort_files import values
from pathways.cohort_files.checks import RowBuilder
from pathways.cohort_files.codes import EDUCATION_LEVELS, RSA_STATES
from pathways.cohort_files.columns import COLUMNS, Layout, read_layout
from pathways.cohort_files.errors import CohortFileError
from pathways.cohort_files.rows import (
    Address,
    FileFormat,
    FileHeader,
    PersonRow,
    RegistrationSource,
    RowIssue,
    RowRejection,
    RsaEntrySource,
)
from pathways.cohort_files.source import ScrubbedStream
from pathways.nir import detect_delimiter, is_separator_hint

_BOM = b"\xef\xbb\xbf"
# First bytes of « â, é, œ » in UTF-8; as last character of a windows-1252 file they would be « Â, Ã, Å ».
_LATIN_LEADS = b"\xc2\xc3\xc5"

_REMEDIES = {
    "pe_identifier": (
        "invalid_pe_identifier",
        "identifiant Pôle emploi « {value} » mal formé, non repris : 8 caractères (1234567A) ou 11 attendus. "
        "Si un zéro manque au début, mettez la colonne au format Texte.",
    ),
    "caf_number": (
        "invalid_caf_number",
        "numéro d'allocataire « {value} » mal formé, non repris : 7 chiffres attendus, 15 au plus.",
    ),
    "insee_code": (
        "unknown_commune",
        "« {value} » n'est pas un code commune INSEE (Marseille : 13055), non repris. Corrigez-le.",
    ),
    "postal_code": (
        "invalid_postal_code",
        "« {value} » n'est pas un code postal, non repris : 5 chiffres attendus.",
    ),
    "phone": ("invalid_phone", "numéro de téléphone mal formé, non repris : 10 chiffres attendus."),
    "email": ("invalid_email", "adresse électronique mal formée, non reprise. Corrigez-la (nom@domaine.fr)."),
    "rome_project": (
        "invalid_rome_code",
        "« {value} » n'est pas un code ROME (une lettre et 4 chiffres), non repris.",
    ),
    "rsa_state": ("unknown_rsa_state", "« {value} » n'est pas un code d'état du droit (0 à 6), non repris."),
    "education_level": (
        "unknown_education_level",
        "« {value} » n'est pas un code de niveau (00 à 70), non repris.",
    ),
    "sex": ("unknown_sex", "« {value} » n'est pas compris, non repris. Écrivez Mme ou M."),
    "has_duties": ("unknown_boolean", "« {value} » n'est pas compris, non repris. Écrivez oui ou non."),
    "is_without_fixed_abode": (
        "unknown_boolean",
        "« {value} » n'est pas compris, non repris. Écrivez oui ou non.",
    ),
}
_READERS = {
    "pe_identifier": values.read_pe_identifier,
    "caf_number": values.read_caf_number,
    "insee_code": values.read_insee_code,
    "postal_code": values.read_postal_code,
    "phone": values.read_phone,
    "email": values.read_email,
    "rome_project": values.read_rome_code,
    "rsa_state": lambda text: text if text in RSA_STATES else None,
    "education_level": lambda text: text.zfill(2) if text.zfill(2) in EDUCATION_LEVELS else None,
    "sex": values.read_sex,
    "has_duties": values.read_boolean,
    "is_without_fixed_abode": values.read_boolean,
}


class CsvReader:
    """Iterates over the file, each row a household of its own; the header line is read at once."""

    def __init__(self, stream: ScrubbedStream, today: datetime.date):
        self.skipped: Counter[str] = Counter()
        self.file_warnings: list[RowIssue] = []
        self._today = today
        self._lines = _DecodedLines(stream)
        first = self._lines.first()
        delimiter = detect_delimiter(first)
        self._csv = csv.reader(self._lines.all_from(first), delimiter=delimiter, strict=True)
        self._offset = self._lines.skipped
        self._layout = read_layout(self._next_cells() or [])
        self.header = FileHeader(
            format=FileFormat.CSV,
            encoding="utf-8",
            delimiter=delimiter,
            unknown_columns=self._layout.unknown,
        )
        self._warn_about_columns(self._layout)

    def households(self) -> Iterator[list[PersonRow | RowRejection]]:
        """Yield each row as a list of one. Raises CohortFileError when the text or its quotes break."""
        while True:
            line = self._csv.line_num + self._offset + 1
            cells = self._next_cells()
            self.header.encoding = self._lines.encoding or "utf-8"
            if cells is None:
                return
            if any(cell.strip() for cell in cells):
                yield [self._read_row(cells, f"ligne {line}")]

    def _next_cells(self) -> list[str] | None:
        failure = None
        try:
            return next(self._csv, None)
        except csv.Error:
            failure = self._csv.line_num + self._offset
        # Outside the handler: the error of the csv module must not be chained to what users and logs read.
        raise CohortFileError(
            f"Ligne {failure} : guillemets mal fermés, ou retour à la ligne mal placé.",
            code="malformed_csv",
            next_step="Corrigez cette ligne, ou exportez de nouveau le fichier depuis le tableur.",
        )

    def _read_row(self, cells: list[str], locator: str) -> PersonRow | RowRejection:
        expected = len(self._layout.headers)
        if len(cells) < expected or any(cell.strip() for cell in cells[expected:]):
            return RowRejection(locator, (_wrong_cell_count(locator, len(cells), expected),))
        builder = RowBuilder(locator, self._today)
        return self._build(builder, _Cells(builder, self._layout, cells))

    def _build(self, builder: RowBuilder, cells: "_Cells") -> PersonRow | RowRejection:
        sex = cells.read("sex")
        registered_on = cells.date("pe_registered_on")
        requested_on, entry_on = cells.date("rsa_requested_on"), cells.date("rsa_entry_on")
        source = RsaEntrySource.CSV if entry_on else RsaEntrySource.REQUEST if requested_on else None
        return builder.build(
            {column.field: self._layout.label(column.field) for column in COLUMNS},
            last_name=cells.text("last_name"),
            birth_name=cells.text("birth_name"),
            first_name=cells.text("first_name"),
            sex=sex,
            title=values.TITLES.get(sex, ""),
            birth_date=builder.birth_date(cells.raw("birth_date"), self._layout.label("birth_date")),
            birth_place=cells.text("birth_place"),
            pe_identifier=cells.read("pe_identifier") or "",
            pe_registered_on=registered_on,
            pe_registered_source=RegistrationSource.CSV if registered_on else None,
            caf_number=cells.read("caf_number") or "",
            rsa_request_number=cells.text("rsa_request_number"),
            rsa_requested_on=requested_on,
            rsa_right_origin_on=entry_on,
            rsa_entry_on=entry_on or requested_on,
            rsa_entry_source=source,
            rsa_state=cells.read("rsa_state") or "",
            has_duties=cells.read("has_duties"),
            address=Address(
                lines=tuple(filter(None, (cells.text("address_extra"), cells.text("address_line")))),
                postal_code=cells.read("postal_code") or "",
                insee_code=cells.read("insee_code") or "",
                city=cells.text("city"),
            ),
            is_without_fixed_abode=cells.read("is_without_fixed_abode"),
            phone=cells.read("phone") or "",
            email=cells.read("email") or "",
            identified_on=cells.date("identified_on"),
            insertion_pole=cells.text("insertion_pole"),
            education_level=cells.read("education_level") or "",
            rome_project=cells.read("rome_project") or "",
        )

    def _warn_about_columns(self, layout: Layout) -> None:
        for name in layout.nir:
            self._warn(
                "nir_column", name, f"Colonne « {name} » : vidée à la réception, Jalons ne garde jamais de "
                "numéro de sécurité sociale. Supprimez-la du fichier d'origine."
            )  # fmt: skip
        if layout.unknown:
            names = ", ".join(f"« {name} »" for name in layout.unknown)
            self._warn(
                "unknown_columns", names, f"Colonnes non reprises : {names}. Vérifiez l'orthographe des noms."
            )
        absent = [c.name for c in COLUMNS if c.is_recommended and c.field not in layout.positions]
        if absent:
            names = ", ".join(f"« {name} »" for name in absent)
            self._warn(
                "missing_recommended_columns", names, f"Colonnes absentes : {names}. Sans elles, la règle de "
                "cohorte ne peut pas être vérifiée : ajoutez-les ou complétez les fiches."
            )  # fmt: skip

    def _warn(self, code: str, field: str, message: str) -> None:
        self.file_warnings.append(RowIssue(code, message, field))


class _Cells:
    """The cells of one row by field, absent columns being empty."""

    def __init__(self, builder: RowBuilder, layout: Layout, cells: list[str]):
        self._builder, self._layout, self._cells = builder, layout, cells
        for position in set(range(len(layout.headers))) - set(layout.positions.values()):
            if layout.headers[position] not in layout.nir:
                builder.text(cells[position], f"colonne « {layout.headers[position]} »")

    def raw(self, field: str) -> str:
        position = self._layout.positions.get(field)
        return "" if position is None else self._cells[position]

    def text(self, field: str) -> str:
        return self._builder.text(self.raw(field), self._layout.label(field))

    def date(self, field: str) -> datetime.date | None:
        return self._builder.date(self.raw(field), self._layout.label(field))

    def read(self, field: str):
        return self._builder.value(
            _READERS[field], self.raw(field), self._layout.label(field), *_REMEDIES[field]
        )


class _DecodedLines:
    """Lines as text: UTF-8, or windows-1252 from the first line that UTF-8 cannot read."""

    def __init__(self, stream: ScrubbedStream):
        self._stream = stream
        self._lines = stream.lines()
        self._number = 0
        self.encoding: str | None = None
        self.skipped = 0

    def first(self) -> str:
        """Return the first line that is neither blank nor « sep=; »."""
        for line in self:
            if line.strip() and not is_separator_hint(line):
                return line
            self.skipped += 1
        return ""

    def all_from(self, first: str) -> Iterator[str]:
        yield first
        yield from self

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self._number += 1
            if self._number == 1 and line.startswith(_BOM):
                self.encoding, line = "utf-8", line.removeprefix(_BOM)
            yield self._decode(line)

    def _decode(self, line: bytes) -> str:
        if line.isascii():
            return line.decode()
        if self.encoding in {None, "utf-8"}:
            text = _try_decode(line, "utf-8")
            if text is not None or self.encoding == "utf-8" or line[-1:] in _LATIN_LEADS:
                self.encoding = "utf-8"
            else:
                self.encoding = "windows-1252"
        if self.encoding == "windows-1252":
            text = _try_decode(line, "cp1252")
        if text is None:
            raise CohortFileError(
                f"Ligne {self._number} : des caractères ne se lisent pas en {self.encoding.upper()}. "
                "Le fichier mélange deux encodages ou il est tronqué.",
                code="wrong_encoding",
                next_step="Exportez-le de nouveau en « CSV UTF-8 » depuis le tableur.",
            )
        return text


def _try_decode(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wrong_cell_count(locator: str, found: int, expected: int) -> RowIssue:
    return RowIssue(
        "wrong_cell_count",
        f"{locator.capitalize()} : {found} cellules au lieu de {expected}. Mettez entre guillemets les "
        "textes qui contiennent le séparateur, ou complétez la ligne.",
    )
