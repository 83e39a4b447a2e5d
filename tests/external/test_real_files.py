"""Real files of public sources go through the commands as the README of their folder says."""

import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from pathways.models import Beneficiary, CohortDecision, Commune, EmploymentArea, Pathway, RsaSituation
from pathways.nir import contains_nir
from prescriptions.models import Session, TrainingAction

pytestmark = [pytest.mark.external, pytest.mark.django_db]


def run(*arguments) -> dict:
    out = StringIO()
    call_command(*map(str, arguments), "--json", stdout=out)
    return json.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def samples(shared_data):
    return shared_data / "lheo" / "samples"


@pytest.fixture
def territories(shared_data):
    return run(
        "import_territories", shared_data / "geo" / "communes_paca_zones_emploi_ze2020.csv", "--wet-run"
    )


def twice(*arguments) -> tuple[dict, dict, dict]:
    """Dry, wet, and wet again."""
    return run(*arguments), run(*arguments, "--wet-run"), run(*arguments, "--wet-run")


def test_insee_table_gives_946_communes_in_22_bassins(territories):
    assert (territories["created"], territories["areas_created"]) == (946, 22)
    assert Commune.objects.filter(insee_code__startswith="13").count() == 119
    marseille = EmploymentArea.objects.get(code="9312")
    assert Commune.objects.filter(area=marseille, insee_code__startswith="13").count() == 28
    assert Commune.objects.get(pk="13055").area == marseille


def test_intercarif_2017_one_formation_two_actions_two_sessions(samples):
    dry, wet, again = twice("import_offer", samples / "lheo22_intercarif_formation_2actions_2017.xml")
    assert (dry["created"], wet["created"], wet["rejected"]) == (2, 2, 0)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 2)
    regional = TrainingAction.objects.get(regional_places__isnull=False)
    other = TrainingAction.objects.get(regional_places=None)
    assert (regional.regional_places, regional.sessions.get().capacity) == (5, 5)
    # Code 10 and code 5 each say 4 places: neither 4 nor 8 are places of the Région.
    assert [funder["code"] for funder in other.financers] == ["10", "5"]
    assert (other.sessions.get().capacity, other.sessions.get().is_regional) == (None, False)


def test_onisep_gives_no_recruitment_state_hence_unknown(samples):
    _, wet, again = twice("import_offer", samples / "lheo22_onisep_bts_exemple.xml")
    assert (wet["created"], wet["warnings"], wet["completeness"]) == (1, 0, 3)
    assert again["unchanged"] == 1
    assert Session.objects.get().recruitment == ""


def test_grand_est_2_3_is_permanent_and_paid_by_the_interior_ministry(samples):
    _, wet, again = twice("import_offer", samples / "lheo23_carif_grandest_asl.xml")
    assert (wet["created"], wet["rejected"], again["unchanged"]) == (1, 0, 1)
    made = Session.objects.get()
    assert (made.is_permanent, made.is_regional, made.capacity) == (True, False, None)
    assert made.recruitment == "open"


def test_the_same_with_two_defects_is_refused_and_names_both(samples):
    out = StringIO()
    path = samples / "lheo23_carif_grandest_asl_INVALIDE.xml"
    call_command("import_offer", str(path), "--json", "--wet-run", stdout=out)
    text = out.getvalue()
    told = json.loads(text.splitlines()[-1])
    assert (told["created"], told["rejected"]) == (0, 1)
    assert "duree-indicative" in text
    assert "202560212" in text
    assert not Session.objects.exists()


def test_caf_flux_three_adults_none_of_them_in_the_rsa_for_less_than_a_year(shared_data, territories):
    flux = shared_data / "rsa_caf" / "RSABEM_pseudonymise.xml"
    creation = [
        "--cohort",
        "CAF-2022",
        "--reference-date",
        "2022-02-28",
        "--department",
        "Département d'essai",
    ]
    dry, wet, again = twice("import_cohort", flux, *creation)
    assert (dry["created"], wet["created"], wet["rejected"], wet["entered"]) == (3, 3, 0, 0)
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 3)
    assert Beneficiary.objects.count() == 3
    assert not Pathway.objects.exists()
    for decision in CohortDecision.objects.order_by("pk"):
        assert not decision.is_eligible
        assert len(decision.criteria) == 3
    assert set(RsaSituation.objects.values_list("right_state", flat=True)) == {"4", "5"}


def test_nothing_stored_of_the_flux_looks_like_a_nir(shared_data):
    flux = shared_data / "rsa_caf" / "RSABEM_pseudonymise.xml"
    creation = ["--cohort", "C", "--reference-date", "2022-02-28", "--department", "Département d'essai"]
    run("import_cohort", flux, *creation, "--wet-run")
    for table in ("beneficiary", "historicalbeneficiary", "rsasituation", "cohortdecision"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT to_jsonb(t) FROM pathways_{table} t")
            rows = [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]
        assert len(rows) == 3
        # The CAF number of the sample has 15 digits of its own.
        values = [
            str(value)
            for row in rows
            for key, value in row.items()
            if key not in ("caf_number", "search_key")
        ]
        assert not [value for value in values if contains_nir(value)]
