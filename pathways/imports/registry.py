"""The kinds of files that Jalons reads. Each package registers its own importer; pages and tasks know only this."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, BinaryIO

from django import forms

from config.errors import JalonsError
from pathways.actor import Actor
from pathways.enums import Role
from pathways.imports.lines import Finding, LineResult

MEGABYTE = 1024 * 1024


class ImportJob(ABC):
    """One reading of one file under given parameters. Used once, then thrown away.

    file_findings and summary are complete when the iteration has ended.
    """

    def __init__(self) -> None:
        self.file_findings: list[Finding] = []
        self.summary: dict[str, int] = {}

    @abstractmethod
    def verify(self, source: BinaryIO) -> None:
        """Read the file to its end and keep nothing. Raises JalonsError when it must not be imported at all."""

    @abstractmethod
    def plan(self, source: BinaryIO) -> Iterator[LineResult]:
        """Say what would be done with each item; writes nothing. Raises JalonsError as `verify()` does."""

    @abstractmethod
    def write(self, source: BinaryIO) -> Iterator[LineResult]:
        """Do it, inside the caller's transaction, and say so: the same answers as `plan()` on the same database."""


class Importer(ABC):
    """A kind of file.

    kind: its name in addresses and in `ImportRun.kind`. items: what a line is about, singular and plural.
    roles: who may hand one in. may_hold_nir: the bytes are scrubbed before anything keeps them. max_bytes: larger
    files are refused at the door.
    """

    kind: str
    label: str
    title: str
    help: str
    roles: frozenset[Role]
    form_class: type[forms.Form]
    items: str = "ligne,lignes"
    #: The importer's own counts, in the words of reports.
    summary_labels: dict[str, str] = {}
    #: Columns of the tabular form, if there is one: (name, what it is worth: « obligatoire », « conseillée », « »).
    columns: tuple[tuple[str, str], ...] = ()
    may_hold_nir = False
    max_bytes = 200 * MEGABYTE

    @abstractmethod
    def job(self, parameters: dict[str, Any], actor: Actor) -> ImportJob:
        """Prepare one reading. Raises JalonsError when a parameter designates nothing."""

    def sniff(self, head: bytes) -> None:  # noqa: B027  (nothing to say by default)
        """Raises JalonsError when the first bytes are plainly those of another kind of file."""

    def describe(self, parameters: dict[str, Any]) -> str:
        """The parameters in words, for the pages."""
        return ""


_IMPORTERS: dict[str, Importer] = {}


def register(importer: Importer) -> Importer:
    """Make a kind of file known. Called from the package's apps.ready()."""
    if importer.kind in _IMPORTERS:
        raise ValueError(f"importer {importer.kind} is registered twice")
    _IMPORTERS[importer.kind] = importer
    return importer


def get(kind: str) -> Importer | None:
    return _IMPORTERS.get(kind)


def importers_of(role: Role) -> list[Importer]:
    """What a role may hand in, in the order of registration."""
    return [importer for importer in _IMPORTERS.values() if role in importer.roles]


def too_large(importer: Importer, size: int) -> JalonsError:
    return JalonsError(
        f"Le fichier pèse {size // MEGABYTE + 1} Mo, la limite est de {importer.max_bytes // MEGABYTE} Mo.",
        code="file_too_large",
        next_step="Découpez l'export (par département ou par période), puis déposez les fichiers l'un après l'autre.",
    )


def check_size(importer: Importer, size: int) -> None:
    """Raises JalonsError on an empty or oversized file; size in bytes."""
    if not size:
        raise JalonsError(
            "Le fichier est vide.",
            code="empty_file",
            next_step="Vérifiez l'export, puis redéposez le fichier.",
        )
    if size > importer.max_bytes:
        raise too_large(importer, size)
