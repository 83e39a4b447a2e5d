"""The refusals that the engine itself gives, before any guard of a table. Codes are stable: tests use them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from django.http import Http404

from config import clock
from pathways.enums import WHOLE_HISTORY, Origin, Role
from pathways.facts import KINDS, Context, Fact, Kind
from pathways.guards import Refusal
from pathways.lifecycle import NOTHING, Lifecycle
from pathways.replay import ImpossibleHistory


class NotVisible(Http404):
    """The person or the prescription is not the actor's to see: answered as if it did not exist."""

    def __init__(self):
        super().__init__("Ce dossier n'existe pas, ou ne vous est pas ouvert.")


def _listed(words: Iterable[str]) -> str:
    words = list(words)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} ou {words[-1]}"


def state_label(lifecycle: Lifecycle, state: str) -> str:
    return "aucun" if state == NOTHING else str(lifecycle.states(state).label)


def not_visible() -> Refusal:
    """For a report about many: one of them is not the actor's to see."""
    return Refusal(
        "not_visible",
        "Ce dossier n'existe pas, ou ne vous est pas ouvert.",
        "Vérifiez que la personne est bien suivie par votre organisation.",
    )


def unknown_fact(kind: str) -> Refusal:
    return Refusal(
        "unknown_fact",
        f"« {kind} » n'est pas un fait que Jalons connaît.",
        "Choisissez une action de la liste.",
    )


def wrong_role(roles: Iterable[Role]) -> Refusal:
    labels = sorted(str(role.label) for role in roles)
    return Refusal("wrong_role", f"Réservé à : {_listed(labels)}.", "Demandez-leur de l'enregistrer.")


def subject_missing() -> Refusal:
    return Refusal(
        "subject_missing",
        "Il manque la prescription concernée.",
        "Choisissez la prescription dans le dossier.",
    )


def wrong_state(lifecycle: Lifecycle, kind: str, state: str) -> Refusal:
    """Impossible from here: says where the person is, where it is possible, and by which steps to get there."""
    steps = route(lifecycle, state, lifecycle.sources(kind))
    possible = _listed(sorted(f"« {state_label(lifecycle, source)} »" for source in lifecycle.sources(kind)))
    if steps:
        remedy = "D'abord : " + ", puis ".join(f"« {KINDS[name].label} »" for name in steps) + "."
    else:
        remedy = "Quelqu'un l'a peut-être déjà enregistré : relisez l'historique ; si un fait y est faux, corrigez-le."
    return Refusal(
        "wrong_state",
        f"« {KINDS[kind].label} » n'est pas possible : {lifecycle.label.lower()} "
        f"« {state_label(lifecycle, state)} », il faudrait {possible}.",
        remedy,
        steps=tuple(steps),
    )


def route(lifecycle: Lifecycle, start: str, goals: Iterable[str]) -> list[str]:
    """The shortest list of facts that lead from a state to one of the goals, by the table alone; [] when none does."""
    goals, seen, queue = set(goals), {start}, deque([(start, [])])
    while queue:
        state, path = queue.popleft()
        if state in goals:
            return path
        for row in lifecycle.rows:
            if state in row.sources:
                for target in row.targets(state):
                    if target not in seen:
                        seen.add(target)
                        queue.append((target, [*path, row.name]))
    return []


def tells_all(role: Role) -> bool:
    """Whether a refusal may name any step of the person: a provider learns nothing of those taken elsewhere."""
    return role in WHOLE_HISTORY or role == Role.SYSTEM


def elsewhere(code: str) -> Refusal:
    """Refused because of where the person stands, which the reader may not know (domain.md, C, minimisation)."""
    return Refusal(
        code,
        "La personne a avancé dans son parcours depuis cette candidature.",
        "Voyez avec son référent où elle en est.",
    )


def impossible_history(impossible: ImpossibleHistory, role: Role = Role.SYSTEM) -> Refusal:
    """The fact that breaks, which must be the reader's to know, and where it would find the person."""
    fact, lifecycle = impossible.fact, impossible.lifecycle
    found = ""
    if tells_all(role) or not lifecycle.is_pathway:
        found = f" : {lifecycle.label.lower()} serait alors « {state_label(lifecycle, impossible.state)} »"
    return Refusal(
        "impossible_history",
        f"« {KINDS[fact.kind].story} » du {fact.occurred_on:%d/%m/%Y} deviendrait impossible{found}.",
        "Vérifiez la date, ou corrigez d'abord ce fait dans l'historique.",
    )


def impossible_beside(impossible: ImpossibleHistory, stated: Fact, role: Role) -> Refusal:
    """As `impossible_history`, for whoever states a fact: it names no fact about another request than that one's."""
    if tells_all(role) or (stated.subject_id is not None and impossible.fact.subject_id == stated.subject_id):
        return impossible_history(impossible, role)
    return Refusal(
        "impossible_history",
        "À cette date, ce fait ne s'accorde pas avec ce que d'autres ont enregistré depuis sur la personne.",
        "Vérifiez la date, ou voyez avec son référent.",
    )


def of_deduction(fact: Fact, later: Iterable[Fact]) -> Refusal | None:
    """What Jalons deduces never comes before what somebody has said since about the same thing."""
    if fact.origin != Origin.DEDUCED:
        return None
    said = next(
        (known for known in later if known.origin != Origin.DEDUCED and known.subject_id == fact.subject_id),
        None,
    )
    if said is None:
        return None
    return Refusal(
        "declared_prevails",
        f"« {KINDS[said.kind].story} » du {said.occurred_on:%d/%m/%Y} a été déclaré : Jalons n'en déduit rien d'autre.",
        "Enregistrez vous-même le fait s'il a bien eu lieu.",
    )


def only_taken_back() -> Refusal:
    return Refusal(
        "only_taken_back",
        "Une correction ne se corrige pas.",
        "Reprenez-la : le fait qu'elle avait retiré tiendra de nouveau.",
    )


def key_reused() -> Refusal:
    return Refusal(
        "key_reused",
        "Ce formulaire a déjà servi à enregistrer autre chose.",
        "Rechargez la page puis recommencez.",
    )


def of_date(context: Context) -> Refusal | None:
    """A day in the future, before the person's birth, or before their entry into the cohort."""
    fact = context.fact
    if fact.occurred_on > clock.today():
        return Refusal(
            "in_the_future",
            f"La date du {fact.occurred_on:%d/%m/%Y} est dans l'avenir.",
            "Enregistrez le fait le jour où il a lieu, ou corrigez la date.",
        )
    if context.standing.state("pathway") != NOTHING:
        return None  # the person had entered the cohort by then
    birth = context.held.births.get(context.pathway.pk) or context.pathway.beneficiary.birth_date
    if fact.occurred_on <= birth:
        return Refusal(
            "before_birth",
            f"La date du {fact.occurred_on:%d/%m/%Y} précède la naissance de la personne ({birth:%d/%m/%Y}).",
            "Corrigez la date.",
        )
    if fact.kind != Kind.IDENTIFY:
        return Refusal(
            "before_cohort",
            f"Le {fact.occurred_on:%d/%m/%Y}, la personne n'était pas encore entrée dans la cohorte.",
            "Corrigez la date.",
        )
    return None


def of_input(context: Context) -> Refusal | None:
    """What was typed besides the date: the reason, the comment, the details that this kind of fact must carry."""
    fact, meta = context.fact, KINDS[context.fact.kind]
    if meta.reasons is not None and fact.reason not in meta.reason_codes:
        code = "unknown_reason" if fact.reason else "reason_missing"
        return Refusal(code, "Il manque un motif de la liste.", "Choisissez le motif dans la liste.")
    if meta.needs_comment and not fact.comment:
        return Refusal("comment_missing", "Il manque l'explication.", "Écrivez une phrase d'explication.")
    for key, label in meta.needs.items():
        if fact.payload.get(key) in (None, ""):
            return Refusal("detail_missing", f"Il manque : {label}.", f"Renseignez le champ « {label} ».")
    return None
