"""A provider, whatever it opens, sends or downloads, reads nothing of barriers, RSA, reasons of suspension, comments of
others, nor of other providers' people (architecture, section 6; domain.md, C, minimisation).

There is no HTTP API yet: when there is one, its operations join the table and this walk.
"""

import pytest

from pathways.enums import Role
from tests.confidentiality.conftest import MARKS, asked_elsewhere, open_session
from tests.confidentiality.crawler import everything
from tests.readable import text_of
from tests.test_every_address import logged_in, undone
from tests.two_worlds import ENTRY, TODAY, ago


@pytest.fixture
def read(marked):
    """`read(role)` -> address -> text of everything that the role may open."""

    def answer(role):
        return everything(logged_in(marked.world.actor(role).user), marked.world, role)

    return answer


def told(texts, marks):
    found = {}
    for place, text in texts.items():
        words = [word for word in marks if word in text]
        if words:
            found[place] = words
    return found


def test_a_provider_reads_none_of_the_marks(read):
    texts = read(Role.PROVIDER)
    marks = [word for words in MARKS.values() for word in words]
    assert told(texts, marks) == {}
    formats = {text[:5] for text in texts.values()}
    # The walk went through files of every format, and through many pages about people.
    assert sum("Kermadec" in text for text in texts.values()) > 60
    assert any(place.endswith("/tout/") for place in texts), formats
    assert any(place.startswith("/attestations/") for place in texts)
    assert any("BEGIN:VCALENDAR" in text for text in texts.values())
    assert "Kermadec" in texts["mail"]


def test_the_marks_are_there_to_be_found(marked):
    """Otherwise the test above would be content with people of whom nothing is known."""
    world = marked.world
    client = logged_in(world.actor(Role.REFERENT).user)
    stories = (world.draft, world.asked, world.convened, world.trainee, world.leaver)
    files = "".join(text_of(client.get(f"/dossiers/{story.pathway.pk}/")) for story in stories)
    names = ("notes", "department", "elsewhere", "advisor", "caf", "suspension")
    hidden = [word for name in names for word in MARKS[name] if word not in files]
    assert hidden == []
    assert MARKS["rsa"][1] in files


@pytest.mark.parametrize("steps", [("enter",), ("enter", "leave_for_job"), ("enter", "complete")])
def test_a_refusal_names_no_step_taken_elsewhere(marked, steps):
    """Registered with the provider, somebody enters another one's course, finds a job, or finishes it."""
    world = marked.world
    story = world.world.story("Kermadecdouble", world.course)
    for fact, day in ENTRY[:3]:
        story.tell(fact, day)
    other = asked_elsewhere(story, open_session(marked))
    for fact in ("admit", "register", *steps):
        other.tell(fact, TODAY, by=marked.other_provider)
    client = logged_in(world.actor(Role.PROVIDER).user)
    path = f"/dossiers/{story.pathway.pk}/fait/enter/?prescription={story.prescription.pk}"
    rows = {"kind": "enter", "rows": [f"s{story.prescription.pk}"], "confirm": "1"}
    answers = [text_of(client.get(f"/dossiers/{story.pathway.pk}/")), text_of(client.get(path))]
    for day in (TODAY, ago(20)):
        for where, data in ((path, {}), ("/dossiers/ensemble/", rows)):
            with undone():
                answers.append(text_of(client.post(where, {**data, "occurred_on": str(day)})))
    told = " ".join(answers).replace("\u00a0", " ")
    # Where the person stands, and that a job is recorded.
    for word in ("parcours « ", "serait alors", "du 15/04/2026 deviendrait", "emploi enregistré"):
        assert word not in told, word
    assert "La personne a avancé dans son parcours" in told or "ce que d'autres ont enregistré" in told
