"""docs/states.md and docs/roles.md are what the tables of the code say; a stale page fails here."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from pathways import documentation
from pathways.documentation import PAGES, ROLES, diagram, ordered, roles_page, states_page
from pathways.enums import Role
from pathways.facts import KINDS
from pathways.lifecycle import REGISTRY
from pathways.transitions import roles_of


def test_the_pages_of_docs_are_up_to_date():
    call_command("document_states", "--check", stdout=StringIO())


@pytest.mark.parametrize("name", PAGES)
def test_a_stale_page_fails_the_check_and_is_rewritten(name, tmp_path, settings, monkeypatch):
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="document_states"):
        call_command("document_states", "--check", stdout=StringIO())
    call_command("document_states", stdout=StringIO())
    call_command("document_states", "--check", stdout=StringIO())
    monkeypatch.setitem(documentation.PAGES, name, lambda: "autre chose")
    with pytest.raises(CommandError, match=f"docs/{name}"):
        call_command("document_states", "--check", stdout=StringIO())


def test_every_transition_and_every_guard_is_told():
    page = states_page()
    for lifecycle in ordered():
        assert f"## {lifecycle.label} (`{lifecycle.name}`)" in page
        for row in lifecycle.rows:
            assert f"(`{row.name}`)" in page
            for guard in row.guards:
                assert f"| `{guard.code}` | " in page
        for state, label in lifecycle.states.choices:
            assert f"| {label} | `{state}` |" in page
    assert "{" not in page


@pytest.mark.parametrize("name", ["pathway", "prescription", "enrolment", "exam"])
def test_the_diagram_draws_every_move_and_nothing_else(name):
    lifecycle = REGISTRY[name]
    drawn = set(re.findall(r"^    (\S+) --> (\S+) :", "\n".join(diagram(lifecycle)), re.MULTILINE))
    moves = {
        (source or "[*]", target)
        for row in lifecycle.rows
        for source in row.sources
        for target in row.targets(source)
        if source != target
    }
    assert drawn == moves


def test_the_matrix_says_who_may_state_what():
    lines = {
        line.split("`")[1]: line
        for line in roles_page().splitlines()
        if line.startswith("| ") and "`" in line
    }
    assert set(lines) == set(KINDS) - {"annul"}
    for name, line in lines.items():
        marks = [cell.strip() for cell in line.strip("|").split("|")][2:]
        told = {role for role, mark in zip(ROLES, marks, strict=True) if mark == "oui"}
        assert told == roles_of(name)
    assert Role.COMMITTEE_MEMBER not in {role for name in lines for role in roles_of(name)}
