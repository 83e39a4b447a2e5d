"""Cohort files: people and their RSA situation, the decision of the rule, and a pathway for whom it accepts."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from config import clock
from config.errors import JalonsError
from pathways import services
from pathways.actor import Actor
from pathways.cohort_files import MatchStatus, PersonRow, RowIssue, RowRejection, read_cohort
from pathways.cohort_files.columns import COLUMNS
from pathways.cohort_rule import Decision
from pathways.enums import Origin, Role
from pathways.forms.imports import CohortUploadForm
from pathways.imports.lines import Finding, Level, LineResult, Verdict, batches
from pathways.imports.people import Draft, KnownPeople, Merger
from pathways.imports.registry import Importer, ImportJob, register
from pathways.imports.territory import Territory
from pathways.models import Beneficiary, Cohort, CohortDecision, RsaSituation
from pathways.models.beneficiary import COMPUTED

BATCH = 500


class CohortImporter(Importer):
    kind = "cohorte"
    label = "Cohorte"
    title = "Importer une cohorte"
    help = "Flux mensuel « bénéficiaires RSA » de la CAF ou de la MSA (XML), ou fichier CSV."
    roles = frozenset({Role.DEPARTMENT_MANAGER})
    form_class = CohortUploadForm
    items = "personne,personnes"
    columns = tuple(
        (column.name, "obligatoire" if column.is_required else "conseillée" if column.is_recommended else "")
        for column in COLUMNS
    )
    summary_labels = {
        "entered": "Entrent dans la cohorte",
        "eligible": "Remplissent les conditions",
        "not_eligible": "Ne les remplissent pas",
    }
    may_hold_nir = True

    def job(self, parameters: dict[str, Any], actor: Actor) -> "CohortJob":
        cohorts = Cohort.objects.select_related("department")
        if not actor.is_system:
            cohorts = cohorts.filter(department=actor.organisation_id)
        cohort = cohorts.filter(pk=parameters["cohort"]).first()
        if cohort is None:
            raise JalonsError(
                "La cohorte choisie n'existe plus, ou n'est pas celle de votre Département.",
                code="unknown_cohort",
                next_step="Redéposez le fichier en choisissant une cohorte de la liste.",
            )
        return CohortJob(cohort, actor)

    def sniff(self, head: bytes) -> None:
        if b"lheo" in head.lower():
            raise JalonsError(
                "Ce fichier est une offre de formation (LHEO), pas une cohorte.",
                code="wrong_kind",
                next_step="Déposez le flux « bénéficiaires RSA » de la CAF ou un CSV ; "
                "l'offre se dépose par la Région, dans « Importer l'offre ».",
            )

    def describe(self, parameters: dict[str, Any]) -> str:
        cohort = Cohort.objects.filter(pk=parameters.get("cohort")).first()
        return f"Cohorte : {cohort}" if cohort else ""


COHORT = register(CohortImporter())


@dataclass(slots=True)
class _Read:
    """A row of the file and who it turned out to be (None: rejected)."""

    line: LineResult
    draft: Draft | None = None


class CohortJob(ImportJob):
    """One reading of a cohort file. Adds to the summary: entered, eligible, not_eligible."""

    def __init__(self, cohort: Cohort, actor: Actor):
        super().__init__()
        self._cohort = cohort
        self._actor = actor
        self.summary = {"eligible": 0, "not_eligible": 0, "entered": 0}

    def verify(self, source: BinaryIO) -> None:
        for _ in read_cohort(source, today=clock.today()):
            pass

    def plan(self, source: BinaryIO) -> Iterator[LineResult]:
        for batch in self._batches(source, KnownPeople(self._cohort)):
            yield from (read.line for read in batch)

    def write(self, source: BinaryIO) -> Iterator[LineResult]:
        for batch in self._batches(source, KnownPeople(self._cohort, lock=True)):
            drafts = {read.draft.id: read.draft for read in batch if read.draft}
            _save(list(drafts.values()), self._cohort, self._actor)
            yield from (read.line for read in batch)

    def _batches(self, source: BinaryIO, known: KnownPeople) -> Iterator[list[_Read]]:
        reading = read_cohort(source, today=clock.today())
        territory = Territory(self._cohort.department)
        if territory.is_empty:
            self.file_findings.append(_no_territory())
        merger = Merger(territory, reading.header.reference_on, clock.today())
        for rows in batches(reading, BATCH):
            people = [row for row in rows if isinstance(row, PersonRow)]
            if people:
                known.load(people)
            yield [
                self._read(row, known, merger) if isinstance(row, PersonRow) else _Read(_rejected(row))
                for row in rows
            ]
        self.file_findings += [_as_finding(issue, Level.WARNING) for issue in reading.file_warnings]
        self.file_findings += [
            Finding(Level.NOTICE, "skipped", f"{count} × {reason} : hors du champ de la cohorte, non lu.")
            for reason, count in sorted(reading.skipped.items())
        ]

    def _read(self, row: PersonRow, known: KnownPeople, merger: Merger) -> _Read:
        found = known.find(row)
        remarks = [_as_finding(issue, Level.WARNING, row.locator) for issue in row.warnings]
        remarks += [
            _as_finding(RowIssue("match", text), Level.WARNING, row.locator) for text in found.warnings
        ]
        title = f"{row.first_name} {row.last_name}"
        if found.status is MatchStatus.AMBIGUOUS:
            refusal = _as_finding(
                RowIssue("ambiguous_person", found.explanation), Level.REJECTED, row.locator
            )
            return _Read(LineResult(row.locator, title, Verdict.REJECTED, (refusal, *remarks)))
        draft = found.candidate or known.create(row)
        is_new = draft.id < 0 and not draft.is_met
        is_repeated = draft.is_met
        remarks += merger.merge(draft, row)
        known.moved(draft)
        decision = services.decide(draft.person, draft.rsa, self._cohort)
        is_decided_anew = self._is_new_answer(draft, decision)
        draft.answer = decision
        if decision.is_eligible and not draft.is_member:
            draft.enters = draft.is_member = True
            self.summary["entered"] += 1
        if not is_repeated:
            self.summary["eligible" if decision.is_eligible else "not_eligible"] += 1
        changed = bool(draft.touched) or is_decided_anew
        verdict = Verdict.CREATED if is_new else Verdict.UPDATED if changed else Verdict.UNCHANGED
        told = _told(draft, decision, is_new, found.explanation)
        return _Read(
            LineResult(row.locator, title, verdict, (*remarks, *_unmet(decision, draft)), told), draft
        )

    def _is_new_answer(self, draft: Draft, decision: Decision) -> bool:
        if draft.answer is not None:
            return draft.answer != decision
        return services.differs(decision, draft.latest, self._cohort)


def _save(drafts: list[Draft], cohort: Cohort, actor: Actor) -> None:
    """Write a batch: a fixed number of statements, and one fact per new member."""
    _save_people(drafts, actor)
    _save_situations(drafts, actor)
    answers = [
        (draft.person, draft.answer)
        for draft in drafts
        if draft.answer is not None and services.differs(draft.answer, draft.latest, cohort)
    ]
    kept: dict[int, CohortDecision] = {
        row.beneficiary_id: row for row in services.keep_decisions(answers, cohort, actor)
    }
    for draft in drafts:
        draft.latest = kept.get(draft.person.pk, draft.latest)
    entering = [draft for draft in drafts if draft.enters]
    services.open_pathways([draft.person for draft in entering], cohort, actor, Origin.IMPORTED)
    for draft in entering:
        draft.enters = False


def _save_people(drafts: list[Draft], actor: Actor) -> None:
    for draft in drafts:
        draft.person.compute_keys()
    created = [draft for draft in drafts if draft.person.pk is None]
    changed = [draft for draft in drafts if draft.person.pk is not None and draft.changed]
    if created:
        people = [draft.person for draft in created]
        bulk_create_with_history(people, Beneficiary, default_user=actor.user, default_date=clock.now())
    if changed:
        people = [draft.person for draft in changed]
        names = sorted(set().union(*(draft.changed for draft in changed)))
        bulk_update_with_history(
            people, Beneficiary, [*names, *COMPUTED], default_user=actor.user, default_date=clock.now()
        )
    moved = [draft.person for draft in changed if draft.changed & {"pole", "area"}]
    if moved:
        services.move_pathways({person.pk: (person.pole_id, person.area_id) for person in moved})
    for draft in drafts:
        draft.changed.clear()


def _save_situations(drafts: list[Draft], actor: Actor) -> None:
    written = [draft for draft in drafts if draft.rsa_changed]
    created = [draft.rsa for draft in written if draft.rsa._state.adding]
    changed = [draft.rsa for draft in written if not draft.rsa._state.adding]
    for rsa in created:
        rsa.beneficiary_id = rsa.beneficiary.pk
    if created:
        bulk_create_with_history(created, RsaSituation, default_user=actor.user, default_date=clock.now())
    if changed:
        names = sorted(set().union(*(draft.rsa_changed for draft in written)))
        bulk_update_with_history(
            changed, RsaSituation, names, default_user=actor.user, default_date=clock.now()
        )
    for draft in written:
        draft.rsa_changed.clear()


# ---- words


def _rejected(rejection: RowRejection) -> LineResult:
    findings = tuple(_as_finding(issue, Level.REJECTED, rejection.locator) for issue in rejection.issues)
    return LineResult(rejection.locator, rejection.who or "Personne sans nom", Verdict.REJECTED, findings)


def _as_finding(issue: RowIssue, level: Level, locator: str = "") -> Finding:
    """The place, which readers write before their sentence, goes where reports show it."""
    place = ", ".join(filter(None, [locator, issue.field]))
    start, separator, sentence = issue.message.partition(" : ")
    if separator and start.lower() in (place.lower(), locator.lower()):
        return Finding(level, issue.code, sentence[:1].upper() + sentence[1:], path=place)
    return Finding(level, issue.code, issue.message, path=place)


def _told(draft: Draft, decision: Decision, is_new: bool, matched: str) -> str:
    parts = ["Nouvelle personne." if is_new else matched]
    if draft.touched and not is_new:
        parts.append(f"Change : {', '.join(dict.fromkeys(draft.touched))}.")
    if draft.enters:
        parts.append("Entre dans la cohorte.")
    elif draft.is_member:
        parts.append("Membre de la cohorte.")
    else:
        parts.append("Hors de la cohorte : une condition au moins n'est pas remplie.")
    return " ".join(parts)


def _unmet(decision: Decision, draft: Draft) -> Iterator[Finding]:
    """Why somebody does not enter. What is unknown can be completed; the rest is only told."""
    if draft.is_member:
        return
    for criterion in decision.unmet:
        level = Level.NOTICE if criterion.is_known else Level.COMPLETENESS
        yield Finding(level, f"unmet_{criterion.code}", f"{criterion.label} : non. {criterion.explanation}")


def _no_territory() -> Finding:
    return Finding(
        Level.WARNING,
        "no_territory",
        "La table des communes est vide : personne n'est rattaché à un bassin d'emploi.",
        "Demandez à l'administrateur de lancer « manage.py import_territories », puis réimportez le fichier.",
    )
