"""Who may open what: every address of the product, written by hand.

The views say their roles by `allowed_roles`; this table says them a second time, so that a page opened too widely by a
slip is seen. A new address needs a line here: who may open it, and whose rows it shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import get_resolver, reverse

from config import clock
from notifications.models import Alert, Mail
from pathways.audience import keys_of
from pathways.enums import Role
from pathways.models import ParameterValue
from pathways.pile import pile, source_of
from pathways.transitions import apply
from prescriptions.models import (
    Commitment,
    PlanLine,
    PlanSession,
    Prescription,
    ReservedPublic,
    SaturationCase,
    SaturationPlan,
)
from prescriptions.plan.asked import Asked
from tests.factories import FIRST_DAY
from tests.two_worlds import Peopled, ago

REFERENT = Role.REFERENT
MANAGER = Role.DEPARTMENT_MANAGER
PROVIDER = Role.PROVIDER
ADVISOR = Role.ADVISOR
REGION = Role.REGION_OFFICER
ALL_ROLES = frozenset(role for role in Role if role != Role.SYSTEM)
PEOPLE = frozenset({REFERENT, MANAGER, PROVIDER, ADVISOR})
FOLLOWERS = PEOPLE - {PROVIDER}
OFFER = PEOPLE | {REGION}
PILES = OFFER
FILES = frozenset({MANAGER, REGION})
BOARD = frozenset({REGION, ADVISOR, MANAGER})
SETTINGS = frozenset({MANAGER, REGION, Role.ADMINISTRATOR})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
NOBODY: frozenset[Role] = frozenset()
GET, POST = ("get",), ("post",)
BOTH = GET + POST

#: (owner of the rows, role of the reader) -> positional arguments of the address.
Rows = Callable[[Peopled, Role], list]


@dataclass(frozen=True)
class Page:
    """One address.

    rows: the rows that it names; None when it names none. public_to: roles for whom the rows of another organisation
    are no secret (sessions are a public offer). shows: roles who find people of their own on it. data and query: what a
    POST and the address carry, made of the rows of one world. to_foreign_rows: the answer when they are another's.
    """

    roles: frozenset[Role]
    methods: tuple[str, ...] = GET
    rows: Rows | None = None
    public_to: frozenset[Role] = NOBODY
    shows: frozenset[Role] = NOBODY
    data: Callable[[Peopled, Role], dict[str, Any]] | None = None
    query: Callable[[Peopled, Role], str] | None = None
    to_foreign_rows: int = 404

    def names_rows(self) -> bool:
        return bool(self.rows or self.data or self.query)


def session(world: Peopled, role: Role) -> list:
    return [world.course.pk]


def pathway(world: Peopled, role: Role) -> list:
    return [world.trainee.pathway.pk]


def leaver(world: Peopled, role: Role) -> list:
    return [world.leaver.prescription.pk]


def case(world: Peopled, role: Role) -> list:
    return [world.case.pk]


def run(world: Peopled, role: Role) -> list:
    """The file of one's own role; that of the manager for who has none."""
    return [(world.runs.get(role) or world.runs[MANAGER]).pk]


def a_fact(world: Peopled, role: Role) -> list:
    return [world.trainee.pathway.pk, "drop_out" if role == PROVIDER else "note"]


def together(world: Peopled, role: Role) -> dict[str, Any]:
    if role == PROVIDER:
        return {"kind": "convene", "rows": [f"s{world.asked.prescription.pk}"]}
    return {"kind": "note", "rows": [f"p{world.trainee.pathway.pk}"]}


def an_event(world: Peopled, role: Role) -> list:
    return [world.trainee.pathway.pk, world.trainee.pathway.events.get(kind="enter").pk]


def paper(world: Peopled, role: Role) -> list:
    return [world.paper.pk]


def two_files(world: Peopled, role: Role) -> list:
    return [world.asked.pathway.beneficiary_id, world.convened.pathway.beneficiary_id]


def a_kind_of_file(world: Peopled, role: Role) -> list:
    return ["offre" if role == REGION else "cohorte"]


def a_parameter(world: Peopled, role: Role) -> list:
    return ["contact_days"]


def a_planned_value(world: Peopled, role: Role) -> list:
    row, _ = ParameterValue.objects.get_or_create(code="contact_days", value=9, valid_from=date(2999, 1, 1))
    return ["contact_days", row.pk]


def an_aif(world: Peopled, role: Role) -> list:
    return [world.leaver.pathway.pk, world.leaver.pathway.events.get(kind="examine_aif").pk]


def an_order(world: Peopled, role: Role) -> list:
    """A lot: what the Région orders is no organisation's own."""
    lot = f"Lot {world.world.cohort.code}"
    found = Commitment.objects.standing().filter(lot=lot).first()
    by = world.actor(REGION).user
    return [(found or Commitment.objects.create(lot=lot, year=2026, places=5, recorded_by=by)).pk]


def a_scheme(world: Peopled, role: Role) -> list:
    return ["prf-etaq"]


def a_plan(world: Peopled, role: Role) -> list:
    """A plan of the whole programme, and the session in which it places somebody of this world."""
    return [a_plan_line(world).plan_id, world.upcoming.pk]


def a_plan_line(world: Peopled) -> PlanLine:
    plan, _ = SaturationPlan.objects.get_or_create(
        fingerprint="two-worlds",
        defaults={
            "asked": Asked(FIRST_DAY, 30, 30).as_json(),
            "status": "done",
            "user": world.actor(REGION).user,
            "organisation": world.actor(REGION).organisation,
            "finished_at": clock.now(),
            **dict.fromkeys(("seats", "filled", "bound", "seekers", "possible", "pairs"), 2),
        },
    )
    PlanSession.objects.get_or_create(plan=plan, session=world.upcoming, free=3, seats=3, filled=1)
    placed = {"trade": 0, "km": 4, "waited": 30, "reasons": [["trade", "success", "même métier"]]}
    return PlanLine.objects.get_or_create(
        plan=plan, session=world.upcoming, pathway=world.adrift.pathway, defaults=placed
    )[0]


def a_public(world: Peopled, role: Role) -> list:
    return [
        ReservedPublic.objects.get_or_create(letter="A", defaults={"name": "Jeunes", "max_age": 25})[0].pk
    ]


def news(world: Peopled, role: Role) -> dict[str, Any]:
    """Something addressed to the role; to the référent of this world for who receives nothing."""
    mine = Alert.objects.addressed_to(keys_of(world.actor(role))).order_by("pk").first()
    found = mine or Alert.objects.addressed_to(keys_of(world.actor(REFERENT))).order_by("pk").first()
    return {"cle": f"alert-{found.pk}-{found.level}"}


def a_mail(world: Peopled, role: Role) -> list:
    reader = world.actor(REFERENT).user
    row, _ = Mail.objects.get_or_create(
        key=f"essai:{reader.pk}",
        defaults={
            "recipient": reader,
            "address": reader.email,
            "subject": "Vos alertes du jour",
            "message_id": f"<{reader.pk}@jalons.example>",
        },
    )
    return [row.pk]


def a_refusal(world: Peopled, role: Role) -> list:
    """Refused for the time of the request."""
    asked = world.asked.prescription
    if asked.state == "submitted" and not Prescription.objects.filter(pk=asked.pk, state="refused").exists():
        apply(
            "refuse",
            asked.pathway_id,
            world.actor(PROVIDER),
            subject_id=asked.pk,
            reason="full",
            comment="Toutes les places sont prises.",
            payload={"next_step": "other_session"},
        )
    return [asked.pk]


def a_line(world: Peopled, role: Role) -> str:
    """A line of the role's own pile; the Région's is an alert to which no team reacts."""
    if role == REGION:
        SaturationCase.objects.filter(pk=world.case.pk).update(escalated_at=clock.now())
        return f"cle=sans-reaction:{world.case.pk}"
    items = pile(world.actor(role), limit=200).items
    return "cle=" + next((item.key for item in items), "")


def a_task(world: Peopled, role: Role) -> str:
    """A line that the role may entrust; the référent's is somebody who did not come."""
    if role == REFERENT:
        missed = world.convened.prescription
        apply("miss", missed.pathway_id, world.actor(PROVIDER), subject_id=missed.pk, occurred_on=ago(2))
        return f"cle=absence:{missed.pk}"
    items = pile(world.actor(role), limit=200).items
    tasks = (item.key for item in items if item.key and source_of(world.actor(role), item.key).tasks)
    return "cle=" + next(tasks, "")


PAGES = {
    "pathways:pile": Page(ALL_ROLES, shows=PEOPLE),
    "pathways:deferred": Page(PILES),
    "pathways:defer": Page(PILES, BOTH, query=a_line, public_to=frozenset({REGION})),
    "pathways:take_up": Page(PILES, POST),
    "pathways:entrust": Page(frozenset({REFERENT, PROVIDER, ADVISOR}), BOTH, query=a_task),
    "pathways:search": Page(PEOPLE, shows=PEOPLE),
    "pathways:search_export": Page(PEOPLE, shows=PEOPLE),
    "pathways:file": Page(PEOPLE, rows=pathway, shows=PEOPLE),
    "pathways:together": Page(PEOPLE, POST, data=together, shows=PEOPLE),
    "pathways:fact": Page(PEOPLE, BOTH, a_fact, shows=PEOPLE),
    "pathways:past_facts": Page(PEOPLE, rows=pathway, shows=PEOPLE),
    "pathways:correct": Page(PEOPLE, BOTH, an_event, shows=PEOPLE),
    "pathways:correct_preview": Page(PEOPLE, POST, an_event),
    "pathways:parameters": Page(SETTINGS),
    "pathways:parameter": Page(SETTINGS, rows=a_parameter, public_to=SETTINGS),
    "pathways:parameter_choose": Page(frozenset({REGION}), POST, a_parameter, public_to=frozenset({REGION})),
    "pathways:parameter_take_back": Page(
        frozenset({REGION}), POST, a_planned_value, public_to=frozenset({REGION})
    ),
    "pathways:switch_role": Page(
        ALL_ROLES,
        POST,
        data=lambda world, role: {"membership": world.actor(role).user.memberships.get().pk},
        to_foreign_rows=403,
    ),
    "pathways:duplicates": Page(frozenset({MANAGER}), shows=frozenset({MANAGER})),
    "pathways:merge": Page(frozenset({MANAGER}), BOTH, two_files, shows=frozenset({MANAGER})),
    "pathways:duplicate_dismiss": Page(frozenset({MANAGER}), POST, two_files, shows=frozenset({MANAGER})),
    "pathways:duplicate_take_back": Page(frozenset({MANAGER}), POST, two_files),
    "pathways:imports": Page(FILES),
    "pathways:import_new": Page(FILES, BOTH, a_kind_of_file, public_to=FILES),
    "pathways:import_run": Page(FILES, rows=run),
    "pathways:import_progress": Page(FILES, rows=run),
    "pathways:import_confirm": Page(FILES, POST, run),
    "pathways:import_cancel": Page(FILES, POST, run),
    "prescriptions:sessions": Page(OFFER),
    "prescriptions:sessions_export": Page(OFFER),
    "prescriptions:calendar": Page(OFFER),
    "prescriptions:calendar_export": Page(OFFER),
    "prescriptions:to_complete": Page(frozenset({PROVIDER, REGION})),
    "prescriptions:to_complete_export": Page(frozenset({PROVIDER, REGION})),
    "prescriptions:session": Page(OFFER, rows=session, public_to=OFFER - {PROVIDER}, shows=PEOPLE),
    "prescriptions:session_edit": Page(frozenset({PROVIDER}), BOTH, session),
    "prescriptions:session_cancel": Page(
        frozenset({PROVIDER, REGION}), BOTH, session, public_to=frozenset({REGION})
    ),
    "prescriptions:session_postpone": Page(
        frozenset({PROVIDER, REGION}), BOTH, session, public_to=frozenset({REGION})
    ),
    "prescriptions:commission": Page(
        frozenset({PROVIDER}), BOTH, lambda world, role: [world.upcoming.pk], shows=frozenset({PROVIDER})
    ),
    "prescriptions:alternatives": Page(frozenset({REFERENT, MANAGER}), rows=a_refusal),
    "prescriptions:refusals": Page(frozenset({MANAGER, REGION})),
    "prescriptions:session_quotas": Page(
        frozenset({REGION}), BOTH, lambda world, role: [world.upcoming.pk], public_to=frozenset({REGION})
    ),
    "prescriptions:offers_suspend": Page(
        frozenset({PROVIDER}), BOTH, lambda world, role: [world.upcoming.pk]
    ),
    "prescriptions:publics": Page(frozenset({REFERENT, MANAGER, REGION})),
    "prescriptions:public_new": Page(frozenset({REGION}), BOTH),
    "prescriptions:public_retire": Page(frozenset({REGION}), POST, a_public, public_to=frozenset({REGION})),
    "prescriptions:meeting": Page(
        frozenset({PROVIDER}),
        BOTH,
        lambda world, role: [world.upcoming.pk],
        shows=frozenset({PROVIDER}),
    ),
    "prescriptions:prescribe": Page(
        frozenset({REFERENT, MANAGER}),
        BOTH,
        pathway,
        query=lambda world, role: f"session={world.upcoming.pk}",
        shows=frozenset({REFERENT, MANAGER}),
    ),
    "prescriptions:discard": Page(
        frozenset({REFERENT, MANAGER}), POST, lambda world, role: [world.draft.prescription.pk]
    ),
    "prescriptions:documents": Page(PEOPLE, rows=session, public_to=FOLLOWERS, shows=PEOPLE),
    "prescriptions:documents_issue": Page(
        frozenset({PROVIDER}),
        POST,
        session,
        data=lambda world, role: {"kind": "AES", "prescription": world.trainee.prescription.pk},
    ),
    "prescriptions:documents_all": Page(PEOPLE, rows=session, public_to=FOLLOWERS),
    "prescriptions:document": Page(PEOPLE, rows=paper),
    "prescriptions:document_renew": Page(frozenset({PROVIDER}), POST, paper),
    "prescriptions:equity": Page(frozenset({REGION, MANAGER})),
    "prescriptions:equity_export": Page(frozenset({REGION, MANAGER})),
    "prescriptions:aes_delays": Page(frozenset({REGION})),
    "prescriptions:candidates": Page(frozenset({PROVIDER}), shows=frozenset({PROVIDER})),
    "prescriptions:aif": Page(
        frozenset({REFERENT, ADVISOR}), BOTH, pathway, shows=frozenset({REFERENT, ADVISOR})
    ),
    "prescriptions:aif_evidence": Page(FOLLOWERS, rows=an_aif, shows=FOLLOWERS),
    "prescriptions:schemes": Page(FOLLOWERS | {REGION}),
    "prescriptions:scheme": Page(FOLLOWERS | {REGION}, rows=a_scheme, public_to=FOLLOWERS | {REGION}),
    "prescriptions:scheme_new": Page(frozenset({REGION}), BOTH),
    "prescriptions:scheme_edit": Page(
        frozenset({REGION}), BOTH, rows=a_scheme, public_to=frozenset({REGION})
    ),
    "prescriptions:scheme_rule": Page(
        frozenset({REGION}),
        BOTH,
        rows=a_scheme,
        query=lambda world, role: "regle=job_seeker",
        public_to=frozenset({REGION}),
    ),
    "prescriptions:places": Page(BOARD),
    "prescriptions:places_export": Page(BOARD),
    # The whole offer is the Région's and the Département's; the people proposed are the bassin's and the cohort's.
    "prescriptions:saturation": Page(
        BOARD, rows=case, public_to=BOARD - {ADVISOR}, shows=frozenset({ADVISOR, MANAGER})
    ),
    "prescriptions:saturation_act": Page(
        frozenset({ADVISOR}), POST, lambda world, role: [world.case.pk, "vu"]
    ),
    "prescriptions:saturation_candidates": Page(frozenset({ADVISOR}), BOTH, case, shows=frozenset({ADVISOR})),
    "prescriptions:saturation_give_up": Page(frozenset({ADVISOR}), BOTH, case),
    "prescriptions:proposal_dismiss": Page(
        frozenset({REFERENT, MANAGER}),
        BOTH,
        lambda world, role: [world.proposal.pk],
        shows=frozenset({REFERENT, MANAGER}),
    ),
    "prescriptions:reactions": Page(BOARD),
    "prescriptions:reactions_export": Page(BOARD),
    "prescriptions:minimum": Page(
        frozenset({PROVIDER, REGION}),
        BOTH,
        lambda world, role: [world.upcoming.pk],
        public_to=frozenset({REGION}),
    ),
    "prescriptions:plan": Page(BOARD),
    "prescriptions:plan_launch": Page(frozenset({REGION}), POST),
    "prescriptions:plan_progress": Page(
        BOARD, rows=lambda world, role: a_plan(world, role)[:1], public_to=BOARD
    ),
    "prescriptions:plan_session": Page(
        BOARD, rows=a_plan, public_to=BOARD, shows=frozenset({ADVISOR, MANAGER})
    ),
    "prescriptions:plan_decide": Page(
        frozenset({ADVISOR}),
        POST,
        a_plan,
        data=lambda world, role: {"ligne": a_plan_line(world).pk, "proposer": "1"},
    ),
    "followup:attendance": Page(frozenset({PROVIDER}), BOTH, session, shows=frozenset({PROVIDER})),
    "followup:attendance_reopen": Page(frozenset({PROVIDER}), POST, session),
    "followup:exam_results": Page(frozenset({PROVIDER}), BOTH, session, shows=frozenset({PROVIDER})),
    "followup:trainees": Page(
        frozenset({PROVIDER}),
        query=lambda world, role: f"session={world.course.pk}",
        shows=frozenset({PROVIDER}),
    ),
    "followup:orders": Page(frozenset({REGION, MANAGER})),
    "followup:orders_export": Page(frozenset({REGION, MANAGER})),
    "followup:order_of_session": Page(frozenset({REGION}), BOTH, session, public_to=frozenset({REGION})),
    "followup:order_new": Page(frozenset({REGION}), BOTH),
    "followup:order_lot": Page(frozenset({REGION}), BOTH, an_order, public_to=frozenset({REGION})),
    "followup:order_withdraw": Page(frozenset({REGION}), POST, an_order, public_to=frozenset({REGION})),
    "followup:leavers": Page(FOLLOWERS, shows=FOLLOWERS),
    "followup:leavers_export": Page(FOLLOWERS, shows=FOLLOWERS),
    "followup:contact": Page(FOLLOWERS, rows=leaver, shows=FOLLOWERS),
    "followup:hold": Page(frozenset({ADVISOR}), POST, leaver),
    "notifications:alerts": Page(OFFER, shows=frozenset({REFERENT, MANAGER})),
    "notifications:inbox": Page(OFFER, shows=frozenset({REFERENT, MANAGER})),
    "notifications:read": Page(OFFER, POST, data=news, public_to=frozenset({REGION})),
    "notifications:preferences": Page(OFFER, BOTH),
    "notifications:agenda": Page(OFFER),
    "notifications:agenda_renew": Page(OFFER, POST),
    "notifications:agenda_revoke": Page(OFFER, POST),
    "notifications:mails": Page(ADMINISTRATORS),
    "notifications:mail": Page(ADMINISTRATORS, rows=a_mail, public_to=ADMINISTRATORS),
    "notifications:mail_send_again": Page(ADMINISTRATORS, POST, a_mail, public_to=ADMINISTRATORS),
}

#: Addresses outside the table, and why.
OUTSIDE = {
    "notifications:agenda_feed": "opened by its secret, without a session (tests/notifications/test_agenda.py)",
    "account_login": "where everybody begins",
    "account_logout": "ends one's own session, whoever one is",
    "account_inactive": "says to the owner of a closed account that it is closed",
    "prescriptions:verify": "open to whoever holds a document; tests/prescriptions/documents",
    "prescriptions:verify_document": "the same",
    "components": "invented data; open to administrators of the machine (is_staff), tried below",
    "components_job": "a fragment of `components`, with the same rule",
}


def names_of_all_addresses() -> dict[str, Callable]:
    """Name (with its namespace) -> view, for every pattern of the product."""

    def walk(resolver, prefix: str):
        for pattern in resolver.url_patterns:
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern, prefix + (f"{pattern.namespace}:" if pattern.namespace else ""))
            else:
                yield f"{prefix}{pattern.name or pattern.pattern}", pattern.callback

    return dict(walk(get_resolver(), ""))


def address(name: str, owner: Peopled, role: Role) -> str:
    """The address of a page about the rows of `owner`, as a reader in `role` would open it."""
    page = PAGES[name]
    path = reverse(name, args=page.rows(owner, role) if page.rows else [])
    return f"{path}?{page.query(owner, role)}" if page.query else path
