"""A file that must not be imported is refused as a whole, with its place and the remedy."""

import gzip
from datetime import date
from io import BytesIO

import pytest

from config.errors import JalonsError
from prescriptions.lheo import OfferFileError, check_offer, read_offer
from prescriptions.lheo import reader as reader_module
from tests.prescriptions.lheo.builders import NAMESPACES, extras, formation, offer

ON = date(2029, 11, 15)
VALID = offer()
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE lheo [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    b'<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><lheo xmlns="http://www.lheo.org/2.2">&c;</lheo>'
)
EXTERNAL = (
    b'<?xml version="1.0"?><!DOCTYPE lheo [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b'<lheo xmlns="http://www.lheo.org/2.2">&a;</lheo>'
)
LATIN = offer(formation(title="Métier")).decode().encode("latin-1")


def wrap(inner: str) -> bytes:
    return f'<lheo xmlns="{NAMESPACES["2.2"]}">{inner}</lheo>'.encode()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (b"", "lheo-empty-file"),
        (b"  \n\n", "lheo-empty-file"),
        (b"PK\x03\x04" + b"\0" * 50, "lheo-not-xml"),
        (gzip.compress(VALID), "lheo-not-xml"),
        (b"%PDF-1.7 ...", "lheo-not-xml"),
        (b"<!DOCTYPE html><html><body>Erreur 500</body></html>", "lheo-not-xml"),
        (b"<html><body>Erreur 500</body></html>", "lheo-not-xml"),
        (b"numero;intitule\n1;Plaquiste\n", "lheo-not-xml"),
        (VALID[: len(VALID) // 2], "lheo-truncated"),
        (VALID[:-5], "lheo-truncated"),
        (VALID.replace(b"</action>", b"</actions>", 1), "lheo-malformed"),
        (VALID + b"<autre/>", "lheo-malformed"),
        (VALID.replace(b"Plaquiste", b"Plaquiste &nbsp; confirm"), "lheo-malformed"),
        (VALID.replace(b"Plaquiste", b"Pl\x01quiste"), "lheo-malformed"),
        (VALID.replace(b"<ville>", b"<x:ville>").replace(b"</ville>", b"</x:ville>"), "lheo-malformed"),
        (BOMB, "lheo-dtd"),
        (EXTERNAL, "lheo-dtd"),
        (b'<!DOCTYPE lheo SYSTEM "http://example.invalid/l.dtd"><lheo/>', "lheo-dtd"),
        (LATIN, "lheo-encoding"),
        (LATIN.replace(b"UTF-8", b"ISO-8859-1"), "lheo-encoding"),
        (VALID.replace(b"UTF-8", b"windows-1252"), "lheo-encoding"),
        (VALID.decode().replace("UTF-8", "UTF-16").encode("utf-16"), "lheo-encoding"),
        (VALID.replace(b"http://www.lheo.org/2.2", b"http://www.lheo.org/2.1"), "lheo-unknown-namespace"),
        (b"<lheo><offres/></lheo>", "lheo-unknown-namespace"),
        (b'<lheo-index xmlns="http://www.lheo.org/2.2"/>', "lheo-unexpected-root"),
        (wrap("<offres/>"), "lheo-no-formation"),
        (wrap(""), "lheo-no-formation"),
        (offer(extra="<note/>"), "lheo-structure"),
        (offer(extra="bonjour"), "lheo-structure"),
        (offer(formation(), "<stage/>"), "lheo-structure"),
        (offer(formation("F1"), extras("a", b="c"), formation("F2")), "lheo-structure"),
        (wrap(f"<extras/><offres>{formation()}</offres>"), "lheo-structure"),
        (offer().replace(b"<offres>", b'<offres etat="1">'), "lheo-structure"),
        (wrap("<offres><formation>" + "<extras>" * 200), "lheo-too-large"),
    ],
)
def test_a_bad_file_is_refused_with_a_code_and_a_remedy(document, code):
    with pytest.raises(OfferFileError) as caught:
        check_offer(BytesIO(document), on=ON)
    assert isinstance(caught.value, JalonsError)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert caught.value.next_step


def test_an_external_entity_is_never_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("confidentiel")
    document = EXTERNAL.replace(b"file:///etc/passwd", secret.as_uri().encode())
    with pytest.raises(OfferFileError) as caught:
        check_offer(BytesIO(document), on=ON)
    assert "confidentiel" not in str(caught.value)


def test_the_place_of_a_bad_byte_is_given():
    lines = VALID.split(b"\n")
    index = next(i for i, line in enumerate(lines) if b"Plaquiste" in line)
    lines[index] = lines[index].replace(b"Plaquiste", b"Pl\xe2quiste")
    with pytest.raises(OfferFileError) as caught:
        check_offer(BytesIO(b"\n".join(lines)), on=ON)
    assert caught.value.line == index + 1
    assert caught.value.column == lines[index].index(b"\xe2") + 1
    assert f"ligne {index + 1}" in caught.value.message


def test_a_character_cut_between_two_blocks_is_not_an_error(check):
    """Every alignment of a two-byte character on the 64 KB border is read."""
    for shift in range(4):
        padding = "x" * (64 * 1024 - 60 + shift)
        document = VALID.replace(b"<lheo", f"<!--{padding}éééééééééééééééééééé--><lheo".encode(), 1)
        assert check(document).counted["formation"] == 1


def test_a_byte_order_mark_and_plain_comments_are_accepted(check):
    assert check(b"\xef\xbb\xbf" + VALID).counted["formation"] == 1
    assert check(VALID.replace(b"<lheo", b"<!-- export --><?note x?><lheo", 1)).counted["formation"] == 1
    assert check(VALID.split(b"\n", 1)[1]).counted["formation"] == 1  # No declaration: UTF-8 by default.


def test_a_truncated_file_yields_what_precedes_then_fails():
    """Why a writer calls check_offer first: the end is only known at the end."""
    whole = offer(*(formation(f"F{rank}") for rank in range(100)))
    items = read_offer(BytesIO(whole[:-200]), on=ON)
    assert next(items).numero == "F0"
    with pytest.raises(OfferFileError) as caught:
        list(items)
    assert caught.value.code == "lheo-truncated"


@pytest.mark.parametrize(
    "document",
    [
        wrap("<offres><formation><intitule-formation>" + "x" * 300_000),
        wrap('<offres><formation numero="' + "x" * 300_000),
        wrap(
            "<offres><formation><intitule-formation>" + "<a/>" * 60_000 + "</intitule-formation></formation>"
        ),
        wrap("<offres>" + "<extras/>" * 60_000 + "</offres>"),
    ],
)
def test_an_endless_element_is_refused_before_it_fills_memory(monkeypatch, document):
    monkeypatch.setattr(reader_module, "MAX_FORMATION_BYTES", 200_000)
    monkeypatch.setattr(reader_module, "MAX_FORMATION_NODES", 10_000)
    with pytest.raises(OfferFileError) as caught:
        check_offer(BytesIO(document), on=ON)
    assert caught.value.code == "lheo-too-large"
