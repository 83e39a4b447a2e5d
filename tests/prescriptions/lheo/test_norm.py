"""Our grammar against the norm's own schemas, and the real sample files."""

import copy
import itertools
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree

from prescriptions.lheo import Level, OfferFileError, check_offer, read_offer, regional_places
from prescriptions.lheo.grammar import GRAMMARS, NAMESPACES, UNBOUNDED

DATA = Path(__file__).parents[4] / "shared" / "data" / "lheo"
ON = date(2017, 11, 15)
XS = "{http://www.w3.org/2001/XMLSchema}"
SAMPLES = {
    "2.2": ("lheo22_intercarif_formation_2actions_2017.xml", "lheo22_onisep_bts_exemple.xml"),
    "2.3": ("lheo23_carif_grandest_asl.xml",),
}

pytestmark = [
    pytest.mark.external,
    pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data is absent"),
]


def schema_tree(version):
    return etree.parse(DATA / "xsd" / f"lheo-{version}.xsd")


def read_norm(version):
    """Element name → (kind, children or facets, attributes) from the norm's schema."""
    root = schema_tree(version).getroot()
    named = {(child.tag.removeprefix(XS), child.get("name")): child for child in root}
    for (kind, name), node in named.items():
        if kind != "element":
            continue
        declared = named["complexType", node.get("type").removeprefix("lheo:")]
        extension = next(declared.iter(f"{XS}extension"))
        group = extension.find(f"{XS}attributeGroup")
        attributes = (
            {one.get("name") for one in named["attributeGroup", group.get("ref").removeprefix("lheo:")]}
            if group is not None
            else None
        )
        base = extension.get("base").removeprefix("lheo:")
        if ("complexType", base) in named:
            yield name, "structure", read_particles(named["complexType", base]), attributes
        elif ("simpleType", base) in named:
            yield name, *read_facets(named["simpleType", base]), attributes


def read_particles(node):
    return tuple(
        (
            one.get("ref").removeprefix("lheo:"),
            int(one.get("minOccurs", 1)),
            UNBOUNDED if one.get("maxOccurs") == "unbounded" else int(one.get("maxOccurs", 1)),
        )
        for one in node.iter(f"{XS}element")
    )


def read_facets(node):
    restriction = node.find(f"{XS}restriction")
    facets = {}
    for facet in restriction:
        facets.setdefault(facet.tag.removeprefix(XS), set()).add(facet.get("value"))
    if "enumeration" in facets:
        return "codes", frozenset(facets["enumeration"])
    if "pattern" in facets:
        return "date", None
    if restriction.get("base") == "xs:long":
        return "long", None
    low = int(next(iter(facets.get("minLength", {"0"}))))
    return "text", (low, int(next(iter(facets["maxLength"]))))


@pytest.mark.parametrize("version", ["2.2", "2.3"])
def test_every_rule_of_the_grammar_is_the_norm_s(version):
    grammar = GRAMMARS[version]
    compared = set()
    for name, kind, content, attributes in read_norm(version):
        if name not in grammar or name == "extras":
            continue
        rule = grammar[name]
        ours = {
            "structure": tuple((one.name, one.minimum, one.maximum) for one in rule.children),
            "codes": rule.codes,
            "text": rule.lengths,
        }.get(kind)
        assert (rule.kind, ours) == (kind, content), name
        assert rule.attributes == attributes, name
        compared.add(name)
    assert set(grammar) - compared == {"extra", "extras"}


def is_rejected(document):
    """Ours: a rejected item, or a file whose skeleton departs from the norm. Any other file error is a failure."""
    try:
        report = check_offer(BytesIO(document), on=ON)
    except OfferFileError as error:
        if error.code not in ("lheo-structure", "lheo-no-formation"):
            raise
        return True
    return report.levels[Level.REJECTED] > 0


def fully_populated(version):
    """Every element of the grammar, optional ones included: the ground for the mutants.

    A structure met again only holds what it must, so that the document stays small.
    """
    met = set()

    def build(name):
        rule = GRAMMARS[version][name]
        node = etree.Element(f"{{{NAMESPACES[version]}}}{name}")
        if rule.kind == "structure":
            is_new = name not in met
            met.add(name)
            for particle in rule.children:
                if is_new or particle.minimum:
                    node.append(build(particle.name))
        elif rule.kind == "extras":
            etree.SubElement(node, f"{{{NAMESPACES[version]}}}extra", info="a").text = "b"
        elif rule.kind == "text":
            node.text = "1" * max(rule.lengths[0], 1)
        else:
            node.text = {"codes": min(rule.codes, default=""), "long": "12", "date": "20300107"}[rule.kind]
        return node

    root = etree.Element(f"{{{NAMESPACES[version]}}}lheo", nsmap={None: NAMESPACES[version]})
    root.append(build("offres"))
    return root


def grounds(version):
    yield fully_populated(version)
    yield etree.parse(DATA / "samples" / SAMPLES[version][-1]).getroot()


def mutants(root, *, with_values):
    """(what was done, mutated root): each element dropped, doubled, swapped, moved, and given bad values.

    Once per parent and name, values once per name: the norm gives a name the same rule wherever it stands.
    """
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    shapes, names = set(), set()
    for index, element in enumerate(elements):
        if element.getparent() is None:
            continue
        chosen = {}
        if (shape := (element.getparent().tag, element.tag)) not in shapes:
            shapes.add(shape)
            chosen |= SHAPE_MUTATIONS
        if with_values and element.tag not in names:
            names.add(element.tag)
            chosen |= VALUE_MUTATIONS
        for name, mutate in chosen.items():
            changed = copy.deepcopy(root)
            target = next(itertools.islice(changed.iter(etree.Element), index, None))
            if mutate(target) is not False:
                yield f"{name} {root.getroottree().getpath(element)}", changed


def _drop(node):
    node.getparent().remove(node)


def _double(node):
    node.addnext(copy.deepcopy(node))


def _many(node):
    for _ in range(10):
        node.addnext(copy.deepcopy(node))


def _swap(node):
    following = node.getnext()
    if following is None:
        return False
    following.addnext(node)
    return None


def _to_front(node):
    parent = node.getparent()
    if parent[0] is node:
        return False
    parent.insert(0, node)
    return None


def _text(value):
    def mutate(node):
        if len(node):
            return False
        node.text = value
        return None

    return mutate


def _foreign(node):
    node.append(etree.Element("{urn:autre}note"))


def _child(node):
    etree.SubElement(node, f"{{{etree.QName(node).namespace}}}extras")


def _stray_text(node):
    node.tail = "texte"


def _attribute(name, value):
    def mutate(node):
        node.set(name, value)

    return mutate


SHAPE_MUTATIONS = {
    "drop": _drop,
    "double": _double,
    "repeat": _many,
    "swap": _swap,
    "move": _to_front,
    "foreign": _foreign,
    "child": _child,
    "stray": _stray_text,
}
VALUE_MUTATIONS = {
    "attribute": _attribute("inconnu", "1"),
    "info": _attribute("info", "x"),
    "href": _attribute("href", "x"),
    "datemaj": _attribute("datemaj", "x"),
    "stamp": _attribute("horodatage-export", "2030-01-07T10:00:00"),
    "bad stamp": _attribute("horodatage-export", "hier"),
    "idref": _attribute("idref", "1x"),
    **{
        f"text {value[:12]!r}": _text(value)
        for value in (
            "",
            " ",
            "0",
            " 1 ",
            "\n2\t",
            "3",
            "4",
            "9",
            "21",
            "x",
            "ab",
            "12,5",
            "-5",
            "+7",
            "9223372036854775808",
            "13001",
            "1300",
            "\u00a01",
            "20301307",
            "20300139",
            "20300145",
            "20302107",
            "2030-01-07",
            "202801011",
            " 20300107 ",
            "99999999",
            "4430618410004",
            "44306184100047",
            "é" * 50,
            "x" * 51,
            "x" * 251,
            "x" * 256,
            "x" * 3001,
        )
    },
}


@pytest.mark.parametrize("version", ["2.2", "2.3"])
def test_our_rejection_agrees_with_the_norm_on_every_mutant(version):
    schema = etree.XMLSchema(schema_tree(version))
    verdicts = {True: 0, False: 0}
    disagreements = []
    for rank, ground in enumerate(grounds(version)):
        assert schema.validate(ground), schema.error_log
        assert not is_rejected(etree.tostring(ground))
        for label, mutant in mutants(ground, with_values=rank == 0):
            expected = not schema.validate(mutant)
            verdicts[expected] += 1
            if is_rejected(etree.tostring(mutant)) != expected:
                disagreements.append((label, expected, schema.error_log.last_error))
    assert disagreements == []
    assert min(verdicts.values()) > 1000


@pytest.mark.parametrize("version", ["2.2", "2.3"])
def test_the_only_tolerance_is_the_fifteen_digit_siret(version):
    """The norm refuses it, we warn: Carif bases export a leading 0."""
    schema = etree.XMLSchema(schema_tree(version))
    root = etree.parse(DATA / "samples" / SAMPLES[version][0]).getroot()
    siret = next(root.iter(f"{{{NAMESPACES[version]}}}SIRET"))
    siret.text = "0" + siret.text
    assert not schema.validate(root)
    report = check_offer(BytesIO(etree.tostring(root)), on=ON)
    assert report.levels[Level.REJECTED] == 0
    assert report.codes["siret-leading-zero"] == 1


@pytest.mark.parametrize("name", [name for names in SAMPLES.values() for name in names])
def test_real_samples_are_accepted(name):
    with (DATA / "samples" / name).open("rb") as source:
        report = check_offer(source, on=ON)
    assert report.levels[Level.REJECTED] == 0
    assert sum(report.rejected.values()) == 0
    # All SIRETs of the samples have a right key, and codes their shape.
    assert set(report.codes) <= {
        "no-information-date",
        "no-recruitment-state",
        "no-registration-period",
        "state-stale",
    }


def test_the_intercarif_sample_gives_its_places_and_states():
    with (DATA / "samples" / SAMPLES["2.2"][0]).open("rb") as source:
        (item,) = read_offer(source, on=ON)
    first, second = item.formation.actions
    assert regional_places(first) is None  # 4 under code 10 and 4 under code 5: neither is the Région's.
    assert regional_places(second) == 5
    assert second.funders[0].programmes == ("Programme régional 2017 : Parcours métiers",)
    assert item.formation.responsible.siret == "82422814200660"


def test_the_invalid_sample_gives_exactly_its_two_defects():
    with (DATA / "samples" / "lheo23_carif_grandest_asl_INVALIDE.xml").open("rb") as source:
        report = check_offer(source, on=ON)
    action = "/lheo/offres/formation[1]/action[1]"
    assert [(one.code, one.path, one.line) for one in report.findings] == [
        ("element-order", f"{action}/duree-indicative", 40),
        ("value-date", f"{action}/session[1]/periode/fin", 65),
    ]
    assert dict(report.rejected) == {"formation": 0, "action": 1, "session": 1}
