"""Membership of a cohort: the rule is asked, its answer is kept, and whom it accepts gets a pathway.

One person or thousands go the same way; the state itself is set by the engine's one door.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from config import clock
from pathways.actor import Actor
from pathways.bulk import Target, apply_many
from pathways.cohort_rule import Decision, Facts, evaluate
from pathways.enums import Origin
from pathways.facts import Kind
from pathways.guards import TransitionRefused
from pathways.models import Beneficiary, Cohort, CohortDecision, Pathway, RsaSituation


@dataclass(frozen=True)
class Entry:
    """What asking the rule did for one person.

    decision: the answer of today. is_new: it differs from the latest one kept, hence was added. pathway: the person's
    in this cohort, None when they are no member. has_entered: they became a member just now.
    """

    decision: Decision
    is_new: bool
    pathway: Pathway | None
    has_entered: bool


def enter_cohort(
    beneficiary: Beneficiary,
    cohort: Cohort,
    actor: Actor,
    *,
    identified_on: date | None = None,
    origin: Origin = Origin.DECLARED,
) -> Entry:
    """Ask the rule about one person, keep its answer, and open their pathway when they meet it.

    identified_on: the day on which the Département chose the person, kept on their file when it is the latest known;
    the file's own day when None. Membership once acquired stays, whatever a later decision says (domain.md, A,
    ambiguity 2).
    """
    with transaction.atomic():
        people = Beneficiary.objects.select_for_update(of=("self",), no_key=True)
        person = people.get(pk=beneficiary.pk)
        if identified_on and (person.identified_on is None or person.identified_on < identified_on):
            person.identified_on = identified_on
            person.save(update_fields=["identified_on"])
        beneficiary.identified_on = person.identified_on
        rsa = RsaSituation.objects.filter(pk=person.pk).first()
        decision = decide(person, rsa, cohort)
        latest = latest_decisions(cohort, [person.pk]).get(person.pk)
        is_new = differs(decision, latest, cohort)
        if is_new:
            keep_decisions([(person, decision)], cohort, actor)
        pathway = Pathway.objects.filter(beneficiary=person, cohort=cohort).first()
        has_entered = pathway is None and decision.is_eligible
        if has_entered:
            (pathway,) = open_pathways([person], cohort, actor, origin)
        return Entry(decision, is_new, pathway, has_entered)


def decide(person: Beneficiary, rsa: RsaSituation | None, cohort: Cohort) -> Decision:
    """The answer of the rule today, on what these rows hold."""
    facts = Facts(
        rsa_entered_on=rsa.entered_on if rsa else None,
        rsa_state=rsa.right_state if rsa else "",
        rsa_known_on=rsa.known_on if rsa else None,
        pe_identifier=person.pe_identifier,
        pe_registered_on=person.pe_registered_on,
        identified_on=person.identified_on,
        identified_by=cohort.department.name,
    )
    return evaluate(facts, cohort, clock.today())


def latest_decisions(cohort: Cohort, beneficiary_ids: Iterable[int]) -> dict[int, CohortDecision]:
    """Beneficiary id -> the last decision kept about them in this cohort."""
    kept = CohortDecision.objects.filter(cohort=cohort, beneficiary__in=list(beneficiary_ids))
    return {row.beneficiary_id: row for row in kept.order_by("decided_at", "pk")}


def differs(decision: Decision, latest: CohortDecision | None, cohort: Cohort) -> bool:
    """Whether the answer, its reasons or the parameters of the rule have changed since the latest decision."""
    if latest is None:
        return True
    before = (latest.is_eligible, latest.criteria, latest.reference_date, latest.rule)
    return before != (decision.is_eligible, decision.as_json(), cohort.reference_date, cohort.rule)


def keep_decisions(
    answers: Sequence[tuple[Beneficiary, Decision]], cohort: Cohort, actor: Actor
) -> list[CohortDecision]:
    """Add one dated row per answer, explained criterion by criterion."""
    return CohortDecision.objects.bulk_create(
        CohortDecision(
            cohort=cohort,
            beneficiary=person,
            decided_by=actor.user,
            reference_date=cohort.reference_date,
            rule=cohort.rule,
            is_eligible=decision.is_eligible,
            criteria=decision.as_json(),
        )
        for person, decision in answers
    )


def open_pathways(
    people: Sequence[Beneficiary], cohort: Cohort, actor: Actor, origin: Origin
) -> list[Pathway]:
    """Open the pathways of people who meet the rule, from the day on which they were identified.

    Raises TransitionRefused with the first refusal: all are opened or none.
    """
    pathways = Pathway.objects.bulk_create(
        Pathway(beneficiary=person, cohort=cohort, pole_id=person.pole_id, area_id=person.area_id)
        for person in people
    )
    report = apply_many(
        Kind.IDENTIFY,
        [Target(pathway.pk, occurred_on=pathway.beneficiary.identified_on) for pathway in pathways],
        actor,
        origin=origin,
    )
    if report.refused:
        raise TransitionRefused(report.refused[0][1])
    opened = Pathway.objects.select_related("beneficiary").in_bulk([pathway.pk for pathway in pathways])
    return [opened[pathway.pk] for pathway in pathways]


def move_pathways(territories: Mapping[int, tuple[int | None, int | None]]) -> None:
    """Bring pole and area of the pathways of some people up to date: beneficiary id -> (pole id, area id)."""
    own = Pathway.objects.filter(merged_into=None, beneficiary__in=territories.keys())
    # Files joined to theirs follow, so that whoever reads the person reads what was recorded there.
    joined = Pathway.objects.filter(
        merged_into__isnull=False, merged_into__beneficiary__in=territories.keys()
    )
    moved = []
    for pathway in (*own, *joined.select_related("merged_into")):
        wanted = territories[(pathway.merged_into or pathway).beneficiary_id]
        if (pathway.pole_id, pathway.area_id) != wanted:
            pathway.pole_id, pathway.area_id = wanted
            moved.append(pathway)
    Pathway.objects.bulk_update(moved, ["pole", "area"], batch_size=500)
