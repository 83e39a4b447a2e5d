"""Verdicts from the data: the best scheme, what is missing, dated rules, and a constant number of queries."""

from datetime import date, timedelta

import pytest

from config import clock
from prescriptions.models import Scheme, SchemeRule
from prescriptions.schemes import catalogue, eligibility
from prescriptions.schemes.rules import Outcome
from tests.factories import FIRST_DAY, World

pytestmark = pytest.mark.django_db
TODAY = FIRST_DAY + timedelta(days=20)
KNOWN = {"pe_registered_on": date(2025, 9, 1), "postal_code": "13003"}


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


@pytest.fixture
def world():
    return World.make()


def offered(world, *, financers=("2",), formacodes=("22334",), **action):
    session = world.session()
    session.action.formation.formacodes = list(formacodes)
    session.action.formation.save()
    session.action.financers = [{"code": code, "places": 10, "programme": ""} for code in financers]
    for name, value in {"postal_code": "13003", **action}.items():
        setattr(session.action, name, value)
    session.action.save()
    return session


def verdict(world, session, day=None, **fields):
    pathway = world.story(session=session, **{**KNOWN, **fields}).pathway
    return eligibility.for_people(session, [pathway.pk], day)[pathway.pk]


def test_a_regional_session_is_open_to_a_job_seeker(world):
    found = verdict(world, offered(world))
    assert (found.outcome, found.best.scheme.scheme.code) == (Outcome.YES, "prf-etaq")
    assert "inscrite à Pôle emploi depuis le 01/09/2025" in found.because
    assert [other.scheme.scheme.code for other in found.others] == []


def test_basic_skills_go_to_the_other_regional_scheme(world):
    found = verdict(world, offered(world, formacodes=["15041"]))
    assert (found.outcome, found.best.scheme.scheme.code) == (Outcome.YES, "prf-etaps")


def test_what_is_not_known_is_to_verify_and_says_what_to_do(world):
    found = verdict(world, offered(world), pe_registered_on=None)
    assert found.outcome is Outcome.TO_VERIFY
    (missing,) = found.best.missing
    assert "avis de situation" in missing.answer.remedy


def test_who_is_not_registered_yet_is_not_eligible(world):
    found = verdict(world, offered(world), pe_registered_on=TODAY + timedelta(days=1))
    assert found.outcome is Outcome.NO
    assert "ne commence que" in found.because


def test_the_first_open_scheme_wins_over_one_to_verify(world):
    found = verdict(world, offered(world, financers=["4", "7"], public_codes=["80006"]))
    assert (found.outcome, found.best.scheme.scheme.code) == (Outcome.YES, "afc")
    assert [other.scheme.scheme.code for other in found.others] == ["agefiph"]


def test_no_scheme_pays_for_it(world):
    found = verdict(world, offered(world, financers=["9"], formacodes=["15041"]))
    assert (found.outcome, found.best) == (Outcome.NO, None)
    assert found.because == "Aucun dispositif en vigueur ne finance cette session."


def test_a_new_scheme_and_a_changed_rule_are_data_read_by_their_dates(world):
    session = offered(world, financers=["9"], formacodes=["15041"])
    scheme = Scheme.objects.create(
        code="ville", name="Ville", funder="0", try_order=5, valid_from=TODAY, valid_to=TODAY + timedelta(30)
    )
    scheme.rules.create(rule="financed_by", parameters={"codes": ["9"]}, valid_from=TODAY)
    young = scheme.rules.create(rule="minimum_age", parameters={"years": 18}, valid_from=TODAY)
    assert verdict(world, session).best.scheme.scheme.code == "ville"
    SchemeRule.objects.filter(pk=young.pk).update(valid_to=TODAY + timedelta(10))
    scheme.rules.create(rule="minimum_age", parameters={"years": 60}, valid_from=TODAY + timedelta(10))
    assert verdict(world, session, TODAY + timedelta(9)).outcome is Outcome.YES
    assert verdict(world, session, TODAY + timedelta(10)).outcome is Outcome.NO
    assert verdict(world, session, TODAY - timedelta(1)).best is None
    assert verdict(world, session, TODAY + timedelta(30)).best is None


def test_a_rule_that_this_version_does_not_know_is_to_verify(world):
    scheme = Scheme.objects.get(code="prf-etaq")
    scheme.rules.create(rule="moon", valid_from=date(2016, 1, 1))
    assert verdict(world, offered(world)).outcome is Outcome.TO_VERIFY


def test_every_rule_that_comes_with_jalons_is_known():
    known = [applied for scheme in catalogue.in_force(TODAY) for applied in scheme.rules]
    assert len(known) > 40
    assert all(applied.rule for applied in known)
    for applied in known:
        names = {parameter.name for parameter in applied.rule.parameters}
        assert set(applied.row.parameters) <= names, applied.row.rule


def test_many_people_cost_as_many_queries_as_one(world, django_assert_num_queries):
    session = offered(world)
    ids = [world.story(session=session, **KNOWN).pathway.pk for _ in range(4)]
    session = type(session).objects.with_offer().get(pk=session.pk)
    for asked in (ids[:1], ids):
        with django_assert_num_queries(3):
            assert set(eligibility.for_people(session, asked)) == set(asked)
    with django_assert_num_queries(3):
        found = eligibility.for_sessions(ids[0], [session])
    assert found[session.pk].outcome is Outcome.YES
