"""What a Pôle emploi team does about an alert of empty seats: seen, taken, entrusted, given back, given up."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from config import clock
from config.ui.dates import ago
from notifications.services import close
from pathways.actor import Actor
from pathways.enums import Role
from pathways.guards import Refusal, TransitionRefused
from pathways.models import Membership, Organisation, User
from pathways.refusals import NotVisible
from prescriptions.models import Proposal, SaturationCase
from prescriptions.saturation import news
from prescriptions.saturation.enums import GiveUpReason, Outcome, Stage, StepKind
from prescriptions.saturation.life import RULES, Move, advance


def locked(case_id: int, actor: Actor) -> SaturationCase:
    """The case, its row locked until the end of the transaction. Raises NotVisible."""
    rows = SaturationCase.objects.visible_to(actor).with_all()
    case = rows.select_for_update(of=("self",), no_key=True).filter(pk=case_id).first()
    if case is None:
        raise NotVisible()
    return case


def case_of(session_id: int, actor: Actor) -> SaturationCase | None:
    """The case of a session, if there is one that the actor sees."""
    rows = SaturationCase.objects.visible_to(actor).select_related("advisor")
    return rows.filter(session=session_id).first()


def see(case_id: int, actor: Actor) -> SaturationCase:
    """Say that the team has read the alert. Said twice, it stays said. Raises NotVisible, TransitionRefused."""
    with transaction.atomic():
        case = locked(case_id, actor)
        if case.is_live and case.stage != Stage.NEW:
            return case
        return step(case, StepKind.SEEN, actor)


def take(case_id: int, actor: Actor) -> SaturationCase:
    """Answer for the alert. Of two clicks one wins; the other is told who has it.

    A case that the Région was told of may be taken over: its advisor did not react. Raises NotVisible,
    TransitionRefused.
    """
    with transaction.atomic():
        case = locked(case_id, actor)
        if case.advisor_id == actor.user_id:
            return case
        if case.advisor_id is not None and case.escalated_at is None:
            raise TransitionRefused(_already_taken(case))
        return step(case, StepKind.TAKEN, actor, advisor=actor.user)


def entrust(case_id: int, actor: Actor, colleague_id: int) -> SaturationCase:
    """Hand the alert to a colleague of the team. Raises NotVisible, TransitionRefused."""
    with transaction.atomic():
        case = locked(case_id, actor)
        ask_to_be_ours(case, actor)
        colleague = colleagues(case).filter(pk=colleague_id).first()
        if colleague is None:
            raise TransitionRefused(
                Refusal(
                    "not_a_colleague",
                    "Cette personne ne fait pas partie d'une équipe qui dessert ce bassin.",
                    "Choisissez un nom de la liste.",
                )
            )
        step(case, StepKind.DELEGATED, actor, advisor=colleague, payload={"to": colleague.get_full_name()})
        news.tell_colleague(case, actor)
        return case


def give_back(case_id: int, actor: Actor) -> SaturationCase:
    """Leave the alert to the whole team again. Raises NotVisible, TransitionRefused."""
    with transaction.atomic():
        case = locked(case_id, actor)
        ask_to_be_ours(case, actor)
        return step(case, StepKind.GIVEN_BACK, actor, advisor=None)


def give_up(case_id: int, actor: Actor, reason: str, comment: str) -> SaturationCase:
    """Stop looking for people, and say why; the alert closes until more seats are empty than today.

    Raises NotVisible, TransitionRefused (the reason and the explanation are mandatory, domain.md B13).
    """
    if reason not in GiveUpReason.values or not comment.strip():
        raise TransitionRefused(
            Refusal(
                "reason_missing",
                "Un abandon porte un motif et une explication.",
                "Choisissez un motif de la liste et écrivez une phrase.",
            )
        )
    with transaction.atomic():
        # The alert before the case, as the detection takes them: neither waits for the other in a circle.
        close([f"session:{pk}" for pk in _session_of(case_id, actor)])
        case = locked(case_id, actor)
        ask_to_be_ours(case, actor)
        empty = case.session.seats_left or 0
        case.empty_given_up, case.give_up_reason = empty, reason
        case = step(
            case,
            StepKind.GIVEN_UP,
            actor,
            reason=reason,
            comment=comment.strip(),
            payload={"empty": empty, "capacity": case.session.capacity},
        )
        lapse([case.pk])
        return case


def _session_of(case_id: int, actor: Actor):
    rows = SaturationCase.objects.visible_to(actor).live().filter(pk=case_id, advisor=actor.user).order_by()
    return rows.values_list("session_id", flat=True)


def lapse(case_ids: list[int]) -> None:
    """What is still proposed for these cases has no object any more: the référents are asked nothing."""
    rows = Proposal.objects.pending().filter(case__in=case_ids).order_by()
    rows.update(outcome=Outcome.LAPSED, outcome_at=clock.now())


def colleagues(case: SaturationCase):
    """The advisors of the agencies that serve the bassin of the case, by name."""
    members = Membership.objects.current().filter(
        role=Role.ADVISOR, organisation__areas=case.area_id, user__is_active=True
    )
    return User.objects.filter(pk__in=members.order_by().values("user")).order_by(
        "last_name", "first_name", "pk"
    )


def teams(area_ids) -> dict[int, list[str]]:
    """Area id -> the names of the agencies that serve it and have an advisor."""
    staffed = Membership.objects.current().filter(role=Role.ADVISOR).order_by().values("organisation")
    rows = Organisation.objects.filter(areas__in=list(area_ids), pk__in=staffed)
    found: dict[int, list[str]] = {}
    for area_id, name in rows.order_by("name", "pk").values_list("areas", "name"):
        found.setdefault(area_id, []).append(name)
    return found


def step(case: SaturationCase, kind: StepKind, actor: Actor, **more) -> SaturationCase:
    """Record a step that the rules allow. Raises TransitionRefused, in words, when they do not."""
    rule = RULES[kind]
    if actor.role not in rule.roles:
        raise TransitionRefused(
            Refusal(
                "role_not_allowed",
                "Seule l'équipe Pôle emploi du bassin agit sur cette alerte.",
                "Suivez-la sur cette page.",
            )
        )
    if case.stage not in rule.sources:
        raise TransitionRefused(
            Refusal(
                "wrong_stage",
                f"Cette alerte est « {Stage(case.stage).label} » depuis le"
                f" {timezone.localtime(case.stage_at):%d/%m/%Y}.",
                "Rechargez la page pour voir où elle en est.",
            )
        )
    advance([Move(case, kind, **more)], actor)
    return case


def ask_to_be_ours(case: SaturationCase, actor: Actor) -> None:
    """Raises TransitionRefused when somebody else answers for the case, or nobody yet."""
    if case.advisor_id == actor.user_id or not case.is_live:
        return
    if case.advisor_id is not None:
        raise TransitionRefused(_already_taken(case))
    raise TransitionRefused(
        Refusal("not_taken", "Personne n'a pris cette alerte en charge.", "Prenez-la d'abord en charge.")
    )


def _already_taken(case: SaturationCase) -> Refusal:
    return Refusal(
        "already_taken",
        f"{case.advisor} a déjà pris cette alerte en charge ({ago(case.stage_at, clock.now())}).",
        "Voyez ensemble qui propose des candidats.",
    )
