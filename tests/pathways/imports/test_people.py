"""What a cohort file does to people: found, compared, decided, never doubled."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.readonly import writes
from pathways.merging.joining import merge
from pathways.models import Beneficiary, CohortDecision, Event, Pathway, RsaSituation
from tests.pathways.cohort_files.builders import caf_household, caf_person, caf_xml, cohort_csv, csv_person

pytestmark = pytest.mark.django_db


PARTNER = caf_person(NOM="LE GALL", PRENOM="JEAN", IDASSEDIC="7654321B", role="CJT")


def person(**changes):
    return csv_person(
        **{"Code_commune_INSEE": "13203", "Code_pôle_d'insertion": "PI-13003", **changes},
    )


def codes(line):
    return [finding.code for finding in line.findings]


def test_a_new_person_enters_the_cohort(read, world, pole, marseille):
    (line,), tally, job = read(cohort_csv(person()))
    zoe = Beneficiary.objects.get()
    pathway = Pathway.objects.get()
    assert (line.verdict, line.findings) == ("created", ())
    assert (pathway.beneficiary, pathway.cohort, pathway.state) == (zoe, world.cohort, "identified")
    assert (pathway.pole, pathway.area) == (pole, marseille)
    assert pathway.state_since == date(2022, 2, 15)
    assert Event.objects.get().origin == "imported"
    assert (zoe.commune_id, zoe.rsa.entered_on) == ("13055", date(2021, 5, 1))
    assert job.summary == {"eligible": 1, "not_eligible": 0, "entered": 1}
    assert (tally["created"], tally["rejected"]) == (1, 0)
    assert zoe.history.get().history_user == world.manager.user


def test_the_plan_tells_what_the_writing_does_and_writes_nothing(read, pole):
    content = cohort_csv(
        person(),
        person(Nom="Bellil", Identifiant_Pôle_emploi="7654321B"),
        person(Nom="", Identifiant_Pôle_emploi=""),
        person(Nom="Roux", Identifiant_Pôle_emploi="", **{"Date_d'inscription_Pôle_emploi": ""}),
    )
    with CaptureQueriesContext(
        connection,
    ) as queries:
        planned, told, plan = read(content, write=False)
    assert not [query["sql"] for query in queries if writes(query["sql"])]
    assert not Beneficiary.objects.exists()
    written, counted, job = read(content)
    assert (planned, told, plan.summary) == (written, counted, job.summary)
    assert [line.verdict for line in written] == ["created", "created", "rejected", "created"]


@pytest.mark.parametrize(
    "content",
    [
        cohort_csv(person(), person(Nom="Bellil", Identifiant_Pôle_emploi="7654321B")),
        caf_xml(
            caf_household(
                caf_person(), caf_person(NOM="LE GALL", PRENOM="JEAN", IDASSEDIC="7654321B", role="CJT")
            )
        ),
    ],
    ids=["csv", "caf"],
)
def test_a_second_import_writes_nothing(read, pole, content):
    read(content)
    with CaptureQueriesContext(connection) as queries:
        lines, tally, job = read(content)
    assert [line.verdict for line in lines] == ["unchanged", "unchanged"]
    assert (tally["created"], tally["updated"], tally["unchanged"], job.summary["entered"]) == (0, 0, 2, 0)
    assert not [query["sql"] for query in queries if writes(query["sql"])]


def test_statements_do_not_grow_with_the_rows_already_known(read, pole):
    def count(number):
        content = cohort_csv(
            *(
                person(Nom=f"Nom{'abcdefghij'[n]}", Identifiant_Pôle_emploi=f"123456{n}A")
                for n in range(number)
            )
        )
        read(content)
        with CaptureQueriesContext(connection) as queries:
            read(content)
        return len(queries)

    assert count(2) == count(10)


def test_an_empty_cell_erases_nothing_and_a_filled_one_updates(read, pole):
    read(cohort_csv(person(Téléphone="06 39 98 00 00", Courriel="zoe@example.org")))
    (line,), *_ = read(cohort_csv(person(Téléphone="", Courriel="zoe.martin@example.org")))
    zoe = Beneficiary.objects.get()
    assert line.verdict == "updated"
    assert "courriel" in line.explanation
    assert (zoe.phone, zoe.email) == ("0639980000", "zoe.martin@example.org")
    assert zoe.history.count() == 2


def test_ways_of_writing_a_name_are_no_change(read, pole):
    read(cohort_csv(person(Nom="Le Gall", Prénom="Zoé")))
    (line,), *_ = read(cohort_csv(person(Nom="LE GALL", Prénom="ZOE")))
    (inverted,), *_ = read(cohort_csv(person(Nom="Zoé", Prénom="Le Gall")))
    assert (line.verdict, inverted.verdict) == ("unchanged", "unchanged")
    assert Beneficiary.objects.get().last_name == "Le Gall"


def test_a_married_name_is_taken_and_the_birth_name_found_again(read, pole):
    read(cohort_csv(person(Nom="Durand")))
    (married,), *_ = read(cohort_csv(person(Nom="Martin", Nom_de_naissance="Durand")))
    (birth_only,), *_ = read(cohort_csv(person(Nom="Durand", Identifiant_Pôle_emploi="")))
    assert (married.verdict, birth_only.verdict) == ("updated", "unchanged")
    zoe = Beneficiary.objects.get()
    assert (zoe.last_name, zoe.birth_name) == ("Martin", "Durand")


def test_somebody_known_by_a_usual_name_only_is_recognised(read, pole, world):
    world.person("Martin", first_name="Zoé", birth_date=date(1985, 3, 2), birth_name="Durand", caf_number="")
    (line,), *_ = read(cohort_csv(person(Nom="Martin", Identifiant_Pôle_emploi="")))
    assert line.verdict == "updated"
    assert Beneficiary.objects.count() == 1


def test_two_people_who_could_be_the_row_reject_it(read, world, pole):
    for _ in range(2):
        world.person("Martin", first_name="Zoé", birth_date=date(1985, 3, 2))
    (line,), tally, _ = read(cohort_csv(person(Identifiant_Pôle_emploi="")))
    assert (line.verdict, tally["rejected"]) == ("rejected", 1)
    assert codes(line) == ["ambiguous_person"]
    assert "Fusionnez les doublons" in line.findings[0].message
    assert not Pathway.objects.exists()


def test_an_identifier_held_by_somebody_else_is_told_and_merges_nobody(read, world, pole):
    world.person("Autre", first_name="Paul", birth_date=date(1970, 1, 1), pe_identifier="1234567A")
    (line,), *_ = read(cohort_csv(person()))
    assert (line.verdict, codes(line)) == ("created", ["match"])
    assert Beneficiary.objects.count() == 2


def test_who_does_not_meet_the_rule_is_kept_with_the_reason_and_has_no_pathway(read, pole):
    (line,), _, job = read(cohort_csv(person(**{"Date_d'entrée_RSA": "01/01/2020"})))
    assert not Pathway.objects.exists()
    decision = CohortDecision.objects.get()
    assert not decision.is_eligible
    assert [criterion["is_met"] for criterion in decision.criteria] == [False, True, True]
    assert (line.verdict, codes(line)) == ("created", ["unmet_rsa"])
    assert line.findings[0].level == "notice"
    assert job.summary == {"eligible": 0, "not_eligible": 1, "entered": 0}


def test_what_is_missing_is_asked_for(read, pole):
    (line,), tally, _ = read(cohort_csv(person(**{"Date_d'inscription_Pôle_emploi": ""})))
    assert (codes(line), tally["completeness"]) == (["unmet_pole_emploi"], 1)
    assert "date d'inscription" in line.findings[0].message


def test_a_completed_file_lets_the_person_in_and_keeps_both_decisions(read, pole):
    read(cohort_csv(person(**{"Date_d'inscription_Pôle_emploi": ""})))
    (line,), _, job = read(cohort_csv(person()))
    assert (line.verdict, job.summary["entered"]) == ("updated", 1)
    assert "Entre dans la cohorte" in line.explanation
    assert list(CohortDecision.objects.order_by("pk").values_list("is_eligible", flat=True)) == [False, True]
    assert Pathway.objects.get().state == "identified"


def test_membership_stays_when_the_rule_no_longer_holds(read, pole):
    read(cohort_csv(person()))
    (line,), *_ = read(cohort_csv(person(**{"Date_d'entrée_RSA": "01/01/2020"})))
    assert line.verdict == "updated"
    assert "Membre de la cohorte" in line.explanation
    assert CohortDecision.objects.count() == 2
    assert Pathway.objects.get().state == "identified"


def test_without_a_column_handing_in_the_file_is_the_identification(read, pole):
    row = person()
    del row["Identifié le"]
    read(cohort_csv(row))
    assert Beneficiary.objects.get().identified_on == date(2022, 3, 10)
    content = caf_xml(caf_household(caf_person(NOM="BELLIL", NOMNAI="BELLIL", IDASSEDIC="7654321B")))
    read(content)
    assert Beneficiary.objects.get(last_name="BELLIL").identified_on == date(2022, 2, 28)


def test_a_date_deduced_by_the_caf_never_replaces_a_stated_one(read, pole):
    read(cohort_csv(person(**{"Date_d'inscription_Pôle_emploi": "15/07/2021"})))
    read(caf_xml(caf_household(caf_person(activities=[("CHO", "2021-06-01", None)]))))
    assert Beneficiary.objects.get().pe_registered_on == date(2021, 7, 15)


def test_an_older_flux_does_not_bring_back_an_older_situation(read, pole):
    read(caf_xml(caf_household(ETATDOSRSA="5")))
    read(caf_xml(caf_household(ETATDOSRSA="2"), DTREF="2022-01-31", DTCREAFLUX="2022-02-05"))
    rsa = RsaSituation.objects.get()
    assert (rsa.right_state, rsa.known_on) == ("5", date(2022, 2, 28))


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_dossiers_of_one_person_the_running_right_prevails(read, pole, order):
    closed = caf_household(NUMDEMRSA="00000000018", ETATDOSRSA="5", MATRICULE="000000007654321")
    content = caf_xml(*[caf_household(), closed][::order])
    read(content)
    assert RsaSituation.objects.get().right_state == "2"
    assert Pathway.objects.count() == 1
    again, *_ = read(content)
    assert [line.verdict for line in again] == ["unchanged", "unchanged"]


def test_a_move_takes_the_pathway_to_the_new_bassin(read, pole):
    read(cohort_csv(person()))
    read(cohort_csv(person(Code_commune_INSEE="13001", Commune="Aix-en-Provence")))
    assert Pathway.objects.get().area.name == "Aix-en-Provence"


@pytest.mark.parametrize(
    ("city", "postal_code"),
    [("MARSEILLE 03", "13003"), ("Marseille 3e", "13003"), ("Aix-en-Provence CEDEX 1", "13097")],
)
def test_a_commune_without_insee_code_is_found_by_its_name(read, pole, city, postal_code):
    read(cohort_csv(person(Code_commune_INSEE="", Commune=city, Code_postal=postal_code)))
    expected = "13055" if "arseille" in city.lower() else "13001"
    assert Beneficiary.objects.get().commune_id == expected


def test_an_unknown_pole_is_told_and_a_missing_one_too(read, pole):
    (unknown,), *_ = read(cohort_csv(person(**{"Code_pôle_d'insertion": "PI-99"})))
    assert codes(unknown) == ["unknown_pole", "no_pole"]


def test_the_only_pole_of_a_bassin_receives_its_people(read, world, pole, marseille):
    pole.areas.add(marseille)
    read(cohort_csv(person(**{"Code_pôle_d'insertion": ""})))
    assert Beneficiary.objects.get().pole == pole


def test_values_that_do_not_fit_are_cut_and_told(read, pole):
    (line,), *_ = read(cohort_csv(person(Adresse="rue " * 100)))
    assert codes(line) == ["value_cut"]
    assert len(Beneficiary.objects.get().address) <= 255


def test_registration_before_birth_is_left_aside(read, pole):
    (line,), *_ = read(cohort_csv(person(**{"Date_d'inscription_Pôle_emploi": "01/06/1980"})))
    assert "registered_before_birth" in codes(line)
    assert Beneficiary.objects.get().pe_registered_on is None


def test_without_communes_one_remark_for_the_whole_file(read, world):
    lines, _, job = read(cohort_csv(person()))
    assert [finding.code for finding in job.file_findings] == ["no_territory"]
    assert "unknown_commune" not in codes(lines[0])


def test_a_person_in_two_cohorts_is_one_person(read, world, pole):
    from pathways.models import Cohort

    other = Cohort.objects.create(
        code="2022-2", name="Autre", department=world.manager.organisation, reference_date=date(2022, 3, 1)
    )
    read(cohort_csv(person()))
    (line,), _, job = read(cohort_csv(person()), cohort=other)
    assert (line.verdict, job.summary["entered"]) == ("updated", 1)
    assert Beneficiary.objects.count() == 1
    assert Pathway.objects.count() == 2


def test_the_next_file_does_not_bring_a_merged_duplicate_back(read, world, pole):
    content = cohort_csv(person(), person(Nom="Martine", Identifiant_Pôle_emploi="7654321B"))
    read(content)
    kept, other = Beneficiary.objects.order_by("pk")
    merge(kept.pk, other.pk, world.manager, comment="Même carte d'identité.")
    (first, second), _, job = read(content)
    assert (first.verdict, second.verdict) == ("unchanged", "unchanged")
    assert job.summary["entered"] == 0
    assert Beneficiary.objects.count() == 2
    kept.refresh_from_db()
    assert (kept.last_name, kept.pe_identifier) == ("Martin", "1234567A")
    read(cohort_csv(person(Nom="Martine", Identifiant_Pôle_emploi="7654321B", Téléphone="0612345678")))
    kept.refresh_from_db()
    other.refresh_from_db()
    assert (kept.last_name, kept.phone, other.phone) == ("Martin", "0612345678", "")
