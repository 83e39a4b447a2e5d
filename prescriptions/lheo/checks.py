"""What the norm's schema lets pass and people stumble on (``warning``), and what art. 4 of the Pôle emploi
agreement asks to fill in (``completeness``). They read elements that already follow the norm."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from prescriptions.lheo.dates import LheoDate, Period, Precision
from prescriptions.lheo.findings import Finding, finding
from prescriptions.lheo.identifiers import (
    SHAPES,
    has_leading_zero,
    is_siret_key_valid,
    normalise_siret,
)
from prescriptions.lheo.mapping import read_session
from prescriptions.lheo.nodes import Node
from prescriptions.lheo.offer import REGIONAL_COUNCIL, RecruitmentState
from prescriptions.lheo.values import MAX_HOURS, to_count, to_degrees, to_price

_DATED_ATTRIBUTES = ("datecrea", "datemaj")
_WITH_EDITION = frozenset({"code-FORMACODE", "code-public-vise"})


def _is_possible_date(text: str) -> bool:
    return LheoDate.parse(text).precision is not Precision.IMPOSSIBLE


def _is_hours(text: str) -> bool:
    return to_count(text, MAX_HOURS) is not None


def _is_count(text: str) -> bool:
    return to_count(text) is not None


def _is_price(text: str) -> bool:
    return to_price(text) is not None


# Element: what its value must be, and the finding when it is not.
_VALUE_CHECKS: dict[str, tuple[Callable[[str], bool], str]] = {
    **dict.fromkeys(("debut", "fin", "date"), (_is_possible_date, "date-impossible")),
    **dict.fromkeys(
        ("nombre-heures-centre", "nombre-heures-entreprise", "nombre-heures-total"),
        (_is_hours, "hours-out-of-range"),
    ),
    **dict.fromkeys(("nb-places-financees", "nb-places"), (_is_count, "number-negative")),
    **dict.fromkeys(
        ("effectif-minimal", "capacite-simultanee", "capacite-cumulee", "annee-cycle"),
        (_is_count, "number-negative"),
    ),
    **dict.fromkeys(("duree-cycle", "duree-conventionnee"), (_is_count, "number-negative")),
    **dict.fromkeys(("prix-horaire-TTC", "prix-total-TTC"), (_is_price, "price-unreadable")),
    "latitude": (lambda text: to_degrees(text, 90) is not None, "geolocation-unreadable"),
    "longitude": (lambda text: to_degrees(text, 180) is not None, "geolocation-unreadable"),
}
_INFORMATION_SESSION = "9"  # modalite-recrutement, 2.3


@dataclass(frozen=True)
class References:
    """Known codes by element name, e.g. ``{"code-INSEE-commune": frozenset(...)}``; what is absent is not checked.

    Formacode lists of editions V11 to V14 are not public: an unknown code is a warning, never a rejection.
    """

    known: dict[str, frozenset[str]] = field(default_factory=dict)


def business_findings(
    unit: Node, rejected: frozenset[str], on: date, references: References
) -> Iterator[Finding]:
    """Warnings and completeness of a formation, without its ``rejected`` actions and sessions."""
    for node in _walk_valid(unit, rejected):
        if node.attributes or not node.children:
            yield from _check_element(node, references)
        if node.tag == "periode":
            yield from _check_period(node)
        elif node.tag in ("formation", "action", "session") and not node.attributes.get("numero", "").strip():
            yield finding("numero-missing", node, value="")
    for action in unit.find_all("action"):
        if action.path in rejected:
            continue
        sessions = [session for session in action.find_all("session") if session.path not in rejected]
        yield from _check_action(action, sessions)
        is_permanent = action.value("modalites-entrees-sorties") == "1"
        for session in sessions:
            yield from _check_session(session, on, is_permanent)


def _walk_valid(unit: Node, rejected: frozenset[str]) -> Iterator[Node]:
    pending = [unit]
    while pending:
        node = pending.pop()
        yield node
        # Under ``extras`` names are free: "debut-validite" and the like follow no rule of the norm.
        pending.extend(one for one in node.children if one.tag != "extras" and one.path not in rejected)


def _check_element(node: Node, references: References) -> Iterator[Finding]:
    for name in _DATED_ATTRIBUTES:
        raw = node.attributes.get(name)
        if raw and not _is_possible_date(raw):
            yield finding("date-impossible", node, path=f"{node.path}/@{name}", value=raw)
    is_right, code = _VALUE_CHECKS.get(node.tag, (None, ""))
    if is_right and not is_right(node.text.strip()):
        yield finding(code, node)
    elif node.tag == "SIRET":
        yield from _check_siret(node)
    elif node.tag in SHAPES:
        yield from _check_code(node, node.text.strip(), references)


def _check_code(node: Node, text: str, references: References) -> Iterator[Finding]:
    known = references.known.get(node.tag)
    if not SHAPES[node.tag].fullmatch(text):
        yield finding("code-shape", node)
    elif known is not None and text not in known:
        yield finding("code-not-listed", node)
    if node.tag in _WITH_EDITION and not node.attributes.get("ref", "").strip():
        yield finding("ref-missing", node)


def _check_siret(node: Node) -> Iterator[Finding]:
    if has_leading_zero(node.text.strip()):
        yield finding("siret-leading-zero", node)
    siret = normalise_siret(node.text)
    if not (siret.isascii() and siret.isdigit()):
        yield finding("siret-letters", node)
    elif not is_siret_key_valid(siret):
        yield finding("siret-key", node)


def _check_period(node: Node) -> Iterator[Finding]:
    start, end = node.value("debut"), node.value("fin")
    if Period(LheoDate.parse(start), LheoDate.parse(end)).is_reversed:
        yield finding("period-reversed", node, value=f"{start} > {end}", start=start, end=end)


def _check_action(action: Node, sessions: list[Node]) -> Iterator[Finding]:
    dates = [LheoDate.parse(found.text) for found in action.find_all("date-information/date")]
    if not any(found.is_known for found in dates) and not any(map(_has_information_session, sessions)):
        yield finding("no-information-date", action, value="")
    regional = [
        funder
        for funder in action.find_all("organisme-financeur")
        if funder.value("code-financeur") == REGIONAL_COUNCIL
    ]
    declared = [funder for funder in regional if to_count(funder.value("nb-places-financees")) is not None]
    if len(declared) > 1:
        yield finding("regional-places-ambiguous", declared[1], count=len(declared), value="")
    if regional and not declared:
        yield finding("no-regional-places", regional[0], value="")


def _has_information_session(session: Node) -> bool:
    """2.3 dates an information session in ``recrutement`` instead of ``date-information``."""
    return any(
        LheoDate.parse(step.value("periode/debut")).is_known
        for step in session.find_all("recrutement")
        if step.value("modalite-recrutement") == _INFORMATION_SESSION
    )


def _check_session(session: Node, on: date, is_permanent: bool) -> Iterator[Finding]:
    state = session.find("etat-recrutement")
    if state is None:
        yield finding("no-recruitment-state", session, value="")
    elif state.text.strip() == RecruitmentState.OPEN:
        reason = read_session(session).closing_reason(on, is_permanent=is_permanent)
        if reason:
            yield finding("state-stale", state, reason=reason)
    if session.find("periode-inscription") is None:
        yield finding("no-registration-period", session, value="")


class NumberRegister:
    """Carif numbers met in the file, to find those that stand twice. Only numbers and lines are kept."""

    def __init__(self) -> None:
        self._first_lines: dict[str, dict[str, int]] = {"formation": {}, "action": {}, "session": {}}

    def findings(self, unit: Node) -> Iterator[Finding]:
        """Duplicates among the formation, its actions and its sessions, and with those met before."""
        for node in (unit, *unit.find_all("action"), *unit.find_all("action/session")):
            numero = node.attributes.get("numero", "").strip()
            if not numero:
                continue
            first_lines = self._first_lines[node.tag]
            first_line = first_lines.get(numero)
            if first_line is None:
                first_lines[numero] = node.line
            else:
                yield finding(
                    "numero-duplicated",
                    node,
                    path=f"{node.path}/@numero",
                    value=numero,
                    first_line=first_line,
                )
