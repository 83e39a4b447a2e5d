"""The tables and diagrams of docs/, written from the lifecycles themselves: `manage.py document_states`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pathways.enums import Role
from pathways.facts import KINDS, FactKind, Kind
from pathways.guards import Guard
from pathways.lifecycle import PATHWAY, REGISTRY, Choice, Lifecycle, Row, concerned
from pathways.transitions import roles_of

NOTICE = (
    "<!-- Page écrite par `manage.py document_states` d'après les tables du code :"
    " ne pas la modifier à la main. -->"
)
#: Roles in the order of the columns.
ROLES = tuple(Role)


# ---- states.md


def states_page() -> str:
    """docs/states.md: for each lifecycle its states, its table of transitions, its diagram."""
    lines = [
        "# États et transitions",
        "",
        NOTICE,
        "",
        "Chaque ligne d'une table est un fait possible : d'où, vers où, par qui, à quelles conditions."
        " Une ligne sans rôle suit un fait dont une autre table dit qui l'enregistre."
        " « reste » : le fait est possible et ne change pas l'état.",
        "",
    ]
    for lifecycle in ordered():
        lines += _lifecycle(lifecycle)
    return "\n".join(lines).rstrip() + "\n"


def ordered() -> list[Lifecycle]:
    """The pathway first, then what hangs below it in the order of the registry."""
    return sorted(REGISTRY.values(), key=lambda lifecycle: lifecycle.name != PATHWAY)


def _lifecycle(lifecycle: Lifecycle) -> Iterator[str]:
    yield from (f"## {lifecycle.label} (`{lifecycle.name}`)", "", "### Diagramme", "", "```mermaid")
    yield from diagram(lifecycle)
    yield from ("```", "", "### Transitions", "")
    yield from _table(
        ("Fait", "Depuis", "Vers", "Qui", "Conditions"), (_row(lifecycle, row) for row in lifecycle.rows)
    )
    yield from ("", "### États", "")
    yield from _table(
        ("État", "Code", "Faits possibles"),
        ((label, f"`{state}`", _facts_from(lifecycle, state)) for state, label in lifecycle.states.choices),
    )
    guards = {guard.code: guard for row in lifecycle.rows for guard in row.guards}
    if guards:
        yield from ("", "### Conditions", "")
        yield from _table(("Code", "Refus", "Que faire"), (_guard(guard) for guard in guards.values()))
    yield ""


def _row(lifecycle: Lifecycle, row: Row) -> tuple[str, ...]:
    return (
        _fact(row.name),
        ", ".join(_state(lifecycle, source) for source in _in_order(lifecycle, row.sources)),
        _target(lifecycle, row),
        ", ".join(str(role.label) for role in ROLES if role in row.roles) or "–",
        ", ".join(f"`{guard.code}`" for guard in row.guards) or "–",
    )


def _fact(name: str) -> str:
    return f"{KINDS[name].label} (`{name}`)"


def _target(lifecycle: Lifecycle, row: Row) -> str:
    if row.target is None:
        return "reste"
    if isinstance(row.target, Choice):
        return row.target.label
    return _state(lifecycle, row.target)


def _state(lifecycle: Lifecycle, state: str) -> str:
    return f"« {lifecycle.states(state).label} »" if state else "(rien encore)"


def _in_order(lifecycle: Lifecycle, states: Iterable[str]) -> list[str]:
    """States in the order in which the vocabulary names them; what comes before the first fact first."""
    order = ["", *lifecycle.states.values]
    return sorted(states, key=order.index)


def _facts_from(lifecycle: Lifecycle, state: str) -> str:
    names = dict.fromkeys(row.name for row in lifecycle.rows if state in row.sources)
    return ", ".join(str(KINDS[name].label) for name in names) or "aucun"


def _guard(guard: Guard) -> tuple[str, str, str]:
    return f"`{guard.code}`", _readable(guard.sentence), _readable(guard.next_step)


def _readable(sentence: str) -> str:
    """A sentence with its placeholders left open."""
    return re.sub(r"\{\w+\}", "…", sentence)


def diagram(lifecycle: Lifecycle) -> Iterator[str]:
    """A mermaid state diagram: every move from a state to another, the facts that make it on its arrow."""
    yield "stateDiagram-v2"
    for state, label in lifecycle.states.choices:
        yield f'    state "{label}" as {state}'
    for (source, target), names in _moves(lifecycle).items():
        arrow = f"{source or '[*]'} --> {target}"
        yield f"    {arrow} : {', '.join(str(KINDS[name].label) for name in names)}"
    if lifecycle.initial:
        yield f"    [*] --> {lifecycle.initial}"


def _moves(lifecycle: Lifecycle) -> dict[tuple[str, str], list[str]]:
    moves: dict[tuple[str, str], list[str]] = {}
    for row in lifecycle.rows:
        for source in _in_order(lifecycle, row.sources):
            for target in row.targets(source):
                names = moves.setdefault((source, target), [])
                if source != target and row.name not in names:
                    names.append(row.name)
    return {move: names for move, names in moves.items() if names}


# ---- roles.md


def roles_page() -> str:
    """docs/roles.md: who may state which fact, and what each fact must carry."""
    lines = [
        "# Rôles et faits",
        "",
        NOTICE,
        "",
        "Qui peut enregistrer quel fait, pour les personnes que son organisation suit."
        " Le détail des états et des conditions est dans [states.md](states.md)."
        " Chacun corrige ce que son organisation a enregistré ; le responsable de cohorte corrige tout.",
        "",
    ]
    heads = ("Fait", "Ce qu'il faut", *(str(role.label) for role in ROLES))
    facts = [kind for kind in KINDS.values() if kind.name != Kind.ANNUL]
    lines += _table(
        heads, ((f"{kind.label} (`{kind.name}`)", needs(kind), *_marks(kind.name)) for kind in facts)
    )
    return "\n".join(lines) + "\n"


def _marks(name: str) -> Iterator[str]:
    allowed = roles_of(name)
    return ("oui" if role in allowed else "" for role in ROLES)


def needs(kind: FactKind) -> str:
    """What a fact must carry besides its date, and which lifecycles it moves."""
    asked = ["motif"] if kind.reasons else []
    asked += [*kind.needs.values(), *(["explication"] if kind.needs_comment else [])]
    moved = "touche : " + ", ".join(lifecycle.label.lower() for lifecycle in concerned(kind.name))
    return f"{', '.join(asked)} ; {moved}" if asked else moved


# ---- writing


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(heads)
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        cells = [str(cell).replace("|", "/") for cell in row]
        yield f"| {' | '.join(cells)} |"


#: File of docs/ -> who writes it.
PAGES = {"states.md": states_page, "roles.md": roles_page}
