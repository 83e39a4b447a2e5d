"""The collective sessions that may serve somebody instead of an AIF (formats.md, section 8, « AIF subsidiarity »)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Func, IntegerField, Q, TextField, Value

from pathways.models import Beneficiary
from prescriptions.aif import levels
from prescriptions.aif.evidence import Considered, Standing
from prescriptions.aif.wish import Domains
from prescriptions.enums import ENDED, LIVE, EntryMode, PrescriptionState, Recruitment, RefusalReason
from prescriptions.models import Prescription, Session
from prescriptions.schemes.offer_rules import financers_in_words
from prescriptions.whereabouts import Place, distance_from

#: Sessions listed at most; more of one domain within four months would be read by nobody.
LISTED = 60
#: Who buys for a group in the sense of the agreement: the Région and Pôle emploi.
BUYERS = frozenset({"2", "4"})

Finding = tuple[Standing, str]


@dataclass(frozen=True)
class Asked:
    """What a session is held against."""

    person: Beneficiary
    day: date
    window_days: int
    reach_km: int

    @property
    def last_day(self) -> date:
        return self.day + timedelta(days=self.window_days)


def consider(
    pathway_id: int, person: Beneficiary, domains: Domains, day: date, window_days: int, reach_km: int
) -> tuple[list[Considered], int]:
    """The sessions of these domains that open within twice the window, judged; and how many were left out.

    Twice: so that the evidence also shows the one that opens too late. person: its commune loaded. Two queries.
    """
    asked = Asked(person, day, window_days, reach_km)
    rows = _with_distance(of_domains(domains).with_offer(), person)
    horizon = day + timedelta(days=2 * window_days)
    permanent = Q(action__entry_mode=EntryMode.PERMANENT) & (Q(ends_on=None) | Q(ends_on__gte=day))
    opens = (
        Q(starts_on=None) | Q(starts_on__gte=day, starts_on__lte=horizon) | Q(starts_on__lt=day) & permanent
    )
    ordered = rows.filter(opens, cancelled_on=None).order_by(F("starts_on").asc(nulls_last=True), "pk")
    found = list(ordered[: LISTED + 1])
    beyond = ordered.count() - LISTED if len(found) > LISTED else 0
    requests = _requests(pathway_id, [session.pk for session in found])
    judged = [judge(session, asked, requests.get(session.pk, [])) for session in found[:LISTED]]
    return sorted(judged, key=lambda each: ORDER[each.standing]), beyond


ORDER = {Standing.COMPATIBLE: 0, Standing.TO_VERIFY: 1, Standing.SET_ASIDE: 2, Standing.EXCLUDED: 3}


def of_domains(domains: Domains):
    """Sessions whose formation shares a ROME domain or a Formacode domain."""
    condition = Q(pk__in=[])
    rows = Session.objects.all()
    named = {"rome_codes": domains.rome, "formacodes": domains.formacode}
    for column, codes in named.items():
        if codes:
            joined = Func(
                F(f"action__formation__{column}"),
                Value(" "),
                function="array_to_string",
                output_field=TextField(),
            )
            rows = rows.alias(**{f"all_{column}": joined})
            condition |= Q(**{f"all_{column}__regex": rf"(^| )({'|'.join(codes)})"})
    return rows.filter(condition)


def _with_distance(rows, person: Beneficiary):
    place = Place("", person.commune)
    if place.has_coordinates:
        return rows.annotate(distance=distance_from(place))
    return rows.annotate(distance=Value(None, output_field=IntegerField()))


def _requests(pathway_id: int, session_ids: list[int]) -> dict[int, list[Prescription]]:
    found: dict[int, list[Prescription]] = {}
    rows = Prescription.objects.filter(pathway=pathway_id, session__in=session_ids).sent().order_by("pk")
    for request in rows:
        found.setdefault(request.session_id, []).append(request)
    return found


def judge(session: Session, asked: Asked, requests: list[Prescription]) -> Considered:
    """One session with `distance`, its action and formation: excluded if anything excludes it, to verify if any
    datum is missing, compatible otherwise."""
    findings = [finding for test in TESTS if (finding := test(session, asked)) is not None]
    findings += _of_requests(requests)
    standing = max((each for each, _ in findings), key=ORDER.get, default=Standing.COMPATIBLE)
    reasons = [told for each, told in findings if each is standing]
    if standing is Standing.COMPATIBLE:
        reasons = [_why_it_serves(session, asked), *reasons]
        if session.action.conditions:
            reasons.append(f"Sous réserve des conditions d'accès : {session.action.conditions[:200]}")
    distance = session.distance
    return Considered(
        session_id=session.pk,
        carif_number=session.carif_number,
        title=session.title,
        provider=session.provider.name,
        city=session.action.city,
        starts_on=session.starts_on,
        is_permanent=session.is_permanent,
        seats_left=session.seats_left,
        distance_km=None if distance is None else round(distance / 1000),
        standing=standing,
        reasons=tuple(reasons),
    )


def _why_it_serves(session: Session, asked: Asked) -> str:
    when = "Entrée possible dès aujourd'hui" if _is_open_now(session, asked) else "Ouvre dans le délai"
    return f"{when}, {session.seats_left} place(s) libre(s), recrutement ouvert."


def _is_open_now(session: Session, asked: Asked) -> bool:
    return session.is_permanent and session.starts_on is not None and session.starts_on <= asked.day


# ---- what may exclude a session, or leave it to verify


def _is_bought(session: Session, asked: Asked) -> Finding | None:
    action = session.action
    codes = {str(financer["code"]) for financer in action.financers}
    if action.is_contracted is False:
        return Standing.EXCLUDED, "Elle n'est pas conventionnée."
    if codes and not codes & BUYERS:
        return Standing.EXCLUDED, f"Elle est financée par {financers_in_words(codes)}."
    if not codes:
        return Standing.TO_VERIFY, "Qui la finance n'est pas renseigné."
    return None if action.is_contracted else (Standing.TO_VERIFY, "Le conventionnement n'est pas renseigné.")


def _opens_in_time(session: Session, asked: Asked) -> Finding | None:
    if session.starts_on is None:
        return Standing.TO_VERIFY, "La date d'ouverture n'est pas renseignée."
    if session.starts_on > asked.last_day:
        return (
            Standing.EXCLUDED,
            f"Elle ouvre le {session.starts_on:%d/%m/%Y}, après le délai de {asked.window_days} jours.",
        )
    return None


def _recruits(session: Session, asked: Asked) -> Finding | None:
    closed = session.registration_ends_on
    if closed is not None and closed < asked.day:
        return Standing.EXCLUDED, f"Les inscriptions sont closes depuis le {closed:%d/%m/%Y}."
    if session.recruitment in (Recruitment.CLOSED, Recruitment.SUSPENDED):
        return Standing.EXCLUDED, f"Recrutement {session.get_recruitment_display().lower()}."
    if session.recruitment == Recruitment.UNKNOWN:
        return Standing.TO_VERIFY, "L'état du recrutement n'est pas renseigné."
    return None


def _has_room(session: Session, asked: Asked) -> Finding | None:
    if session.seats_left is None:
        return Standing.TO_VERIFY, "Le nombre de places n'est pas renseigné."
    return (Standing.EXCLUDED, "Elle est complète.") if session.seats_left <= 0 else None


def _is_reachable(session: Session, asked: Asked) -> Finding | None:
    if session.distance is None:
        if session.area_id is not None and session.area_id == asked.person.area_id:
            return None
        return Standing.TO_VERIFY, "La distance depuis le domicile n'est pas connue."
    kilometres = round(session.distance / 1000)
    if kilometres > asked.reach_km:
        return Standing.EXCLUDED, f"Elle est à {kilometres} km, au-delà de {asked.reach_km} km."
    return None


def _asks_for_less(session: Session, asked: Asked) -> Finding | None:
    wanted = levels.asked(session.action.formation.level_in)
    if not wanted:
        return None
    has = levels.reached(asked.person.education_level)
    if has is None:
        return (
            Standing.TO_VERIFY,
            f"Niveau demandé : {levels.WORDS[wanted]} ; celui de la personne n'est pas connu.",
        )
    if has < wanted:
        return (
            Standing.EXCLUDED,
            f"Niveau demandé : {levels.WORDS[wanted]} ; celui de la personne : {levels.WORDS[has]}.",
        )
    return None


TESTS: tuple[Callable[[Session, Asked], Finding | None], ...] = (
    _is_bought,
    _opens_in_time,
    _recruits,
    _has_room,
    _is_reachable,
    _asks_for_less,
)


def _of_requests(requests: list[Prescription]) -> Iterator[Finding]:
    """The person's own requests for the session: a refusal excludes it, a live one makes it serve."""
    if any(request.state in LIVE for request in requests):
        yield Standing.COMPATIBLE, "Une candidature de la personne y est en cours."
        return
    for request in requests:
        if request.state == PrescriptionState.REFUSED:
            reason = RefusalReason(request.refusal_reason).label
            yield Standing.EXCLUDED, f"Candidature refusée le {request.ended_on:%d/%m/%Y} : {reason.lower()}."
        elif request.state in ENDED:
            told = PrescriptionState(request.state).label.lower()
            yield Standing.TO_VERIFY, f"Une candidature s'y est terminée : {told}."
