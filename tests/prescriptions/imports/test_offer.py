"""What an LHEO file does to the offer: one line per session, idempotent, nothing better known overwritten."""

from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import clock
from config.readonly import writes
from pathways.models import Organisation
from prescriptions.models import Formation, Session, TrainingAction
from tests.prescriptions.lheo.builders import (
    SIRET,
    action,
    cycle,
    extras,
    formation,
    funder,
    offer,
    offer_23,
    recruitment,
    session,
)

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
HOURS = 600


def of_sessions(*sessions: str, **options) -> bytes:
    return offer(formation(actions=action(sessions="".join(sessions), **options)))


def codes(line, *levels):
    return [finding.code for finding in line.findings if not levels or finding.level in levels]


def verdicts(lines):
    return [line.verdict.value for line in lines]


def test_a_session_is_read_with_its_action_and_formation(read, world, marseille):
    (line,), _, job = read(offer())
    made = Session.objects.get()
    assert (line.verdict, line.findings) == ("created", ())
    assert (made.carif_number, made.title, made.capacity, made.recruitment) == (
        "24_SE_1", "Plaquiste", 12, "open",
    )  # fmt: skip
    assert (made.starts_on, made.ends_on) == (date(2030, 1, 7), date(2030, 6, 28))
    assert (made.registration_starts_on, made.registration_ends_on) == (
        date(2029, 10, 1), date(2029, 12, 20),
    )  # fmt: skip
    assert (made.is_regional, made.area, made.provider.siret) == (True, marseille, SIRET)
    assert made.declared_by is None
    assert made.declared_at.astimezone(PARIS).date() == date(2029, 9, 15)
    assert "F1604" in made.search_key
    assert (made.action.commune_id, made.action.insee_code, made.action.city) == (
        "13055",
        "13201",
        "Marseille",
    )
    assert made.action.financers == [{"code": "2", "places": 12, "programme": "PRF 2030"}]
    meeting = made.meetings.get()
    assert (meeting.kind, meeting.held_on, meeting.declared_by) == ("information", date(2029, 12, 3), None)
    assert meeting.declared_at == made.declared_at
    # 600 hours in all, told by the hour: 9,50 €.
    assert (made.hours, made.price, made.hourly_cost) == (HOURS, HOURS * Decimal("9.50"), Decimal("9.50"))
    assert made.action.formation.formacodes == ["22403", "22402"]
    assert made.action.formation.responsible == made.provider
    assert job.summary == {"formations_created": 1, "actions_created": 1, "providers_created": 1}
    for row in (made, made.action, made.action.formation):
        assert row.history.get().history_user == world.actors["region_officer"].user


BOTH = [offer(formation(), formation("24_FO_2", actions=action("24_AC_2"))), offer_23()]


@pytest.mark.parametrize("content", BOTH, ids=["2.2", "2.3"])
def test_the_plan_tells_what_the_writing_does_and_writes_nothing(read, content):
    with CaptureQueriesContext(connection) as queries:
        planned, told, plan = read(content, write=False)
    assert not [query["sql"] for query in queries if writes(query["sql"])]
    written, counted, job = read(content)
    assert (planned, told, plan.summary) == (written, counted, job.summary)


@pytest.mark.parametrize("content", BOTH, ids=["2.2", "2.3"])
def test_a_second_import_writes_nothing(read, content):
    first, *_ = read(content)
    with clock.at(date(2029, 10, 9)), CaptureQueriesContext(connection) as queries:
        lines, tally, _ = read(content)
    assert set(verdicts(first)) == {"created"}
    assert set(verdicts(lines)) == {"unchanged"}
    assert (tally["created"], tally["updated"]) == (0, 0)
    assert not [query["sql"] for query in queries if writes(query["sql"])]


def test_statements_do_not_grow_with_the_formations(read):
    def count(number):
        content = offer(*(formation(f"F{n}", actions=action(f"A{n}")) for n in range(number)))
        read(content)
        with CaptureQueriesContext(connection) as queries:
            read(content)
        return len(queries)

    assert count(2) == count(8)


# ---- places


def test_places_are_those_of_the_region_never_a_sum(read):
    both = funder("2", "12") + funder("4", "8")
    read(of_sessions(session(), funders=both))
    assert Session.objects.get().capacity == 12
    assert TrainingAction.objects.get().regional_places == 12


def test_places_of_other_funders_are_not_the_session_s(read):
    read(of_sessions(session(), funders=funder("10", "4") + funder("5", "4")))
    made = Session.objects.get()
    assert (made.capacity, made.is_regional) == (None, False)


def test_places_of_an_action_with_several_sessions_stay_unknown_and_are_asked_for(read):
    lines, tally, _ = read(of_sessions(session("S1"), session("S2"), session("S3")))
    assert list(Session.objects.order_by("pk").values_list("capacity", flat=True)) == [None] * 3
    assert TrainingAction.objects.get().regional_places == 12
    assert [codes(line) for line in lines] == [["places-not-split"], [], []]
    assert "12 places de la Région pour 3 sessions" in lines[0].findings[0].message
    assert tally["completeness"] == 1


def test_a_session_of_2_3_tells_its_own_places_and_minimum(read):
    told = [
        session(name, v23=recruitment(places=places) + cycle(minimum="6"))
        for name, places in (("S1", "8"), ("S2", "10"))
    ]
    content = offer(formation(actions=action(sessions="".join(told))), version="2.3")
    lines, *_ = read(content)
    assert list(Session.objects.order_by("pk").values_list("capacity", "minimum")) == [(8, 6), (10, 6)]
    assert codes(lines[0]) == []


def test_two_figures_for_one_session_are_none(read):
    told = session(v23=recruitment(places="8") + recruitment(places="9"))
    read(offer(formation(actions=action(sessions=told, funders=funder("4"))), version="2.3"))
    assert Session.objects.get().capacity is None


def test_the_capacity_never_falls_below_the_seats_held(read):
    read(of_sessions(session()))
    Session.objects.update(seats_held=10)
    (line,), *_ = read(of_sessions(session(), funders=funder("2", "7")))
    assert Session.objects.get().capacity == 12
    assert "capacity-below-held" in codes(line, "warning")


def test_an_absurd_figure_is_no_figure(read):
    read(of_sessions(session(), funders=funder("2", "99999999999")))
    assert Session.objects.get().capacity is None


# ---- recruitment


@pytest.mark.parametrize(("state", "kept"), [("1", "open"), ("2", "closed"), ("3", "suspended"), (None, "")])
def test_recruitment_is_what_the_file_says_and_absent_is_unknown(read, state, kept):
    read(of_sessions(session(state=state)))
    assert Session.objects.get().recruitment == kept


def test_a_state_that_the_file_no_longer_gives_becomes_unknown(read):
    read(of_sessions(session(state="1")))
    read(of_sessions(session(state=None)))
    assert Session.objects.get().recruitment == ""


def test_a_session_that_the_base_calls_out_of_date_is_closed(read):
    read(of_sessions(session(state="1", extra=extras("session", session_perimee="1"))))
    assert Session.objects.get().recruitment == "closed"


# ---- dates


@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        ("20300107", "99999999", (date(2030, 1, 7), None)),
        ("00000000", "00000000", (None, None)),
        ("20300900", "20301200", (None, None)),
        ("20300628", "20300107", (date(2030, 6, 28), None)),
    ],
)
def test_partial_open_and_reversed_dates(read, start, end, kept):
    read(of_sessions(session(start=start, end=end)))
    made = Session.objects.get()
    assert (made.starts_on, made.ends_on) == kept


def test_a_date_that_the_file_no_longer_gives_stays_known(read):
    read(of_sessions(session()))
    read(of_sessions(session(start="00000000", end="20300628", registration=None)))
    made = Session.objects.get()
    assert (made.starts_on, made.registration_ends_on) == (date(2030, 1, 7), date(2029, 12, 20))


def test_a_closing_that_a_later_opening_overtakes_becomes_unknown(read):
    read(of_sessions(session()))
    (line,), *_ = read(of_sessions(session(start="20310107", end="99999999")))
    assert Session.objects.get().ends_on is None
    assert "closes-before-opening" in codes(line)


def test_what_changes_is_told_with_what_it_was(read):
    read(of_sessions(session()))
    (line,), *_ = read(of_sessions(session(end="20300705", state="2"), funders=funder("2", "15")))
    assert line.verdict == "updated"
    assert "places : 12 → 15" in line.explanation
    assert "clôture : 28/06/2030 → 05/07/2030" in line.explanation
    assert "recrutement : ouvert → fermé" in line.explanation


# ---- who said it last


def declare(world, day, **values):
    Session.objects.update(
        declared_by=world.provider.organisation, declared_at=datetime(*day, 9, tzinfo=PARIS), **values
    )


def test_a_figure_declared_later_in_jalons_stands(read, world):
    read(offer())
    declare(world, (2029, 9, 20), capacity=9)
    (line,), *_ = read(offer())
    made = Session.objects.get()
    assert (made.capacity, made.declared_by) == (9, world.provider.organisation)
    (finding,) = line.findings
    assert (line.verdict, finding.code, finding.level) == ("unchanged", "declared-later", "warning")
    assert world.provider.organisation.name in finding.message
    assert "places" in finding.message


def test_a_file_updated_since_then_takes_over(read, world):
    read(offer())
    declare(world, (2029, 9, 14), capacity=9)
    (line,), *_ = read(offer())
    made = Session.objects.get()
    assert (made.capacity, made.declared_by, line.verdict) == (12, None, "updated")
    assert made.declared_at.astimezone(PARIS).date() == date(2029, 9, 15)


def test_a_file_of_unknown_age_does_not_override_a_declaration(read, world):
    undated = offer().replace(b'datemaj="20290915"', b'datemaj="00000000"')
    read(undated)
    declare(world, (2029, 9, 1), capacity=9)
    read(undated)
    assert Session.objects.get().capacity == 9


def test_an_older_export_brings_nothing_back(read):
    read(offer(formation(title="Plaquiste confirmé")))
    older = offer(formation(title="Plaquiste")).replace(b'datemaj="20290915"', b'datemaj="20290801"')
    (line,), *_ = read(older)
    assert (line.verdict, codes(line)) == ("unchanged", ["older-file"])
    assert Formation.objects.get().title == "Plaquiste confirmé"


# ---- numbers


def test_actions_that_share_a_number_keep_their_sessions_whatever_their_order(read):
    one = action("24_AC", sessions=session("S1"), hours="100")
    two = action("24_AC", sessions=session("S2"), hours="200")
    three = action("24_AC", sessions=session("S3"), hours="300")
    read(offer(formation(actions=one + two)))
    assert list(TrainingAction.objects.order_by("rank").values_list("rank", "hours_centre")) == [
        (0, 100),
        (1, 200),
    ]
    lines, *_ = read(offer(formation(actions=three + two + one)))
    assert verdicts(lines) == ["created", "unchanged", "unchanged"]
    assert list(TrainingAction.objects.order_by("rank").values_list("hours_centre", "sessions__carif_number")) == [
        (100, "S1"), (200, "S2"), (300, "S3"),
    ]  # fmt: skip


def test_an_action_whose_sessions_are_all_new_is_still_itself(read):
    read(of_sessions(session("S1")))
    read(of_sessions(session("S2")))
    assert TrainingAction.objects.get().sessions.count() == 2


@pytest.mark.parametrize(
    ("content", "lost"),
    [
        (offer(formation(None)), "formation"),
        (offer(formation(actions=action(None))), "action"),
        (of_sessions(session(None)), "session"),
    ],
)
def test_what_has_no_number_is_refused_rather_than_doubled(read, content, lost):
    (line,), tally, _ = read(content)
    assert (line.verdict, tally["rejected"]) == ("rejected", 1)
    assert "numero-required" in codes(line, "rejected")
    assert not Formation.objects.exists()


def test_a_number_met_twice_is_read_once(read):
    lines, *_ = read(offer(formation(), formation(title="Autre")))
    assert verdicts(lines) == ["created", "rejected"]
    assert "numero-repeated" in codes(lines[1])
    assert Formation.objects.get().title == "Plaquiste"
    lines, *_ = read(of_sessions(session("S1"), session("S1")))
    assert sorted(verdicts(lines)) == ["created", "rejected"]


def test_a_number_too_long_is_refused_with_what_it_numbers(read):
    (line,), *_ = read(of_sessions(session("S" * 41)))
    assert codes(line, "rejected") == ["numero-too-long"]


# ---- refusals


def test_a_refused_session_leaves_the_others(read):
    lines, *_ = read(of_sessions(session("S1", end="2030-06-28"), session("S2")))
    assert sorted(verdicts(lines)) == ["created", "rejected"]
    refused = next(line for line in lines if line.verdict == "rejected")
    assert "action 1, session 1" in refused.locator
    assert refused.findings[0].path.endswith("action[1]/session[1]/periode/fin")
    assert refused.findings[0].value == "2030-06-28"
    assert refused.findings[0].remedy
    assert list(Session.objects.values_list("carif_number", flat=True)) == ["S2"]


def test_remarks_go_with_the_session_they_are_about(read):
    refused = session("S1", end="2030-06-28")
    content = of_sessions(refused, session("S2"), session("S3", registration=None))
    lines, *_ = read(content)
    told = {line.locator.split(",")[0]: codes(line) for line in lines if line.verdict == "created"}
    assert told == {"Session S2": ["places-not-split"], "Session S3": ["no-registration-period"]}


def test_a_formation_of_which_nothing_is_left_is_not_made(read):
    (line,), tally, _ = read(of_sessions(session(end="2030-06-28")))
    assert (line.verdict, tally["created"], tally["rejected"]) == ("rejected", 0, 1)
    assert not Formation.objects.exists()


# ---- organisations


def test_an_organisation_is_found_by_its_siret_and_never_renamed(read, world):
    known = world.provider.organisation
    Organisation.objects.filter(pk=known.pk).update(siret=SIRET, name="Le Bâtiment")
    _, _, job = read(offer())
    assert Session.objects.get().provider == known
    known.refresh_from_db()
    assert (known.name, job.summary["providers_created"]) == ("Le Bâtiment", 0)


def test_an_organisation_known_by_name_receives_its_siret(read, world):
    known = world.provider.organisation
    Organisation.objects.filter(pk=known.pk).update(name="ECOLE DU BATIMENT")
    read(offer())
    known.refresh_from_db()
    assert (known.siret, Session.objects.get().provider) == (SIRET, known)


def test_two_sirets_under_one_activity_number_are_two_organisations(read):
    other = "82422814200660"
    read(offer(formation(), formation("24_FO_2", siret=other, actions=action("24_AC_2", siret=other))))
    assert set(Organisation.objects.exclude(siret="").values_list("siret", flat=True)) == {SIRET, other}


def test_a_siret_with_a_wrong_key_designates_nobody(read):
    wrong = "44306184100048"
    read(offer(formation(siret=wrong, actions=action(siret=wrong))))
    assert Session.objects.get().provider.siret == ""
    again, *_ = read(offer(formation(siret=wrong, actions=action(siret=wrong))))
    assert verdicts(again) == ["unchanged"]


def test_the_session_follows_its_action_to_another_provider(read):
    read(offer())
    read(offer(formation(actions=action(siret="82422814200660"))))
    made = Session.objects.get()
    assert made.provider.siret == "82422814200660"
    assert made.provider == made.action.provider


# ---- meetings


def days_of(session):
    return [meeting.held_on for meeting in session.meetings.all()]


def test_a_day_of_the_action_serves_the_sessions_that_open_later(read):
    told = session("S1", start="20300107") + session("S2", start="20300401", end="20300928")
    read(offer(formation(actions=action(sessions=told, information_dates=("20291203", "20300215")))))
    first, second = Session.objects.order_by("carif_number")
    assert days_of(first) == [date(2029, 12, 3)]
    assert days_of(second) == [date(2029, 12, 3), date(2030, 2, 15)]


def test_a_meeting_of_2_3_has_its_hour_and_its_place(read):
    step = recruitment("9")
    read(offer(formation(actions=action(sessions=session(v23=step), information_dates=())), version="2.3"))
    (meeting,) = Session.objects.get().meetings.all()
    assert meeting.starts_at == time(9)


def test_a_later_file_withdraws_what_an_earlier_one_announced_and_nothing_that_a_provider_did(read, world):
    def content(day):
        return of_sessions(session(), information_dates=(day,))

    read(content("20291203"))
    made = Session.objects.get()
    made.meetings.create(
        kind="commission", held_on=date(2029, 12, 10), declared_by=world.provider.organisation
    )
    made.meetings.create(
        kind="information", held_on=date(2029, 12, 11), declared_by=world.provider.organisation
    )
    lines, *_ = read(content("20291205"))
    assert verdicts(lines) == ["updated"]
    assert "informations collectives" in lines[0].explanation
    assert days_of(made) == [date(2029, 12, 5), date(2029, 12, 10), date(2029, 12, 11)]


def test_a_file_older_than_the_provider_s_declaration_changes_none_of_its_figures(read, world):
    read(offer())
    Session.objects.update(
        capacity=15,
        price=Decimal("6000"),
        hours=None,
        declared_by=world.provider.organisation,
        declared_at=datetime(2029, 9, 20, 12, tzinfo=PARIS),
    )
    made = Session.objects.get()
    made.meetings.all().update(withdrawn_at=clock.now())
    lines, *_ = read(offer())
    made.refresh_from_db()
    assert (made.capacity, made.price, made.hours, made.meetings.count()) == (15, Decimal("6000"), None, 0)
    (finding,) = [found for found in lines[0].findings if found.code == "declared-later"]
    assert "places, heures par stagiaire, prix par place" in finding.message
