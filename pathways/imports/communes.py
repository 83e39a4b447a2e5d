"""Insee's table of communes and zones d'emploi, read and compared with what is known."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass

from config.errors import JalonsError
from pathways.models import Commune, EmploymentArea

COLUMNS = ("code_insee", "commune", "ze2020", "lib_ze2020")
_CODE = re.compile(r"(\d\d|2[AB])\d{3}", re.ASCII)
_SMALL_WORDS = frozenset(
    ["a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "lez", "sous", "sur"]
)


@dataclass(frozen=True, slots=True)
class CommuneRow:
    insee_code: str
    name: str
    area_code: str
    area_name: str


def read_table(lines: Iterable[str]) -> list[CommuneRow]:
    """The rows of the CSV. Raises JalonsError naming the line and the remedy."""
    lines = iter(lines)
    header = next(lines, "")
    delimiter = ";" if header.count(";") > header.count(",") else ","
    names = next(csv.reader([header], delimiter=delimiter), [])
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise JalonsError(
            f"Colonnes absentes de la première ligne : {', '.join(missing)}.",
            code="missing_columns",
            next_step="Reprenez la table Insee des communes par zone d'emploi, avec ses noms de colonnes.",
        )
    rows = []
    for number, cells in enumerate(csv.DictReader(lines, names, delimiter=delimiter), start=2):
        values = [(cells[name] or "").strip() for name in COLUMNS]
        if not all(values) or not _CODE.fullmatch(values[0]):
            raise JalonsError(
                f"Ligne {number} : code Insee, nom de commune ou zone d'emploi absent ou mal écrit.",
                code="bad_row",
                next_step="Corrigez la ligne, puis relancez ; rien n'a été enregistré.",
            )
        code, name, area_code, area_name = values
        rows.append(CommuneRow(code, readable_name(name), area_code.zfill(4), area_name))
    return rows


def readable_name(name: str) -> str:
    """« PLAN-D'ORGON » → « Plan-d'Orgon »: the table is in capitals; a name in small letters stays as it is."""
    if name != name.upper():
        return name
    words = re.split(r"([ '\-])", name.lower())
    return "".join(
        word if position and word in _SMALL_WORDS else word.capitalize()
        for position, word in enumerate(words)
    )


def save_table(rows: list[CommuneRow], vintage: int) -> dict[str, int]:
    """Write what differs. Returns created, updated, unchanged, and areas_created."""
    areas, areas_created = _save_areas(rows, vintage)
    known = Commune.objects.in_bulk()
    created, updated = [], []
    for row in rows:
        commune = known.get(row.insee_code)
        if commune is None:
            created.append(Commune(pk=row.insee_code, name=row.name, area=areas[row.area_code]))
        elif (commune.name, commune.area_id) != (row.name, areas[row.area_code].pk):
            commune.name, commune.area = row.name, areas[row.area_code]
            updated.append(commune)
    Commune.objects.bulk_create(created, batch_size=1000)
    Commune.objects.bulk_update(updated, ["name", "area"], batch_size=1000)
    return {
        "created": len(created),
        "updated": len(updated),
        "unchanged": len(rows) - len(created) - len(updated),
        "rejected": 0,
        "warnings": 0,
        "areas_created": areas_created,
    }


def _save_areas(rows: list[CommuneRow], vintage: int) -> tuple[dict[str, EmploymentArea], int]:
    names = {row.area_code: row.area_name for row in rows}
    areas = {area.code: area for area in EmploymentArea.objects.filter(vintage=vintage, code__in=names)}
    missing = [
        EmploymentArea(code=code, name=name, vintage=vintage)
        for code, name in names.items()
        if code not in areas
    ]
    for area in EmploymentArea.objects.bulk_create(missing):
        areas[area.code] = area
    renamed = [area for area in areas.values() if area.name != names[area.code]]
    for area in renamed:
        area.name = names[area.code]
    EmploymentArea.objects.bulk_update(renamed, ["name"])
    return areas, len(missing)
