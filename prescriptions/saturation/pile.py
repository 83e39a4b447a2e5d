"""Empty seats in the piles: the alert to read, take or answer; the person proposed; what nobody has reacted to."""

from __future__ import annotations

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from config import clock
from config.ui.dates import as_day, count, day
from pathways import pile
from pathways.actor import Actor
from pathways.blockages import alerted
from pathways.enums import Role
from prescriptions.models import Proposal, SaturationCase, Session
from prescriptions.saturation.alerts import SESSION_EMPTY, SESSION_SHORT, places, sessions_to_fill, told_short
from prescriptions.saturation.enums import Outcome, Stage

#: What an advisor has still to do at each stage, and the button that leads there.
TO_DO = {
    Stage.NEW: ("nouvelle alerte", "Voir l'alerte"),
    Stage.SEEN: ("vue, à prendre en charge", "Prendre en charge"),
    Stage.TAKEN: ("à vous : proposer des candidats", "Choisir des candidats"),
    Stage.PROPOSED: ("à vous", "Suivre les propositions"),
}


@pile.source(pile.PLACES, Role.ADVISOR, key="alerte")
def cases_to_settle(actor: Actor, limit: int) -> pile.Batch:
    """Alerts of the bassins that nobody has taken, and the reader's own. A colleague's are the colleague's."""
    rows = SaturationCase.objects.visible_to(actor).live().filter(Q(advisor=None) | Q(advisor=actor.user))
    rows = rows.filter(session__in=sessions_to_fill().order_by().values("pk"))
    rows = pile.narrow(rows, "alerte")
    counts = rows.aggregate(total=Count("pk"), late=Count("pk", filter=Q(react_by__lt=clock.now())))
    if not counts["total"]:
        return pile.Batch(0, 0, ())
    shown = list(rows.with_all().order_by("react_by", "session__starts_on", "pk")[:limit])
    answers = outcomes([case.pk for case in shown])
    return pile.Batch(counts["total"], counts["late"], tuple(_case(case, answers) for case in shown))


def outcomes(case_ids) -> dict[int, dict[str, int]]:
    """Case id -> outcome -> how many proposals."""
    rows = Proposal.objects.filter(case__in=list(case_ids)).order_by()
    found: dict[int, dict[str, int]] = {}
    for case_id, outcome, number in rows.values_list("case", "outcome").annotate(Count("pk")):
        found.setdefault(case_id, {})[outcome] = number
    return found


def said(answers: dict[str, int]) -> str:
    """« 2 proposés en attente, 1 prescrit, 1 écarté »."""
    words = {
        Outcome.PENDING: "en attente du référent",
        Outcome.PRESCRIBED: "prescrit,prescrits",
        Outcome.DISMISSED: "écarté,écartés",
    }
    return ", ".join(
        count(answers[outcome], told if "," in told else f"{told},{told}")
        for outcome, told in words.items()
        if answers.get(outcome)
    )


def _case(case: SaturationCase, answers: dict[int, dict[str, int]]) -> pile.Item:
    url = reverse("prescriptions:saturation", args=[case.pk])
    what, label = TO_DO[Stage(case.stage)]
    target = (
        reverse("prescriptions:saturation_candidates", args=[case.pk]) if case.stage == Stage.TAKEN else url
    )
    told = said(answers.get(case.pk, {}))
    return pile.Item(
        category=pile.PLACES,
        who=case.session.title,
        url=url,
        why=f"{places(case.session)}, ouverture le {day(case.session.starts_on)} ; {told or what}.",
        due_on=as_day(case.react_by) if case.react_by else case.session.starts_on,
        actions=(pile.Action(label, target, is_main=True),),
        icon=SESSION_EMPTY.icon,
        key=pile.key_of("alerte", case.pk),
    )


@pile.source(pile.PLACES, Role.REGION_OFFICER, key="sans-reaction")
def cases_without_reaction(actor: Actor, limit: int) -> pile.Batch:
    """Alerts on which a team has not reacted in time, or that no team could be given."""
    rows = SaturationCase.objects.visible_to(actor).live().exclude(escalated_at=None)
    rows = pile.narrow(rows, "sans-reaction")
    total = rows.count()
    shown = rows.with_all().order_by("session__starts_on", "pk")[:limit] if total else ()
    return pile.Batch(total, total, tuple(_unanswered(case) for case in shown))


def _unanswered(case: SaturationCase) -> pile.Item:
    url = reverse("prescriptions:saturation", args=[case.pk])
    since = day(timezone.localtime(case.stage_at))
    where = f"l'équipe du bassin de {case.area}" if case.area else "aucun bassin connu"
    return pile.Item(
        category=pile.PLACES,
        who=case.session.title,
        url=url,
        why=f"{places(case.session)} ; « {case.get_stage_display().lower()} » depuis le {since}, {where}.",
        due_on=as_day(case.escalated_at),
        actions=(pile.Action("Voir l'alerte", url, is_main=True),),
        icon="bell-ringing",
        key=pile.key_of("sans-reaction", case.pk),
    )


@pile.source(pile.PLACES, Role.PROVIDER, key="places-vides")
def empty_sessions(actor: Actor, limit: int) -> pile.Batch:
    """Sessions with empty places, as the open alerts say, checked against the seats held at this very moment."""
    sessions = sessions_to_fill().visible_to(actor).filter(alerted(actor, SESSION_EMPTY, "session"))
    sessions = pile.narrow(sessions, "places-vides")
    total = sessions.count()
    shown = sessions.order_by("starts_on", "pk")[:limit] if total else ()
    return pile.Batch(total, 0, tuple(_empty(session) for session in shown))


def _empty(session: Session) -> pile.Item:
    url = reverse("prescriptions:session", args=[session.pk])
    return pile.Item(
        category=pile.PLACES,
        who=session.title,
        url=url,
        why=f"{places(session)} ; {session.provider}.",
        due_on=session.starts_on,
        actions=(pile.Action("Voir la session", url, is_main=True),),
        icon=SESSION_EMPTY.icon,
        key=pile.key_of("places-vides", session.pk),
    )


@pile.source(pile.PLACES, Role.PROVIDER, Role.REGION_OFFICER, key="sous-effectif")
def short_sessions(actor: Actor, limit: int) -> pile.Batch:
    """Sessions near their opening with fewer people than their minimum: maintained, postponed or cancelled?"""
    sessions = Session.objects.visible_to(actor).filter(alerted(actor, SESSION_SHORT, "session"))
    sessions = pile.narrow(sessions, "sous-effectif")
    total = sessions.count()
    shown = sessions.select_related("provider").order_by("starts_on", "pk")[:limit] if total else ()
    return pile.Batch(total, 0, tuple(_short(session) for session in shown))


def _short(session: Session) -> pile.Item:
    url = reverse("prescriptions:minimum", args=[session.pk])
    return pile.Item(
        category=pile.PLACES,
        who=session.title,
        url=reverse("prescriptions:session", args=[session.pk]),
        why=f"{session.provider} : {told_short(session)}",
        due_on=session.starts_on,
        actions=(pile.Action("Décider", url, is_main=True),),
        icon=SESSION_SHORT.icon,
        key=pile.key_of("sous-effectif", session.pk),
    )


@pile.source(pile.PRESCRIPTIONS, Role.REFERENT, Role.DEPARTMENT_MANAGER, key="propose")
def proposed_people(actor: Actor, limit: int) -> pile.Batch:
    """People whom Pôle emploi proposes for an empty seat: prescribed, or set aside with a reason."""
    rows = Proposal.objects.visible_to(actor).pending().filter(pathway__merged_into=None)
    if actor.has_role(Role.DEPARTMENT_MANAGER):
        rows = rows.filter(pathway__pole=None)  # the others are for their pôle
    rows = pile.narrow(rows, "propose")
    total = rows.count()
    shown = rows.with_all().select_related("organisation").order_by("case__session__starts_on", "pk")[:limit]
    return pile.Batch(total, 0, tuple(_proposed(proposal) for proposal in shown) if total else ())


def _proposed(proposal: Proposal) -> pile.Item:
    session = proposal.case.session
    prescribe = reverse("prescriptions:prescribe", args=[proposal.pathway_id])
    opens = f", ouverture le {day(session.starts_on)}" if session.starts_on else ""
    return pile.Item(
        category=pile.PRESCRIPTIONS,
        who=str(proposal.pathway.beneficiary),
        url=reverse("pathways:file", args=[proposal.pathway_id]),
        why=f"proposé par Pôle emploi ({proposal.organisation}) pour {session.title}, {session.provider}{opens}",
        due_on=session.starts_on,
        actions=(
            pile.Action("Prescrire", f"{prescribe}?session={session.pk}", is_main=True),
            pile.Action("Écarter", reverse("prescriptions:proposal_dismiss", args=[proposal.pk])),
        ),
        icon="user-plus",
        key=pile.key_of("propose", proposal.pk),
    )
