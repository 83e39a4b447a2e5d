"""Finding sessions by the words of a job, a Formacode, a level, a scheme, an open recruitment."""

import pytest

from pathways.enums import Role
from prescriptions.enums import Recruitment
from prescriptions.imports.labels import REFERENTIALS, save_table
from prescriptions.models import Scheme

JOBS, DOMAINS = REFERENTIALS


@pytest.fixture(autouse=True)
def _labels(db):
    save_table(JOBS, {"F1703": "Maçonnerie", "N1101": "Conduite d'engins de déplacement des charges"})
    save_table(DOMAINS, {"223": "BATIMENT GROS OEUVRE", "317": "MANUTENTION"})


@pytest.fixture
def found(login):
    """`found("metier=maçon")` -> Carif numbers of the sessions listed, in order."""
    client = login(Role.REFERENT)

    def ask(query: str) -> list[str]:
        page = client.get(f"/sessions/?{query}&tri=ouverture")
        assert page.status_code == 200
        return [line["session"].carif_number for line in page.context["lines"]]

    return ask


def offer(world, number, title, rome, formacode, level="", **fields):
    session = world.session(**fields)
    formation = session.action.formation
    formation.rome_codes, formation.formacodes, formation.level_in = [rome], [formacode], level
    formation.save()
    session.title, session.carif_number = title, number
    session.save()
    return session


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("maconnerie", ["A"]),
        ("Maçonnerie", ["A"]),
        ("F1703", ["A"]),
        ("engins charges", ["B"]),
        ("engins marseille", ["B"]),
        ("engins arles", []),
        ("gros oeuvre", ["A"]),
        ("manutention", ["B"]),
        ("31768", ["B"]),
        ("bâtisseur", ["A"]),
        ("", ["A", "B"]),
    ],
)
def test_a_job_is_found_by_its_label_a_domain_by_its_name_and_both_by_their_codes(
    world, found, text, numbers
):
    offer(world, "A", "Bâtisseur de murs", "F1703", "22334")
    offer(world, "B", "Cariste", "N1101", "31768")
    assert found(f"metier={text}") == numbers


def test_a_level_leaves_out_what_asks_for_more_and_keeps_what_says_nothing(world, found):
    for number, level in (("CAP69", "4"), ("BAC", "14"), ("RIEN", ""), ("SANS", "1")):
        offer(world, number, "Maçon", "F1703", "22334", level)
    assert sorted(found("niveau=3")) == ["CAP69", "RIEN", "SANS"]
    assert sorted(found("niveau=2")) == ["RIEN", "SANS"]


def test_recruitment_and_scheme_narrow_the_list(world, found):
    region = offer(world, "PRF", "Maçon", "F1703", "22334", recruitment=Recruitment.OPEN)
    other = offer(world, "AUTRE", "Maçon", "F1703", "22334", recruitment=Recruitment.CLOSED)
    other.action.financers = [{"code": "16", "places": 4, "programme": ""}]
    other.action.save()
    assert found("ouvert=on") == [region.carif_number]
    scheme = Scheme.objects.filter(funder="2").first()
    assert found(f"dispositif={scheme.code}") == [region.carif_number]
    assert found("dispositif=nimporte") == ["PRF", "AUTRE"]
