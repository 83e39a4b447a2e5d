"""Handing files in from the browser: who may, what is refused at the door, the two steps, the report."""

import re
from html import unescape

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from pathways.enums import Role
from pathways.imports import registry, runs
from pathways.imports.cohort import COHORT
from pathways.models import Beneficiary, ImportRun
from tests.factories import World, actor
from tests.pathways.cohort_files.builders import (
    NIR_TOKEN,
    caf_household,
    caf_person,
    caf_xml,
    cohort_csv,
    csv_person,
)
from tests.prescriptions.lheo.builders import action, formation, offer, session

pytestmark = pytest.mark.django_db
NEW_COHORT = "/imports/cohorte/nouveau/"
NEW_OFFER = "/imports/offre/nouveau/"
TWO = cohort_csv(csv_person(), csv_person(Nom="Roux", Prénom="", Identifiant_Pôle_emploi=""))


@pytest.fixture
def log_in():
    def as_actor(who) -> Client:
        client = Client()
        client.force_login(who.user)
        return client

    return as_actor


@pytest.fixture
def manager(world, log_in):
    return log_in(world.manager)


@pytest.fixture
def officer(world, log_in):
    return log_in(world.actors[Role.REGION_OFFICER])


@pytest.fixture
def upload(world, django_capture_on_commit_callbacks):
    """`upload(client, content)` posts a file and lets the worker do what is due."""

    def post(client, content: bytes, url=NEW_COHORT, name="cohorte.csv", **data):
        fields = {"cohort": world.cohort.pk} if url == NEW_COHORT else {}
        file = SimpleUploadedFile(name, content)
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(url, {**fields, "file": file, **data})

    return post


@pytest.fixture
def post(django_capture_on_commit_callbacks):
    """`post(client, name, run)` presses a button of a run's page and lets the worker do what is due."""

    def press(client, name, run):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(reverse(f"pathways:{name}", args=[run.pk]))
        return client.get(answer.url)

    return press


def words(response) -> str:
    main = response.content.decode().split("<main", 1)[-1].split("</main>")[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main.split(">", 1)[1])))


# ---- the two steps


def test_a_cohort_from_upload_to_report(manager, upload, post):
    answer = upload(manager, TWO)
    run = ImportRun.objects.get()
    assert answer.url == f"/imports/{run.pk}/"
    preview = words(manager.get(answer.url))
    assert "Aperçu de l'import" in preview
    assert "Enregistrer 1 personne" in preview
    assert "Prénom absent" in preview
    assert not Beneficiary.objects.exists()
    report = words(post(manager, "import_confirm", run))
    assert "Bilan de l'import" in report
    assert "1 nouvelle, 1 rejetée" in report
    assert Beneficiary.objects.get().last_name == "Martin"
    listed = words(manager.get("/imports/"))
    assert "cohorte.csv" in listed
    assert "Terminé" in listed


def test_an_offer_from_upload_to_report(officer, upload, post):
    content = offer(formation(actions=action(sessions=session("S1") + session("S2", end="2030-06-28"))))
    answer = upload(officer, content, NEW_OFFER, "offre.xml")
    preview = words(officer.get(answer.url))
    assert "Enregistrer 1 session" in preview
    assert "/lheo/offres/formation[1]/action[1]/session[2]/periode/fin" in preview
    assert "2030-06-28" in preview
    report = words(post(officer, "import_confirm", ImportRun.objects.get()))
    assert "Nouvelle session" in report


def test_confirmed_twice_it_is_written_once(manager, upload, post):
    upload(manager, TWO)
    run = ImportRun.objects.get()
    post(manager, "import_confirm", run)
    again = post(manager, "import_confirm", run)
    assert "Bilan de l'import" in words(again)
    assert Beneficiary.objects.count() == 1


def test_an_abandoned_import_is_said_so_and_cannot_be_confirmed(manager, upload, post):
    upload(manager, TWO)
    run = ImportRun.objects.get()
    assert "rien n'a été enregistré" in words(post(manager, "import_cancel", run))
    assert "n'est plus à confirmer" in words(post(manager, "import_confirm", run))
    assert not Beneficiary.objects.exists()


def test_a_file_that_brings_nothing_has_nothing_to_confirm(manager, upload, post):
    upload(manager, cohort_csv(csv_person()))
    post(manager, "import_confirm", ImportRun.objects.get())
    answer = upload(manager, cohort_csv(csv_person()))
    page = words(manager.get(answer.url))
    assert "n'apporte rien à enregistrer" in page
    assert "Enregistrer 0" not in page


def test_a_truncated_file_is_refused_with_the_remedy(manager, upload):
    answer = upload(manager, caf_xml()[:-300], name="flux.xml")
    page = words(manager.get(answer.url))
    assert "tronqué" in page
    assert "Déposer un autre fichier" in page
    assert not Beneficiary.objects.exists()


# ---- at the door


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "vide"),
        (offer(), "offre de formation (LHEO)"),
        ("Nom;Prénom\n".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04" + b"x" * 200, "classeur"),
    ],
)
def test_a_file_of_another_kind_is_refused_in_the_form(manager, upload, content, told):
    answer = upload(manager, content)
    assert answer.status_code == 422
    assert told in words(answer)
    assert not ImportRun.objects.exists()


def test_a_caf_flux_is_no_offer(officer, upload):
    answer = upload(officer, caf_xml(), NEW_OFFER, "offre.xml")
    assert answer.status_code == 422
    assert "bénéficiaires RSA" in words(answer)
    assert not ImportRun.objects.exists()


def test_a_file_too_large_is_refused_unread(manager, upload, monkeypatch):
    monkeypatch.setattr(COHORT, "max_bytes", 1000)
    answer = upload(manager, b"x" * (2 * registry.MEGABYTE))
    assert answer.status_code == 413
    assert "limite" in words(answer)
    just_above = upload(manager, b"x" * 2000)
    assert just_above.status_code == 422


def test_nothing_chosen_is_said(manager, world):
    answer = manager.post(NEW_COHORT, {"cohort": world.cohort.pk})
    assert answer.status_code == 422
    assert "Choisissez le fichier" in words(answer)


def test_the_stored_file_has_lost_its_nir(manager, upload, monkeypatch):
    monkeypatch.setattr("pathways.tasks._send", lambda run_id: None)
    upload(manager, caf_xml(caf_household(caf_person())), name="flux.xml")
    run = ImportRun.objects.get()
    with default_storage.open(run.file.name) as stored:
        content = stored.read()
    assert b"<NIR></NIR>" in content
    assert NIR_TOKEN.encode() not in content
    run.file.delete(save=False)


def test_an_upload_without_csrf_token_is_refused(world):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.manager.user)
    file = SimpleUploadedFile("cohorte.csv", TWO)
    assert client.post(NEW_COHORT, {"cohort": world.cohort.pk, "file": file}).status_code == 403
    client.force_login(world.actors[Role.REGION_OFFICER].user)
    file = SimpleUploadedFile("offre.xml", offer())
    assert client.post(NEW_OFFER, {"file": file}).status_code == 403
    assert not ImportRun.objects.exists()


def test_a_cohort_of_another_departement_cannot_be_chosen(manager, upload, world):
    elsewhere = World.make()
    answer = upload(manager, TWO, cohort=elsewhere.cohort.pk)
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


# ---- who


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM])
def test_each_kind_is_for_its_role(world, log_in, role):
    client = log_in(world.actors[role])
    allowed = {Role.DEPARTMENT_MANAGER: NEW_COHORT, Role.REGION_OFFICER: NEW_OFFER}.get(role)
    for url in (NEW_COHORT, NEW_OFFER):
        assert client.get(url).status_code == (200 if url == allowed else 403)
        assert url == allowed or client.post(url).status_code == 403
    assert client.get("/imports/").status_code == (200 if allowed else 403)


def test_an_unknown_kind_does_not_exist(manager):
    assert manager.get("/imports/autre/nouveau/").status_code == 404


@pytest.mark.parametrize("role", [Role.DEPARTMENT_MANAGER, Role.REGION_OFFICER])
def test_a_run_of_another_organisation_or_role_does_not_exist(manager, upload, log_in, world, role):
    upload(manager, TWO)
    run = ImportRun.objects.get()
    strangers = [log_in(World.make().actors[role])]
    if role == Role.REGION_OFFICER:
        strangers.append(log_in(actor(role, world.manager.organisation)))
    for client in strangers:
        for name in ("import_run", "import_progress"):
            assert client.get(reverse(f"pathways:{name}", args=[run.pk])).status_code == 404
        for name in ("import_confirm", "import_cancel"):
            assert client.post(reverse(f"pathways:{name}", args=[run.pk])).status_code == 404
        assert "cohorte.csv" not in words(client.get("/imports/"))
    run.refresh_from_db()
    assert run.status == "previewed"


def test_a_colleague_finds_the_run_again(manager, upload, log_in, world):
    answer = upload(manager, TWO)
    colleague = log_in(actor(Role.DEPARTMENT_MANAGER, world.manager.organisation))
    assert colleague.get(answer.url).status_code == 200


def test_buttons_are_not_links(manager, upload):
    upload(manager, TWO)
    run = ImportRun.objects.get()
    for name in ("import_confirm", "import_cancel"):
        assert manager.get(reverse(f"pathways:{name}", args=[run.pk])).status_code == 405


# ---- progress and lines


def test_progress_is_polled_until_there_is_something_to_read(manager, upload, monkeypatch):
    monkeypatch.setattr("pathways.tasks._send", lambda run_id: None)
    upload(manager, TWO)
    run = ImportRun.objects.get()
    url = reverse("pathways:import_progress", args=[run.pk])
    page = manager.get(f"/imports/{run.pk}/").content.decode()
    assert f'hx-get="{url}"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    ImportRun.objects.update(status="checking", progress=40, total=200)
    fragment = manager.get(url)
    assert "40 sur 200 (20&nbsp;%)" in fragment.content.decode()
    assert "HX-Refresh" not in fragment
    runs.work(run.pk)
    assert manager.get(url)["HX-Refresh"] == "true"


@pytest.fixture
def many(manager, upload):
    names = [f"Nom{ten}{unit}" for ten in "abcdef" for unit in "abcdefghij"]
    rows = [csv_person(Nom=name, Identifiant_Pôle_emploi="") for name in names]
    rows[3]["Prénom"] = ""
    return upload(manager, cohort_csv(*rows)).url


def test_lines_are_filtered_and_paged(manager, many):
    page = words(manager.get(many))
    assert "50 lignes sur 60" in page
    assert "Rejetées 1" in page
    rejected = words(manager.get(many + "?voir=rejetees"))
    assert "1 ligne sur 1" in rejected
    assert "Nomaa" not in rejected
    following = re.search(r'rel="next" href="([^"]+)"', manager.get(many).content.decode())[1]
    assert "10 lignes sur 60" in words(manager.get(many + unescape(following)))
    assert "50 lignes sur 60" in words(manager.get(many + "?voir=nimporte"))


def test_a_page_of_lines_asks_a_bounded_number_of_questions(manager, many, django_assert_max_num_queries):
    with django_assert_max_num_queries(20):
        manager.get(many)
