"""From raw values to a checked row: every finding names its place and what to do about it."""

import datetime
import re
from collections.abc import Callable
from typing import Any

from dateutil.relativedelta import relativedelta

from pathways.cohort_files.errors import CohortFileError
from pathways.cohort_files.rows import PersonRow, RowIssue, RowRejection
from pathways.cohort_files.values import is_misread_utf8, read_date
from pathways.identity import normalise_name
from pathways.nir import contains_nir

# Nobody registers as a jobseeker before the end of compulsory schooling: a child taken for an adult.
MINIMUM_AGE = 16
OLDEST_BIRTH = datetime.date(1900, 1, 1)
# Beyond, the request and the origin of the right no longer tell the same entry (« less than a year »).
ENTRY_TOLERANCE = datetime.timedelta(days=31)


class RowBuilder:
    """Collects the values of one person and what is wrong with them.

    locator: place of the row in the file. reference_on: day on which ages and « future » are judged.
    """

    def __init__(self, locator: str, reference_on: datetime.date):
        self.locator = locator
        self.reference_on = reference_on
        self.warnings: list[RowIssue] = []
        self.rejections: list[RowIssue] = []

    def text(self, value: str | None, label: str) -> str:
        """Return the value with single spaces; empty, with a warning, when a NIR stood in it."""
        text = " ".join((value or "").split())
        if contains_nir(text):
            self.warn("nir_removed", label, _NIR_FOUND)
            return ""
        if is_misread_utf8(text):
            raise CohortFileError(
                f"{_capital(self.locator)}, {label} : les accents sont illisibles, le fichier annonce "
                "un encodage qui n'est pas le sien.",
                code="wrong_encoding",
                next_step="Exportez-le de nouveau en UTF-8, ou demandez à l'émetteur un fichier correct.",
            )
        return text

    def date(self, value: str | None, label: str) -> datetime.date | None:
        """Return the date, None with a warning when it cannot be read."""
        return self.value(read_date, value, label, "unreadable_date", _UNREADABLE_DATE)

    def value(self, read: Callable, value: str | None, label: str, code: str, remedy: str) -> Any:
        """Return what `read` makes of the value, None with a warning when it makes nothing of it."""
        text = self.text(value, label)
        if not text:
            return None
        result = read(text)
        if result is None:
            self.warn(code, label, remedy.format(value=text[:30]))
        return result

    def birth_date(self, value: str | None, label: str) -> datetime.date | None:
        """Return the birth date; without a possible one the row is rejected."""
        text = self.text(value, label)
        born = read_date(text)
        if not text:
            self.reject(
                "missing_birth_date",
                label,
                "date absente. Complétez-la : elle sert à reconnaître la personne.",
            )
        elif born is None:
            self.reject("unreadable_birth_date", label, _UNREADABLE_DATE.format(value=text[:30]))
        elif born < OLDEST_BIRTH:
            self.reject("birth_date_too_old", label, f"année {born.year} impossible. Corrigez l'année.")
        elif born > self.reference_on:
            self.reject("birth_date_in_future", label, f"le {born:%d/%m/%Y} est à venir. Corrigez l'année.")
        elif relativedelta(self.reference_on, born).years < MINIMUM_AGE:
            self.reject(
                "under_16", label, f"moins de {MINIMUM_AGE} ans au {self.reference_on:%d/%m/%Y}. "
                "Vérifiez la date ; un enfant du foyer n'entre pas dans la cohorte."
            )  # fmt: skip
        return born

    def warn(self, code: str, label: str, sentence: str) -> None:
        self.warnings.append(self._issue(code, label, sentence))

    def reject(self, code: str, label: str, sentence: str) -> None:
        self.rejections.append(self._issue(code, label, sentence))

    def build(self, labels: dict[str, str], **values: Any) -> PersonRow | RowRejection:
        """Check the whole and return the row. `labels` says where to look for a field of this file."""
        last_name = values.pop("last_name") or values.get("birth_name", "")
        first_name = values.pop("first_name")
        if not normalise_name(last_name):
            self.reject("missing_last_name", labels["last_name"], "nom absent. Complétez-le.")
        if not normalise_name(first_name):
            self.reject("missing_first_name", labels["first_name"], "prénom absent. Complétez-le.")
        self._check_dates(labels, values)
        if self.rejections:
            return RowRejection(
                self.locator, (*self.rejections, *self.warnings), f"{last_name} {first_name}".strip()
            )
        return PersonRow(
            locator=self.locator,
            last_name=last_name,
            first_name=first_name,
            warnings=tuple(self.warnings),
            **values,
        )

    def _check_dates(self, labels: dict[str, str], values: dict[str, Any]) -> None:
        born = values["birth_date"]
        for name in ("rsa_entry_on", "pe_registered_on", "identified_on"):
            day = values.get(name)
            if day and day > self.reference_on:
                self.warn(
                    "date_in_future", labels[name], f"le {day:%d/%m/%Y} est postérieur au "
                    f"{self.reference_on:%d/%m/%Y}, date de référence du fichier. Vérifiez l'année."
                )  # fmt: skip
        entry = values.get("rsa_entry_on")
        if born and entry and entry < born <= self.reference_on:
            self.reject(
                "rsa_before_birth", labels["rsa_entry_on"], f"l'entrée dans le RSA ({entry:%d/%m/%Y}) "
                f"précède la naissance ({born:%d/%m/%Y}). Corrigez l'une des deux dates."
            )  # fmt: skip
        requested, origin = values.get("rsa_requested_on"), values.get("rsa_right_origin_on")
        if requested and origin and origin - requested > ENTRY_TOLERANCE:
            self.warn(
                "rsa_dates_differ", labels["rsa_entry_on"], f"droit ouvert depuis le {origin:%d/%m/%Y} pour "
                f"une demande du {requested:%d/%m/%Y}. L'ancienneté compte depuis l'ouverture : vérifiez-la."
            )  # fmt: skip

    def _issue(self, code: str, label: str, sentence: str) -> RowIssue:
        return RowIssue(code, f"{_capital(self.locator)}, {label} : {sentence}", label)


_NIR_FOUND = (
    "un numéro de sécurité sociale a été retiré, la valeur n'est pas reprise. "
    "Jalons ne le conserve jamais : ôtez-le du fichier d'origine."
)
_UNREADABLE_DATE = "date « {value} » illisible. Écrivez-la JJ/MM/AAAA."


def _capital(text: str) -> str:
    return re.sub(r"^.", lambda match: match[0].upper(), text)
