"""Offer files: LHEO 2.2 and 2.3, one line of the report per session."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, BinaryIO

from django.utils import timezone

from config import clock
from config.errors import JalonsError
from pathways.actor import Actor
from pathways.enums import Role
from pathways.forms.imports import UploadForm
from pathways.imports.lines import LineResult, Verdict, batches
from pathways.imports.registry import MEGABYTE, Importer, ImportJob, register
from pathways.imports.territory import commune_code
from pathways.models import Commune
from prescriptions import allotment, lheo
from prescriptions.imports import remarks, values
from prescriptions.imports.drafts import (
    ActionDraft,
    FormationDraft,
    KnownOffer,
    SessionDraft,
    assign,
    save,
)
from prescriptions.imports.providers import Providers, provider_of
from prescriptions.imports.units import MAX_NUMBER, Sorted, Unit, read_units, repeated_number, too_long_number
from prescriptions.models import Formation, Session, TrainingAction

BATCH = 100  # formations


class OfferImporter(Importer):
    kind = "offre"
    label = "Offre de formation"
    title = "Importer l'offre de formation"
    help = "Fichier LHEO 2.2 ou 2.3 du Carif-Oref (XML, UTF-8), non compressé."
    roles = frozenset({Role.REGION_OFFICER})
    form_class = UploadForm
    items = "session,sessions"
    max_bytes = 1024 * MEGABYTE
    summary_labels = {
        "formations_created": "Formations nouvelles",
        "actions_created": "Actions nouvelles",
        "providers_created": "Organismes nouveaux",
    }

    def job(self, parameters: dict[str, Any], actor: Actor) -> "OfferJob":
        return OfferJob(actor)

    def sniff(self, head: bytes) -> None:
        if b"<IdentificationFlux" in head or b"<Racine" in head or b"<InfosFoyerRSA" in head:
            raise JalonsError(
                "Ce fichier est un flux « bénéficiaires RSA » de la CAF, pas une offre de formation.",
                code="wrong_kind",
                next_step="Demandez l'export LHEO au Carif-Oref ; la cohorte se dépose par le Département, "
                "dans « Importer une cohorte ».",
            )


OFFER = register(OfferImporter())


class OfferJob(ImportJob):
    """One reading of an offer. Adds to the summary: formations_, actions_ and providers_created."""

    def __init__(self, actor: Actor):
        super().__init__()
        self._actor = actor
        self._today = clock.today()
        self._met: dict[str, int] = {}  # formation number -> line
        self._created: Counter[str] = Counter()

    def verify(self, source: BinaryIO) -> None:
        lheo.check_offer(source, on=self._today)

    def plan(self, source: BinaryIO) -> Iterator[LineResult]:
        for _, lines in self._batches(source, write=False):
            yield from lines

    def write(self, source: BinaryIO) -> Iterator[LineResult]:
        for touched, lines in self._batches(source, write=True):
            save(touched, self._actor.user)
            yield from lines

    def _batches(
        self, source: BinaryIO, *, write: bool
    ) -> Iterator[tuple[list[FormationDraft], list[LineResult]]]:
        self._providers = Providers(write=write)
        self._communes = Commune.objects.in_bulk()
        for items in batches(lheo.read_offer(source, on=self._today), BATCH):
            numbers = [item.numero for item in items if item.numero]
            known = KnownOffer(numbers, lock=write)
            touched, lines = [], []
            for item in items:
                draft, told = self._formation(item, known)
                lines += told
                if draft is not None:
                    touched.append(draft)
            yield touched, lines
        self.summary = {
            "formations_created": self._created["formation"],
            "actions_created": self._created["action"],
            "providers_created": self._providers.created,
        }

    def _formation(
        self, item: lheo.OfferItem, known: KnownOffer
    ) -> tuple[FormationDraft | None, list[LineResult]]:
        sorting = Sorted(item)
        path = f"/lheo/offres/formation[{item.rank}]"
        if item.numero and item.numero in self._met:
            sorting.add(Unit(), repeated_number(path, item.line, item.numero, self._met[item.numero]))
        elif item.numero and len(item.numero) > MAX_NUMBER:
            sorting.add(Unit(), too_long_number(path, item.line, item.numero))
        elif item.numero:
            self._met[item.numero] = item.line
        if item.formation is None or sorting.is_refused(Unit()):
            return None, _refused_lines(item, sorting)
        kept = _kept_units(item.formation, sorting, path)
        refused = _refused_lines(item, sorting)
        if not kept:
            return None, refused
        return self._merge(item, kept, known, sorting, refused)

    def _merge(self, item, kept, known, sorting, refused) -> tuple[FormationDraft, list[LineResult]]:
        """Bring one formation and what it holds up to the file."""
        told = item.formation
        draft = known.formations.get(item.numero)
        if draft is None:
            draft = FormationDraft(Formation(carif_number=item.numero))
            self._created["formation"] += 1
        day = values.updated_on(told)
        is_older = _is_older(day, draft.row.updated_on_carif)
        if is_older:
            sorting.add(Unit(), remarks.older_file(item, day, draft.row.updated_on_carif))
        else:
            draft.set("responsible", self._providers.find(told.responsible))
            for name, value in values.formation_values(told).items():
                draft.set(name, value)
        lines = []
        assigned = assign([action for _, action, _ in kept], draft.actions)
        for (unit, action, sessions), match in zip(kept, assigned, strict=True):
            found = match or self._new_action(draft, action)
            if not is_older:
                self._update_action(found, action, told, unit, sorting)
            for place, session in sessions:
                lines.append(self._session(draft, found, place, session, action, told, sorting))
        return draft, [*lines, *refused]

    def _new_action(self, formation: FormationDraft, action: lheo.Action) -> ActionDraft:
        ranks = [one.row.rank for one in formation.actions if one.row.carif_number == action.numero]
        row = TrainingAction(
            formation=formation.row, carif_number=action.numero, rank=max(ranks, default=-1) + 1
        )
        draft = ActionDraft(row)
        formation.actions.append(draft)
        self._created["action"] += 1
        return draft

    def _update_action(self, draft: ActionDraft, action, formation, unit: Unit, sorting: Sorted) -> None:
        draft.set("provider", self._providers.find(provider_of(action, formation)))
        place = next(iter(action.places), None)
        for name, value in values.action_values(action).items():
            # A file without a place does not take away the one that the provider has said.
            if place is not None or name not in values.PLACE_COLUMNS:
                draft.set(name, value)
        commune = self._communes.get(commune_code(place.insee_code)) if place else None
        if place is not None:
            draft.set("commune", commune)
        if self._communes and place and commune is None:
            sorting.add(unit, remarks.no_area(action, place))
        if values.is_split_unknown(action):
            sorting.add(unit, remarks.places_not_split(action))

    def _session(self, formation, action, unit, session, told, whole, sorting) -> LineResult:
        """Bring one session up to the file and tell what became of it."""
        draft = action.sessions.get(session.numero)
        if draft is None:
            row = Session(action=action.row, carif_number=session.numero, declared_at=clock.now())
            draft = action.sessions[session.numero] = SessionDraft(row)
        is_new = draft.is_new
        self._repeat_action(draft, formation, action)
        day = values.updated_on(session, told, whole)
        stated, meetings = values.session_values(session, told), values.information_meetings(session, told)
        self._declare(draft, stated, meetings, day, unit, session, sorting)
        draft.touch("search_key", draft.row.compute_search_key())
        changed = draft.changed or draft.added or draft.withdrawn or action.changed or formation.changed
        verdict = Verdict.CREATED if is_new else Verdict.UPDATED if changed else Verdict.UNCHANGED
        findings = sorting.take(Unit(), unit.parent, unit)
        return LineResult(
            f"Session {session.numero}, ligne {session.line}",
            remarks.session_title(draft.row),
            verdict,
            findings,
            remarks.told_changes(is_new, draft, action, formation),
        )

    def _repeat_action(self, draft: SessionDraft, formation: FormationDraft, action: ActionDraft) -> None:
        """The columns that repeat those of the action, so that lists read one table."""
        commune = action.row.commune
        for name, value in {
            "title": formation.row.title,
            "provider": action.row.provider,
            "area_id": commune and commune.area_id,
            "is_regional": action.row.is_regional,
        }.items():
            draft.set(name, value)

    def _declare(
        self, draft, stated: dict[str, Any], meetings, day: date | None, unit, session, sorting
    ) -> None:
        """Take the dates, figures and meetings of the file, unless somebody said better in the meantime."""
        row = draft.row
        differing = {name: value for name, value in stated.items() if getattr(row, name) != value}
        if not draft.is_new and _said_later(row, day):
            if differing:
                sorting.add(unit, remarks.declared_later(row, differing, day, session))
            return
        if "capacity" in differing and allotment.capacity_refused(row, differing["capacity"]):
            sorting.add(unit, remarks.capacity_below_held(row, differing.pop("capacity"), session))
        total = row.seats_total
        for name, value in differing.items():
            draft.set(name, value)
        if "capacity" in differing and not draft.is_new:
            draft.touch("seats_given_up", allotment.passing_after(row, total))
        if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
            sorting.add(unit, remarks.closes_before_opening(row, session))
            draft.set("ends_on", None)
        has_news = draft.announce(meetings)
        # The file speaks from now on: its figures are as old as its own date says.
        if draft.is_new or differing or has_news or row.declared_by_id:
            draft.touch("declared_by", None)
            draft.touch("declared_at", values.declared_at(day))


def _is_older(day: date | None, known: date | None) -> bool:
    return day is not None and known is not None and day < known


def _said_later(row: Session, day: date | None) -> bool:
    """Whether what the session holds is more recent than the file.

    What an organisation declared in Jalons stands until the file shows a later update; a file of unknown age never
    overrides it. What an earlier file said gives way, unless this one is an older export.
    """
    known = timezone.localdate(row.declared_at)
    if row.declared_by_id is not None:
        return day is None or day <= known
    return day is not None and day < known


def _kept_units(formation: lheo.Formation, sorting: Sorted, path: str) -> list:
    """The actions and sessions to import: numbered, once each. What is refused here is added to the findings."""
    kept = []
    for unit, action, sessions in list(read_units(formation, sorting)):
        place = f"{path}/action[{unit.action}]"
        if action.numero and len(action.numero) > MAX_NUMBER:
            sorting.add(unit, too_long_number(place, action.line, action.numero))
        own, lines = [], {}
        for one, session in sessions:
            where = f"{place}/session[{one.session}]"
            if session.numero in lines:
                first = lines[session.numero]
                sorting.add(one, repeated_number(where, session.line, session.numero, first))
            elif session.numero and len(session.numero) > MAX_NUMBER:
                sorting.add(one, too_long_number(where, session.line, session.numero))
            lines.setdefault(session.numero, session.line)
            if not sorting.is_refused(one):
                own.append((one, session))
        if own and not sorting.is_refused(unit):
            kept.append((unit, action, own))
    return kept


def _refused_lines(item: lheo.OfferItem, sorting: Sorted) -> list[LineResult]:
    """One line per refused formation, action or session, with everything that is said of it."""
    name = item.formation.title if item.formation else f"Formation {item.numero or 'sans numéro'}"
    lines = []
    for unit in sorting.outermost_refused():
        findings = sorting.take_below(unit)
        first = min((finding.line for finding in findings if finding.line), default=item.line)
        locator = f"Formation {item.numero or item.rank}, {unit}, ligne {first}"
        if unit == Unit():
            locator = f"Formation {item.numero or item.rank}, ligne {first}"
        lines.append(LineResult(locator, name, Verdict.REJECTED, findings, remarks.refused(unit)))
    return lines
