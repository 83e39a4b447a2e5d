"""The pages « Doublons »: what they show, what they refuse, and the addresses of files that were merged."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config import clock
from pathways.enums import OrganisationKind, Role
from pathways.merging.detection import find_duplicates
from pathways.models import Beneficiary, DuplicateDismissal, Event, FileAccess, Pathway
from tests.factories import FIRST_DAY, actor, organisation
from tests.pathways.merging.conftest import WHY, make_pair

MANAGER = Role.DEPARTMENT_MANAGER


@pytest.fixture(autouse=True)
def today():
    with clock.at(FIRST_DAY + timedelta(120)):
        yield


@pytest.fixture
def pair(world):
    made = make_pair(world)
    find_duplicates()
    return made


@pytest.fixture
def manager(as_role):
    return as_role(MANAGER)


def address(pair, name: str = "merge") -> str:
    return reverse(f"pathways:{name}", args=pair.people)


def form_of(manager, pair, **changes) -> dict:
    """What the page sends when nothing but the reason is typed."""
    form = manager.get(address(pair)).context["form"]
    data = {field.html_name: field.initial for field in form}
    return {**data, "seen": form.last, "key": "k", "why": WHY, **changes}


def test_the_list_explains_each_pair(manager, pair, text_of):
    page = text_of(manager.get(reverse("pathways:duplicates")))
    assert "Benali Samia" in page
    assert "Même date de naissance, même nom (écrit autrement), même prénom (écrit autrement)." in page
    assert "Presque certain" in page


def test_nothing_to_examine_is_said(manager, text_of):
    assert "Aucun doublon à examiner" in text_of(manager.get(reverse("pathways:duplicates")))
    assert "Aucune paire écartée" in text_of(manager.get(reverse("pathways:duplicates") + "?liste=ecartes"))


def test_the_file_tells_its_manager_alone_of_a_possible_duplicate(pair, as_role, text_of):
    url = reverse("pathways:file", args=[pair.kept.pathway.pk])
    assert "Doublon possible" in text_of(as_role(MANAGER).get(url))
    assert "Doublon possible" not in text_of(as_role(Role.REFERENT).get(url))


def test_the_page_shows_both_files_and_where_they_lead(manager, pair, text_of):
    page = text_of(manager.get(address(pair)))
    assert "0611111111" in page
    assert "0622222222" in page
    assert "Identifié depuis le 15/01/2026" in page
    assert "Une fois fusionnés Formation terminée depuis le 15/04/2026" in page
    assert "L'historique une fois réuni" in page
    assert "Refusé : Prérequis insuffisants" in page
    readings = FileAccess.objects.filter(page="doublons").values_list("pathway", flat=True)
    assert set(readings) == {pair.kept.pathway.pk, pair.other.pathway.pk}


def test_what_only_the_other_file_knows_is_taken_unless_told_otherwise(manager, pair):
    form = manager.get(address(pair)).context["form"]
    taken = {field.name for field in form.choice_fields() if field.initial == "prendre"}
    assert taken == {"choix_email", "choix_address", "choix_rsa"}
    assert form["choix_phone"].initial == "garder"


def test_merging_what_was_seen(manager, pair):
    response = manager.post(address(pair), form_of(manager, pair, choix_phone="prendre"))
    assert response.url == reverse("pathways:file", args=[pair.kept.pathway.pk])
    assert Event.objects.merges().get().comment == WHY
    person = Beneficiary.objects.get(pk=pair.people[0])
    assert (person.phone, person.email) == ("0622222222", "samia@exemple.invalid")


def test_the_reason_is_mandatory_and_nothing_chosen_is_lost(manager, pair, text_of):
    response = manager.post(address(pair), form_of(manager, pair, why=" ", choix_phone="prendre"))
    assert response.status_code == 422
    assert "Dites en une phrase comment vous le savez." in text_of(response)
    assert response.context["form"]["choix_phone"].value() == "prendre"
    assert not Event.objects.merges().exists()


def test_a_fact_recorded_meanwhile_is_shown_before_anything_is_merged(manager, pair, text_of):
    data = form_of(manager, pair)
    pair.other.tell("note", clock.today())
    response = manager.post(address(pair), data)
    assert "Un fait a été enregistré dans l'un des dossiers" in text_of(response)
    assert not Event.objects.merges().exists()


def test_two_clicks_merge_once(manager, pair):
    data = form_of(manager, pair)
    first, second = (manager.post(address(pair), data) for _ in range(2))
    assert first.url == second.url
    assert Event.objects.merges().count() == 1


def test_an_impossible_merge_names_the_fact_and_leads_to_it(manager, world, text_of):
    stories = [world.story("Benali") for _ in range(2)]
    for story, entry in zip(stories, (60, 61), strict=True):
        for kind, number in (("submit", 2), ("admit", 10), ("register", 40), ("enter", entry)):
            story.tell(kind, FIRST_DAY + timedelta(number))
    url = reverse("pathways:merge", args=[story.pathway.beneficiary_id for story in stories])
    response = manager.get(url)
    page = text_of(response)
    assert "La fusion n'est pas possible ainsi" in page
    assert "« Entré en formation (AES) » du 07/03/2026 deviendrait impossible" in page
    second = stories[1].pathway.events.get(kind="enter")
    assert reverse("pathways:correct", args=[stories[1].pathway.pk, second.pk]) in response.content.decode()
    assert "Fusionner les deux dossiers" not in page


@pytest.mark.parametrize("role", [Role.REFERENT, Role.ADVISOR, Role.PROVIDER])
def test_other_roles_are_refused(pair, as_role, role):
    for name in ("merge", "duplicate_dismiss", "duplicate_take_back"):
        assert as_role(role).post(address(pair, name)).status_code == 403


def test_the_manager_of_another_departement_finds_nothing(pair, elsewhere, log_in, text_of):
    client = log_in(elsewhere.manager)
    assert client.get(address(pair)).status_code == 404
    assert "Benali" not in text_of(client.get(reverse("pathways:duplicates")))


def test_two_people_are_set_aside_with_the_reason(manager, pair, text_of):
    response = manager.post(address(pair, "duplicate_dismiss"), {"reason": " "})
    assert response.status_code == 422
    manager.post(address(pair, "duplicate_dismiss"), {"reason": "Deux cousines."})
    assert "Benali" not in text_of(manager.get(reverse("pathways:duplicates")))
    assert "Deux cousines." in text_of(manager.get(reverse("pathways:duplicates") + "?liste=ecartes"))
    assert "Deux cousines." in text_of(manager.get(address(pair)))
    manager.post(address(pair, "duplicate_take_back"))
    assert DuplicateDismissal.objects.get().taken_back_at is not None
    assert "Benali" in text_of(manager.get(reverse("pathways:duplicates")))


# ---- once merged


@pytest.fixture
def merged(pair):
    pair.merge()
    return pair


def test_no_list_shows_the_absorbed_file(merged, as_role, text_of):
    for role in (Role.REFERENT, MANAGER, Role.ADVISOR, Role.PROVIDER):
        page = text_of(as_role(role).get(reverse("pathways:search")))
        assert "Ben-Ali" not in page
        assert "1 personne" in page


def test_the_old_address_leads_to_the_file(merged, as_role):
    old, new = (
        reverse("pathways:file", args=[pk]) for pk in (merged.other.pathway.pk, merged.kept.pathway.pk)
    )
    assert as_role(Role.REFERENT).get(f"{old}?historique=parcours").url == f"{new}?historique=parcours"


def test_a_form_open_when_the_files_were_merged_is_sent_on(merged, as_role):
    client = as_role(Role.REFERENT)
    old = reverse("pathways:fact", args=[merged.other.pathway.pk, "note"])
    response = client.post(
        old, {"occurred_on": clock.today(), "comment": "Vue ce matin.", "key": "k"}, follow=True
    )
    assert response.redirect_chain[0] == (
        reverse("pathways:fact", args=[merged.kept.pathway.pk, "note"]),
        307,
    )
    assert Event.objects.get(kind="note").comment == "Vue ce matin."


def test_the_old_address_tells_nothing_to_who_may_not_see_the_file(merged, elsewhere, log_in):
    url = reverse("pathways:file", args=[merged.other.pathway.pk])
    for role in (Role.REFERENT, MANAGER, Role.PROVIDER):
        assert log_in(elsewhere.actors[role]).get(url).status_code == 404


def test_facts_of_the_absorbed_file_are_corrected_in_the_joined_one(merged, as_role, text_of):
    complete = merged.other.pathway.events.get(kind="complete")
    url = reverse("pathways:correct", args=[merged.kept.pathway.pk, complete.pk])
    client = as_role(Role.PROVIDER)
    page = client.get(url)
    assert url in client.get(reverse("pathways:file", args=[merged.kept.pathway.pk])).content.decode()
    assert "Si ce fait est retiré" in text_of(page)
    seen = page.context["annulled"].seen
    client.post(url, {"way": "retirer", "why": "Pas encore.", "seen_annulment": seen, "key": "k"})
    assert merged.refresh().kept.pathway.state == "in_training"
    assert Event.objects.get(kind="annul").pathway_id == merged.other.pathway.pk


def test_the_referent_of_the_kept_file_reads_the_whole_and_the_other_one_nothing(world, as_role, text_of):
    pole = organisation(OrganisationKind.INSERTION_POLE, parent=world.manager.organisation)
    pair = make_pair(world)
    Beneficiary.objects.filter(pk=pair.people[1]).update(pole=pole)
    Pathway.objects.filter(pk=pair.other.pathway.pk).update(pole=pole)
    pair.merge()
    page = text_of(as_role(Role.REFERENT).get(reverse("pathways:file", args=[pair.kept.pathway.pk])))
    assert "Entré en formation (AES)" in page
    other = actor(Role.REFERENT, pole)
    assert not Pathway.objects.visible_to(other).exists()
    assert not Event.objects.visible_to(other).exists()


def test_the_history_says_which_file_was_joined_and_offers_to_take_it_back(merged, manager, text_of):
    url = reverse("pathways:file", args=[merged.kept.pathway.pk])
    page = text_of(manager.get(url))
    assert "Dossier fusionné" in page
    assert "Dossier réuni : Sàmia Ben-Ali, 17/05/1990" in page
    merge = Event.objects.merges().get()
    correct = reverse("pathways:correct", args=[merged.kept.pathway.pk, merge.pk])
    shown = manager.get(correct)
    assert "Dossier de Sàmia Ben-Ali, 17/05/1990" in text_of(shown)
    seen = shown.context["annulled"].seen
    manager.post(correct, {"way": "retirer", "why": "Deux cousines.", "seen_annulment": seen, "key": "k"})
    assert merged.refresh().other.pathway.state == "completed"
