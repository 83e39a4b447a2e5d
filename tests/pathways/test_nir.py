"""A NIR of these tests is put together at run time and names nobody: month 99, place 99 999, order 999."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways.nir import (
    MARKER,
    MAX_PENDING,
    NirScrubError,
    contains_nir,
    detect_delimiter,
    is_nir_column,
    looks_like_nir,
    scrub_chunks,
)

FICTITIOUS = "1" + "00" + "99" + "99" + "999" + "999"
TOKEN = "NIR-INTERDIT"


def scrub(text: str | bytes, encoding: str = "utf-8") -> str:
    data = text if isinstance(text, bytes) else text.encode(encoding)
    return b"".join(scrub_chunks([data])).decode(encoding)


@pytest.mark.parametrize(
    "written",
    [
        FICTITIOUS,
        FICTITIOUS + "12",
        "1 00 99 99 999 999 12",
        "1.00.99.99.999.999",
        "1\u00a000\u00a099\u00a099\u00a0999\u00a0999",
        "2" + "00" + "12" + "2A" + "999" + "999",
        "\uff11" + FICTITIOUS[1:],
    ],
)
def test_a_number_with_the_structure_of_a_nir_is_seen(written):
    assert looks_like_nir(written)
    assert contains_nir(f"voir {written}, merci")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "0612345678",
        "100000000000001",  # CAF number of the public sample: month 00
        "0" + FICTITIOUS[1:],
        "1" + "00" + "13" + "99" + "999" + "999",  # month 13
        "1" + "00" + "99" + "00" + "999" + "999",  # département 00
        "1" + "00" + "99" + "99" + "000" + "999",
        FICTITIOUS + "1",
        FICTITIOUS + "123",
    ],
)
def test_other_numbers_are_left_alone(written):
    assert not looks_like_nir(written)
    assert not contains_nir(f"voir {written}, merci")


@pytest.mark.parametrize(
    "header",
    [
        "NIR",
        "nir_beneficiaire",
        "N° de sécurité sociale",
        "Numéro Sécurité Sociale",
        "num_secu",
        "numeroSecu",
        "NIA",
    ],
)
def test_columns_of_social_security_numbers_are_recognised(header):
    assert is_nir_column(header)


@pytest.mark.parametrize(
    "header", ["Nom", "code INSEE de la commune", "Manir", "Prénom", "numéro allocataire", ""]
)
def test_other_columns_are_not(header):
    assert not is_nir_column(header)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("<R><NIR>X</NIR></R>", "<R><NIR></NIR></R>"),
        ("<R><NIR/></R>", "<R><NIR/></R>"),
        ("<R><nir>X</nir></R>", "<R><nir></nir></R>"),
        ("<R><c:NIR xmlns:c='u'>X</c:NIR ></R>", "<R><c:NIR></c:NIR ></R>"),
        ("<R><NIR valeur='>X'>X</NIR></R>", "<R><NIR></NIR></R>"),
        ("<R><NIR><![CDATA[</NIR>X]]></NIR>Y</R>", "<R><NIR></NIR>Y</R>"),
        ("<R><NIR>X<!-- </NIR> -->X</NIR>Y</R>", "<R><NIR></NIR>Y</R>"),
        ("<R><NIR><NIR>X</NIR>X</NIR>Y</R>", "<R><NIR></NIR>Y</R>"),
        ("<R><NIR>\n\tX\r\n\t</NIR></R>", "<R><NIR>\n\r\n</NIR></R>"),
        ("<R><!-- X\n<NIR>X</NIR> --><A>Y</A></R>", "<R><!--\n--><A>Y</A></R>"),
        ('<R><A nir="X" b="Y"/></R>', '<R><A nir="" b="Y"/></R>'),
        ("<R><MANIR>Y</MANIR><NIRX>Y</NIRX></R>", "<R><MANIR>Y</MANIR><NIRX>Y</NIRX></R>"),
        ("<R><NIR>X", "<R><NIR>"),
        ("<R><NIR>X</R>", "<R><NIR>"),
        (f"<R><NOM>{FICTITIOUS}</NOM></R>", f"<R><NOM>{MARKER}</NOM></R>"),
        (f"<R><NOM><![CDATA[{FICTITIOUS}]]></NOM></R>", f"<R><NOM><![CDATA[{MARKER}]]></NOM></R>"),
        (f'<R a="{FICTITIOUS}"/>', f'<R a="{MARKER}"/>'),
        ("<R><MATRICULE>100000000000001</MATRICULE></R>", "<R><MATRICULE>100000000000001</MATRICULE></R>"),
    ],
)
def test_xml_loses_its_nir_and_nothing_else(source, expected):
    assert scrub(source.replace("X<", TOKEN + "<") if ">X<" in source else source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("nom;NIR;prénom\nA;X;B\n", "nom;NIR;prénom\nA;;B\n"),
        ('nom,"Numéro de sécurité sociale"\nA,X\n', 'nom,"Numéro de sécurité sociale"\nA,\n'),
        ('NIR;nom\n"X;X";A\n"X""X";B\n', "NIR;nom\n;A\n;B\n"),
        ('NIR;nom\n"X\nX";A\nX;B', 'NIR;nom\n"\n";A\n;B'),
        ("NIR;nom\r\nX;A\r\n\r\nX;B\r\n", "NIR;nom\r\n;A\r\n\r\n;B\r\n"),
        ("sep=;\n\nNIR;nom\nX;A\n", "sep=;\n\nNIR;nom\n;A\n"),
        ('NIR;nom\nX;A\nX;"B\nX', 'NIR;nom\n;A\n;"\n'),
        ("\ufeffNIR;nom\nX;A\n", "\ufeffNIR;nom\n;A\n"),
        (f"nom;note\nA;appeler {FICTITIOUS} SVP\n", f"nom;note\nA;appeler {MARKER} SVP\n"),
        (f"nom;note\n{FICTITIOUS[:6]};{FICTITIOUS[6:]}\n", f"nom;note\n{FICTITIOUS[:6]};{FICTITIOUS[6:]}\n"),
        ("nom;allocataire\nA;000000001234567\n", "nom;allocataire\nA;000000001234567\n"),
    ],
)
def test_csv_loses_its_nir_and_nothing_else(source, expected):
    assert scrub(source) == expected


def test_csv_in_windows_1252_is_scrubbed_alike():
    source = "Numéro de sécurité sociale;prénom\nX;Zoé\n"
    assert scrub(source, "cp1252") == "Numéro de sécurité sociale;prénom\n;Zoé\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_encodings_that_would_hide_a_nir_are_refused(encoding):
    with pytest.raises(NirScrubError) as refused:
        scrub("<R><NIR>X</NIR></R>".encode(encoding))
    assert refused.value.code == "unreadable_file"
    assert "CSV UTF-8" in refused.value.next_step


@pytest.mark.parametrize(
    "data",
    [
        b"<?xml version='1.0' encoding='UTF-7'?><R/>",
        b"<?xml version='1.0' encoding='cp037'?><R/>",
        b"PK\x03\x04 classeur",
        b"\x1f\x8b\x08 compresse",
        b"%PDF-1.7 document",
        "<?xml version='1.0'?>".encode("cp037"),
        b"nom;prenom\nA;B\x00\n",
    ],
)
def test_containers_that_would_hide_a_nir_are_refused(data):
    with pytest.raises(NirScrubError):
        scrub(data)


@pytest.mark.parametrize("start", [b"<R><NIR a='", b"<R><![CDATA[", b'NIR;nom\n"', b"", b"<R>"])
def test_a_boundary_that_never_comes_is_refused_instead_of_filling_memory(start):
    chunks = (start if i == 0 else b"x" * 4096 for i in range(2 * MAX_PENDING // 4096))
    with pytest.raises(NirScrubError):
        for _ in scrub_chunks(chunks):
            pass


fragments = st.sampled_from(
    [
        "<NIR>", "</NIR>", "<NIR/>", "<nir a='>'>", "<c:NIR", "</c:NIR  >", "<A>", "</A>", "<!--", "-->", "<![CDATA[",
        "]]>", "<?", "?>", ' nir="', '"', "'", ">", "<", "/", "\n", "\r\n", "\r", ";", ",", "NIR", "é", "\u00a0", " ",
        FICTITIOUS, FICTITIOUS[:5], FICTITIOUS[5:], FICTITIOUS + "12", "12", "x",
    ]
)  # fmt: skip
starts = st.sampled_from(
    ["<R>", "<?xml version='1.0'?>\n<R>", "NIR;nom\n", "nom;NIR;b\n", "nom,prénom\n", "\ufeffNIR\n", ""]
)
documents = st.builds(
    lambda start, parts: (start + "".join(parts)).encode(), starts, st.lists(fragments, max_size=25)
)


@settings(max_examples=300)
@given(documents, st.lists(st.integers(0, 300), max_size=12))
def test_any_cutting_gives_the_same_result_as_one_piece(document, cuts):
    bounds = [0, *sorted(min(cut, len(document)) for cut in cuts), len(document)]
    chunks = [document[a:b] for a, b in itertools.pairwise(bounds)]
    whole = b"".join(scrub_chunks([document]))
    assert b"".join(scrub_chunks(chunks)) == whole
    assert b"".join(scrub_chunks([document[i : i + 1] for i in range(len(document))])) == whole


@settings(max_examples=300)
@given(documents)
def test_scrubbing_leaves_no_nir_and_nothing_to_scrub(document):
    clean = b"".join(scrub_chunks([document]))
    assert not contains_nir(clean.decode("utf-8", "replace").replace(MARKER, ""))
    assert b"".join(scrub_chunks([clean])) == clean


contents = st.lists(
    st.sampled_from(["\n", "\r\n", " ", "x", FICTITIOUS, "<B/>", "<![CDATA[\n]]>"]), max_size=6
).map("".join)


@given(st.lists(st.tuples(contents, contents), max_size=5))
def test_scrubbing_keeps_line_numbers(people):
    document = (
        "<R>\n" + "".join(f"<NIR\n>{nir}</NIR><!--{nir}--><NOM>{name}</NOM>" for nir, name in people) + "</R>"
    )
    clean = scrub(document)
    assert clean.count("\n") == document.count("\n")
    assert clean.count("<NOM>") == len(people)


def test_delimiter_ignores_what_is_quoted():
    assert detect_delimiter('"Nom, prénom";"a,b,c"') == ";"
    assert detect_delimiter("nom,prénom") == ","
    assert detect_delimiter("nom") == ";"
