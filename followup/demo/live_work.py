"""What surely awaits each demo account today: staged sessions of the demo provider, staged people of the demo référent.

Everyone here lives in the area of the demo advisor too, so that one person can be followed through the three accounts.
Days are counted from today: 12 is twelve days ago, -4 in four days, each moved to a working day.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from followup.demo import territory
from followup.demo.agenda import Story, on_or_after, on_or_before
from followup.demo.courses import BY_TITLE
from followup.demo.dossier import Dossier
from followup.demo.offer import Plan
from followup.demo.organisations import Organisations
from followup.demo.territory import Home
from followup.demo.world import SessionCancelled, World
from pathways.enums import Role
from prescriptions import session_changes

#: Where the staged people live: the postal codes of the demo référent's pôle.
HOMES = tuple(
    Home(territory.town(territory.MARSEILLE), code) for code in territory.MARSEILLE_SECTORS["bastides"]
)


def day(today: date, ago: int) -> date:
    """The working day `ago` days before today (after it when negative)."""
    moved = today - timedelta(days=ago)
    return on_or_before(moved) if ago >= 0 else on_or_after(moved)


# ---- the sessions


@dataclass(frozen=True)
class Stage:
    """A staged session; starts, ends and meetings in days ago. provider: rank in organisations.PROVIDERS."""

    key: str
    course: str
    starts: int
    ends: int
    capacity: int
    minimum: int
    meetings: tuple[int, ...]
    provider: int = 0


MAID = "Assistant de vie aux familles (aide à domicile)"
STAGES = (
    Stage("running", MAID, 33, -105, 12, 6, (62, 48)),
    Stage("finished", "Cariste d'entrepôt, CACES R489 cat. 1, 3 et 5", 62, 19, 10, 5, (95, 80)),
    Stage("ending", "Commis de cuisine", 128, 2, 10, 5, (160, 150)),
    Stage("opened", "Agent de propreté et d'hygiène", 4, -80, 10, 5, (34, 20)),
    Stage("imminent", "Secrétaire assistant", -2, -180, 12, 6, (24, 12)),
    Stage("opening", "Maçon", -5, -185, 10, 5, (22, 10)),
    Stage("short", "Employé de commerce en magasin", -9, -93, 12, 8, (20, 6)),
    Stage("full", MAID, -14, -155, 8, 5, (20, 10)),
    Stage("recruiting", "Préparateur de commandes en entrepôt", -27, -98, 14, 7, (5, 1, -8)),
    Stage("cancelled", "Ouvrier du paysage", -16, -128, 10, 6, (14, 7), provider=1),
    Stage("replacing", "Ouvrier du paysage", -44, -156, 10, 6, (-10, -17), provider=1),
    Stage("postponed", "Maçon", -11, -130, 10, 5, (16, 9)),
)


def plans(organisations: Organisations, today: date) -> list[Plan]:
    """The staged sessions, to be written with the rest of the offer."""
    return [
        Plan(
            course=BY_TITLE[stage.course],
            provider=organisations.providers[stage.provider],
            starts_on=day(today, stage.starts),
            ends_on=day(today, stage.ends),
            capacity=stage.capacity,
            minimum=stage.minimum,
            meetings=sorted({day(today, ago) for ago in stage.meetings}),
            key=stage.key,
        )
        for stage in STAGES
    ]


# ---- the people: (days ago, step) lists

Step = Callable[[Dossier, World], None]
Script = tuple[tuple[int, Step], ...]


def submitted(key: str) -> Step:
    return lambda dossier, world: dossier.submit(world.staged[key])


def drafted(key: str) -> Step:
    return lambda dossier, world: dossier.draft(world.staged[key])


def convened(ago: int) -> Step:
    return lambda dossier, world: dossier.convene(day(world.today, ago))


def by_trainer(kind: str, **more) -> Step:
    """A fact about the request or course, stated by the provider."""
    return lambda dossier, world: dossier.ask(kind, dossier.trainer, **more)


def by_referent(kind: str, **more) -> Step:
    return lambda dossier, world: dossier.do(kind, dossier.referent, **more)


def by_advisor(kind: str, **more) -> Step:
    return lambda dossier, world: dossier.do(kind, dossier.advisor, **more)


def admitted(dossier: Dossier, world: World) -> None:
    dossier.admit()


def queued(dossier: Dossier, world: World) -> None:
    dossier.join_queue()


def entered(dossier: Dossier, world: World) -> None:
    dossier.enter(dossier.intake.starts_on)


def entered_by_mistake(dossier: Dossier, world: World) -> None:
    event = dossier.enter(dossier.intake.starts_on)
    dossier.take_back(event, dossier.trainer, "Entrée saisie par erreur : la personne n'est pas venue.")
    dossier.no_show()


def absent_at_opening(dossier: Dossier, world: World) -> None:
    dossier.no_show()


def refused(reason: str, next_step: str, comment: str) -> Step:
    return lambda dossier, world: dossier.refuse(reason, next_step, comment)


def withdrawn(reason: str) -> Step:
    return lambda dossier, world: dossier.withdraw(dossier.referent, reason)


def offered(days: int) -> Step:
    return lambda dossier, world: dossier.offer(days)


def unanswered_offer(dossier: Dossier, world: World) -> None:
    dossier.expire()


def dropped_by_mistake(dossier: Dossier, world: World) -> None:
    event = dossier.ask("drop_out", dossier.trainer, reason="personal")
    dossier.take_back(event, dossier.trainer, "Interruption saisie sur le mauvais dossier.")


def nothing(dossier: Dossier, world: World) -> None:
    """The day of identification itself: `play.py` lets the person into the cohort."""


def place_kept(dossier: Dossier, world: World) -> None:
    dossier.ask("keep_place", dossier.referent)


def known(ago: int) -> Script:
    return ((ago, nothing),)


def asked(key: str, ago: int, *, met: int | None = None, attended: bool = True) -> Script:
    """Identified, prescribed `ago` days ago; convened for the day `met` days ago and seen there."""
    script = (*known(ago + 12), (ago, submitted(key)))
    if met is None:
        return script
    script = (*script, (ago - 3, convened(met)))
    return (*script, (met, by_trainer("attend"))) if attended else script


def seated(key: str, starts: int, *, ais: bool = True) -> Script:
    """On the main list of a session that starts `starts` days ago, registered unless told otherwise."""
    script = (*asked(key, max(starts + 44, 30), met=max(starts + 29, 15)), (max(starts + 21, 9), admitted))
    return (*script, (max(starts + 8, 2), by_trainer("register"))) if ais else script


def trained(key: str, starts: int) -> Script:
    return (*seated(key, starts), (starts, entered))


RUNNING, FINISHED, ENDING, OPENED = (trained(key, ago) for key, ago in (
    ("running", 33), ("finished", 62), ("ending", 128), ("opened", 4)
))  # fmt: skip
LEFT = (*FINISHED, (20, by_trainer("sit_exam")), (18, by_trainer("complete")))
NO_ANSWER = by_advisor("contact", reason="no_answer")
LOST = (*LEFT, (16, NO_ANSWER), (12, NO_ANSWER), (8, NO_ANSWER), (3, by_advisor("lose_contact")))
JOB = {"contract": "cdi", "rome_code": "N1101", "employer": "Entrepôts de la Touloubre"}

TOO_FEW_BASICS = refused("prerequisites", "upgrade", "Bases de calcul à consolider avant l'entrée.")
NO_SEAT_LEFT = refused("full", "other_session", "Toutes les places ont été attribuées.")
PARTIAL = by_trainer("exam_partial", payload={"ccp": ["CACES R489 catégorie 1B"]})
FOUND_JOB = by_advisor("contact", reason="found_job")
HIRED = by_advisor("employ", payload=JOB)
OTHER_TRAINING = by_referent("record_outcome", reason="other_training")

#: One line per kind of situation: how many people, and how they got there.
SCENES: tuple[tuple[int, Script], ...] = (
    # For the référent: not prescribed yet and late, drafts, refusals and absences to follow, an offer to accept.
    (3, known(40)),
    (1, known(9)),
    (2, (*known(15), (2, drafted("recruiting")))),
    (2, (*asked("recruiting", 18, met=5), (3, TOO_FEW_BASICS))),
    (1, (*asked("full", 32, met=20), (4, NO_SEAT_LEFT))),
    (1, (*asked("recruiting", 20), (9, withdrawn("changed_project")))),
    # For the provider: requests without answer (two of them late), information day to note, decisions, AIS, AES.
    (2, asked("recruiting", 19)),
    (1, asked("recruiting", 9)),
    (1, asked("recruiting", 5)),
    (1, asked("recruiting", 1)),
    (2, asked("recruiting", 16, met=5, attended=False)),
    (1, asked("recruiting", 12, met=1, attended=False)),
    (1, asked("recruiting", 8, met=-8, attended=False)),
    (2, (*asked("recruiting", 17, met=5, attended=False), (4, by_trainer("miss")))),
    (3, asked("recruiting", 17, met=5)),
    (3, seated("opening", -5, ais=False)),
    (2, seated("opening", -5)),
    (4, seated("imminent", -2)),
    (3, seated("short", -9)),
    (3, seated("opened", 4)),
    (2, OPENED),
    (1, (*seated("opened", 4), (2, absent_at_opening))),
    (1, (*seated("opened", 4), (2, entered_by_mistake))),
    # A full session with its waiting list, and another where a seat can be offered to who waits.
    (6, seated("full", -14)),
    (1, (*asked("full", 33, met=20), (14, queued), (12, offered(3)), (7, unanswered_offer))),
    (2, (*asked("full", 32, met=20), (10, queued), (1, offered(6)))),
    (3, (*asked("full", 30, met=20), (9, queued))),
    (1, (*asked("opening", 35, met=22), (8, queued))),
    # A running session: trainees, one suspended, one who left too early, one wrongly said to have left.
    (6, RUNNING),
    (1, (*RUNNING, (12, by_trainer("suspend")))),
    (1, (*RUNNING, (6, by_trainer("drop_out", reason="childcare")))),
    (1, (*RUNNING, (8, dropped_by_mistake))),
    # A session that has just ended: to be closed, some already at the exam.
    (2, ENDING),
    (2, (*ENDING, (2, by_trainer("sit_exam")))),
    # Leavers: exam results awaited, nobody has called yet (late), calls without answer, outcomes.
    (3, LEFT),
    (1, (*LEFT, (6, by_trainer("exam_passed")), (5, NO_ANSWER))),
    (1, (*LEFT, (6, PARTIAL), (5, by_advisor("contact", reason="appointment")))),
    (1, (*LEFT, (6, by_trainer("exam_failed")), (4, OTHER_TRAINING))),
    (1, (*LEFT, (6, by_trainer("exam_absent")), (9, NO_ANSWER), (4, NO_ANSWER))),
    (1, (*LEFT, (6, by_trainer("exam_passed")), (5, FOUND_JOB), (4, HIRED))),
    (1, LOST),
    (1, (*known(200), (150, by_referent("employ", payload=JOB)), (20, by_referent("close")))),
    # A session that its provider has cancelled, one that it has moved three weeks on, two seats at the same dates.
    (2, asked("cancelled", 20)),
    (2, seated("postponed", -11)),
    (1, (*seated("postponed", -11), (1, place_kept))),
    (1, (*seated("opening", -5, ais=False), (7, submitted("imminent")), (5, admitted))),
)  # fmt: skip


def headcount() -> int:
    """How many people the scenes need."""
    return sum(count for count, _ in SCENES)


def scripts() -> list[Script]:
    """One script per person."""
    return [
        tuple(sorted(script, key=lambda step: -step[0])) for count, script in SCENES for _ in range(count)
    ]


def identified_on(script: Script, today: date) -> date:
    """The day on which the person of a script enters the cohort."""
    return day(today, script[0][0])


def play(dossier: Dossier, script: Script) -> Story:
    """Play the steps of a script on their days. Those of one day follow one another."""
    world = dossier.world
    try:
        for ago, step in script:
            yield day(world.today, ago)
            step(dossier, world)
        yield None
    except SessionCancelled:
        dossier.lose_session()


def cancel_session(world: World) -> Story:
    """The provider cancels its staged session, and proposes another one instead."""
    yield day(world.today, 6)
    cancelled = world.staged["cancelled"]
    cancelled.session.replaced_by = world.staged["replacing"].session
    world.cancel(cancelled)


def postpone_session(world: World) -> Story:
    """The provider moves its staged session three weeks on."""
    yield day(world.today, 3)
    intake = world.staged["postponed"]
    later = [on_or_after(each + timedelta(days=21)) for each in (intake.starts_on, intake.ends_on)]
    told = session_changes.postpone_session(
        intake.session, world.organisations.demo[Role.PROVIDER], *later, "L'atelier est en travaux."
    )
    world.facts += len(told.done)


def stage_actors(world: World, dossier: Dossier) -> None:
    """The staged people are the demo accounts' own."""
    dossier.referent = world.organisations.demo[Role.REFERENT]
    dossier.advisor = world.organisations.demo[Role.ADVISOR]
