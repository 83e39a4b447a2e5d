import datetime
import io
import re
from pathlib import Path

import pytest

from pathways.cohort_files import FileFormat, PersonRow, RegistrationSource, RsaEntrySource, Sex, read_cohort
from pathways.cohort_files.columns import COLUMNS, read_layout
from tests.pathways.cohort_files.builders import NIR_TOKEN, cohort_csv, csv_person

TODAY = datetime.date(2022, 3, 1)
GUIDE = Path(__file__).parents[3] / "docs" / "cohort-csv.md"
FICTITIOUS = "1" + "00" + "99" + "99" + "999" + "999"


def read(data: bytes) -> list:
    return list(read_cohort(io.BytesIO(data), today=TODAY))


def only(**changes) -> PersonRow:
    (row,) = read(cohort_csv(csv_person(**changes)))
    return row


def codes(row) -> set[str]:
    return {issue.code for issue in (row.warnings if isinstance(row, PersonRow) else row.issues)}


def test_every_column_is_read():
    row = only(
        Nom_de_naissance="Durand", Civilité="Mme", Lieu_de_naissance="Arles", Numéro_allocataire="0001234567 B",
        Numéro_demande_RSA="00000000017", Date_de_demande_RSA="2021-05-04", État_du_droit_RSA="2",
        Soumis_aux_droits_et_devoirs="oui", Adresse="12 rue des Lilas", Code_postal="1000", Commune="Bourg",
        Code_commune_INSEE="1053", Sans_domicile_fixe="non", Téléphone="+33 6 39 98 00 00",
        Courriel="Zoe.Martin@Example.org", Niveau_de_formation="0", Code_ROME_du_projet="k1304",
    )  # fmt: skip
    assert (row.birth_name, row.sex, row.title, row.birth_place) == ("Durand", Sex.FEMALE, "Mme", "Arles")
    assert (row.caf_number, row.rsa_request_number, row.rsa_state) == ("1234567", "00000000017", "2")
    assert (row.rsa_entry_on, row.rsa_entry_source) == (datetime.date(2021, 5, 1), RsaEntrySource.CSV)
    assert (row.pe_registered_on, row.pe_registered_source) == (
        datetime.date(2021, 6, 1),
        RegistrationSource.CSV,
    )
    assert row.identified_on == datetime.date(2022, 2, 15)
    assert (row.address.lines, row.address.city) == (("12 rue des Lilas",), "Bourg")
    assert (row.address.postal_code, row.address.insee_code) == ("01000", "01053")
    assert (row.has_duties, row.is_without_fixed_abode) == (True, False)
    assert (row.phone, row.email) == ("0639980000", "zoe.martin@example.org")
    assert (row.education_level, row.rome_project) == ("00", "K1304")
    assert row.warnings == ()


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("line_break", ["\n", "\r\n"])
def test_any_spreadsheet_export_is_understood(delimiter, encoding, line_break):
    data = cohort_csv(
        csv_person(Commune="Fos, sur; Mer"), delimiter=delimiter, encoding=encoding, line_break=line_break
    )
    reading = read_cohort(io.BytesIO(data), today=TODAY)
    (row,) = reading
    assert (row.first_name, row.address.city) == ("Zoé", "Fos, sur; Mer")
    assert (reading.header.format, reading.header.delimiter) == (FileFormat.CSV, delimiter)
    assert reading.header.encoding == ("windows-1252" if encoding == "cp1252" else "utf-8")


@pytest.mark.parametrize(
    "header", ["NOM;PRENOM;DATE_NAISSANCE", "nom d'usage;Prénoms;Né le", "Nom usuel ; prénom;DDN"]
)
def test_headers_of_the_field_are_recognised(header):
    (row,) = read(f"{header}\nMartin;Zoé;02/03/1985\n".encode())
    assert (row.last_name, row.first_name) == ("Martin", "Zoé")


def test_blank_lines_and_the_separator_hint_count_as_lines():
    data = b"sep=;\r\n\r\nNom;Prenom;Date de naissance\r\n\r\nA;B;02/03/1985\r\n;;\r\nC;;02/03/1985\r\n"
    person, rejection = read(data)
    assert (person.locator, rejection.locator) == ("ligne 5", "ligne 7")


def test_a_cell_of_several_lines_keeps_the_count():
    data = 'Nom;Prénom;Date de naissance;Adresse\nA;B;02/03/1985;"1 rue\nhaute"\nC;D;02/03/1985;x\n'.encode()
    first, second = read(data)
    assert first.address.lines == ("1 rue haute",)
    assert (first.locator, second.locator) == ("ligne 2", "ligne 4")


@pytest.mark.parametrize(
    ("changes", "code", "column"),
    [
        ({"Nom": " "}, "missing_last_name", "Nom"),
        ({"Prénom": "-"}, "missing_first_name", "Prénom"),
        ({"Date_de_naissance": ""}, "missing_birth_date", "Date de naissance"),
        ({"Date_de_naissance": "31/02/1985"}, "unreadable_birth_date", "Date de naissance"),
        ({"Date_de_naissance": "03/1985"}, "unreadable_birth_date", "Date de naissance"),
        ({"Date_de_naissance": "02/03/2022"}, "birth_date_in_future", "Date de naissance"),
        ({"Date_de_naissance": "02/03/2006"}, "under_16", "Date de naissance"),
        ({"Date_de_naissance": "31/12/1899"}, "birth_date_too_old", "Date de naissance"),
        ({"Date d'entrée RSA": "01/03/1985"}, "rsa_before_birth", "Date d'entrée RSA"),
    ],
)
def test_an_impossible_row_is_rejected_and_named(changes, code, column):
    (rejection,) = read(cohort_csv(csv_person(**changes)))
    assert codes(rejection) == {code}
    assert rejection.issues[0].message.startswith(f"Ligne 2, colonne « {column} » : ")


def test_all_reasons_of_a_rejection_come_at_once():
    (rejection,) = read(cohort_csv(csv_person(Nom="", Date_de_naissance="demain", Courriel="zoe")))
    assert codes(rejection) == {"missing_last_name", "unreadable_birth_date", "invalid_email"}
    assert rejection.who == "Zoé"


@pytest.mark.parametrize(
    ("column", "value", "code", "field"),
    [
        ("Identifiant Pôle emploi", "123456A", "invalid_pe_identifier", "pe_identifier"),
        ("Identifiant Pôle emploi", "12345678901234", "invalid_pe_identifier", "pe_identifier"),
        ("Numéro allocataire", "ABC", "invalid_caf_number", "caf_number"),
        ("Courriel", "zoe@example", "invalid_email", "email"),
        ("Courriel", "zoe martin@example.org", "invalid_email", "email"),
        ("Téléphone", "06 39", "invalid_phone", "phone"),
        ("Code ROME du projet", "Z9", "invalid_rome_code", "rome_project"),
        ("Niveau de formation", "bac", "unknown_education_level", "education_level"),
        ("État du droit RSA", "9", "unknown_rsa_state", "rsa_state"),
        ("Civilité", "Dr", "unknown_sex", "sex"),
        ("Sans domicile fixe", "peut-être", "unknown_boolean", "is_without_fixed_abode"),
        ("Identifié le", "bientôt", "unreadable_date", "identified_on"),
    ],
)
def test_a_malformed_value_is_left_out_with_a_warning(column, value, code, field):
    row = only(**{column: value})
    assert codes(row) == {code}
    assert not getattr(row, field)
    assert f"colonne « {column} »" in row.warnings[0].message


@pytest.mark.parametrize(
    ("column", "code"), [("Code commune INSEE", "unknown_commune"), ("Code postal", "invalid_postal_code")]
)
def test_a_malformed_place_is_left_out_with_a_warning(column, code):
    row = only(**{column: "Marseille"})
    assert codes(row) == {code}
    assert (row.address.insee_code, row.address.postal_code) == ("", "")


@pytest.mark.parametrize("written", ["1234567a", "12345678", "1234567 A", "0123456789A"])
def test_writings_of_a_pole_emploi_identifier(written):
    row = only(**{"Identifiant Pôle emploi": written})
    assert row.pe_identifier == written.upper().replace(" ", "")
    assert row.warnings == ()


@pytest.mark.parametrize("written", ["1234567", "0001234567", "000000001234567", "1234567B", " 1234567 b"])
def test_writings_of_an_allocataire_number_meet(written):
    assert only(**{"Numéro allocataire": written}).caf_number == "1234567"


def test_a_date_after_the_reference_day_is_pointed_out():
    row = only(**{"Date d'inscription Pôle emploi": "02/03/2022"})
    assert codes(row) == {"date_in_future"}
    assert row.pe_registered_on == datetime.date(2022, 3, 2)


def test_the_request_stands_in_for_a_missing_entry():
    row = only(**{"Date d'entrée RSA": "", "Date de demande RSA": "04/05/2021"})
    assert (row.rsa_entry_on, row.rsa_entry_source) == (datetime.date(2021, 5, 4), RsaEntrySource.REQUEST)


def test_a_repeated_line_is_rejected_even_written_otherwise():
    first, second = read(
        cohort_csv(csv_person(Nom="Martin", Prénom="Jean-Luc"), csv_person(Nom="JEAN LUC", Prénom="martin"))
    )
    assert codes(first) == set()
    assert codes(second) == {"duplicate_row"}
    assert "à la ligne 2" in second.issues[0].message


@pytest.mark.parametrize("cells", ["A;B", "A;B;02/03/1985;de trop"])
def test_shifted_cells_are_rejected(cells):
    (rejection,) = read(f"Nom;Prenom;Date de naissance\n{cells}\n".encode())
    assert codes(rejection) == {"wrong_cell_count"}


def test_empty_cells_beyond_the_header_are_harmless():
    (row,) = read(b"Nom;Prenom;Date de naissance\nA;B;02/03/1985;;\n")
    assert row.last_name == "A"


def test_a_nir_column_is_emptied_and_named():
    data = cohort_csv(csv_person(**{"N° de sécurité sociale": NIR_TOKEN}))
    reading = read_cohort(io.BytesIO(data), today=TODAY)
    (row,) = reading
    assert [warning.code for warning in reading.file_warnings] == ["nir_column"]
    assert row.warnings == ()
    assert NIR_TOKEN not in repr([getattr(row, name) for name in row.__slots__]) + repr(reading.file_warnings)


@pytest.mark.parametrize("column", ["Adresse", "Numéro allocataire", "Prénom", "Remarque", "Téléphone"])
@pytest.mark.parametrize("written", [FICTITIOUS, "1 00 99 99 999 999", f"voir {FICTITIOUS}12"])
def test_a_nir_in_another_column_is_blanked_and_only_the_column_named(column, written):
    (row,) = read(cohort_csv(csv_person(**{column: written})))
    issues = row.warnings if isinstance(row, PersonRow) else row.issues
    found = [issue for issue in issues if issue.code == "nir_removed"]
    assert [issue.field for issue in found] == [f"colonne « {column} »"]
    everything = repr([getattr(row, name) for name in row.__slots__])
    assert written not in everything
    assert FICTITIOUS not in re.sub(r"\D", "", everything)


def test_unknown_and_missing_columns_are_told_once_for_the_file():
    reading = read_cohort(io.BytesIO("Nom;Prénom;Date de naissance;Couleur\nA;B;02/03/1985;x\n".encode()))
    list(reading)
    assert [warning.code for warning in reading.file_warnings] == [
        "unknown_columns",
        "missing_recommended_columns",
    ]
    assert reading.header.unknown_columns == ("Couleur",)


def test_the_guide_documents_every_column_with_an_example_that_is_read():
    table = re.findall(
        r"^\| ([^|]+?) \| (obligatoire|conseillée|) ?\| [^|]*\| ([^|]*?) ?\|$", GUIDE.read_text(), re.M
    )
    wanted = {
        (c.name, "obligatoire" if c.is_required else "conseillée" if c.is_recommended else "")
        for c in COLUMNS
    }
    assert {(name, need) for name, need, _ in table} - {("Colonne", "")} == wanted
    rows = read(cohort_csv({name: example for name, _, example in table if name != "Colonne"}))
    assert [codes(row) for row in rows] == [set()]


def test_the_example_of_the_guide_is_read_without_a_remark():
    example = re.search(r"```csv\n(.*?)```", GUIDE.read_text(), re.S)[1]
    reading = read_cohort(io.BytesIO(example.encode()), today=TODAY)
    assert [(row.last_name, codes(row)) for row in reading] == [("Martin", set()), ("Le Gall", set())]
    assert reading.file_warnings == []


def test_no_column_name_hides_another():
    names = [name for column in COLUMNS for name in (column.name, *column.aliases)]
    assert read_layout(["Nom", "Prénom", "Date de naissance"]).unknown == ()
    assert len({re.sub(r"\W", "", name.lower()) for name in names}) == len(names)
