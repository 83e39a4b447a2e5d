"""The pages of prescriptions in a real browser, at each size and scheme, and the path of a prescription by clicks."""

from datetime import timedelta

import pytest
from django.test import Client

from config import clock
from pathways.enums import Role
from pathways.models import Commune, Pathway
from pathways.transitions import apply
from prescriptions.enums import Recruitment
from prescriptions.models import Prescription
from tests.factories import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Scene:
    """A provider's session that opens soon, with people in every state. Days are real: the server runs in a thread."""

    def __init__(self):
        self.world = World.make()
        self.today = clock.today()
        provider = self.world.provider.organisation
        provider.name, provider.phone = "AFPA Marseille Saint-Jérôme", "04 91 00 00 00"
        provider.save()
        self.town = Commune.objects.create(
            insee_code="13055",
            name="Marseille",
            postal_codes=["13001"],
            area=self.world.area,
            latitude=43.2965,
            longitude=5.3698,
        )
        self.session = self.make_session("Maçon", 12, capacity=4, recruitment=Recruitment.OPEN)
        self.other = self.make_session("Maçon du bâti ancien", 30, capacity=8)
        self.unknown = self.make_session("Conductrice ou conducteur de travaux publics et routiers", 45, None)
        self.people()

    def make_session(self, title, days, capacity, **fields):
        session = self.world.session(capacity=capacity, starts_on=self.day(days), **fields)
        session.action.commune, session.action.city = self.town, "Marseille"
        session.action.save()
        session.title, session.declared_by = title, session.provider
        session.save()
        if capacity:
            session.meetings.create(kind="information", held_on=self.day(3), declared_by=session.provider)
        return session

    def day(self, days):
        return self.today + timedelta(days=days)

    def people(self):
        self.submitted = self.asked("Amrani", phone="06 00 00 00 01", city="Marseille")
        self.convened = self.asked("Bellil")
        self.tell(self.convened, "convene", -6, payload={"convened_for": str(self.day(-1))})
        self.waiting = self.asked("Cohen")
        self.tell(self.waiting, "waitlist", -4)
        self.admitted = self.asked("Diallo")
        self.tell(self.admitted, "admit", -4)
        self.refused = self.asked("El Khoury-Montalbán")
        self.tell(
            self.refused,
            "refuse",
            -4,
            reason="prerequisites",
            comment="Les bases de calcul sont à reprendre avant l'entrée.",
            payload={"next_step": "upgrade"},
        )
        self.free = self.world.story(
            "Fabre", job_project="F1703", commune=self.town, city="Marseille"
        ).pathway
        self.draft = self.world.story("Garcia", session=self.session)

    def asked(self, name, **fields):
        story = self.world.story(name, session=self.session, **fields)
        self.tell(story, "submit", -9)
        return story

    def tell(self, story, kind, days, **details):
        who = self.world.referent if kind == "submit" else self.world.provider
        apply(
            kind,
            story.pathway.pk,
            who,
            subject_id=story.prescription.pk,
            occurred_on=self.day(days),
            **details,
        )

    def login(self, role):
        client = Client()
        client.force_login(self.world.actors[role].user)
        return client


@pytest.fixture
def scene(transactional_db):
    return Scene()


def test_pages_of_the_provider(review, scene):
    client = scene.login(Role.PROVIDER)
    pk = scene.session.pk
    for path, name in {
        "/candidats/": "candidats",
        f"/sessions/{pk}/": "session-organisme",
        f"/sessions/{pk}/information-collective/": "information-collective",
        f"/sessions/{pk}/completer/": "completer",
        f"/sessions/{pk}/annuler/": "annuler",
        "/": "pile-organisme",
    }.items():
        review(client, path, name)


def test_pages_of_the_referent(review, scene):
    client = scene.login(Role.REFERENT)
    person = scene.free.pk
    closed = scene.submitted.pathway.pk
    for path, name in {
        "/sessions/": "sessions",
        f"/sessions/?dossier={closed}&lieu=marseille": "sessions-pour-une-personne",
        "/sessions/?metier=plombier": "sessions-aucune",
        f"/dossiers/{person}/prescrire/?session={scene.session.pk}": "prescrire",
        f"/dossiers/{closed}/prescrire/?session={scene.session.pk}": "prescrire-refus",
        f"/dossiers/{scene.draft.pathway.pk}/": "dossier-brouillon",
        f"/dossiers/{scene.refused.pathway.pk}/": "dossier-refus",
        "/": "pile-referent",
    }.items():
        review(client, path, name)


def test_pages_of_the_region_and_of_pole_emploi(review, scene):
    review(scene.login(Role.REGION_OFFICER), "/places/", "places")
    review(scene.login(Role.REGION_OFFICER), f"/sessions/{scene.unknown.pk}/", "session-region")
    review(scene.login(Role.ADVISOR), "/places/?vue=inconnues", "places-inconnues")


def test_a_referent_finds_a_session_and_prescribes(open_page, axe, scene):
    page = open_page(scene.login(Role.REFERENT))
    page.goto(f"/dossiers/{scene.free.pk}/")
    page.get_by_role("link", name="Prescrire une session").click()
    assert "metier=F1703" in page.url
    page.get_by_label("Distance").select_option("10")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name="Prescrire : Maçon, AFPA Marseille Saint-Jérôme").click()
    axe(page)
    page.get_by_label("Message à l'organisme").fill("Disponible tout de suite.")
    page.get_by_role("button", name="Prescrire", exact=True).click()
    page.get_by_text("envoyée à AFPA Marseille Saint-Jérôme").wait_for()
    made = Prescription.objects.get(pathway=scene.free, state="submitted")
    assert made.session == scene.session
    axe(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["js", "no-js"])
def test_a_provider_convenes_two_people_at_once(open_page, axe, scene, scripts):
    page = open_page(scene.login(Role.PROVIDER), scripts=scripts)
    second = scene.asked("Haddad")
    page.goto("/candidats/?etape=a-traiter")
    for story in (scene.submitted, second):
        page.get_by_label(f"Choisir {story.pathway.beneficiary}").check()
    page.locator("button[name=kind][value=convene]").click()
    if scripts:
        axe(page)
    page.get_by_label("Jour de l'information collective").fill(str(scene.day(2)))
    page.get_by_label("Lieu").fill("12 rue des Alpes, 9 h")
    page.get_by_role("button", name="Enregistrer").click()
    page.get_by_text("enregistré pour 2").wait_for()
    states = Prescription.objects.filter(pathway__in=[scene.submitted.pathway, second.pathway])
    assert set(states.values_list("state", "convened_for")) == {("convened", scene.day(2))}


def test_presences_by_keyboard(open_page, scene):
    page = open_page(scene.login(Role.PROVIDER), size="360")
    page.goto(f"/sessions/{scene.session.pk}/information-collective/")
    radio = page.get_by_label("Présent", exact=True)
    radio.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Enregistrer", exact=True).press("Enter")
    page.get_by_text("Présences enregistrées : 1").wait_for()
    assert Prescription.objects.get(pk=scene.convened.prescription.pk).state == "attended"
    assert Pathway.objects.count() == 7
