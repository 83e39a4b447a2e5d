"""The list of people: search, filters, sort, pages, export."""

import io
import re
import zipfile
from datetime import timedelta
from html import unescape

import pytest
from django.urls import reverse

from config import clock
from pathways.enums import Role
from pathways.keyset import Sort, page
from pathways.models import Pathway, RsaSituation
from tests.factories import FIRST_DAY

LIST = "/dossiers/"


def names(response) -> list[str]:
    """The names of the rows, in their order."""
    return [
        unescape(name)
        for name in re.findall(r'<th scope="row"><a [^>]+>([^<]+)</a>', response.content.decode())
    ]


def cells(response) -> list[list[str]]:
    """The rows of an exported workbook's first sheet, as text."""
    book = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    rows = re.findall(r"<row .*?</row>", sheet, re.S)
    return [[unescape(cell) for cell in re.findall(r"<(?:t|v|f)[^>]*>([^<]*)<", row)] for row in rows]


def test_search_ignores_accents_case_and_the_order_of_words(world, as_role):
    world.story("Éléonore-Müller")
    world.story("Autre")
    client = as_role(Role.REFERENT)
    for text in ("eleonore", "MULLER éléonore", "camille muller"):
        assert names(client.get(LIST, {"q": text})) == ["Éléonore-Müller Camille"]


def test_search_that_finds_nobody_says_so(world, as_role, text_of):
    world.story("Amrani")
    assert "Personne ne répond à ces critères" in text_of(as_role(Role.REFERENT).get(LIST, {"q": "zzz"}))


def test_filters_by_state_and_blockage(world, as_role):
    world.story("Identifié")
    prescribed = world.story("Prescrit")
    prescribed.tell("submit", FIRST_DAY + timedelta(1))
    client = as_role(Role.REFERENT)
    with clock.at(FIRST_DAY + timedelta(17)):
        assert names(client.get(LIST, {"etape": "prescribed"})) == ["Prescrit Camille"]
        assert names(client.get(LIST, {"bloques": "on"})) == ["Prescrit Camille"]


def test_a_filter_that_is_no_choice_is_told_and_filters_nothing(world, elsewhere, as_role, text_of):
    world.story("Amrani")
    foreign = elsewhere.story("Bellil").pathway
    response = as_role(Role.REFERENT).get(LIST, {"cohorte": foreign.cohort_id, "etape": "volé"})
    assert names(response) == ["Amrani Camille"]
    assert "Erreur" in text_of(response)


def test_only_a_manager_filters_by_pole(world, as_role):
    world.story("Amrani")
    assert 'name="pole"' in as_role(Role.DEPARTMENT_MANAGER).get(LIST).content.decode()
    assert 'name="pole"' not in as_role(Role.REFERENT).get(LIST).content.decode()


def test_a_provider_sees_its_own_people_without_their_step(world, as_role):
    RsaSituation.objects.create(
        beneficiary=world.story("Inconnu").pathway.beneficiary, request_number="RSA-77"
    )
    story = world.story("Amrani")
    story.tell("submit", FIRST_DAY + timedelta(1))
    response = as_role(Role.PROVIDER).get(LIST)
    assert names(response) == ["Amrani Camille"]
    page_text = response.content.decode()
    assert "Étape" not in page_text
    assert "Prescrit" not in page_text


@pytest.mark.parametrize("role", [Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR, Role.PROVIDER])
def test_no_rsa_data_in_the_list(world, as_role, role):
    story = world.story("Amrani", caf_number="1234567")
    story.tell("submit", FIRST_DAY + timedelta(1))
    RsaSituation.objects.create(
        beneficiary=story.pathway.beneficiary,
        right_state="4",
        suspension_reason="03",
        request_number="RSA-77",
    )
    content = as_role(role).get(LIST).content.decode()
    assert "Amrani" in content
    assert "1234567" not in content
    assert "RSA-77" not in content


class TestPages:
    @pytest.fixture
    def people(self, world, monkeypatch):
        """Seven people, two of whom share a name, shown three by three; some without a due day."""
        monkeypatch.setattr("pathways.views.search.PAGE_SIZE", 3)
        for n, name in enumerate(["D", "B", "B", "A", "F", "E", "C"]):
            story = world.story(name)
            if n % 2:
                story.tell("submit", FIRST_DAY + timedelta(n))
            if name == "F":
                story.tell("employ", FIRST_DAY + timedelta(n))

    def walk(self, client, **query) -> list[list[str]]:
        """The names of each page, following « Suivants » to the end, then « Précédents » back to the start."""
        seen, address = [], LIST + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
        while address:
            response = client.get(address)
            seen.append(names(response))
            address = self.link(response, "next")
        address = self.link(response, "prev")
        for expected in reversed(seen[:-1]):
            response = client.get(address)
            assert names(response) == expected
            address = self.link(response, "prev")
        assert not address
        return seen

    def link(self, response, rel) -> str:
        found = re.search(rf'rel="{rel}" href="([^"]+)"', response.content.decode())
        return LIST + unescape(found[1]) if found else ""

    def test_every_row_comes_once_in_order(self, people, as_role):
        seen = self.walk(as_role(Role.REFERENT))
        assert [len(rows) for rows in seen] == [3, 3, 1]
        assert [name.split()[0] for rows in seen for name in rows] == list("ABBCDEF")

    @pytest.mark.parametrize("sort", ["-nom", "depuis", "-depuis", "echeance", "-echeance"])
    def test_every_sort_pages_forth_and_back(self, people, as_role, sort):
        seen = self.walk(as_role(Role.REFERENT), tri=sort)
        assert sorted(name for rows in seen for name in rows) == sorted(
            f"{letter} Camille" for letter in "ABBCDEF"
        )

    @pytest.mark.parametrize("is_descending", [False, True])
    def test_rows_without_a_value_come_last_in_both_directions(self, people, is_descending):
        rows = page(Pathway.objects.all(), Sort("due_on", is_descending, is_nullable=True), 50).rows
        due = [row.due_on for row in rows]
        known = [day for day in due if day is not None]
        assert due == sorted(known, reverse=is_descending) + [None] * (len(due) - len(known))
        assert None in due

    @pytest.mark.parametrize("cursor", ["0", "999999999", "abc", "9" * 40, "-1"])
    def test_a_cursor_that_is_nobody_starts_at_the_first_page(self, people, as_role, cursor):
        assert names(as_role(Role.REFERENT).get(LIST, {"apres": cursor}))[0] == "A Camille"

    def test_a_cursor_of_another_organisation_reveals_nothing(self, people, elsewhere, as_role):
        foreign = elsewhere.story("Zzz").pathway.pk
        assert names(as_role(Role.REFERENT).get(LIST, {"apres": foreign}))[0] == "A Camille"


class TestExport:
    def test_it_holds_exactly_what_the_list_shows(self, world, as_role):
        for name in ("Costa", "Amrani", "Bellil"):
            world.story(name).tell("submit", FIRST_DAY + timedelta(1))
        world.story("Identifié")
        query = {"etape": "prescribed", "tri": "-nom"}
        client = as_role(Role.REFERENT)
        exported = cells(client.get(reverse("pathways:search_export"), query))
        assert exported[0] == ["Nom", "Âge", "Étape", "Depuis", "Attendu avant le", "Bassin", "Téléphone"]
        assert [row[0] for row in exported[1:]] == names(client.get(LIST, query))
        assert [row[0] for row in exported[1:]] == ["Costa Camille", "Bellil Camille", "Amrani Camille"]

    def test_a_name_that_begins_like_a_formula_stays_text(self, world, as_role):
        world.story("=HYPERLINK(1)")
        response = as_role(Role.REFERENT).get(reverse("pathways:search_export"))
        content = b"".join(response.streaming_content)
        sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in sheet
        assert "=HYPERLINK(1) Camille" in sheet

    def test_a_provider_exports_its_own_columns(self, world, as_role):
        world.story("Amrani").tell("submit", FIRST_DAY + timedelta(1))
        world.story("Inconnu")
        exported = cells(as_role(Role.PROVIDER).get(reverse("pathways:search_export")))
        assert exported[0] == ["Nom", "Âge", "Ville", "Téléphone"]
        assert [row[0] for row in exported[1:]] == ["Amrani Camille"]


def test_the_number_of_queries_does_not_follow_the_number_of_rows(world, as_role, queries_of):
    client = as_role(Role.DEPARTMENT_MANAGER)
    world.story("Amrani")
    one = queries_of(lambda: client.get(LIST))
    for n in range(8):
        world.story(f"Personne {n}")
    assert queries_of(lambda: client.get(LIST)) == one


def test_the_export_reads_nothing_row_by_row(world, as_role, queries_of):
    client = as_role(Role.DEPARTMENT_MANAGER)
    world.story("Amrani")
    one = queries_of(lambda: cells(client.get(reverse("pathways:search_export"))))
    for n in range(8):
        world.story(f"Personne {n}")
    assert queries_of(lambda: cells(client.get(reverse("pathways:search_export")))) == one
