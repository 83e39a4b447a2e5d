"""What the page says of taking a fact back is what then happens: every situation, its last facts, row by row."""

from datetime import timedelta

import pytest
from django.db import transaction

from config import clock
from followup import leaver_list
from followup.flows import tasks_waiting
from followup.leavers import to_contact
from followup.models import Employment
from notifications.models import Alert
from notifications.services import detect
from pathways import corrections, trials
from pathways.effects import Comparison, effects
from pathways.guards import TransitionRefused
from pathways.lifecycle import REGISTRY
from pathways.models import Event
from pathways.projection import wanted
from pathways.replay import fold, history, valid
from pathways.viewpoint import view_of
from prescriptions.models import Session
from tests.factories import FIRST_DAY
from tests.pathways.situations import SITUATIONS
from tests.pathways.test_every_transition import lead_to

pytestmark = pytest.mark.django_db
#: Late enough for delays to have passed.
TODAY = FIRST_DAY + timedelta(days=130)


def figures(session: Session, reader) -> dict[str, str]:
    """The figures that the pages show, by the label that an effect gives them."""
    session.refresh_from_db()
    reached, left = leaver_list.contact_rate(reader)
    counts = leaver_list.counts(reader)
    return {
        f"Places tenues, {session}": f"{session.seats_held} sur {session.capacity}",
        f"Entrées (AES), {session}": str(session.prescriptions.filter(state="entered").count()),
        f"Liste d'attente, {session}": str(session.prescriptions.filter(state="waitlisted").count()),
        "Sortants contactés depuis un an": f"{reached} sur {left}",
        **{f"Sortants, «\u00a0{group.label}\u00a0»": str(counts[group.code]) for group in leaver_list.GROUPS},
        f"Sorties anticipées hors emploi, {session}": str(
            session.enrolments.filter(state="interrupted").exclude(exit_cause="back_to_work").count()
        ),
    }


def alerts() -> dict[tuple[str, str], str]:
    return {(alert.kind, alert.subject_key): alert.detail for alert in Alert.objects.open().order_by("pk")}


@pytest.mark.parametrize("situation", [name for name, (facts, _) in SITUATIONS.items() if facts])
def test_what_is_said_is_what_happens(situation):
    story = lead_to(situation)
    reader, session = story.world.manager, story.prescription.session
    with clock.at(TODAY):
        detect()
        for event in story.pathway.events.exclude(kind="identify").order_by("-pk"):
            with transaction.atomic():
                _check(story, event, reader, session)
                transaction.set_rollback(True)


def _check(story, event: Event, reader, session: Session) -> None:
    known = history(story.pathway.pk)
    trial = trials.without(event, known, reader)
    figures_before, alerts_before = figures(session, reader), alerts()
    if trial.refusal is not None:
        with pytest.raises(TransitionRefused) as caught:
            corrections.annul(event.pk, reader, comment="Erreur.")
        assert caught.value.refusal == trial.refusal
        return
    before, after = (view_of(list(side), story.pathway, reader) for side in (known, trial.facts))
    said = effects(Comparison(story.pathway, reader, before, after))
    corrections.annul(event.pk, reader, comment="Erreur.")
    detect()

    standing = fold(valid(history(story.pathway.pk)))
    assert after.standing.states == standing.states
    for lifecycle in REGISTRY.values():
        for subject_id in standing.subjects(lifecycle.name):
            row = lifecycle.model._base_manager.get(pk=subject_id or story.pathway.pk)
            columns = wanted(lifecycle, after.standing, subject_id)
            assert {name: getattr(row, name) for name in columns} == columns

    happened = {
        label: (figures_before[label], now)
        for label, now in figures(session, reader).items()
        if figures_before[label] != now
    }
    told = {e.label: (e.before, e.after) for e in said if e.label in figures_before}
    assert told == happened
    _check_alerts(said, alerts_before, alerts())
    _check_jobs(said, story)
    assert set(tasks_waiting().values_list("process__artifact_object_id", flat=True)) == to_contact(
        after.valid
    )


def _check_alerts(said, before: dict, after: dict) -> None:
    """As many alerts open, close and say something else as was told; what opens says what was told."""
    told = [effect for effect in said if effect.heading.label == "Alertes"]
    opening = sorted(e.after.partition(" : ")[2] for e in told if e.before == "aucune")
    assert opening == sorted(after[key] for key in after.keys() - before.keys())
    assert sum(e.after == "se ferme" for e in told) == len(before.keys() - after.keys())
    staying = sorted(e.after.partition(" : ")[2] for e in told if e.after.startswith("reste ouverte"))
    assert staying == sorted(after[key] for key in after.keys() & before.keys() if after[key] != before[key])


def _check_jobs(said, story) -> None:
    told = [effect.after for effect in said if effect.label == "Emplois enregistrés de la personne"]
    number = Employment.objects.filter(pathway=story.pathway).count()
    assert all(words.startswith(str(number) if number else "aucun") for words in told)
