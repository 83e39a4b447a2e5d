"""Nothing but the engine assigns a state: read from the source of every package, since no database can tell."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "pathways", "prescriptions", "followup", "notifications")
ENGINE = ROOT / "pathways" / "projection.py"
STATES = {"state", "exam_state", "state_since"}
#: The models whose state is a projection; ImportRun and others have a `status`.
WRITERS = {"update", "create", "get_or_create", "update_or_create", "bulk_update", "bulk_create"}


def sources():
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if path != ENGINE and "migrations" not in path.parts:
                yield path


def back_doors(path: Path) -> list[str]:
    """Calls that set a state past the door: update(state=…), Model(state=…), fsm_…() and setattr on a state."""
    found = []
    for node in ast.walk(ast.parse(path.read_text())):
        where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            keywords = {keyword.arg for keyword in node.keywords}
            if name in WRITERS | {"Pathway", "Prescription", "Enrolment"} and keywords & STATES:
                found.append(f"{where} {name}({', '.join(keywords & STATES)}=…)")
            if name.startswith("fsm_") and name != "fsm_methods":
                found.append(f"{where} {name}()")
            if name == "setattr" and len(node.args) > 1 and getattr(node.args[1], "value", None) in STATES:
                found.append(f"{where} setattr")
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute) and target.attr in STATES - {"state"}:
                    found.append(f"{where} .{target.attr} = …")
    return found


def test_no_code_sets_a_state_past_the_door():
    assert [line for path in sources() for line in back_doors(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        "Pathway.objects.filter(pk=1).update(state='employed')",
        "Prescription(state='admitted')",
        "pathway.fsm_state_employ(fact, standing)",
        "setattr(pathway, 'state', 'employed')",
        "enrolment.exam_state = 'passed'",
    ],
)
def test_the_search_finds_each_kind_of_back_door(tmp_path, line, monkeypatch):
    monkeypatch.setattr("tests.pathways.test_one_door.ROOT", tmp_path)
    (tmp_path / "sneaky.py").write_text(line)
    assert back_doors(tmp_path / "sneaky.py")


@pytest.mark.django_db
def test_a_protected_state_refuses_assignment():
    from tests.factories import World

    story = World.make().story()
    with pytest.raises(AttributeError):
        story.pathway.state = "employed"
    with pytest.raises(AttributeError):
        story.prescription.state = "admitted"
