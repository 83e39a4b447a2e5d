"""import_cohort and import_territories from a shell: dry unless told, the last line for programs."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pathways.imports.communes import readable_name
from pathways.models import Beneficiary, Cohort, Commune, EmploymentArea, Pathway
from tests.pathways.cohort_files.builders import caf_xml, cohort_csv, csv_person

pytestmark = pytest.mark.django_db
KEYS = {"created", "updated", "unchanged", "rejected", "warnings"}


def run(*arguments) -> tuple[str, dict]:
    out = StringIO()
    call_command(*map(str, arguments), "--json", stdout=out)
    text = out.getvalue()
    return text, json.loads(text.splitlines()[-1])


def refused(*arguments) -> tuple[str, dict]:
    """The message of a refusal and the JSON line that comes with it."""
    out = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command(*map(str, arguments), "--json", stdout=out)
    return str(refusal.value), json.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "cohorte.csv"
    path.write_bytes(
        cohort_csv(csv_person(), csv_person(Nom="Roux", Prénom="", Identifiant_Pôle_emploi="7654321B"))
    )
    return path


def test_dry_it_counts_as_wet_and_keeps_nothing(world, file):
    text, dry = run("import_cohort", file, "--cohort", "2022-1")
    assert not Beneficiary.objects.exists()
    assert "rien n'est enregistré" in text
    _, wet = run("import_cohort", file, "--cohort", "2022-1", "--wet-run")
    assert Pathway.objects.get().state == "identified"
    ignored = {"duration_s": 0, "wet_run": None}
    assert dry | ignored == wet | ignored
    assert wet.keys() >= KEYS
    assert (wet["created"], wet["rejected"], wet["entered"], wet["wet_run"]) == (1, 1, 1, True)


def test_a_second_import_changes_nothing(world, file):
    run("import_cohort", file, "--cohort", "2022-1", "--wet-run")
    _, again = run("import_cohort", file, "--cohort", "2022-1", "--wet-run")
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)


def test_each_rejected_line_is_named_with_its_remedy(world, file):
    text, _ = run("import_cohort", file, "--cohort", "2022-1")
    assert "REJETÉ ligne 3, colonne « Prénom » : Prénom absent. Complétez-le." in text


def test_an_unknown_cohort_lists_the_known_ones(world, file):
    message, told = refused("import_cohort", file, "--cohort", "2021-9")
    assert "2022-1" in message
    assert "--reference-date" in message
    assert (told["code"], told["created"]) == ("unknown_cohort", 0)


def test_a_cohort_is_created_on_an_empty_database(db, file):
    message, _ = refused("import_cohort", file, "--cohort", "2022-1")
    assert "Aucune cohorte n'existe encore" in message
    creation = ["--cohort", "2022-1", "--reference-date", "2022-02-28", "--wet-run"]
    message, _ = refused("import_cohort", file, *creation)
    assert "--department" in message
    assert not Cohort.objects.exists()
    _, told = run("import_cohort", file, *creation, "--department", "Département des Bouches-du-Rhône")
    assert told["entered"] == 1
    cohort = Cohort.objects.get()
    assert (cohort.code, str(cohort.reference_date), cohort.department.kind) == (
        "2022-1",
        "2022-02-28",
        "department",
    )


def test_a_cohort_is_not_kept_when_its_file_is_refused(world, tmp_path):
    path = tmp_path / "flux.xml"
    path.write_bytes(caf_xml()[:-300])
    refused("import_cohort", path, "--cohort", "neuve", "--reference-date", "2022-02-28", "--wet-run")
    assert not Cohort.objects.filter(code="neuve").exists()


def test_an_existing_cohort_keeps_its_own_parameters(world, file):
    run("import_cohort", file, "--cohort", "2022-1", "--reference-date", "2020-01-01", "--wet-run")
    assert str(Cohort.objects.get(code="2022-1").reference_date) == "2022-02-28"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (caf_xml()[:-300], "truncated_file"),
        (b"<?xml version='1.0'?><lheo xmlns='http://www.lheo.org/2.2'/>", "wrong_kind"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(world, tmp_path, content, code):
    path = tmp_path / "fichier"
    path.write_bytes(content)
    message, told = refused("import_cohort", path, "--cohort", "2022-1", "--wet-run")
    assert told["code"] == code
    assert message.endswith(told["next_step"])
    assert not Beneficiary.objects.exists()


def test_a_missing_file_is_said(world):
    message, _ = refused("import_cohort", "absent.csv", "--cohort", "2022-1")
    assert "absent.csv" in message


# ---- territories

HEADER = "code_insee,commune,departement,ze2020,lib_ze2020\n"
TABLE = HEADER + "13001,AIX-EN-PROVENCE,13,9301,Aix-en-Provence\n13004,ARLES,13,52,Arles\n"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "communes.csv"
    path.write_text(TABLE)
    return path


def test_communes_and_their_bassins_are_loaded_once(db, table):
    _, first = run("import_territories", table, "--wet-run")
    _, again = run("import_territories", table, "--wet-run")
    assert (first["created"], first["areas_created"]) == (2, 2)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    arles = Commune.objects.get(pk="13004")
    assert (arles.name, arles.area.code, arles.area.vintage) == ("Arles", "0052", 2020)


def test_dry_territories_keep_nothing(db, table):
    _, told = run("import_territories", table)
    assert told["created"] == 2
    assert not Commune.objects.exists()


def test_another_vintage_adds_its_own_bassins(db, table):
    run("import_territories", table, "--wet-run")
    run("import_territories", table, "--wet-run", "--vintage", "2010")
    assert EmploymentArea.objects.count() == 4
    assert Commune.objects.get(pk="13001").area.vintage == 2010


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("code,nom\n", "Colonnes absentes"),
        (HEADER + "13O01,AIX,13,9301,Aix\n", "Ligne 2"),
        (HEADER + "13001,AIX,13,9301,Aix\n13004,,13,52,Arles\n", "Ligne 3"),
        (HEADER + "13001,AIX\n", "Ligne 2"),
    ],
)
def test_a_table_with_a_fault_is_refused_whole(db, table, content, told):
    table.write_text(content)
    with pytest.raises(CommandError, match=told):
        call_command("import_territories", str(table), "--wet-run")
    assert not Commune.objects.exists()


@pytest.mark.parametrize(
    ("capitals", "name"),
    [
        ("AIX-EN-PROVENCE", "Aix-en-Provence"),
        ("PLAN-D'ORGON", "Plan-d'Orgon"),
        ("LES PENNES-MIRABEAU", "Les Pennes-Mirabeau"),
        ("L'ISLE-SUR-LA-SORGUE", "L'Isle-sur-la-Sorgue"),
        ("Île-d'Aix", "Île-d'Aix"),
    ],
)
def test_names_in_capitals_become_readable(capitals, name):
    assert readable_name(capitals) == name
