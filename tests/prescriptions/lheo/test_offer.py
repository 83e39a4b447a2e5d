"""The model: same for both versions, plain texts, unknown kept unknown."""

from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prescriptions.lheo import LheoDate, Precision, RecruitmentState, regional_places
from prescriptions.lheo.values import plain_text, to_price
from tests.prescriptions.lheo.builders import (
    SIRET,
    action,
    address,
    cycle,
    extras,
    formation,
    funder,
    offer,
    offer_23,
    recruitment,
    session,
)


def one_action(read, **options):
    (item,) = read(offer(formation(actions=action(**options))))
    return item.formation.actions[0]


def one_session(read, **options):
    return one_action(read, sessions=session(**options)).sessions[0]


def test_both_namespaces_give_the_same_model(read):
    (old,) = read(offer())
    (new,) = read(offer(version="2.3"))
    differing = [
        field.name
        for field in fields(old.formation)
        if getattr(old.formation, field.name) != getattr(new.formation, field.name)
    ]
    assert differing == ["version"]
    assert (old.formation.version, new.formation.version) == ("2.2", "2.3")


def test_every_field_of_the_formation_is_read(read):
    (item,) = read(offer())
    found = item.formation
    assert (found.numero, found.title, found.is_certifying) == ("24_FO_1", "Plaquiste", True)
    assert found.created_on.exact == date(2029, 6, 1)
    assert [code.value for code in found.formacodes] == ["22402", "22403"]
    assert (found.main_formacode.value, found.main_formacode.edition) == ("22403", "V14")
    assert (found.nsf_codes, found.rome_codes) == (("233",), ("F1604",))
    assert (found.certifications[0].rncp, found.certifications[0].certifinfo) == ("320", "80735")
    assert (found.entry_level, found.exit_level, found.general_objective) == ("1", "4", "6")
    assert found.responsible.activity_number == "93131234513"
    assert (found.responsible.siret, found.responsible.name) == (SIRET, "École du bâtiment")
    assert found.href == "https://example.invalid/fiche/1"


def test_every_field_of_the_action_and_session_is_read(read):
    (item,) = read(offer())
    (found,) = item.formation.actions
    assert (found.numero, found.is_permanent, found.is_conventioned) == ("24_AC_1", False, True)
    assert [code.value for code in found.public_codes] == ["80010"]
    assert found.prerequisites == "Savoir lire un plan"
    assert (found.hours_centre, found.hours_enterprise) == (600, None)
    assert (found.hourly_price, found.total_price) == (Decimal("9.50"), Decimal("5700.00"))
    assert [one.exact for one in found.information_dates] == [date(2029, 12, 3)]
    assert found.information_place.city == "Marseille"
    assert found.recruitment_text == "Entretien puis tests"
    assert found.trainers[0].siret == SIRET
    assert (found.funders[0].code, found.funders[0].programmes) == ("2", ("PRF 2030",))
    (one,) = found.sessions
    assert (one.numero, one.state) == ("24_SE_1", RecruitmentState.OPEN)
    assert (one.period.start.exact, one.period.end.exact) == (date(2030, 1, 7), date(2030, 6, 28))
    assert one.registration.end.exact == date(2029, 12, 20)
    assert one.registration_place.postal_code == "13001"


def test_recruitment_and_cycle_of_2_3(read):
    (item,) = read(offer_23())
    (one,) = item.formation.actions[0].sessions
    (step,) = one.recruitments
    assert (step.mode, step.places, step.is_remote, step.starts_at) == ("9", 8, False, "09:00")
    assert step.period.start.exact == date(2029, 12, 3)
    assert (one.cycles[0].minimum, one.cycles[0].simultaneous_capacity) == (8, 15)


@pytest.mark.parametrize(("code", "state"), [("1", "OPEN"), ("2", "CLOSED"), ("3", "SUSPENDED")])
def test_the_declared_state_is_kept(read, code, state):
    assert one_session(read, state=code).state is RecruitmentState[state]


def test_an_absent_state_is_unknown_never_open(read):
    found = one_session(read, state=None)
    assert found.state is None
    assert not found.is_enterable(date(2029, 11, 15), is_permanent=False)


@pytest.mark.parametrize(
    ("given_code", "commune"),
    [("13201", "13055"), ("13216", "13055"), ("13217", "13217"), ("13200", "13200"), ("13001", "13001")],
)
def test_arrondissements_of_marseille_join_their_commune(read, given_code, commune):
    (place,) = one_action(read, place=address(insee_code=given_code)).places
    assert (place.insee_code, place.commune_code) == (given_code, commune)
    assert (place.name, place.latitude) == ("Centre du Port", Decimal("43.2965"))


def test_a_person_in_the_training_place_does_not_become_its_name(read):
    document = offer().replace(b"<nom>Centre du Port</nom>", b"<nom>Dupont</nom><prenom>Jeanne</prenom>")
    (item,) = read(document)
    assert item.formation.actions[0].places[0].name == ""


def test_a_siret_with_a_leading_zero_is_normalised(read):
    assert one_action(read, siret="0" + SIRET).trainers[0].siret == SIRET


@pytest.mark.parametrize(
    ("funders", "places"),
    [
        (funder("2", "5") + funder("4", "7"), 5),
        (funder("4", "7") + funder("8", "3"), None),
        (funder("2", None) + funder("4", "7"), None),
        (funder("2", "0"), 0),
        (funder("2", "-5"), None),
        (funder("2", "5") + funder("2", "7"), None),
        (funder("2", "5") + funder("2", None), 5),
        ("", None),
    ],
)
def test_regional_places_are_those_of_funder_2_alone(read, funders, places):
    assert regional_places(one_action(read, funders=funders)) == places


def test_the_expired_mark_and_other_extras_of_a_session(read):
    marks = extras("session-perimee", session_perimee="1") + extras(
        "delegation", region="93", identifiant="D7"
    )
    found = one_session(read, extra=marks)
    assert found.is_expired
    assert [(one.group, one.info, one.value) for one in found.extras][1:] == [
        ("delegation", "region", "93"),
        ("delegation", "identifiant", "D7"),
    ]


def test_online_training_has_no_place_in_2_3(read):
    xml = action()
    start, end = xml.index("<lieu-de-formation>"), xml.index("<modalites-entrees-sorties>")
    (item,) = read(offer(formation(actions=xml[:start] + xml[end:]), version="2.3"))
    assert item.formation.actions[0].places == ()


@pytest.mark.parametrize(
    ("raw", "precision", "earliest", "latest"),
    [
        ("20300107", Precision.DAY, date(2030, 1, 7), date(2030, 1, 7)),
        ("20280200", Precision.MONTH, date(2028, 2, 1), date(2028, 2, 29)),
        ("20300000", Precision.YEAR, date(2030, 1, 1), date(2030, 12, 31)),
        ("00000000", Precision.UNKNOWN, None, None),
        ("99999999", Precision.OPEN_ENDED, None, None),
        ("20301300", Precision.IMPOSSIBLE, None, None),
        ("20300230", Precision.IMPOSSIBLE, None, None),
        ("00000107", Precision.IMPOSSIBLE, None, None),
        ("2030-1-7", Precision.IMPOSSIBLE, None, None),
        ("", Precision.IMPOSSIBLE, None, None),
    ],
)
def test_partial_dates_keep_their_precision(raw, precision, earliest, latest):
    found = LheoDate.parse(raw)
    assert (found.precision, found.earliest, found.latest) == (precision, earliest, latest)
    assert found.exact == (earliest if precision is Precision.DAY else None)


@given(st.text(max_size=10) | st.from_regex(r"\A[0-9]{8}\Z"))
def test_no_text_breaks_the_date(raw):
    found = LheoDate.parse(raw)
    assert (found.earliest is None) == (found.latest is None)
    if found.is_known:
        assert found.earliest <= found.latest


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("12,5", "12.5"),
        ("12.50", "12.50"),
        ("5 700,00", "5700.00"),
        ("40 €", "40"),
        ("-4", None),
        ("NaN", None),
        ("1e3", None),
        ("1,2,3", None),
    ],
)
def test_prices_as_bases_write_them(text, price):
    assert to_price(text) == (Decimal(price) if price else None)


def test_markup_of_texts_is_removed(read):
    (item,) = read(
        offer(formation(objective="<p>Lire &amp; écrire</p><p>l'<b>été</b></p><script>x()</script>"))
    )
    assert item.formation.objective == "Lire & écrire\nl'été"
    assert plain_text("3 < 4") == "3 < 4"


def test_the_model_is_frozen_all_the_way_down(read):
    def assert_frozen(value):
        if is_dataclass(value):
            hash(value)
            for field in fields(value):
                assert_frozen(getattr(value, field.name))
        assert not isinstance(value, (list, dict, set))

    for document in (
        offer(),
        offer_23(formation(actions=action(sessions=session(v23=recruitment() + cycle())))),
    ):
        assert_frozen(read(document)[0].formation)
