"""A person's file: what it tells, to whom, and that reading it is written down."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from config import clock
from pathways.enums import Role
from pathways.models import FileAccess, RsaSituation
from tests.factories import FIRST_DAY

SECRETS = ("RSA-77", "1234567", "situation familiale", "rechute")


def day(n: int) -> date:
    return FIRST_DAY + timedelta(n)


def address(story) -> str:
    return reverse("pathways:file", args=[story.pathway.pk])


@pytest.fixture
def story(world):
    """Somebody prescribed to a session of `world`, with an RSA situation and a note of the référent."""
    story = world.story("Amrani", caf_number="1234567", phone="06 00 00 00 01")
    RsaSituation.objects.create(
        beneficiary=story.pathway.beneficiary, entered_on=day(-100), request_number="RSA-77", has_duties=True
    )
    story.tell("submit", day(2))
    story.tell("note", day(3), comment="Sa situation familiale est compliquée.")
    return story


@pytest.fixture
def trainee(story):
    """The same person, in training."""
    story.tell("admit", day(10))
    story.tell("register", day(40))
    story.tell("enter", day(60))
    return story


def test_it_tells_who_where_and_since_when(story, as_role, text_of):
    with clock.at(day(40)):
        page = text_of(as_role(Role.REFERENT).get(address(story)))
    assert "Camille Amrani, 35 ans" in page
    assert "06 00 00 00 01" in page
    assert "Prescrit , étape actuelle 07/01/2026" in page
    assert "Retenu , à venir" in page
    assert (
        "Depuis 38 j à « Prescrit » (attendu : 14 j) Bloqué Il manque : une réponse de l'organisme." in page
    )


def test_possible_actions_are_links_and_blocked_ones_say_why(story, as_role, text_of):
    client = as_role(Role.PROVIDER)
    response = client.get(address(story))
    subject = story.prescription.pk
    link = reverse("pathways:fact", args=[story.pathway.pk, "admit"])
    assert f'href="{link}?prescription={subject}"' in response.content.decode()
    page = text_of(response)
    blocked = "Ne s'est pas présenté : impossible, prescription : « Prescrit, sans réponse »."
    assert f"Enregistrer l'inscription (AIS), {blocked}" in page
    assert "D'abord : « Retenir »." in page


def test_what_cannot_follow_from_here_is_not_mentioned(story, as_role, text_of):
    page = text_of(as_role(Role.REFERENT).get(address(story)))
    for label in ("Rouvrir le dossier", "Clore le dossier", "Reprendre la formation", "Refuser"):
        assert label not in page


def test_an_early_exit_is_one_action(trainee, as_role, text_of):
    with clock.at(day(65)):
        page = text_of(as_role(Role.PROVIDER).get(address(trainee)))
    assert "Sortie anticipée" in page
    assert "Partir en emploi" not in page
    assert "Interrompre la formation" not in page


def test_the_story_tells_reasons_details_and_late_recording_in_words(story, as_role, text_of):
    with clock.at(day(12)):
        from pathways.transitions import apply

        apply(
            "refuse",
            story.pathway.pk,
            story.world.provider,
            subject_id=story.prescription.pk,
            occurred_on=day(4),
            reason="prerequisites",
            comment="Tests trop justes.",
            payload={"next_step": "upgrade"},
        )
    page = text_of(as_role(Role.REFERENT).get(address(story)))
    assert "Refusé : Prérequis insuffisants" in page
    assert "Suite proposée : Une remise à niveau" in page
    assert "« Tests trop justes. »" in page
    assert "saisi 8 j après (17/01/2026)" in page.replace("\u00a0", " ")
    assert page.index("Refusé :") < page.index("Entré dans la cohorte")


def test_the_job_is_told_in_words(world, as_role, text_of):
    story = world.story("Amrani")
    story.tell(
        "employ",
        day(3),
        payload={"contract": "cdd_long", "area": world.area.pk, "planned_months": 8, "rome_code": "F1703"},
    )
    page = text_of(as_role(Role.REFERENT).get(address(story)))
    assert "Type de contrat : CDD de 6 mois ou plus" in page
    assert "Bassin d'emploi : Marseille" in page
    assert "Durée prévue (mois) : 8" in page


def test_the_filter_keeps_exchanges(story, as_role, text_of):
    page = text_of(as_role(Role.REFERENT).get(address(story), {"historique": "echanges"}))
    assert "situation familiale" in page
    assert "Entré dans la cohorte" not in page


def test_a_corrected_fact_stays_struck_through_with_its_reason(story, as_role, text_of):
    from pathways.corrections import annul

    event = story.pathway.events.get(kind="submit")
    with clock.at(day(5)):
        annul(event.pk, story.world.referent, comment="Mauvaise personne.")
    response = as_role(Role.REFERENT).get(address(story))
    page = text_of(response)
    assert "<s>Prescrit</s>" in response.content.decode()
    assert f"Corrigé le 10/01/2026 par {story.world.referent.user} : Mauvaise personne." in page
    assert "Rétablir" in page
    assert "Identifié , étape actuelle" in page


class TestMinimisation:
    def test_the_department_reads_the_rsa_situation(self, story, as_role, text_of):
        for role in (Role.REFERENT, Role.DEPARTMENT_MANAGER):
            page = text_of(as_role(role).get(address(story)))
            assert "Entrée dans le RSA" in page
            assert "1234567" in page

    def test_an_advisor_reads_no_rsa_situation(self, story, as_role, text_of):
        page = text_of(as_role(Role.ADVISOR).get(address(story)))
        assert "Amrani" in page
        assert "RSA" not in page
        assert "1234567" not in page

    def test_a_provider_reads_neither_rsa_nor_exchanges_nor_sensitive_reasons(self, trainee, as_role):
        trainee.tell("suspend", day(62), by=trainee.world.referent, comment="Hospitalisée après une rechute.")
        with clock.at(day(64)):
            content = as_role(Role.PROVIDER).get(address(trainee)).content.decode()
        assert "Formation suspendue" in content
        assert "Précisions réservées" in content
        for secret in SECRETS:
            assert secret not in content
        assert "RSA" not in content

    def test_a_provider_reads_its_own_sensitive_comment(self, trainee, as_role):
        trainee.tell("suspend", day(62), by=trainee.world.provider, comment="Accord de la stagiaire.")
        with clock.at(day(64)):
            assert "Accord de la stagiaire." in as_role(Role.PROVIDER).get(address(trainee)).content.decode()

    def test_a_provider_sees_no_step_of_another_provider(
        self, world, story, elsewhere, log_in, as_role, text_of
    ):
        """The same person is retained elsewhere: this provider still waits for its own answer."""
        from pathways.transitions import apply
        from prescriptions.models import Prescription

        other = Prescription.objects.create(
            pathway=story.pathway,
            session=elsewhere.session(),
            prescriber=world.referent.user,
            prescriber_organisation=world.referent.organisation,
        )
        with clock.at(day(20)):
            apply("submit", story.pathway.pk, world.referent, subject_id=other.pk)
            apply("admit", story.pathway.pk, elsewhere.provider, subject_id=other.pk)
            own = text_of(as_role(Role.PROVIDER).get(address(story)))
            theirs = text_of(log_in(elsewhere.provider).get(address(story)))
            whole = text_of(as_role(Role.REFERENT).get(address(story)))
        assert "Prescrit , étape actuelle 07/01/2026" in own
        assert "Retenu , à venir" in own
        assert "Retenu , étape actuelle 25/01/2026" in theirs
        assert "07/01/2026" not in theirs
        assert "Retenu , étape actuelle" in whole


class TestReadingIsLogged:
    def test_once_an_hour_for_each_reader(self, story, as_role):
        referent, provider = as_role(Role.REFERENT), as_role(Role.PROVIDER)
        with clock.at(day(5)) as noon:
            for client in (referent, referent, provider):
                client.get(address(story))
        with clock.at(noon + timedelta(minutes=61)):
            referent.get(address(story))
        read = FileAccess.objects.filter(pathway=story.pathway)
        assert read.filter(user=story.world.referent.user).count() == 2
        assert read.filter(user=story.world.provider.user).count() == 1
        assert set(read.values_list("page", flat=True)) == {"dossier"}

    def test_a_refused_reading_is_no_reading(self, story, elsewhere, log_in):
        log_in(elsewhere.referent).get(address(story))
        assert not FileAccess.objects.exists()
