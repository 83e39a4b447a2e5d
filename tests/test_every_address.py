"""Every address with every role: anonymous visitors log in, a wrong role is a 403, somebody else's rows a 404.

Each actor owns rows of their own, and another Département has as many: a filter that is missing shows.
"""

from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client

from config import clock
from followup.models import AttendanceMark
from notifications.services import detect
from pathways.enums import Role
from pathways.facts import KINDS
from pathways.merging.detection import find_duplicates
from pathways.models import Event, User
from pathways.transitions import roles_of
from tests.address_table import (
    ALL_ROLES,
    OUTSIDE,
    PAGES,
    PEOPLE,
    PROVIDER,
    REGION,
    address,
    names_of_all_addresses,
)
from tests.readable import text_of
from tests.two_worlds import TODAY, Peopled, peopled

ROLES = sorted(ALL_ROLES)
#: Whose people a page shows: the tokens stand in their names.
OURS, THEIRS = "Kermadec", "Ouessant"


@contextmanager
def undone():
    """What a request changes is taken back, so that the next one finds the same rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def both(django_db_setup, django_db_blocker):
    """The two worlds, made once for all tests of this file inside a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        with clock.at(TODAY):
            worlds = peopled(OURS), peopled(THEIRS)
            detect()
            find_duplicates()
        yield worlds
        transaction.set_rollback(True)


@pytest.fixture
def db(both):
    """In place of pytest-django's: what a test changes is taken back, the two worlds stay. Its day is TODAY."""
    with undone(), clock.at(TODAY):
        yield


@pytest.fixture
def ours(both, db) -> Peopled:
    return both[0]


@pytest.fixture
def theirs(both, db) -> Peopled:
    return both[1]


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ask(client: Client, method: str, name: str, owner: Peopled, role: Role):
    """The answer to one request about the rows of `owner`; nothing that it changes stays."""
    page = PAGES[name]
    data = page.data(owner, role) if page.data and method == "post" else {}
    with undone():
        response = getattr(client, method)(address(name, owner, role), data)
        response.text_read = text_of(response)
    return response


def surprises(expected_of, answer_of, names=PAGES) -> dict:
    """(address, method) -> (what was answered, what was expected), where they differ."""
    found = {}
    for name in names:
        for method in PAGES[name].methods:
            expected, answer = expected_of(name, method), answer_of(name, method)
            if answer not in expected:
                found[name, method] = (answer, expected)
    return found


# ---- the table itself


def test_every_address_has_its_line():
    names = set(names_of_all_addresses())
    missing = names - PAGES.keys() - OUTSIDE.keys()
    assert not missing, f"tests/address_table.py: say who may open {sorted(missing)}, and whose rows it shows"
    gone = (PAGES.keys() | OUTSIDE.keys()) - names
    assert not gone, f"tests/address_table.py: {sorted(gone)} no longer exist"


@pytest.mark.parametrize("name", PAGES)
def test_the_view_says_the_same_roles_as_the_table(name):
    view = names_of_all_addresses()[name]
    assert getattr(view, "allowed_roles", None) == PAGES[name].roles, (
        f"{name}: for_roles(…) and the table differ"
    )


# ---- who is not let in


def test_anonymous_visitors_are_sent_to_the_login_page(ours):
    client = Client()

    def answer(name, method):
        response = ask(client, method, name, ours, Role.REFERENT)
        return response.status_code, response.headers.get("Location", "").split("?")[0]

    assert surprises(lambda name, method: {(302, "/connexion/")}, answer) == {}


def test_a_user_without_membership_opens_nothing(ours):
    client = logged_in(User.objects.create_user("sans-role@exemple.invalid", "mot-de-passe-long"))
    refused = surprises(
        lambda name, method: {403},
        lambda name, method: ask(client, method, name, ours, Role.REFERENT).status_code,
    )
    assert refused == {}


@pytest.mark.parametrize("role", ROLES)
def test_a_wrong_role_is_refused_and_changes_nothing(ours, role):
    client = logged_in(ours.actor(role).user)
    closed = [name for name, page in PAGES.items() if role not in page.roles]
    facts = Event.objects.count()
    refused = surprises(
        lambda name, method: {403},
        lambda name, method: ask(client, method, name, ours, role).status_code,
        closed,
    )
    assert refused == {}
    assert Event.objects.count() == facts


@pytest.mark.parametrize("role", ROLES)
def test_the_review_page_of_the_interface_is_for_administrators_of_the_machine(ours, role):
    client = logged_in(ours.actor(role).user)
    assert {client.get(path).status_code for path in ("/composants/", "/composants/travail/")} == {403}


# ---- who is let in, and to what


@pytest.mark.parametrize("role", ROLES)
def test_the_right_role_opens_its_own_rows(ours, role):
    client = logged_in(ours.actor(role).user)
    opened = [name for name, page in PAGES.items() if role in page.roles]
    wanted = {"get": {200}, "post": {200, 302, 422}}
    failed = surprises(
        lambda name, method: wanted[method],
        lambda name, method: ask(client, method, name, ours, role).status_code,
        opened,
    )
    assert failed == {}


@pytest.mark.parametrize("role", ROLES)
def test_a_page_that_only_reads_refuses_to_be_posted_to(ours, role):
    client = logged_in(ours.actor(role).user)
    for name in [name for name, page in PAGES.items() if role in page.roles]:
        for method in {"get", "post"} - set(PAGES[name].methods):
            assert getattr(client, method)(address(name, ours, role)).status_code == 405, (name, method)


@pytest.mark.parametrize("role", ROLES)
def test_rows_of_another_organisation_do_not_exist(ours, theirs, role):
    client = logged_in(ours.actor(role).user)
    pages = [
        name
        for name, page in PAGES.items()
        if role in page.roles and page.names_rows() and role not in page.public_to
    ]

    failed = surprises(
        lambda name, method: {PAGES[name].to_foreign_rows},
        lambda name, method: ask(client, method, name, theirs, role).status_code,
        pages,
    )
    assert failed == {}


@pytest.mark.parametrize("role", ROLES)
def test_no_page_tells_of_the_people_of_another_organisation(ours, theirs, role):
    client = logged_in(ours.actor(role).user)
    told, silent = [], []
    for name, page in PAGES.items():
        if role not in page.roles:
            continue
        for method in page.methods:
            response = ask(client, method, name, ours, role)
            told += [(name, method)] if THEIRS in response.text_read else []
            has_words = role in page.shows and response.status_code != 302
            silent += [(name, method)] if has_words and OURS not in response.text_read else []
    assert told == [], f"people of another organisation on {told}"
    # Otherwise this test would be content with empty pages.
    assert silent == [], f"nobody of one's own on {silent}"


@pytest.mark.parametrize("role", sorted(PEOPLE))
def test_each_fact_has_its_roles(ours, theirs, role):
    """The page of every kind of fact: 200 for who may state it, 403 for others, 404 about somebody else's person."""
    client = logged_in(ours.actor(role).user)
    surprised = {}
    for kind in sorted(name for name, kind in KINDS.items() if kind.by_hand):
        own, foreign = (
            client.get(
                f"/dossiers/{world.trainee.pathway.pk}/fait/{kind}/?prescription={world.trainee.prescription.pk}"
            ).status_code
            for world in (ours, theirs)
        )
        wanted = (200 if role in roles_of(kind) else 403, 404)
        if (own, foreign) != wanted:
            surprised[kind] = ((own, foreign), wanted)
    assert surprised == {}


# ---- rows smuggled into a page of one's own


def _candidates(world):
    return {
        "kind": "admit",
        "rows": [f"s{world.asked.prescription.pk}"],
        "confirm": "1",
        "occurred_on": str(TODAY),
    }


def _presences(world):
    return {f"m-{world.trainee.prescription.pk}-{TODAY:%Y%m%d}-am": "P", "fill": "P"}


SMUGGLED = {
    "candidates": ("/dossiers/ensemble/", _candidates),
    "meeting": (
        "/sessions/{upcoming}/information-collective/",
        lambda world: {f"p-{world.convened.prescription.pk}": "attend"},
    ),
    "presences": ("/sessions/{course}/presences/?jour=" + str(TODAY), _presences),
    "trainees": (
        "/dossiers/ensemble/",
        lambda world: {
            "kind": "complete",
            "rows": [f"s{world.trainee.prescription.pk}"],
            "confirm": "1",
            "occurred_on": str(TODAY),
        },
    ),
    "exam": (
        "/sessions/{course}/examen/",
        lambda world: {
            f"r{world.examined.prescription.pk}-result": "exam_passed",
            "occurred_on": str(TODAY),
        },
    ),
}


@pytest.mark.parametrize("form", SMUGGLED)
def test_foreign_rows_sent_with_a_form_of_ones_own_are_left_alone(ours, theirs, form):
    path, data = SMUGGLED[form]
    path = path.format(course=ours.course.pk, upcoming=ours.upcoming.pk)
    client = logged_in(ours.actor(PROVIDER).user)
    for world, written in [(theirs, 0), (ours, 1)]:
        before = Event.objects.count() + AttendanceMark.objects.count()
        with undone():
            response = client.post(path, data(world))
            after = Event.objects.count() + AttendanceMark.objects.count()
        assert THEIRS not in text_of(response)
        assert min(after - before, 1) == written, f"{world.token}: {response.status_code}"


def test_a_person_named_in_the_search_of_sessions_is_ones_own(ours, theirs):
    path = f"/sessions/?dossier={theirs.asked.pathway.pk}"
    answers = {
        role: logged_in(ours.actor(role).user).get(path)
        for role in (Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR, Role.PROVIDER, REGION)
    }
    assert {role: answer.status_code for role, answer in answers.items()} == {
        Role.REFERENT: 404,
        Role.DEPARTMENT_MANAGER: 404,
        Role.ADVISOR: 200,
        Role.PROVIDER: 200,
        REGION: 200,
    }
    assert not any(THEIRS in text_of(answer) for answer in answers.values())
