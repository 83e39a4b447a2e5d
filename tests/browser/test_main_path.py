"""One person from prescription to employment, on imported files, with everybody who does the work at their screen.

The server stands on the real day: each fact is dated through its form, as people do who record in the evening, or
later, what happened. The course takes people in all year round (« entrées permanentes »), so that its past is open.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from config import clock
from followup.models import AttendanceMark
from followup.working_days import is_worked
from pathways.enums import Role
from pathways.models import Beneficiary, Cohort, Commune
from tests.browser.visitor import Visitor
from tests.factories import World
from tests.pathways.cohort_files.builders import cohort_csv, csv_person
from tests.prescriptions.lheo.builders import SIRET, action, cycle, formation, offer, session

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DAY = timedelta(days=1)


@dataclass
class Calendar:
    """The days of the story, counted from a Monday that begins the last full week of presences."""

    monday: date

    @classmethod
    def of_today(cls) -> "Calendar":
        monday = clock.today() - (clock.today().weekday() + 7) * DAY
        while not all(is_worked(monday + n * DAY) for n in range(5)):
            monday -= 7 * DAY
        return cls(monday)

    def day(self, days: int) -> date:
        return self.monday + days * DAY


@pytest.fixture
def calendar():
    return Calendar.of_today()


@pytest.fixture
def world(calendar):
    """The organisations and their people; neither a beneficiary nor a session yet."""
    world = World.make()
    Commune.objects.create(insee_code="13055", name="Marseille", area=world.area, postal_codes=["13001"])
    world.referent.organisation.areas.add(world.area)
    provider = world.provider.organisation
    provider.name, provider.siret = "École du bâtiment", SIRET
    provider.save()
    Cohort.objects.update(reference_date=calendar.day(-60))
    return world


@pytest.fixture
def visitor(open_page, axe, fits):
    """`visitor()`: somebody at a browser of their own; nobody looks at a page twice."""
    return lambda: Visitor(open_page(), axe, fits)


def cohort_file(calendar: Calendar) -> bytes:
    def told(days: int) -> str:
        return f"{calendar.day(days):%d/%m/%Y}"

    return cohort_csv(
        csv_person(
            **{
                "Nom": "Amrani",
                "Prénom": "Samia",
                "Date_d'inscription_Pôle_emploi": told(-150),
                "Date_d'entrée_RSA": told(-200),
                "Identifié_le": told(-60),
                "Code_commune_INSEE": "13055",
                "Commune": "Marseille",
                "Code_postal": "13003",
                "Téléphone": "06 39 98 00 11",
            }
        )
    )


def offer_file(calendar: Calendar) -> bytes:
    def told(days: int) -> str:
        return f"{calendar.day(days):%Y%m%d}"

    sessions = session(start=told(-120), end=told(200), registration=None, v23=cycle())
    course = action(sessions=sessions, is_permanent=True, information_dates=(told(-30),))
    return offer(formation(title="Plaquiste", actions=course), version="2.3")


def hand_in(visitor: Visitor, link: str, name: str, content: bytes, told: str) -> None:
    """Import a file from the pages: choose it, read the preview, confirm, read the report."""
    visitor.menu("Imports")
    visitor.follow(link)
    visitor.page.locator("input[type=file]").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    visitor.page.get_by_role("button", name="Déposer et voir l'aperçu").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Aperçu de l'import")
    visitor.look()
    visitor.page.get_by_role("button", name=re.compile("^Enregistrer 1 ")).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Bilan de l'import")
    expect(visitor.page.locator("main")).to_contain_text(told)
    visitor.look()


def state(visitor: Visitor, button: str, day: date, told: str, **details: str) -> None:
    """Record a fact from the person's file."""
    visitor.follow(button)
    visitor.fill(occurred_on=str(day), **details)
    visitor.send("Enregistrer", told)


def test_from_prescription_to_employment(visitor, world, calendar):
    day = calendar.day

    manager = visitor().log_in(world.manager)
    hand_in(manager, "Importer une cohorte", "cohorte.csv", cohort_file(calendar), "Samia Amrani")
    officer = visitor().log_in(world.actors[Role.REGION_OFFICER])
    hand_in(officer, "Importer l'offre de formation", "offre.xml", offer_file(calendar), "Plaquiste")

    # -- The référent searches the person, finds a session by job, place and date, prescribes.
    referent = visitor().log_in(world.referent)
    referent.menu("Dossiers")
    referent.fill(q="amrani samia")
    referent.page.get_by_role("button", name="Rechercher").click()
    referent.follow("Amrani Samia")
    expect(referent.page.get_by_text("Identifié").first).to_be_visible()
    referent.follow("Prescrire une session")
    referent.page.get_by_text("Plus de critères").click()
    referent.fill(metier="plaquiste", lieu="Marseille", du=str(day(-130)), au=str(day(-100)))
    referent.page.get_by_role("button", name="Rechercher").click()
    referent.look()
    referent.follow("Prescrire : Plaquiste")
    referent.fill(occurred_on=str(day(-40)), comment="Disponible dès maintenant.")
    referent.send("Prescrire", "envoyée à École du bâtiment")

    # -- The provider convenes, notes the presence, admits, registers (AIS), lets in (AES).
    provider = visitor().log_in(world.provider)
    provider.menu("Candidats")
    provider.follow("Convoquer : Samia Amrani")
    provider.fill(occurred_on=str(day(-38)), detail_convened_for=str(day(-30)))
    provider.send("Enregistrer", "Enregistré pour Samia Amrani")
    provider.follow("Présences à l'information collective")
    provider.page.get_by_role("radio", name="Présent").check()
    provider.send("Enregistrer", "1 présent")
    provider.follow("Amrani Samia")
    state(provider, "Retenir", day(-28), "retenu sur la liste principale")
    state(provider, "Enregistrer l'inscription (AIS)", day(-14), "inscrit (ais)")
    state(provider, "Enregistrer l'entrée (AES)", day(0), "entré en formation (aes)")

    # -- Presences of the first week, by keyboard: everybody present, late on Tuesday morning.
    provider.menu("Stagiaires")
    provider.follow("Présences")
    provider.goto(f"{provider.page.url.split('?')[0]}?jour={day(0)}")
    provider.page.get_by_role("button", name="Tous présents", exact=True).press("Enter")
    provider.page.keyboard.press("ArrowRight")
    provider.page.keyboard.press("ArrowRight")
    provider.page.keyboard.press("r")
    provider.send("Enregistrer", "10 demi-journées enregistrées")

    # -- Exam, result, end: from the list of trainees.
    provider.menu("Stagiaires")
    provider.page.get_by_label("Choisir Samia Amrani").check()
    provider.page.get_by_role("button", name="Présenter à l'examen").click()
    provider.fill(occurred_on=str(day(4)))
    provider.send("Enregistrer", "enregistré pour 1 personne")
    provider.follow("Résultats d'examen")
    provider.page.locator("select[name$=result]").select_option(label="Réussi")
    provider.fill(occurred_on=str(day(5)))
    provider.send("Enregistrer les résultats", "enregistré")
    provider.menu("Stagiaires")
    provider.page.get_by_label("Choisir Samia Amrani").check()
    provider.page.get_by_role("button", name="Terminer la formation").click()
    provider.fill(occurred_on=str(day(6)))
    provider.send("Enregistrer", "enregistré pour 1 personne")

    # -- The advisor finds the leaver in the pile, calls twice, records the job.
    advisor = visitor().log_in(world.advisor)
    advisor.follow("Noter un contact")
    advisor.choose("Pas de réponse")
    advisor.fill(occurred_on=str(day(6)), comment="Rappeler le soir.")
    advisor.send("Enregistrer", "Enregistré pour Samia Amrani")
    advisor.menu("Sortants")
    advisor.follow("Amrani Samia")
    advisor.follow("Noter un contact")
    advisor.choose("A retrouvé un contrat")
    advisor.fill(occurred_on=str(day(7)))
    advisor.send("Enregistrer", "Enregistré pour Samia Amrani")
    advisor.follow("Enregistrer un emploi")
    advisor.page.get_by_label("Type de contrat").select_option(label="CDI")
    advisor.fill(occurred_on=str(day(7)), detail_rome_code="F1604", detail_employer="Bâti Sud")
    advisor.send("Enregistrer", "Enregistré pour Samia Amrani")

    # -- The référent reads the whole story.
    referent.goto(f"/dossiers/{Beneficiary.objects.get().pathways.get().pk}/")
    who = {role: f"{actor.user}, {actor.organisation}" for role, actor in world.actors.items()}
    assert [(when, what, by) for when, what, by in reversed(referent.timeline())] == [
        (f"{day(days):%d/%m/%Y}", what, who[role])
        for days, what, role in (
            (-60, "Entré dans la cohorte", Role.DEPARTMENT_MANAGER),
            (-40, "Prescrit", Role.REFERENT),
            (-38, "Convoqué à l'information collective", Role.PROVIDER),
            (-30, "Présent à l'information collective", Role.PROVIDER),
            (-28, "Retenu sur la liste principale", Role.PROVIDER),
            (-14, "Inscrit (AIS)", Role.PROVIDER),
            (0, "Entré en formation (AES)", Role.PROVIDER),
            (4, "Présenté à l'examen", Role.PROVIDER),
            (5, "Examen réussi", Role.PROVIDER),
            (6, "Formation terminée", Role.PROVIDER),
            (6, "Contact : Pas de réponse", Role.ADVISOR),
            (7, "Contact : A retrouvé un contrat", Role.ADVISOR),
            (7, "Entré en emploi", Role.ADVISOR),
        )
    ]
    milestones = referent.page.locator(".milestones")
    expect(milestones.locator("[aria-current]")).to_contain_text("En emploi")
    marks = dict(AttendanceMark.objects.order_by("pk").values_list("day", "mark").filter(half="am"))
    assert marks == {day(n): "R" if n == 1 else "P" for n in range(5)}
