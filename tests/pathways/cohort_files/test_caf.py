import datetime
import io
from pathlib import Path

import pytest
from lxml import etree

from pathways.cohort_files import (
    BirthDatePrecision,
    FileFormat,
    PersonRow,
    RegistrationSource,
    RsaEntrySource,
    Sex,
    read_cohort,
)
from pathways.cohort_files.codes import RSA_STATES
from tests.pathways.cohort_files.builders import NIR_TOKEN, caf_household, caf_person, caf_xml

DATA = Path(__file__).parents[4] / "shared" / "data" / "rsa_caf"
TODAY = datetime.date(2024, 1, 1)


def read(data: bytes) -> list:
    return list(read_cohort(io.BytesIO(data), today=TODAY))


def only(*households: dict, **header) -> PersonRow:
    (row,) = read(caf_xml(*households, **header))
    return row


def codes(row) -> set[str]:
    return {issue.code for issue in (row.warnings if isinstance(row, PersonRow) else row.issues)}


def person(**changes) -> dict:
    return caf_household(caf_person(**changes))


def test_every_value_of_a_beneficiary_is_read():
    row = only(
        caf_household(
            caf_person(activities=[("SAL", "2020-01-01", "2021-05-31"), ("CHO", "2021-06-01", None)]),
            situation="<SuspensionVersement><MOTISUSVERSRSA>06</MOTISUSVERSRSA>"
            "<DDSUSVERSRSA>2021-11-01</DDSUSVERSRSA></SuspensionVersement>",
            ETATDOSRSA="4",
        )
    )
    assert (row.last_name, row.birth_name, row.first_name) == ("MARTIN", "DURAND", "ZOÉ")
    assert (row.sex, row.title, row.birth_place) == (Sex.FEMALE, "Mme", "ARLES")
    assert (row.birth_date, row.birth_date_precision) == (datetime.date(1985, 3, 2), BirthDatePrecision.DAY)
    assert (row.pe_identifier, row.caf_number, row.caf_office) == ("1234567A", "1234567", "CAF 131")
    assert (row.rsa_role, row.rsa_state, RSA_STATES[row.rsa_state]) == (
        "DEM",
        "4",
        "Droit ouvert, versement suspendu",
    )
    assert (row.rsa_request_number, row.rsa_requested_on) == ("00000000017", datetime.date(2021, 5, 4))
    assert row.rsa_suspension_reasons == ("06",)
    assert row.has_duties is True
    assert (row.activity_code, row.activity_since) == ("CHO", datetime.date(2021, 6, 1))
    assert [activity.code for activity in row.activities] == ["SAL", "CHO"]
    assert row.address.lines == ("12 RUE DES LILAS",)
    assert (row.address.insee_code, row.address.postal_code, row.address.city) == (
        "13055",
        "13003",
        "MARSEILLE",
    )
    assert row.is_without_fixed_abode is False
    assert row.warnings == ()


def test_the_header_tells_flux_dates_and_offices():
    reading = read_cohort(io.BytesIO(caf_xml()))
    assert (reading.header.format, reading.header.encoding) == (FileFormat.CAF_XML, "windows-1252")
    assert reading.header.reference_on == datetime.date(2022, 2, 28)
    assert (reading.header.created_on, reading.header.flux_type) == (datetime.date(2022, 3, 5), "M")
    list(reading)
    assert reading.header.offices == {"CAF 131"}


def test_entry_is_the_origin_of_the_right_else_the_request():
    row = only(caf_household(DTDEMRSA="2021-05-20", DTORIDEMRSA="2021-05-01"))
    assert (row.rsa_entry_on, row.rsa_entry_source) == (
        datetime.date(2021, 5, 1),
        RsaEntrySource.RIGHT_ORIGIN,
    )
    row = only(caf_household(DTDEMRSA="2021-05-20", DTORIDEMRSA=None))
    assert (row.rsa_entry_on, row.rsa_entry_source) == (datetime.date(2021, 5, 20), RsaEntrySource.REQUEST)
    assert codes(row) == set()


def test_a_right_that_began_long_after_the_request_is_pointed_out():
    assert codes(only(caf_household(DTDEMRSA="2018-08-06", DTORIDEMRSA="2020-11-07"))) == {"rsa_dates_differ"}


@pytest.mark.parametrize(
    ("activities", "idassedic", "expected"),
    [
        ([("CHO", "2021-06-01", None)], "1234567A", datetime.date(2021, 6, 1)),
        ([("CHO", "2021-06-01", None)], None, None),
        ([("SAL", "2021-06-01", None)], "1234567A", None),
        ([("CHO", "2021-06-01", "2021-12-31")], "1234567A", None),
        ([("CHO", "2022-04-01", None)], "1234567A", None),
        ([], "1234567A", None),
    ],
)
def test_registration_is_deduced_only_from_a_running_activity_and_an_identifier(
    activities, idassedic, expected
):
    row = only(person(activities=activities, IDASSEDIC=idassedic))
    assert row.pe_registered_on == expected
    assert row.pe_registered_source == (RegistrationSource.CAF_ACTIVITY if expected else None)


@pytest.mark.parametrize(
    ("code", "precision"),
    [
        ("N", BirthDatePrecision.DAY),
        ("J", BirthDatePrecision.MONTH),
        ("O", BirthDatePrecision.YEAR),
        (None, "day"),
    ],
)
def test_precision_of_the_birth_date(code, precision):
    assert only(person(TYPEDTNAI=code)).birth_date_precision == precision


@pytest.mark.parametrize("end", ["FinDroit", "FinDroitMoisAnterieur"])
def test_closure_is_read_with_its_reason(end):
    row = only(
        caf_household(situation=f"<{end}><MOTICLORSA>PCG</MOTICLORSA><DTCLORSA>2021-11-30</DTCLORSA></{end}>")
    )
    assert (row.rsa_closure_reason, row.rsa_closed_on) == ("PCG", datetime.date(2021, 11, 30))


def test_children_and_others_are_skipped_and_counted():
    reading = read_cohort(
        io.BytesIO(
            caf_xml(
                caf_household(
                    caf_person(),
                    caf_person(PRENOM="PAUL", role="CJT", IDASSEDIC=None),
                    caf_person(PRENOM="LÉO", role="ENF"),
                    caf_person(PRENOM="EVA", role="ENF"),
                    caf_person(PRENOM="MAX", role="AUT"),
                    caf_person(PRENOM="TOM", role="RDO"),
                    caf_person(PRENOM="LOU", prestations=(("PFA", "DEM"), ("AAH", "DEM"))),
                )
            )
        )
    )
    assert [row.first_name for row in reading] == ["ZOÉ", "PAUL"]
    assert reading.skipped == {
        "enfant": 2,
        "autre personne à charge": 1,
        "responsable de dossier sans droit RSA": 1,
        "personne sans rôle dans le RSA": 1,
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"NOM": "", "NOMNAI": "-"}, "missing_last_name"),
        ({"PRENOM": " "}, "missing_first_name"),
        ({"DTNAI": ""}, "missing_birth_date"),
        ({"DTNAI": "1985-02-30"}, "unreadable_birth_date"),
        ({"DTNAI": "2022-03-01"}, "birth_date_in_future"),
        ({"DTNAI": "2006-03-01"}, "under_16"),
        ({"DTNAI": "1899-12-31"}, "birth_date_too_old"),
    ],
)
def test_an_impossible_person_is_rejected_with_place_and_remedy(changes, code):
    data = caf_xml(person(**changes))
    line = data[: data.find(b"<Personne>")].count(b"\n") + 1
    (rejection,) = read(data)
    assert codes(rejection) == {code}
    assert rejection.issues[0].message.startswith(f"Foyer 1, personne 1, ligne {line}, élément ")
    assert any(
        remedy in rejection.issues[0].message for remedy in ("orrigez", "omplétez", "crivez", "érifiez")
    )


def test_sixteen_on_the_reference_date_is_old_enough():
    assert only(person(DTNAI="2006-02-28")).birth_date.year == 2006


def test_a_right_older_than_the_person_is_rejected():
    (rejection,) = read(caf_xml(caf_household(DTORIDEMRSA="1985-03-01")))
    assert codes(rejection) == {"rsa_before_birth"}


def test_the_birth_name_stands_in_for_a_missing_usual_name():
    assert only(person(NOM="")).last_name == "DURAND"


@pytest.mark.parametrize(
    ("household", "code"),
    [
        (person(IDASSEDIC="12345"), "invalid_pe_identifier"),
        (caf_household(MATRICULE="0"), "invalid_caf_number"),
        (caf_household(address={"NUMCOM": "XX"}), "unknown_commune"),
        (caf_household(DTORIDEMRSA="2022-03-01", DTDEMRSA="2022-03-01"), "date_in_future"),
        (caf_household(DTORIDEMRSA="hier"), "unreadable_date"),
    ],
)
def test_a_doubtful_value_is_a_warning_and_is_left_out(household, code):
    row = only(household)
    assert codes(row) == {code}
    if code.startswith(("invalid", "unknown")):
        assert "" in {row.pe_identifier, row.caf_number, row.address.insee_code}


def test_partners_under_one_identifier_are_both_warned():
    rows = read(caf_xml(caf_household(caf_person(), caf_person(PRENOM="PAUL", role="CJT"))))
    assert [codes(row) for row in rows] == [{"shared_pe_identifier"}] * 2
    assert "personne 2" in rows[0].warnings[0].message
    assert "personne 1" in rows[1].warnings[0].message


def test_an_identifier_shared_across_households_is_warned():
    rows = read(caf_xml(caf_household(), caf_household(caf_person(PRENOM="EVE"), NUMDEMRSA="00000000018")))
    assert [codes(row) for row in rows] == [set(), {"shared_pe_identifier"}]


def test_the_same_person_twice_in_a_dossier_is_rejected():
    first, second = read(caf_xml(caf_household(), caf_household(caf_person(NOM="Martin", PRENOM="zoe"))))
    assert codes(first) == set()
    assert codes(second) == {"duplicate_row"}
    assert first.locator in second.issues[0].message


def test_the_same_person_in_two_dossiers_is_warned():
    rows = read(caf_xml(caf_household(), caf_household(NUMDEMRSA="00000000018")))
    assert [codes(row) for row in rows] == [set(), {"same_person_other_dossier"}]


def test_a_missing_dossier_is_pointed_out():
    reading = read_cohort(io.BytesIO(caf_xml(dossiers=2)))
    list(reading)
    assert [warning.code for warning in reading.file_warnings] == ["dossier_count_mismatch"]


def test_an_msa_number_that_is_a_nir_is_not_kept():
    fictitious = "1" + "00" + "99" + "99" + "999" + "999" + "12"
    row = only(caf_household(MATRICULE=fictitious))
    assert codes(row) == {"nir_removed"}
    assert row.caf_number == ""
    assert fictitious not in row.warnings[0].message


@pytest.mark.parametrize("split", [False, True])
def test_a_nir_in_a_name_is_removed_even_cut_in_two(split):
    fictitious = "1" + "00" + "99" + "99" + "999" + "999"
    written = f"{fictitious[:5]}]]><![CDATA[{fictitious[5:]}" if split else fictitious
    data = caf_xml(person(NOM="@@")).replace(b"@@", f"<![CDATA[{written}]]>".encode())
    (row,) = read(data)
    assert (row.last_name, codes(row)) == ("DURAND", {"nir_removed"})


def test_nothing_read_holds_what_the_nir_element_held():
    reading = read_cohort(io.BytesIO(caf_xml(caf_household(caf_person(), caf_person(PRENOM="", role="CJT")))))
    for row in reading:
        shown = repr(row) + repr([getattr(row, name) for name in row.__slots__])
        assert NIR_TOKEN not in shown


def test_a_row_shows_its_place_only():
    row = only()
    assert "MARTIN" not in repr(row)
    assert row.locator in repr(row)


def test_lines_stay_right_beyond_the_sixteen_bits_of_old_parsers():
    padding = "\n" * 70_000
    data = caf_xml(caf_household(), caf_household(caf_person(PRENOM="EVE"), NUMDEMRSA="00000000018"))
    data = data.replace(b"<InfosFoyerRSA>", b"<InfosFoyerRSA>" + padding.encode(), 1)
    expected = data[: data.rfind(b"<Personne>")].count(b"\n") + 1
    assert read(data)[1].locator == f"foyer 2, personne 1, ligne {expected}"


def test_households_are_released_as_they_are_read():
    reading = read_cohort(io.BytesIO(caf_xml(*(caf_household(NUMDEMRSA=f"{n:011}") for n in range(500)))))
    next(reading)
    for _ in reading:
        pass
    assert len(reading._reader._parser.root) <= 1


@pytest.mark.external
def test_the_builder_writes_what_the_schema_of_the_cnaf_accepts():
    if not DATA.exists():
        pytest.skip("../shared/data is absent")
    schema = etree.XMLSchema(etree.parse(DATA / "vrsb0801.xsd"))
    document = etree.fromstring(caf_xml(caf_household(caf_person(), caf_person(PRENOM="LÉO", role="ENF"))))
    assert schema.validate(document), schema.error_log


@pytest.mark.external
def test_the_public_sample_is_read_without_its_nir():
    sample = DATA / "RSABEM_pseudonymise.xml"
    if not sample.exists():
        pytest.skip("../shared/data is absent")
    reading = read_cohort(sample)
    rows = list(reading)
    assert [type(row) for row in rows] == [PersonRow] * 3
    assert [row.rsa_state for row in rows] == ["5", "5", "4"]
    assert all("shared_pe_identifier" in codes(row) for row in rows)
    assert (reading.skipped, reading.file_warnings) == ({}, [])
    output = repr([[getattr(row, name) for name in row.__slots__] for row in rows]) + repr(reading.header)
    numbers = {nir.text for nir in etree.parse(sample).iter("NIR")}
    assert len(numbers) == 3
    assert not [nir for nir in numbers if nir in output]
