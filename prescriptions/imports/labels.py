"""The referentials of codes: jobs (ROME v3) and domains of the Formacode, from CSV files to the database."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import TextIO

from config.errors import JalonsError
from pathways.identity import search_key
from prescriptions.models import Job, TrainingDomain


@dataclass(frozen=True)
class Referential:
    """How one file is recognised and read. pattern: what a code looks like."""

    model: type[Job] | type[TrainingDomain]
    code: str
    label: str
    pattern: str
    noun: str


REFERENTIALS = (
    Referential(Job, "code_rome", "libelle_rome", r"[A-N]\d{4}", "métiers"),
    Referential(TrainingDomain, "domaine", "libelle", r"\d{3}", "domaines de formation"),
)


def read_table(source: TextIO) -> tuple[Referential, dict[str, str]]:
    """Code -> label of a CSV file with a header, comma or semicolon. Raises JalonsError naming the line at fault."""
    start = source.read(4096)
    source.seek(0)
    first = start.partition("\n")[0]
    rows = csv.DictReader(source, delimiter=";" if first.count(";") > first.count(",") else ",")
    columns = set(rows.fieldnames or ())
    found = next((each for each in REFERENTIALS if {each.code, each.label} <= columns), None)
    if found is None:
        wanted = " ; ou ".join(f"{each.code}, {each.label}" for each in REFERENTIALS)
        raise JalonsError(
            "Les colonnes de ce fichier ne sont pas celles d'un référentiel connu.",
            code="unknown_columns",
            next_step=f"Première ligne attendue : {wanted}.",
        )
    labels: dict[str, str] = {}
    for row in rows:
        code, label = (row[found.code] or "").strip().upper(), (row[found.label] or "").strip()
        if not re.fullmatch(found.pattern, code, re.ASCII) or not label:
            raise JalonsError(
                f"Ligne {rows.line_num} : « {code} » n'est pas un code suivi de son libellé.",
                code="wrong_line",
                next_step="Corrigez cette ligne ; rien n'est enregistré.",
            )
        # « statut » 0: a code that the referential no longer uses, kept for older offers that still bear it.
        labels.setdefault(code, label[:255])
    return found, labels


def save_table(referential: Referential, labels: dict[str, str]) -> dict[str, int]:
    """Write the labels; codes that the file no longer has keep theirs, for the offers that still bear them."""
    model = referential.model
    known = dict(model.objects.values_list("code", "label"))
    rows = [
        model(code=code, label=label, search_key=search_key(label)[:255])
        for code, label in labels.items()
        if known.get(code) != label
    ]
    model.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["code"], update_fields=["label", "search_key"]
    )
    created = sum(row.code not in known for row in rows)
    return {"created": created, "updated": len(rows) - created, "unchanged": len(labels) - len(rows)}
