"""Two Départements that share nothing, each with people at every step: whatever leaks from one to the other shows.

Every person of a world bears its `token` in their name, so that one search in a page tells whose people it shows.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.core.files.base import ContentFile

from config import clock
from pathways.actor import Actor
from pathways.enums import Role
from pathways.imports import registry, runs
from pathways.models import ImportLine, ImportRun, RsaSituation
from prescriptions.aif.evidence import Evidence
from prescriptions.documents.issuing import issue
from prescriptions.documents.kinds import DocumentKind
from prescriptions.models import IssuedDocument, Proposal, SaturationCase, Session
from tests.factories import FIRST_DAY, Story, World

#: The day on which pages are read: the course of the trainees runs, the next session opens twenty days later.
TODAY = FIRST_DAY + timedelta(days=100)
COURSE_OPENS = FIRST_DAY + timedelta(days=60)
#: What a provider never reads (architecture, section 6). The référent's pages do show it.
NOTE = "Garde d'enfant à organiser avant la rentrée."
SUSPENSION = "Hospitalisation de dix jours."
RSA_DAY = date(2025, 2, 11)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


ENTRY = (
    ("submit", FIRST_DAY + timedelta(days=5)),
    ("admit", FIRST_DAY + timedelta(days=10)),
    ("register", FIRST_DAY + timedelta(days=40)),
    ("enter", COURSE_OPENS),
)


@dataclass
class Peopled:
    """A world and its people. The attributes of type Story say where each of them stands."""

    token: str
    world: World
    course: Session
    upcoming: Session
    draft: Story
    asked: Story
    convened: Story
    trainee: Story
    examined: Story
    leaver: Story
    adrift: Story
    runs: dict[Role, ImportRun]
    paper: IssuedDocument
    case: SaturationCase
    proposal: Proposal

    def actor(self, role: Role) -> Actor:
        return self.world.actors[role]


def peopled(token: str) -> Peopled:
    """A new world on TODAY. Pages are to be read inside `clock.at(TODAY)`."""
    world = World.make()
    course = world.session(starts_on=COURSE_OPENS, ends_on=TODAY + timedelta(days=50))
    upcoming = world.session(starts_on=TODAY + timedelta(days=20))

    def person(name: str, session: Session, *told: tuple[str, date], **fields) -> Story:
        story = world.story(f"{token}{name}", session, city="Marseille", **fields)
        RsaSituation.objects.create(
            beneficiary=story.pathway.beneficiary, entered_on=RSA_DAY, has_duties=True
        )
        for kind, day in told:
            story.tell(kind, day)
        return story

    draft = person("draft", upcoming)
    # Two files that may be one person's, in both worlds alike.
    asked = person("asked", upcoming, ("submit", ago(30)), phone="0600000001")
    convened = person("convened", upcoming, ("submit", ago(30)), phone="0600000001")
    convened.tell("convene", ago(12), payload={"convened_for": str(ago(2))})
    trainee = person("trainee", course, *ENTRY)
    trainee.tell("suspend", ago(20), by=world.referent, comment=SUSPENSION)
    trainee.tell("resume", ago(8))
    examined = person("examined", course, *ENTRY, ("sit_exam", ago(5)))
    leaver = person("leaver", course, *ENTRY, ("complete", ago(7)))
    for story in (draft, asked, convened, trainee, examined, leaver):
        story.tell("note", ago(3), comment=NOTE)
    leaver.tell("examine_aif", ago(2), payload=proof_of_aif(ago(2)))
    # Nobody's yet: identified for a hundred days without a pôle, which is the cohort manager's to settle.
    adrift = world.story(f"{token}adrift", upcoming, pole=None)
    adrift.prescription.delete()
    kinds = {Role.DEPARTMENT_MANAGER: "cohorte", Role.REGION_OFFICER: "offre"}
    files = {role: _previewed(kind, world.actors[role], token) for role, kind in kinds.items()}
    with clock.at(ago(6)):
        paper = issue(DocumentKind.AIS, [trainee.prescription.pk], world.provider).made[0]
    case = SaturationCase.objects.create(
        session=upcoming, area=world.area, level=1, empty_at_alert=upcoming.capacity
    )
    proposal = Proposal.objects.create(
        case=case,
        pathway=asked.pathway,
        pole=asked.pathway.pole,
        proposed_by=world.advisor.user,
        organisation=world.advisor.organisation,
        reasons=["sans session"],
    )
    return Peopled(
        token,
        world,
        course,
        upcoming,
        draft,
        asked,
        convened,
        trainee,
        examined,
        leaver,
        adrift,
        files,
        paper,
        case,
        proposal,
    )


def proof_of_aif(day: date) -> dict:
    """The payload of an AIF examined on that day, no session having been found."""
    evidence = Evidence(day, "métiers F17", 60, 40, ())
    return {"training": "Fromager", "evidence": evidence.as_payload()}


def _previewed(kind: str, actor: Actor, token: str) -> ImportRun:
    """A file handed in by the actor, with one line to confirm."""
    file = ContentFile(b"<lheo/>", name=f"{token}.xml")
    run = runs.deposit(registry.get(kind), file, {}, actor)
    ImportRun.objects.filter(pk=run.pk).update(status=ImportRun.Status.PREVIEWED, total=1)
    ImportLine.objects.create(run=run, number=1, locator=f"{token}, ligne 1", verdict="created")
    return run
