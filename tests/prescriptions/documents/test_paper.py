"""The PDF: tagged for screen readers, the same bytes on any machine, saying what was frozen and nothing more."""

import io
from collections import Counter

import pytest
from pypdf import PdfReader

from prescriptions.documents.content import fingerprint, grouped, is_name, short_code
from prescriptions.documents.rendering import PAPERS, pdf
from tests.readable import pdf_text

VERIFY = "https://jalons.example/verifier/"
CONTENT = {
    "kind": "AES",
    "number": "AES-2018-000123",
    "template": 1,
    "person": {
        "last_name": "Benslimane-Dupont",
        "birth_name": "Dupont",
        "first_name": "Éloïse",
        "birth_date": "1985-04-01",
        "pe_identifier": "1234567A",
    },
    "provider": {"name": "AFPA La Treille", "siret": "12345678901234", "activity_number": "93130012345"},
    "session": {
        "title": "Aide à domicile #1 [*essai*]",
        "carif_number": "24_SE_1183",
        "starts_on": "2018-04-01",
        "ends_on": "",
        "place": "Site de La Treille, 13011 Marseille",
        "hours": {"centre": 420, "company": 140, "total": 560},
        "is_regional": True,
    },
    "day": "2018-04-03",
    "partners": {"region": "Région Sud", "department": "Département des Bouches-du-Rhône"},
    "issued": {
        "at": "2018-04-04T10:12:00+02:00",
        "on": "2018-04-04",
        "by": "Nadia Belkacem",
        "organisation": "AFPA La Treille",
    },
    "nonce": "00",
}


def paper(content=CONTENT, notice="") -> bytes:
    return pdf(content, VERIFY, f"{VERIFY}{fingerprint(content)}/", notice)


def tags(reader) -> Counter:
    """How often each structure element occurs."""
    found: Counter = Counter()

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif hasattr(node, "get"):
            if "/S" in node:
                found[str(node["/S"])] += 1
            if "/K" in node and not isinstance(node["/K"], int):
                walk(node["/K"])

    walk(reader.trailer["/Root"]["/StructTreeRoot"])
    return found


def test_it_is_a_tagged_french_document_with_a_title():
    reader = PdfReader(io.BytesIO(paper()))
    root = reader.trailer["/Root"]
    assert str(root["/Lang"]).startswith("fr")
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "Attestation d’entrée en stage AES-2018-000123"
    declared = root["/Metadata"].get_object().get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in declared
    assert "<pdfaid:part>2</pdfaid:part>" in declared
    found = tags(reader)
    assert (found["/H1"], found["/H2"], found["/Table"], found["/TH"], found["/Figure"]) == (1, 4, 3, 6, 1)
    assert len(reader.pages) == 1


def test_every_font_is_inside_the_file():
    reader = PdfReader(io.BytesIO(paper()))
    for font in reader.pages[0]["/Resources"]["/Font"].values():
        described = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & set(described.keys())


def test_the_same_content_gives_the_same_bytes():
    assert paper() == paper()
    assert paper() != paper({**CONTENT, "day": "2018-04-04"})


def test_it_says_what_is_attested_and_how_to_verify_it():
    text = pdf_text(paper())
    for told in (
        "Formation suivie pour le compte de la Région Sud, dans le cadre de la convention Région Sud – Département",
        "AES-2018-000123",
        "Benslimane-Dupont, né(e) Dupont",
        "Éloïse",
        "Aide à domicile #1 [*essai*]",  # what was typed is never read as markup
        "3 avril 2018",
        "560 h, 420 h en centre, 140 h en entreprise",
        "Nadia Belkacem, AFPA La Treille",
        "jalons.example/verifier/",
        short_code(fingerprint(CONTENT)),
    ):
        assert told in text, told
    assert grouped(fingerprint(CONTENT)).replace(" ", "") in text.replace(" ", "")
    assert "Annulée" not in text


def test_what_no_longer_holds_says_so_across_the_page():
    assert "annulée le 12/04/2018" in pdf_text(paper(notice="Attestation annulée le 12/04/2018."))


def test_a_long_name_and_place_stay_readable():
    long = {
        **CONTENT,
        "person": {**CONTENT["person"], "last_name": "De la " + "Tour " * 30},
        "session": {**CONTENT["session"], "title": "Agent de propreté " * 12, "place": "Rue longue " * 25},
    }
    reader = PdfReader(io.BytesIO(paper(long)))
    assert len(reader.pages) == 2
    assert all("Page " in page.extract_text() for page in reader.pages)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("benslimane dupont", True),
        ("Éloise BENSLIMANE-DUPONT", True),
        ("Benslimane-Dupont Éloïse", True),
        ("Benslimane", False),
        ("", False),
    ],
)
def test_a_name_is_compared_without_accents_nor_order(typed, expected):
    assert is_name(CONTENT, typed) is expected


def test_every_paper_stays_in_the_house():
    """A document names the version of its paper: the file of a version is never removed."""
    assert {path.name for path in PAPERS.glob("*.typ")} >= {"attestation-1.typ"}
