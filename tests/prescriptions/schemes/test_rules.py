"""Each rule of formats.md, section 8, on values alone: yes, no, and « à vérifier » whenever the data is missing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from prescriptions.schemes import catalogue  # noqa: F401  (declares the rules)
from prescriptions.schemes.case import Case, Offer, Person, department_of
from prescriptions.schemes.rules import RULES, Outcome, Shape

DAY = date(2018, 3, 1)
PERSON = Person(
    pathway_id=1,
    registered_on=date(2017, 9, 1),
    has_identifier=True,
    birth_date=date(1990, 5, 17),
    department="13",
)
OFFER = Offer(
    title="Maçon",
    formacodes=("22334",),
    certifinfo="12345",
    is_certifying=True,
    goal_code="6",
    level_out="4",
    financers=frozenset({"2"}),
    public_codes=frozenset({"80006"}),
    hours_total=400,
    hours_company=100,
    price=Decimal(4000),
    starts_on=date(2018, 4, 2),
    ends_on=date(2018, 6, 30),
    department="13",
)
WISH = replace(OFFER, is_wish=True, financers=None, public_codes=frozenset())

# rule, parameters, changes of the person, of the offer, what is answered
CASES = [
    ("job_seeker", {}, {}, {}, "eligible"),
    ("job_seeker", {}, {"registered_on": date(2018, 3, 2)}, {}, "not_eligible"),
    ("job_seeker", {}, {"registered_on": None}, {}, "to_verify"),
    ("minimum_age", {}, {"birth_date": date(2002, 4, 2)}, {}, "eligible"),
    ("minimum_age", {}, {"birth_date": date(2002, 4, 3)}, {}, "not_eligible"),
    ("minimum_age", {}, {"birth_date": None}, {}, "to_verify"),
    ("lives_in", {}, {}, {}, "eligible"),
    ("lives_in", {}, {"department": "30"}, {}, "not_eligible"),
    ("lives_in", {}, {"department": ""}, {}, "to_verify"),
    ("same_department", {}, {"department": "84"}, {}, "not_eligible"),
    ("same_department", {}, {}, {"department": ""}, "to_verify"),
    ("disabled_worker", {}, {}, {}, "to_verify"),
    ("job_promise", {}, {}, {}, "to_verify"),
    ("cpf_rights", {}, {}, {}, "to_verify"),
    ("financed_by", {"codes": ["2"]}, {}, {}, "eligible"),
    ("financed_by", {"codes": ["4"]}, {}, {}, "not_eligible"),
    ("financed_by", {"codes": ["4"]}, {}, {"financers": None}, "to_verify"),
    (
        "not_financed_by",
        {"codes": ["0", "5", "10"]},
        {},
        {"financers": frozenset({"4", "10"})},
        "not_eligible",
    ),
    ("not_financed_by", {"codes": ["0", "5", "10"]}, {}, {"financers": frozenset({"4"})}, "eligible"),
    ("individuals_only", {}, {}, {}, "not_eligible"),
    ("individuals_only", {}, {}, {"financers": frozenset({"10", "5"})}, "eligible"),
    ("individuals_only", {}, {}, {"financers": None}, "to_verify"),
    ("trains_in", {}, {}, {"department": "06"}, "eligible"),
    ("trains_in", {}, {}, {"department": "75"}, "not_eligible"),
    ("teaches", {"formacodes": ["15041"]}, {}, {"formacodes": ("15041",)}, "eligible"),
    ("teaches", {"formacodes": ["15041"]}, {}, {}, "not_eligible"),
    ("teaches", {"formacodes": ["15041"]}, {}, {"formacodes": ()}, "to_verify"),
    ("does_not_teach", {"formacodes": ["440"]}, {}, {"formacodes": ("44028",)}, "not_eligible"),
    (
        "does_not_teach",
        {"formacodes": ["440"], "except": ["44067"]},
        {},
        {"formacodes": ("44067",)},
        "eligible",
    ),
    ("does_not_teach", {"formacodes": ["440"]}, {}, {"formacodes": ()}, "to_verify"),
    ("not_certified_as", {"certifinfo": ["12345"]}, {}, {}, "not_eligible"),
    ("not_certified_as", {"certifinfo": ["84385"]}, {}, {}, "eligible"),
    ("not_certified_as", {"certifinfo": ["84385"]}, {}, {"certifinfo": ""}, "to_verify"),
    (
        "not_certified_as",
        {"certifinfo": ["84385"]},
        {},
        {"certifinfo": "", "is_certifying": False},
        "eligible",
    ),
    ("is_poec", {}, {}, {"financers": frozenset({"16"})}, "eligible"),
    ("is_poec", {}, {}, {"title": "Agent logistique (POEC)", "hours_total": 401}, "not_eligible"),
    ("is_poec", {}, {}, {"title": "Agent logistique (POEC)", "hours_total": None}, "to_verify"),
    ("is_poec", {}, {}, {"financers": None}, "to_verify"),
    ("not_poe", {}, {}, {"title": "Vendeur - POEI"}, "not_eligible"),
    ("not_poe", {}, {}, {}, "eligible"),
    ("not_work_study", {}, {}, {"public_codes": frozenset({"82020"})}, "not_eligible"),
    ("not_work_study", {}, {}, {"title": "CAP en apprentissage"}, "not_eligible"),
    ("not_work_study", {}, {}, {"public_codes": frozenset()}, "to_verify"),
    ("not_vae", {}, {}, {"title": "Accompagnement à la VAE"}, "not_eligible"),
    ("not_business_creation", {}, {}, {"goal_code": "4"}, "not_eligible"),
    ("not_business_creation", {}, {}, {"title": "Créateur d'entreprise"}, "not_eligible"),
    ("not_driving_licence", {}, {}, {"title": "Permis B"}, "not_eligible"),
    ("not_higher_education", {}, {}, {"level_out": "17"}, "not_eligible"),
    ("not_higher_education", {}, {}, {"level_out": ""}, "to_verify"),
    ("company_share", {}, {}, {"hours_company": 120}, "eligible"),
    ("company_share", {}, {}, {"hours_company": 121}, "not_eligible"),
    ("company_share", {}, {}, {"hours_company": None}, "to_verify"),
    ("file_before_start", {}, {}, {"starts_on": date(2018, 3, 16)}, "eligible"),
    ("file_before_start", {}, {}, {"starts_on": date(2018, 3, 15)}, "not_eligible"),
    ("file_before_start", {}, {}, {"starts_on": None}, "to_verify"),
    ("file_before_start", {}, {}, {"starts_on": date(2018, 1, 8), "is_permanent": True}, "eligible"),
    ("subsidiary", {}, {}, {}, "to_verify"),
    ("maximum_duration", {}, {}, {"ends_on": date(2019, 4, 1)}, "eligible"),
    ("maximum_duration", {}, {}, {"ends_on": date(2019, 4, 20)}, "not_eligible"),
    ("maximum_duration", {}, {}, {"ends_on": date(2019, 4, 20), "formacodes": ("15234",)}, "eligible"),
    ("weekly_hours", {}, {}, {}, "eligible"),
    ("weekly_hours", {}, {}, {"hours_total": 100}, "not_eligible"),
    ("weekly_hours", {}, {}, {"hours_total": None}, "to_verify"),
    ("price_within", {}, {}, {}, "eligible"),
    ("price_within", {}, {}, {"price": Decimal(4501), "hours_total": 1000}, "to_verify"),
    ("price_within", {}, {}, {"price": Decimal(4000), "hours_total": 200}, "to_verify"),
    (
        "price_within",
        {},
        {},
        {"price": Decimal(4000), "hours_total": 200, "formacodes": ("31854",)},
        "eligible",
    ),
    ("price_within", {}, {}, {"price": None}, "to_verify"),
    ("hours_paid", {}, {}, {"hours_total": 401}, "eligible"),
    ("pay_of_trainee", {}, {}, {"formacodes": ("43448",)}, "eligible"),
]


@pytest.mark.parametrize(("code", "given", "person", "offer", "wanted"), CASES)
def test_a_rule_answers(code, given, person, offer, wanted):
    answer = RULES[code].answer(Case(replace(PERSON, **person), replace(OFFER, **offer), DAY), given)
    assert answer.outcome == wanted, answer.why
    assert answer.why.endswith(".")
    assert bool(answer.remedy) == (answer.outcome is Outcome.TO_VERIFY)


def test_every_rule_is_tried_explained_and_sourced():
    assert {code for code, *_ in CASES} == set(RULES)
    for rule in RULES.values():
        assert rule.sentence.endswith("."), rule.code
        assert all([rule.source, rule.reads]), rule.code
        for parameter in rule.parameters:
            kind = int if parameter.shape is Shape.NUMBER else list
            assert isinstance(parameter.default, kind), (rule.code, parameter.name)


def test_a_wish_is_individual_whatever_the_offer_does_not_say():
    case = Case(PERSON, WISH, DAY)
    answers = {
        code: RULES[code].answer(case, {}).outcome
        for code in ("individuals_only", "not_poe", "not_work_study")
    }
    assert set(answers.values()) == {Outcome.YES}
    assert RULES["financed_by"].answer(case, {"codes": ["2"]}).outcome is Outcome.NO


@pytest.mark.parametrize(("code", "wanted"), [("13055", "13"), ("2A004", "2A"), ("97411", "974"), ("", "")])
def test_the_departement_of_a_commune(code, wanted):
    assert department_of(code) == wanted
