"""Warnings on what the norm's schema lets pass, and completeness of art. 4; none of them rejects."""

from datetime import date

import pytest

from prescriptions.lheo import Level
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

ACTION = "/lheo/offres/formation[1]/action[1]"
SESSION = f"{ACTION}/session[1]"
DOMAIN = "/lheo/offres/formation[1]/domaine-formation"


def with_session(**options):
    return offer(formation(actions=action(sessions=session(**options))))


def with_action(**options):
    return offer(formation(actions=action(**options)))


def found(item):
    return [(one.code, one.path) for one in item.findings]


def test_the_default_document_has_nothing_to_say(read):
    for document in (offer(), offer_23()):
        (item,) = read(document)
        assert item.findings == ()
        assert item.verdict is None


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        (with_session(end="20301307"), "date-impossible", f"{SESSION}/periode/fin"),
        (with_session(end="20300639"), "date-impossible", f"{SESSION}/periode/fin"),
        (with_session(end="20300230"), "date-impossible", f"{SESSION}/periode/fin"),
        (
            with_action(information_dates=("20291203", "20291300")),
            "date-impossible",
            f"{ACTION}/date-information[2]/date",
        ),
        (with_session(start="20300629", end="20300628"), "period-reversed", f"{SESSION}/periode"),
        (with_session(start="20300700", end="20300628"), "period-reversed", f"{SESSION}/periode"),
        (
            with_session(registration=("20291220", "20291219")),
            "period-reversed",
            f"{SESSION}/periode-inscription/periode",
        ),
        (with_action(hours="-1"), "hours-out-of-range", f"{ACTION}/nombre-heures-centre"),
        (with_action(hours="100000"), "hours-out-of-range", f"{ACTION}/nombre-heures-centre"),
        (with_action(total_price="gratuit"), "price-unreadable", f"{ACTION}/prix-total-TTC"),
        (
            with_action(siret="0" + SIRET),
            "siret-leading-zero",
            f"{ACTION}/organisme-formateur[1]/SIRET-formateur/SIRET",
        ),
        (
            with_action(siret="4430618410004X"),
            "siret-letters",
            f"{ACTION}/organisme-formateur[1]/SIRET-formateur/SIRET",
        ),
        (
            with_action(siret="44306184100048"),
            "siret-key",
            f"{ACTION}/organisme-formateur[1]/SIRET-formateur/SIRET",
        ),
        (
            offer(formation(domain='<code-FORMACODE ref="V14">2240A</code-FORMACODE>')),
            "code-shape",
            f"{DOMAIN}/code-FORMACODE[1]",
        ),
        (
            offer(formation(domain="<code-FORMACODE>22403</code-FORMACODE>")),
            "ref-missing",
            f"{DOMAIN}/code-FORMACODE[1]",
        ),
        (offer(formation(domain="<code-ROME>f1604</code-ROME>")), "code-shape", f"{DOMAIN}/code-ROME[1]"),
        (offer(formation(domain="<code-NSF>23A</code-NSF>")), "code-shape", f"{DOMAIN}/code-NSF[1]"),
        (
            with_action(public="<code-public-vise>80010</code-public-vise>"),
            "ref-missing",
            f"{ACTION}/code-public-vise[1]",
        ),
        (
            with_action(place=address(insee_code="1320A")),
            "code-shape",
            f"{ACTION}/lieu-de-formation[1]/coordonnees/adresse/code-INSEE-commune",
        ),
        (
            with_action(place=address(postal_code="F-130")),
            "code-shape",
            f"{ACTION}/lieu-de-formation[1]/coordonnees/adresse/codepostal",
        ),
        (
            with_action(place=address(latitude="nord")),
            "geolocation-unreadable",
            f"{ACTION}/lieu-de-formation[1]/coordonnees/adresse/geolocalisation/latitude",
        ),
        (
            with_action(place=address(longitude="180.5")),
            "geolocation-unreadable",
            f"{ACTION}/lieu-de-formation[1]/coordonnees/adresse/geolocalisation/longitude",
        ),
        (
            with_action(funders=funder("2", "5") + funder("4") + funder("2", "7")),
            "regional-places-ambiguous",
            f"{ACTION}/organisme-financeur[3]",
        ),
        (offer(formation(numero=None)), "numero-missing", "/lheo/offres/formation[1]"),
        (with_action(numero=" "), "numero-missing", ACTION),
        (with_session(numero=None), "numero-missing", SESSION),
        (
            offer(formation().replace('datemaj="20290915"', 'datemaj="2029-09-15"', 1)),
            "date-impossible",
            "/lheo/offres/formation[1]/@datemaj",
        ),
        (
            offer_23(formation(actions=action(sessions=session(v23=recruitment(places="-8"))))),
            "number-negative",
            f"{SESSION}/recrutement[1]/nb-places",
        ),
        (
            offer_23(formation(actions=action(sessions=session(v23=cycle(minimum="-1"))))),
            "number-negative",
            f"{SESSION}/cycle[1]/effectif-minimal",
        ),
    ],
)
def test_each_gap_of_the_schema_gives_one_warning_and_no_rejection(read, document, code, path):
    (item,) = read(document)
    assert found(item) == [(code, path)]
    assert item.verdict is Level.WARNING
    assert item.formation is not None
    assert item.formation.actions[0].sessions
    assert "{" not in item.findings[0].message + item.findings[0].remedy


def test_negative_places_are_a_warning_and_count_as_absent(read):
    (item,) = read(with_action(funders=funder("2", "-3")))
    assert sorted(one.code for one in item.findings) == ["no-regional-places", "number-negative"]
    assert item.formation.actions[0].funders[0].places is None


@pytest.mark.parametrize(
    ("siret", "codes"),
    [
        ("35600000000001", []),  # digit sum 15: La Poste's own rule, Luhn's key being false
        ("35600000000002", ["siret-key"]),  # neither
        ("35600000000048", []),  # Luhn's key is right
        ("44306184100046", ["siret-key"]),  # digit sum 40, but not La Poste
    ],
)
def test_la_poste_has_its_own_siret_rule(read, siret, codes):
    (item,) = read(with_action(siret=siret))
    assert [one.code for one in item.findings] == codes


@pytest.mark.parametrize("element", ["code-FORMACODE", "code-INSEE-commune"])
def test_an_unknown_code_is_a_warning_only_against_a_given_list(read, element):
    (item,) = read(offer(), known={element: frozenset({"00000"})})
    assert {one.code for one in item.findings} == {"code-not-listed"}
    assert all(element in one.path for one in item.findings)
    (item,) = read(offer(), known={element: frozenset({"22402", "22403", "13201"})})
    assert item.findings == ()


@pytest.mark.parametrize(
    ("options", "is_permanent", "on", "is_stale"),
    [
        ({}, False, date(2029, 12, 20), False),
        ({}, False, date(2029, 12, 21), True),  # registration over
        ({"registration": None}, False, date(2030, 1, 7), False),  # first day
        ({"registration": None}, False, date(2030, 1, 8), True),  # started
        ({"registration": None}, True, date(2030, 1, 8), False),  # permanent entries
        ({"registration": None}, True, date(2030, 6, 29), True),  # over
        ({"registration": ("20291001", "20300301")}, False, date(2030, 2, 1), False),  # still in its window
        ({"registration": None, "start": "20300100"}, False, date(2030, 1, 31), False),  # partial start
        ({"registration": None, "start": "20300100"}, False, date(2030, 2, 1), True),
        ({"registration": None, "start": "00000000"}, False, date(2030, 2, 1), False),  # unknown start
        ({"registration": None, "end": "99999999"}, True, date(2035, 1, 1), False),
        ({"extra": extras("session-perimee", session_perimee="1")}, False, date(2029, 11, 15), True),
        ({"extra": extras("session-perimee", session_perimee="0")}, False, date(2029, 11, 15), False),
        ({"state": "2"}, False, date(2029, 12, 21), False),  # declared closed: nothing stale
        ({"state": None}, False, date(2029, 12, 21), False),
    ],
)
def test_an_open_state_that_the_dates_contradict_is_stale(read, options, is_permanent, on, is_stale):
    (item,) = read(with_action(sessions=session(**options), is_permanent=is_permanent), on=on)
    assert ("state-stale" in [one.code for one in item.findings]) is is_stale
    (one_session,) = item.formation.actions[0].sessions
    is_declared_open = options.get("state", "1") == "1"
    assert one_session.is_enterable(on, is_permanent=is_permanent) is (is_declared_open and not is_stale)


def test_a_number_used_twice_is_told_with_its_first_line(read):
    document = offer(
        formation("F1", actions=action("A", sessions=session("S1"))),
        formation("F2", actions=action("A", sessions=session("S1") + session("S2"))),
    )
    first, second = read(document)
    assert first.findings == ()
    assert found(second) == [
        ("numero-duplicated", "/lheo/offres/formation[2]/action[1]/@numero"),
        ("numero-duplicated", "/lheo/offres/formation[2]/action[1]/session[1]/@numero"),
    ]
    assert f"ligne {first.formation.actions[0].line}" in second.findings[0].message


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        (with_session(state=None), "no-recruitment-state", SESSION),
        (with_session(registration=None), "no-registration-period", SESSION),
        (with_action(information_dates=()), "no-information-date", ACTION),
        (with_action(information_dates=("00000000",)), "no-information-date", ACTION),
        (with_action(funders=funder("2", None)), "no-regional-places", f"{ACTION}/organisme-financeur[1]"),
    ],
)
def test_completeness_of_article_4(read, document, code, path):
    (item,) = read(document)
    assert found(item) == [(code, path)]
    assert item.verdict is Level.COMPLETENESS
    assert item.formation is not None


def test_places_of_another_funder_are_not_asked_for(read):
    (item,) = read(with_action(funders=funder("4", None)))
    assert item.findings == ()


def test_an_information_session_of_2_3_counts_as_a_date(read):
    dated = action(information_dates=(), sessions=session(v23=recruitment("9")))
    interview = action(information_dates=(), sessions=session(v23=recruitment("8")))
    assert read(offer_23(formation(actions=dated)))[0].findings == ()
    assert [one.code for one in read(offer_23(formation(actions=interview)))[0].findings] == [
        "no-information-date"
    ]


def test_the_report_adds_up_the_items(check):
    document = offer(
        formation("F1", title=""),
        formation("F2", actions=action("A2", sessions=session("S2", state=None) + session("S3", state="4"))),
        extra=extras("flux-intercarif", date_export="20291114"),
    )
    report = check(document)
    assert (report.version, report.exported_on) == ("2.2", "20291114")
    assert dict(report.counted) == {"formation": 2, "action": 2, "session": 3}
    assert dict(report.rejected) == {"formation": 1, "action": 1, "session": 2}
    assert report.levels == {Level.REJECTED: 2, Level.COMPLETENESS: 1}
    assert report.codes == {"value-length": 1, "value-code": 1, "no-recruitment-state": 1}
    assert len(report.findings) == 3
