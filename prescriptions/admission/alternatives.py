"""After a refusal: other sessions for this very person, best first, each with why it fits (PE, art. 6).

The next step that the provider proposes says where to look first. The criteria are those by which Pôle emploi looks
for candidates (`prescriptions.matching.criteria`), read the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from pathways.actor import Actor
from prescriptions.choosing import Chooser
from prescriptions.enums import NextStep
from prescriptions.matching import criteria
from prescriptions.matching.criteria import Reason, Verdict
from prescriptions.matching.settings import Rules
from prescriptions.models import Formation, Prescription, Session
from prescriptions.schemes import eligibility
from prescriptions.search import Criteria, find
from prescriptions.whereabouts import Place

#: Sessions looked at, the nearest first, and sessions shown.
ASKED, SHOWN = 60, 12
#: Words by which the offer names what brings somebody up to the level of a course.
UPGRADES = ("remise à niveau", "savoirs de base", "compétences clés", "préqualification", "préparatoire")


@dataclass(frozen=True)
class Search:
    """One way to look further. code: in the address. steps: the proposed next steps that lead here."""

    code: str
    label: str
    steps: frozenset[str]
    empty: str


SAME = Search(
    "meme",
    "La même formation ailleurs",
    frozenset({NextStep.OTHER_SESSION, NextStep.LATER, ""}),
    "Aucune autre session à venir de cette formation n'accepterait cette personne.",
)
OTHER = Search(
    "autre",
    "Une autre formation",
    frozenset({NextStep.OTHER_TRAINING, NextStep.PROJECT_WORK, NextStep.MEET_REFERENT}),
    "Aucune session à venir du même domaine professionnel n'accepterait cette personne.",
)
UPGRADE = Search(
    "niveau",
    "Une remise à niveau",
    frozenset({NextStep.UPGRADE}),
    "Aucune remise à niveau à venir dans l'offre.",
)
SEARCHES = (SAME, OTHER, UPGRADE)
#: Next steps that somebody talks over before any session is chosen.
TO_TALK_OVER = frozenset({NextStep.PROJECT_WORK, NextStep.MEET_REFERENT})


def search_for(request: Prescription, wanted: str = "") -> Search:
    """The way asked for; else the one that the proposed next step leads to."""
    named = next((each for each in SEARCHES if each.code == wanted), None)
    return named or next((each for each in SEARCHES if request.next_step in each.steps), SAME)


@dataclass(frozen=True)
class Alternative:
    """A session that the door would accept for the person. km: None when a place is unknown."""

    session: Session
    reasons: tuple[Reason, ...]
    eligibility: eligibility.Verdict | None


def alternatives(request: Prescription, search: Search, actor: Actor) -> list[Alternative]:
    """At most SHOWN sessions after this request, best first: a free seat, the trade, the level, the distance, the date.

    request: with its session, formation, person and commune loaded. The number of queries does not follow that of
    sessions.
    """
    pathway, person = request.pathway, request.pathway.beneficiary
    chooser, rules = Chooser(pathway, actor), Rules.on()
    sessions = [session for session in _looked_at(request, search, actor) if chooser.refusal(session) is None]
    judged = []
    for session in sessions:
        km = None if session.distance is None else session.distance / 1000
        verdicts = _verdicts(person, session, search, km, rules.reach_km)
        is_full = session.seats_free is not None and session.seats_free <= 0
        judged.append(
            (
                (
                    is_full,
                    *(verdict.rank for verdict in verdicts),
                    session.starts_on is None,
                    session.starts_on,
                    session.pk,
                ),
                session,
                verdicts,
            )
        )
    judged.sort(key=lambda row: tuple(_orderable(part) for part in row[0]))
    shown = judged[:SHOWN]
    allowed = eligibility.for_sessions(pathway.pk, [session for _, session, _ in shown])
    return [
        Alternative(session, tuple(verdict.reason for verdict in verdicts), allowed.get(session.pk))
        for _, session, verdicts in shown
    ]


def _orderable(part) -> tuple:
    return (part is None, part)


def _verdicts(person, session: Session, search: Search, km: float | None, reach_km: float) -> list[Verdict]:
    formation = session.action.formation
    level = criteria.level(person.education_level, formation.level_in)
    distance = criteria.distance(km, reach_km)
    if search is UPGRADE:
        return [level, distance]
    if search is SAME:
        return [distance, level]
    return [criteria.trade(person.job_project, formation.rome_codes), level, distance]


def _looked_at(request: Prescription, search: Search, actor: Actor) -> QuerySet[Session]:
    """The nearest sessions to come of a search, the refused one and its like left out."""
    person, formation = request.pathway.beneficiary, request.session.action.formation
    place = Place(person.commune.name, person.commune, person.commune.area) if person.commune else None
    rows = Session.objects.visible_to(actor).with_offer().exclude(pk=request.session_id)
    rows = find(rows.filter(_belongs(search, request.session, formation, person)), Criteria(place=place))
    return rows.order_by(F("distance").asc(nulls_last=True), F("starts_on").asc(nulls_last=True), "pk")[
        :ASKED
    ]


def _belongs(search: Search, session: Session, formation: Formation, person) -> Q:
    same = Q(action__formation=formation) | Q(title=session.title)
    if search is SAME:
        if formation.rncp_code:
            same |= Q(action__formation__rncp_code=formation.rncp_code)
        return same
    if search is UPGRADE:
        named = Q(action__formation__rome_codes=[])
        for words in UPGRADES:
            named |= Q(title__icontains=words)
        return named
    trades = {person.job_project, *formation.rome_codes} - {""}
    domains = Q()
    for domain in {criteria.domain(code) for code in trades}:
        domains |= Q(search_key__words=domain)
    return domains & ~same if domains else ~same
