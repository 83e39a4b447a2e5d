"""What the norm's schema would refuse in an element and all below it: level ``rejected``.

Deliberate differences from the norm's XML schemas:
* a SIRET of 15 digits with a leading 0 is accepted (a warning says so), because Carif bases export some;
* ``xsi:type`` and ``xsi:nil`` are refused, the uniqueness of ``id`` and the syntax of ``uri`` are not checked.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from prescriptions.lheo.findings import Finding, finding
from prescriptions.lheo.grammar import GRAMMARS, TIMESTAMPS_23, UNBOUNDED, ElementRule
from prescriptions.lheo.identifiers import has_leading_zero
from prescriptions.lheo.nodes import XML_SPACE, Node, collapse

# The norm's own pattern: it lets month 13 and day 39 pass, which the business checks catch.
_DATE = re.compile(r"[0-9]{4}[019][0-9][01239][0-9]")
_LONG = re.compile(r"[+-]?[0-9]+")
_DATETIME = re.compile(
    r"-?\d{4,}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
    r"(Z|[+-](0\d|1[0-3]):[0-5]\d|[+-]14:00)?",
    re.ASCII,
)
_NCNAME = re.compile(r"[^\W\d][\w.\-·]*")


def conformity_findings(node: Node, version: str) -> Iterator[Finding]:
    """Every departure of ``node`` and its descendants from the grammar of ``version``, in file order."""
    grammar = GRAMMARS[version]
    rule = grammar[node.tag]
    yield from _check_attributes(node, rule, version)
    if rule.kind == "any":
        yield from _check_free_content(node, version)
    elif rule.kind == "structure":
        yield from _check_structure(node, rule, version)
    elif rule.kind == "extras":
        yield from _check_extras(node, version)
    elif node.children:
        yield finding("structure-in-text", node)
    else:
        yield from _check_value(node, rule, version)


def _check_attributes(node: Node, rule: ElementRule, version: str) -> Iterator[Finding]:
    for name, value in node.attributes.items():
        problem = {
            "path": f"{node.path}/@{name.replace(' ', ':')}",
            "value": value,
            "attribute": name,
        }
        if name not in rule.attributes:
            if rule.kind == "any":
                continue
            yield finding("attribute-unknown", node, version=version, **problem)
        elif name in ("id", "idref") and not _NCNAME.fullmatch(collapse(value)):
            yield finding(
                "attribute-value",
                node,
                expected="un identifiant qui commence par une lettre",
                **problem,
            )
        elif name in TIMESTAMPS_23 and not _DATETIME.fullmatch(collapse(value)):
            yield finding("attribute-value", node, expected="AAAA-MM-JJThh:mm:ss", **problem)


def _check_structure(node: Node, rule: ElementRule, version: str) -> Iterator[Finding]:
    if node.text.strip(XML_SPACE):
        yield finding("text-in-structure", node)
    counts: Counter[str] = Counter()
    misplaced = _misplaced(node.children, rule)
    for child in node.children:
        rank = rule.position_of.get(child.tag)
        if rank is None:
            yield finding("element-unknown", child, version=version, value="")
            continue
        if id(child) in misplaced:
            yield finding("element-order", child, place=_place_of(rank, rule), value="")
        counts[child.tag] += 1
        maximum = rule.children[rank].maximum
        if counts[child.tag] > maximum:
            yield finding("element-excess", child, maximum=maximum, value="")
        if child.children or child.attributes or not _is_plain_valid(child, version):
            yield from conformity_findings(child, version)
    for particle in rule.children:
        if particle.minimum > counts[particle.name]:
            path = f"{node.path}/{particle.name}"
            yield finding("element-missing", node, path=path, missing=particle.name, value="")


def _is_plain_valid(leaf: Node, version: str) -> bool:
    """Shortcut for the usual case, a leaf whose text is right: no chain of generators for it."""
    rule = GRAMMARS[version][leaf.tag]
    return rule.kind == "text" and rule.lengths[0] <= len(leaf.text) <= rule.lengths[1]


def _place_of(rank: int, rule: ElementRule) -> str:
    if rank == 0:
        return "en premier"
    return f"après « {rule.children[rank - 1].name} »"


def _misplaced(children: list[Node], rule: ElementRule) -> set[int]:
    """Identities of the fewest children to move so that the order is right.

    One element put too early must give one finding, not one for each of its followers: those outside the
    longest non-decreasing run are the misplaced ones.
    """
    ranked = [(rule.position_of[child.tag], child) for child in children if child.tag in rule.position_of]
    ranks = [rank for rank, _child in ranked]
    if all(left <= right for left, right in pairwise(ranks)):
        return set()
    tails: list[int] = []
    tail_index: list[int] = []
    previous: list[int] = []
    for index, rank in enumerate(ranks):
        length = bisect_right(tails, rank)
        previous.append(tail_index[length - 1] if length else -1)
        tails[length : length + 1] = [rank]
        tail_index[length : length + 1] = [index]
    kept, index = set(), tail_index[-1]
    while index >= 0:
        kept.add(index)
        index = previous[index]
    return {id(child) for index, (_rank, child) in enumerate(ranked) if index not in kept}


def _check_extras(node: Node, version: str) -> Iterator[Finding]:
    if node.text.strip(XML_SPACE):
        yield finding("text-in-structure", node)
    for child in node.children:
        if child.tag in ("extra", "extras"):
            yield from conformity_findings(child, version)
        else:
            yield finding("element-unknown", child, version=version, value="")


def _check_free_content(node: Node, version: str) -> Iterator[Finding]:
    """Anything may stand in an ``extra``, but what bears a name of the norm must follow it there too."""
    for child in node.children:
        if child.tag in GRAMMARS[version]:
            yield from conformity_findings(child, version)
        else:
            yield from _check_free_content(child, version)


def _check_value(node: Node, rule: ElementRule, version: str) -> Iterator[Finding]:
    if rule.kind == "text":
        yield from _check_length(node, rule)
    elif rule.kind == "codes" and collapse(node.text) not in rule.codes:
        expected = ", ".join(sorted(rule.codes, key=int))
        yield finding("value-code", node, version=version, expected=expected)
    elif rule.kind == "date" and not _DATE.fullmatch(collapse(node.text)):
        yield finding("value-date", node)
    elif rule.kind == "long":
        text = collapse(node.text)
        if not _LONG.fullmatch(text) or len(text) > 25 or not -(2**63) <= int(text) < 2**63:
            yield finding("value-integer", node)


def _check_length(node: Node, rule: ElementRule) -> Iterator[Finding]:
    low, high = rule.lengths
    length = len(node.text)
    if low <= length <= high or (node.tag == "SIRET" and has_leading_zero(node.text)):
        return
    expected = str(low) if low == high else f"{low} à {high}" if high < UNBOUNDED else f"{low} au moins"
    yield finding("value-length", node, length=length, expected=expected)
