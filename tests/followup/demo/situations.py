"""The demo accounts as actors, and what awaits them."""

from config import clock
from followup.demo import live_work
from followup.demo.accounts import ACCOUNTS
from followup.enums import EnrolmentState, ExamState
from followup.models import AttendanceMark, Enrolment
from pathways.actor import Actor
from pathways.enums import Role
from pathways.models import Membership, Pathway
from prescriptions.enums import PrescriptionState as P
from prescriptions.models import Prescription, Session


def actor(role: Role) -> Actor:
    (account,) = (account for account in ACCOUNTS if account.role == role)
    return Actor.of(Membership.objects.get(user__email=account.email))


def situations() -> dict[str, int]:
    """How many rows of the demo accounts stand in each situation that the brief of the demo names."""
    today = clock.today()
    provider, referent, advisor = actor(Role.PROVIDER), actor(Role.REFERENT), actor(Role.ADVISOR)
    requests = Prescription.objects.visible_to(provider)
    own = Prescription.objects.visible_to(referent)
    courses = Enrolment.objects.visible_to(provider)
    leavers = Enrolment.objects.visible_to(advisor).never_reached()
    coming = Session.objects.visible_to(provider).upcoming()
    running = Session.objects.get(provider=provider.organisation, starts_on=live_work.day(today, 33))
    marked = AttendanceMark.objects.filter(enrolment__session=running)
    return {
        "drafts": own.filter(state=P.DRAFT).count(),
        "refusals": own.filter(state=P.REFUSED).count(),
        "offers to accept": own.filter(state=P.OFFERED, offer_expires_on__gte=today).count(),
        "people stuck": Pathway.objects.visible_to(referent).stuck().count(),
        "requests without answer": requests.filter(state=P.SUBMITTED).count(),
        "information day passed": requests.filter(state=P.CONVENED, convened_for__lt=today).count(),
        "information day ahead": requests.filter(state=P.CONVENED, convened_for__gte=today).count(),
        "decisions to take": requests.filter(state=P.ATTENDED).count(),
        "admitted without AIS": requests.filter(state=P.ADMITTED).count(),
        "to enter": requests.filter(state=P.REGISTERED, session__starts_on__lte=today).count(),
        "waiting": requests.filter(state=P.WAITLISTED).count(),
        "trainees": courses.filter(state=EnrolmentState.ACTIVE).count(),
        "suspended": courses.filter(state=EnrolmentState.SUSPENDED).count(),
        "results awaited": courses.filter(exam_state=ExamState.AWAITED).count(),
        "ends to record": courses.filter(state=EnrolmentState.ACTIVE, session__ends_on__lte=today).count(),
        "leavers to contact": leavers.count(),
        "leavers nobody called": leavers.filter(pathway__contact_attempts=0).count(),
        "sessions with empty seats": coming.with_empty_seats().count(),
        "attendance": marked.count(),
        "last working day without attendance": not marked.filter(day=live_work.day(today, 1)).exists(),
    }
