"""The two Départements of `test_every_address`, with a mark on everything that somebody must not read."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from config import clock
from notifications.services import detect
from pathways import corrections
from pathways.enums import OrganisationKind, Role
from pathways.models import RsaSituation
from prescriptions.documents.issuing import issue
from prescriptions.documents.kinds import DocumentKind
from prescriptions.models import Prescription
from tests.factories import Story, actor, organisation, session
from tests.test_every_address import both, db, ours, theirs  # noqa: F401  (fixtures)
from tests.two_worlds import NOTE, RSA_DAY, SUSPENSION, TODAY, Peopled, ago

#: Whoever should not read one of these names where it was found.
MARKS = {
    "rsa": ("RSADEMANDE7", f"{RSA_DAY:%d/%m/%Y}", f"{RSA_DAY:%Y-%m-%d}", "11 février 2025"),
    "rsa words": ("Entrée dans le RSA", "Droits et devoirs", "soumis aux droits"),
    "caf": ("CAFSECRET42",),
    "notes": (NOTE, "MARQUE-FREIN"),
    "suspension": (SUSPENSION, "MARQUE-MOTIF-CORRIGE"),
    "department": ("MARQUE-DEPARTEMENT",),
    "advisor": ("MARQUE-APPEL", "MARQUE-EMPLOI"),
    "elsewhere": ("MARQUE-REFUS-AILLEURS", "MARQUE-RETRAIT-AILLEURS", "Organisme Molène", "Vitrier Molène"),
    "draft": ("MARQUE-BROUILLON", "Kermadecdraft"),
    "strangers": ("Ouessant", "Molenequelquun", "Kermadecadrift"),
}


@dataclass
class Marked:
    """The world of the reader. other_provider: another provider of the same Département, with people of its own."""

    world: Peopled
    other_provider: object
    shared: Story
    stranger: Story


@pytest.fixture(scope="module")
def _marked(both, django_db_blocker):  # noqa: F811
    with django_db_blocker.unblock(), clock.at(TODAY):
        yield mark(both[0])


@pytest.fixture
def marked(_marked, db) -> Marked:  # noqa: F811
    return _marked


def mark(ours: Peopled) -> Marked:  # noqa: F811
    """Write every mark where it belongs, through the product's own doors."""
    world = ours.world
    manager, referent, advisor = world.manager, world.referent, world.advisor
    RsaSituation.objects.filter(beneficiary=ours.trainee.pathway.beneficiary).update(
        request_number="RSADEMANDE7"
    )
    for story in (ours.asked, ours.trainee, ours.leaver):
        person = story.pathway.beneficiary
        person.caf_number = "CAFSECRET42"
        person.save()
        story.tell("note", ago(1), comment="MARQUE-FREIN : logement", by=referent)
        story.tell("note", ago(1), comment="MARQUE-DEPARTEMENT", by=manager)
    Prescription.objects.filter(pk=ours.draft.prescription.pk).update(draft_comment="MARQUE-BROUILLON")
    suspended = ours.trainee.pathway.events.get(kind="suspend")
    with clock.at(ago(1)):
        corrections.correct(
            suspended.pk,
            referent,
            comment="MARQUE-MOTIF-CORRIGE",
            occurred_on=ago(19),
            fact_comment=SUSPENSION,
        )
    ours.leaver.tell("contact", ago(2), comment="MARQUE-APPEL", by=advisor)
    ours.leaver.tell("employ", ago(1), comment="MARQUE-EMPLOI", by=advisor)
    # Another provider of the same Département: people of its own, and two whom both know.
    home = organisation(OrganisationKind.PROVIDER, "Organisme Molène")
    other = actor(Role.PROVIDER, home)
    elsewhere = session(home, area=world.area, starts_on=TODAY + timedelta(days=40))
    type(elsewhere).objects.filter(pk=elsewhere.pk).update(title="Vitrier Molène")
    stranger = world.story("Molenequelquun", elsewhere)
    stranger.tell("submit", ago(9))
    shared = asked_elsewhere(ours.asked, elsewhere)
    shared.tell("refuse", ago(4), by=other, comment="MARQUE-REFUS-AILLEURS")
    second = asked_elsewhere(ours.convened, elsewhere)
    second.tell("withdraw", ago(4), by=referent, comment="MARQUE-RETRAIT-AILLEURS")
    issue(DocumentKind.AES, [ours.trainee.prescription.pk, ours.leaver.prescription.pk], world.provider)
    for story in (ours.draft, ours.asked, ours.convened, ours.trainee, ours.examined, ours.leaver):
        story.refresh()
    detect()
    return Marked(ours, other, shared, stranger)


def asked_elsewhere(story: Story, elsewhere) -> Story:
    request = Prescription.objects.create(
        pathway=story.pathway,
        session=elsewhere,
        prescriber=story.world.referent.user,
        prescriber_organisation=story.world.referent.organisation,
    )
    second = replace(story, prescription=request)
    second.tell("submit", ago(9))
    return second


def open_session(marked: Marked):
    """A session of the other provider that has just opened."""
    return session(marked.other_provider.organisation, area=marked.world.world.area, starts_on=TODAY)
