"""The people of a cohort file against those already known: found in bulk, compared field by field, in memory.

A `Draft` is a person as they will be after the rows read so far, so that a person who stands twice in a file is met the
second time as the first row left them, whether or not anything has been written.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Q

from pathways.cohort_files import MatchResult, PersonRow, RegistrationSource, match
from pathways.cohort_files.matching import identity_keys
from pathways.cohort_rule import Decision
from pathways.identity import normalise_name, sort_key
from pathways.imports.lines import Finding, Level
from pathways.imports.territory import Territory
from pathways.models import Beneficiary, Cohort, CohortDecision, Pathway, RsaSituation
from pathways.services import latest_decisions

#: ETATDOSRSA of a right that runs, paid or suspended.
RUNNING_RIGHT = frozenset("234")


@dataclass(eq=False)
class Draft:
    """A person, their RSA situation and their place in the cohort, with what this file changes of them.

    changed, rsa_changed: fields to write. touched: labels of what the row being read has changed. is_met: a row of this
    file was about them already. aliases: files joined to theirs: what a row says of them is no news.
    """

    id: int
    person: Beneficiary
    rsa: RsaSituation | None = None
    latest: CohortDecision | None = None
    is_member: bool = False
    answer: Decision | None = None
    enters: bool = False
    changed: set[str] = field(default_factory=set)
    rsa_changed: set[str] = field(default_factory=set)
    touched: list[str] = field(default_factory=list)
    is_met: bool = False
    aliases: list[Beneficiary] = field(default_factory=list)

    # What the matcher asks of a candidate.
    @property
    def pe_identifier(self) -> str:
        return self.person.pe_identifier

    @property
    def caf_number(self) -> str:
        return self.person.caf_number

    @property
    def last_name(self) -> str:
        return self.person.last_name

    @property
    def birth_name(self) -> str:
        return self.person.birth_name

    @property
    def first_name(self) -> str:
        return self.person.first_name

    @property
    def birth_date(self) -> date:
        return self.person.birth_date

    def set(self, name: str, value: Any) -> None:
        """Change a field of the person, if it differs."""
        if getattr(self.person, name) != value:
            setattr(self.person, name, value)
            column = Beneficiary._meta.get_field(name)
            self.changed.add(column.name)
            self.touched.append(str(column.verbose_name))

    def set_rsa(self, name: str, value: Any) -> None:
        """Change a field of the RSA situation, if it differs."""
        if self.rsa is None:
            self.rsa = RsaSituation(beneficiary=self.person)
        if getattr(self.rsa, name) != value:
            setattr(self.rsa, name, value)
            self.rsa_changed.add(name)
            self.touched.append(str(RsaSituation._meta.get_field(name).verbose_name))


class Alias:
    """A file joined to another, as a candidate: whoever a row takes for it is the person of that other file."""

    def __init__(self, person: Beneficiary, draft: Draft):
        self.id, self.draft = draft.id, draft
        self.pe_identifier, self.caf_number = person.pe_identifier, person.caf_number
        self.last_name, self.birth_name, self.first_name = (
            person.last_name,
            person.birth_name,
            person.first_name,
        )
        self.birth_date = person.birth_date


class KnownPeople:
    """Who the database and the rows read so far know. `load()` a batch of rows before matching them."""

    def __init__(self, cohort: Cohort, *, lock: bool = False):
        self._cohort = cohort
        self._lock = lock
        self._drafts: dict[int, Draft] = {}
        self._by_key: dict[tuple, list[Draft | Alias]] = {}
        self._aliases: set[int] = set()

    def load(self, rows: Iterable[PersonRow]) -> None:
        """Fetch everybody whom one of the rows could be, in a handful of queries."""
        found = [person for person in self._candidates(list(rows)) if person.pk not in self._drafts]
        joined = [
            person for person in found if person.merged_into_id is not None and person.pk not in self._aliases
        ]
        people = [person for person in found if person.merged_into_id is None]
        if missing := {person.merged_into_id for person in joined} - {person.pk for person in people}:
            people += self._locked(Beneficiary.objects.filter(pk__in=missing - self._drafts.keys()))
        ids = [person.pk for person in people]
        situations = RsaSituation.objects.in_bulk(ids)
        latest = latest_decisions(self._cohort, ids)
        members = set(
            Pathway.objects.filter(cohort=self._cohort, beneficiary__in=ids).values_list(
                "beneficiary", flat=True
            )
        )
        for person in people:
            self._add(
                Draft(
                    person.pk,
                    person,
                    situations.get(person.pk),
                    latest.get(person.pk),
                    person.pk in members,
                )
            )
        for person in joined:
            self._alias(person)

    def _candidates(self, rows: list[PersonRow]) -> Iterator[Beneficiary]:
        # Every branch is an index of Beneficiary: the cost follows the batch, not the table.
        keys = frozenset().union(*map(identity_keys, rows))
        names = [(row.last_name, row.first_name) for row in rows]
        found = Beneficiary.objects.filter(
            Q(identity_key__in=keys)
            | Q(sort_key__in={sort_key(*pair) for pair in names} | {sort_key(*pair[::-1]) for pair in names})
            | Q(pe_identifier__in={row.pe_identifier for row in rows} - {""})
            | Q(caf_number__in={row.caf_number for row in rows} - {""})
        )
        yield from self._locked(found)

    def _locked(self, people):
        people = people.order_by("pk")
        return people.select_for_update(of=("self",), no_key=True) if self._lock else people

    def _alias(self, person: Beneficiary) -> None:
        draft = self._drafts[person.merged_into_id]
        draft.aliases.append(person)
        self._aliases.add(person.pk)
        for key in (("born", person.birth_date), ("pe", person.pe_identifier)):
            if key[1]:
                self._by_key.setdefault(key, []).append(Alias(person, draft))

    def find(self, row: PersonRow) -> MatchResult:
        """Who the row is, by the rules of `pathways.cohort_files`."""
        keys = [("born", row.birth_date)]
        # Who else holds the identifier is told once: by the reader when it is somebody of the same file.
        if row.pe_identifier and all(issue.code != "shared_pe_identifier" for issue in row.warnings):
            keys.append(("pe", row.pe_identifier))
        found = match(row, [candidate for key in keys for candidate in self._by_key.get(key, ())])
        if isinstance(found.candidate, Alias):
            return replace(found, candidate=found.candidate.draft)
        return found

    def create(self, row: PersonRow) -> Draft:
        """A person whom nobody knew. Unsaved people have negative ids here."""
        person = Beneficiary(
            last_name=row.last_name[:100], first_name=row.first_name[:100], birth_date=row.birth_date
        )
        draft = Draft(-len(self._drafts) - 1, person)
        self._add(draft)
        return draft

    def moved(self, draft: Draft) -> None:
        """Find the draft by its identifiers again, after they changed."""
        for key in (("born", draft.birth_date), ("pe", draft.pe_identifier)):
            holders = self._by_key.setdefault(key, [])
            if key[1] and draft not in holders:
                holders.append(draft)

    def _add(self, draft: Draft) -> None:
        self._drafts[draft.id] = draft
        self.moved(draft)


class Merger:
    """Brings drafts up to what a row says.

    An empty cell never erases what is known: the CAF knows no telephone number, a spreadsheet often knows nothing else.
    A date deduced from a CAF activity never replaces a stated one. An RSA situation older than the one known is left
    aside. Someone who stands in two households of one file is read once; of two situations of one day, the right that
    runs prevails over the one that has ended, wherever they stand.
    """

    def __init__(self, territory: Territory, reference_on: date | None, today: date):
        self._territory = territory
        self._reference_on = reference_on
        self._today = today

    def merge(self, draft: Draft, row: PersonRow) -> list[Finding]:
        """Change the draft; return what deserves a remark."""
        findings: list[Finding] = []
        draft.touched.clear()
        if not draft.is_met:
            self._names(draft, row, findings)
            self._plain_fields(draft, row, findings)
            self._registration(draft, row, findings)
            self._place(draft, row, findings)
            self._identification(draft, row)
        if self._is_situation_wanted(draft, row):
            self._situation(draft, row)
        draft.is_met = True
        return findings

    def _is_situation_wanted(self, draft: Draft, row: PersonRow) -> bool:
        known_on = draft.rsa.known_on if draft.rsa else None
        if known_on is None or self._reference_on is None:
            return not draft.is_met
        if self._reference_on > known_on:
            return True
        # Of the same day: the same dossier again, or another one, which must be the one that runs.
        is_ending = draft.rsa.right_state in RUNNING_RIGHT and row.rsa_state not in RUNNING_RIGHT
        is_same = row.rsa_request_number == draft.rsa.request_number
        starts_again = draft.rsa.right_state not in RUNNING_RIGHT and row.rsa_state in RUNNING_RIGHT
        return self._reference_on == known_on and not is_ending and (is_same or starts_again)

    def _names(self, draft: Draft, row: PersonRow, findings: list[Finding]) -> None:
        written = {normalise_name(row.last_name), normalise_name(row.first_name)}
        for other in draft.aliases:
            # A name that the merge of two files has set aside does not come back by each month's file.
            if written == {normalise_name(other.last_name), normalise_name(other.first_name)}:
                return
        # Case, accents and an inversion of the two are ways of writing, not changes.
        if written != {normalise_name(draft.last_name), normalise_name(draft.first_name)}:
            # Nor is a birth name handed in as the only name, when the usual one is known.
            names_known = {normalise_name(draft.last_name), normalise_name(draft.birth_name)}
            if normalise_name(row.last_name) not in names_known:
                draft.set("last_name", self._fitted("last_name", row.last_name, row, findings))
            if normalise_name(row.first_name) != normalise_name(draft.first_name):
                draft.set("first_name", self._fitted("first_name", row.first_name, row, findings))
        if row.birth_name and normalise_name(row.birth_name) != normalise_name(draft.birth_name):
            draft.set("birth_name", self._fitted("birth_name", row.birth_name, row, findings))

    def _plain_fields(self, draft: Draft, row: PersonRow, findings: list[Finding]) -> None:
        values = {
            "sex": row.sex or "",
            "caf_number": row.caf_number,
            "phone": row.phone,
            "email": row.email,
            "address": ", ".join(filter(None, row.address.lines)),
            "postal_code": row.address.postal_code,
            "city": row.address.city,
            "education_level": row.education_level,
            "job_project": row.rome_project,
            # Another identifier than the known one is only reported (by the matcher): one of the two is wrong.
            "pe_identifier": draft.pe_identifier or row.pe_identifier,
        }
        for name, value in values.items():
            if value:
                draft.set(name, self._fitted(name, str(value), row, findings))

    def _fitted(self, name: str, value: str, row: PersonRow, findings: list[Finding]) -> str:
        column = Beneficiary._meta.get_field(name)
        if len(value) <= column.max_length:
            return value
        findings.append(
            Finding(
                Level.WARNING,
                "value_cut",
                f"{column.verbose_name.capitalize()} : plus de {column.max_length} caractères, la fin est coupée.",
                "Raccourcissez la valeur dans le fichier.",
                path=row.locator,
            )
        )
        return value[: column.max_length]

    def _registration(self, draft: Draft, row: PersonRow, findings: list[Finding]) -> None:
        day = row.pe_registered_on
        is_deduced = row.pe_registered_source == RegistrationSource.CAF_ACTIVITY
        if day is None or (is_deduced and draft.person.pe_registered_on is not None):
            return
        if day <= draft.birth_date:
            findings.append(
                Finding(
                    Level.WARNING,
                    "registered_before_birth",
                    f"L'inscription à Pôle emploi ({day:%d/%m/%Y}) précède la naissance : elle n'est pas reprise.",
                    "Corrigez l'une des deux dates.",
                    path=row.locator,
                )
            )
            return
        draft.set("pe_registered_on", day)

    def _place(self, draft: Draft, row: PersonRow, findings: list[Finding]) -> None:
        person, territory = draft.person, self._territory
        if (row.address.insee_code or row.address.city) and not territory.is_empty:
            commune = territory.commune(row.address)
            if commune is None:
                findings.append(_unknown_commune(row))
            if person.commune_id != (commune and commune.pk) or (commune and person.area_id is None):
                draft.set("commune_id", commune and commune.pk)
                draft.set("area_id", commune and commune.area_id)
        pole = territory.pole(row.insertion_pole) if row.insertion_pole else None
        if row.insertion_pole and pole is None:
            findings.append(_unknown_pole(row))
        if pole is None and person.pole_id is None:
            pole = territory.only_pole_of(person.area_id)
        if pole is not None:
            draft.set("pole_id", pole.pk)
        if person.pole_id is None:
            findings.append(_no_pole(row))

    def _situation(self, draft: Draft, row: PersonRow) -> None:
        before = set(draft.rsa_changed)
        if row.rsa_entry_on:
            draft.set_rsa("entered_on", row.rsa_entry_on)
        if row.rsa_state:
            draft.set_rsa("right_state", row.rsa_state)
            draft.set_rsa("suspension_reason", "".join(row.rsa_suspension_reasons[:1])[:2])
            draft.set_rsa("closure_reason", row.rsa_closure_reason[:3])
        if row.has_duties is not None:
            draft.set_rsa("has_duties", row.has_duties)
        if row.rsa_request_number:
            draft.set_rsa("request_number", row.rsa_request_number[:11])
        if draft.rsa is not None and self._reference_on:
            draft.set_rsa("known_on", self._reference_on)
        elif draft.rsa_changed != before:
            # A spreadsheet says no date of its own: what it changes is known from today.
            draft.set_rsa("known_on", self._today)

    def _identification(self, draft: Draft, row: PersonRow) -> None:
        """Handing somebody in for a cohort is identifying them, the first time; the latest day known stays."""
        day = row.identified_on
        if day is None and draft.latest is None and draft.answer is None and not draft.is_member:
            day = min(self._reference_on or self._today, self._today)
        known = draft.person.identified_on
        if day and day <= self._today and (known is None or known < day):
            draft.set("identified_on", day)


def _unknown_commune(row: PersonRow) -> Finding:
    return Finding(
        Level.COMPLETENESS,
        "unknown_commune",
        "La commune n'est pas dans la table des bassins d'emploi : la personne n'a pas de bassin.",
        "Vérifiez la commune ; si elle est hors de la région, rattachez la personne à son bassin.",
        path=row.locator,
        value=f"{row.address.insee_code} {row.address.city}".strip(),
    )


def _unknown_pole(row: PersonRow) -> Finding:
    return Finding(
        Level.WARNING,
        "unknown_pole",
        "Aucun pôle d'insertion du Département ne porte ce code.",
        "Corrigez le code du pôle, ou demandez à l'administrateur de créer ce pôle.",
        path=row.locator,
        value=row.insertion_pole,
    )


def _no_pole(row: PersonRow) -> Finding:
    return Finding(
        Level.COMPLETENESS,
        "no_pole",
        "Aucun pôle d'insertion : aucun référent ne verra cette personne.",
        "Ajoutez le code du pôle dans la colonne « Code pôle d'insertion ».",
        path=row.locator,
    )
