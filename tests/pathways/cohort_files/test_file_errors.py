"""Files that must be refused whole: attacks, truncations, wrong kinds."""

import io
import logging
import traceback

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.cohort_files import CohortFileError, PersonRow, read_cohort
from tests.pathways.cohort_files.builders import (
    NIR_TOKEN,
    caf_household,
    caf_person,
    caf_xml,
    cohort_csv,
    csv_person,
)


def refusal(data: bytes) -> CohortFileError:
    with pytest.raises(CohortFileError) as refused:
        list(read_cohort(io.BytesIO(data)))
    assert refused.value.message.endswith(".")
    assert refused.value.next_step
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None
    return refused.value


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE Racine [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b"]><Racine><IdentificationFlux>&b;</IdentificationFlux></Racine>"
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b" \r\n\t\n", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (BOMB, "forbidden_doctype"),
        (b'<!DOCTYPE Racine SYSTEM "file:///etc/passwd"><Racine/>', "forbidden_doctype"),
        (b" " * 70_000 + BOMB, "forbidden_doctype"),
        (b"<lheo xmlns='http://www.lheo.org/2.2'/>", "wrong_root"),
        (b"<html><body>Erreur</body></html>", "wrong_root"),
        (b"<Racine></Racine>", "missing_header"),
        (b"<Racine><InfosFoyerRSA></InfosFoyerRSA></Racine>", "missing_header"),
        (caf_xml().replace(b"</NOM>", b"</NON>", 1), "malformed_xml"),
        (caf_xml().replace(b"MARTIN", b"MART&inconnue;IN"), "malformed_xml"),
        (caf_xml().replace(b"WINDOWS-1252", b"UTF-8"), "wrong_encoding"),
        (caf_xml().replace(b"WINDOWS-1252", b"UTF-7"), "unreadable_file"),
        (caf_xml(encoding="utf-8").replace(b"UTF-8", b"WINDOWS-1252"), "wrong_encoding"),
        (caf_xml(encoding="utf-16"), "unreadable_file"),
        (cohort_csv(csv_person(), encoding="utf-16"), "unreadable_file"),
        (b"PK\x03\x04xlsx", "unreadable_file"),
        ("Prénom;Ville\nZoé;Arles\n".encode(), "missing_columns"),
        (b"Nom\n", "missing_columns"),
        (b"Nom;Nom de famille;Prenom;Date de naissance\n", "ambiguous_columns"),
        (b'Nom;Prenom;Date de naissance\n"A;B;02/03/1985\n', "malformed_csv"),
        (b'Nom;Prenom;Date de naissance\n"A"x;B;02/03/1985\n', "malformed_csv"),
        (b"Nom;Prenom;Date de naissance\rA;B;02/03/1985\r", "malformed_csv"),
        ("Nom;Prénom;Date de naissance\n".encode() + "A;Zoé;02/03/1985\n".encode("cp1252"), "wrong_encoding"),
        ("Nom;Prénom;Date de naissance\nA;ZoÃ©;02/03/1985\n".encode(), "wrong_encoding"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(data, code):
    assert refusal(data).code == code


def test_missing_columns_are_named():
    assert "« Nom », « Date de naissance »" in refusal("Prénom;Ville\n".encode()).message


def test_a_csv_cut_in_the_middle_of_a_character_is_refused():
    data = "Nom;Prenom;Date de naissance\nA;B;02/03/1985\nC;Zo\u00e9".encode()
    assert refusal(data[:-1]).code == "wrong_encoding"


def test_a_windows_1252_file_that_ends_with_an_accent_is_not_taken_for_a_cut_one():
    data = "Nom;Date de naissance;Prenom\nA;02/03/1985;Zo\u00e9".encode("cp1252")
    (row,) = read_cohort(io.BytesIO(data))
    assert row.first_name == "Zo\u00e9"


FLUX = caf_xml(
    caf_household(), caf_household(caf_person(PRENOM="ÈVE"), NUMDEMRSA="00000000018"), encoding="utf-8"
)


@settings(max_examples=150)
@given(st.integers(1, len(FLUX) - 1))
def test_a_flux_cut_anywhere_is_refused(size):
    if FLUX[:size].rstrip().endswith(b"</Racine>"):
        return
    error = refusal(FLUX[:size])
    assert error.code in {"truncated_file", "wrong_encoding"}


def test_people_read_before_the_cut_are_followed_by_the_refusal():
    reading = read_cohort(io.BytesIO(FLUX[: FLUX.rfind(b"<Personne>") + 400]))
    assert isinstance(next(reading), PersonRow)
    with pytest.raises(CohortFileError):
        next(reading)


@pytest.mark.parametrize(
    "data",
    [
        caf_xml().replace(b"</NIR>", b"</NOM>"),
        caf_xml().replace(b"<NIR>", b"<NIR <"),
        caf_xml()[: caf_xml().find(NIR_TOKEN.encode()) + 8],
        caf_xml().replace(b"</NOM>", NIR_TOKEN.encode() + b"</NIR>"),
        cohort_csv(csv_person(NIR=NIR_TOKEN)) + b'"' + NIR_TOKEN.encode(),
    ],
)
def test_no_error_log_or_traceback_quotes_the_content(data, caplog):
    with caplog.at_level(logging.DEBUG), pytest.raises(CohortFileError) as refused:
        list(read_cohort(io.BytesIO(data)))
    shown = "".join(traceback.format_exception(refused.value)) + str(vars(refused.value)) + caplog.text
    assert NIR_TOKEN not in shown
    assert "MARTIN" not in refused.value.message


def test_a_path_is_opened_and_closed(tmp_path):
    path = tmp_path / "flux.xml"
    path.write_bytes(caf_xml())
    reading = read_cohort(path)
    assert len(list(reading)) == 1
    path.write_bytes(b"<autre/>")
    with pytest.raises(CohortFileError):
        read_cohort(str(path))


def test_a_stream_that_cannot_be_rewound_is_read():
    class Pipe(io.RawIOBase):
        def __init__(self, data):
            self.data = io.BytesIO(data)

        def read(self, size=-1):
            return self.data.read(min(size, 7))

    assert len(list(read_cohort(Pipe(caf_xml())))) == 1
    assert len(list(read_cohort(Pipe(cohort_csv(csv_person()))))) == 1
