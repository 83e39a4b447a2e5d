"""The checks of training, of jobs and of the exit follow-up (`manage.py check_consistency`)."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Q

from config.fact_tasks import settle
from followup import employment, flows
from followup.enums import EnrolmentState
from followup.leavers import to_contact
from followup.models import Employment, Enrolment
from pathways.consistency import Incoherence, People, Person, incoherence, on_database, on_people
from prescriptions.enums import PrescriptionState

JOB_COLUMNS = (
    "event_id",
    "contract",
    "started_on",
    "ended_on",
    "planned_months",
    "rome_code",
    "area_id",
    "employer",
)


@on_people
def jobs(people: People) -> Iterator[Incoherence]:
    """The jobs on record ≠ what the facts say."""
    recorded = people.by_pathway(Employment.objects.all())
    areas = employment.known_areas()
    for person in people.persons:
        found = {_shape(job) for job in recorded[person.pathway.pk]}
        wanted = employment.wanted(person.pathway.pk, person.valid, areas)
        expected = {_shape(job) for job in wanted.values()}
        if found != expected:
            more, less = len(found - expected), len(expected - found)
            told = f"{more} emploi(s) que les faits ne disent pas, {less} qui manquent"
            yield incoherence(
                "employment", person.pathway, told, lambda p=person, jobs=wanted: _rewrite(p, jobs)
            )


def _shape(job: Employment) -> tuple:
    return tuple(getattr(job, column) for column in JOB_COLUMNS)


def _rewrite(person: Person, wanted: dict[int, Employment]) -> None:
    Employment.objects.filter(pathway=person.pathway).delete()
    Employment.objects.bulk_create(wanted.values())


@on_people
def follow_ups(people: People) -> Iterator[Incoherence]:
    """A leaver whom nobody is asked to contact, or a task about somebody who need not be."""
    enrolments = [row.pk for rows in people.rows[Enrolment].values() for row in rows]
    waiting = flows.waiting_for(enrolments)
    for person in people.persons:
        own = {row.pk for row in people.rows[Enrolment][person.pathway.pk]}
        wanted, asked = to_contact(person.valid), own & waiting.keys()
        for enrolment_id in sorted(wanted - asked):
            row, told = (
                f"followup.Enrolment {enrolment_id}",
                "personne à contacter, mais aucune tâche ne le demande",
            )
            yield Incoherence("contact_not_asked", row, told, lambda pk=enrolment_id: flows.start(pk))
        for enrolment_id in sorted(asked - wanted):
            row, told = (
                f"followup.Enrolment {enrolment_id}",
                "tâche de contact ouverte, mais plus rien n'est à faire",
            )
            task = waiting[enrolment_id]
            yield Incoherence("contact_asked_in_vain", row, told, lambda task=task: settle(task))


@on_database
def entered_enrolments() -> Iterator[Incoherence]:
    """A course followed without an AES, or under another person or session than its prescription's."""
    same = Q(pathway=F("prescription__pathway"), session=F("prescription__session"))
    entered = Q(prescription__state=PrescriptionState.ENTERED) | Q(state=EnrolmentState.VOID)
    for enrolment in (
        Enrolment.objects.exclude(same & entered).select_related("prescription").order_by("pk").iterator()
    ):
        told = f"la prescription est « {enrolment.prescription.get_state_display()} »"
        if enrolment.pathway_id != enrolment.prescription.pathway_id:
            told = "la prescription est d'une autre personne"
        elif enrolment.session_id != enrolment.prescription.session_id:
            told = "la prescription est pour une autre session"
        yield incoherence("enrolment_without_entry", enrolment, told)
