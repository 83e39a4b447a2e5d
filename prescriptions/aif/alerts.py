"""« Aucune session compatible » (domain.md B13): people without a request for whom nothing opens in time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import timedelta

from django.db import connection
from django.db.models import Q
from django.urls import reverse

from config import clock
from notifications.registry import Cause, Kind, Since, register
from pathways.audience import advisors_of, in_organisation
from pathways.enums import PathwayState, Role
from pathways.models import Pathway
from pathways.outcomes import AIF_GRANTED
from prescriptions.aif import delays
from prescriptions.aif.wish import DOMAIN
from prescriptions.models import Session

#: Offers read once, by ROME domain; then one hashed anti-join. What a session does not say excludes nobody (« à
#: vérifier » is not ∅); its level and the person's are for the examination, not for the alert.
_SQL = """
WITH offers AS MATERIALIZED (
    SELECT DISTINCT left(rome, 3) AS domain, s.id,
        coalesce(a.latitude, c.latitude) AS latitude, coalesce(a.longitude, c.longitude) AS longitude, s.area_id
    FROM prescriptions_session s
    JOIN prescriptions_trainingaction a ON a.id = s.action_id
    JOIN prescriptions_formation f ON f.id = a.formation_id
    LEFT JOIN pathways_commune c ON c.insee_code = a.commune_id
    CROSS JOIN LATERAL unnest(f.rome_codes) AS rome
    WHERE s.cancelled_on IS NULL
      AND s.recruitment IN ('open', '')
      AND (s.registration_ends_on IS NULL OR s.registration_ends_on >= %(today)s)
      AND (s.capacity IS NULL OR s.capacity > s.seats_held)
      AND (s.starts_on IS NULL OR s.starts_on BETWEEN %(today)s AND %(last)s
           OR (a.entry_mode = 'permanent' AND s.starts_on < %(today)s
               AND (s.ends_on IS NULL OR s.ends_on >= %(today)s)))
      AND a.is_contracted IS NOT FALSE
      AND (a.financers = '[]' OR a.financers @> '[{{"code": "2"}}]' OR a.financers @> '[{{"code": "4"}}]')
)
SELECT p.id, b.first_name, b.last_name, b.job_project, p.state_since, p.pole_id, p.area_id, p.department_id
FROM pathways_pathway p
JOIN pathways_beneficiary b ON b.id = p.beneficiary_id
LEFT JOIN pathways_commune home ON home.insee_code = b.commune_id
WHERE p.state = 'identified' AND b.job_project <> '' {only}
  AND NOT EXISTS (
    SELECT 1 FROM offers o WHERE o.domain = left(b.job_project, 3) AND (
        o.latitude IS NULL OR o.longitude IS NULL OR home.latitude IS NULL OR home.longitude IS NULL
        OR 12742.0 * asin(sqrt(power(sin(radians(o.latitude - home.latitude) / 2), 2)
            + cos(radians(home.latitude)) * cos(radians(o.latitude))
            * power(sin(radians(o.longitude - home.longitude) / 2), 2))) <= %(reach)s)
      AND NOT EXISTS (SELECT 1 FROM prescriptions_prescription r
                      WHERE r.pathway_id = p.id AND r.session_id = o.id AND r.state = 'refused'))
  AND NOT EXISTS (
    SELECT 1 FROM pathways_event e WHERE e.pathway_id = p.id AND e.kind = 'examine_aif' AND e.reason = ANY(%(granted)s)
      AND NOT EXISTS (SELECT 1 FROM pathways_event x WHERE x.pathway_id = p.id AND x.annuls_id = e.id
                      AND NOT EXISTS (SELECT 1 FROM pathways_event y
                                      WHERE y.pathway_id = p.id AND y.annuls_id = x.id)))
ORDER BY p.id
"""


def without_session(ids: Collection[int] | None = None) -> Iterator[Cause]:
    """One cause per identified person whose job project no collective session serves within the window.

    Ends with a session, a request, or an AIF granted with its motive. One statement.
    """
    window, reach = delays.in_force()
    today = clock.today()
    values = {
        "today": today,
        "last": today + timedelta(days=window),
        "reach": float(reach),
        "granted": sorted(AIF_GRANTED),
        "ids": None if ids is None else list(ids),
    }
    only = "" if ids is None else "AND p.id = ANY(%(ids)s)"
    with connection.cursor() as cursor:
        cursor.execute(_SQL.format(only=only), values)
        rows = cursor.fetchall()
    for pk, first_name, last_name, project, since, pole_id, area_id, department_id in rows:
        yield Cause(
            subject_key=f"pathway:{pk}",
            title=f"{first_name} {last_name}",
            detail=f"Aucune session collective du domaine {project[:DOMAIN]} ne convient sous {window} jours :"
            " prescrivez autrement, ou examinez un AIF.",
            url=reverse("pathways:file", args=[pk]),
            due_on=since,
            audience=frozenset(_audience(pole_id, area_id, department_id)),
        )


def _audience(pole_id: int | None, area_id: int | None, department_id: int) -> Iterator[str]:
    if pole_id is not None:
        yield in_organisation(Role.REFERENT, pole_id)
    else:
        yield in_organisation(Role.DEPARTMENT_MANAGER, department_id)
    if area_id is not None:
        yield advisors_of(area_id)


def changed_people(since: Since) -> set[int]:
    """People touched, and those whose domain has sessions that changed, came into the window or left it."""
    found = set(since.of("pathway"))
    concerned = Q(pk__in=since.of("session"))
    if since.day < since.today:
        window, _ = delays.in_force()
        ahead = timedelta(days=window)
        concerned |= Q(starts_on__gt=since.day + ahead, starts_on__lte=since.today + ahead)
        passed = {"gte": since.day, "lt": since.today}
        for column in ("starts_on", "ends_on", "registration_ends_on"):
            concerned |= Q(**{f"{column}__{op}": day for op, day in passed.items()})
    codes = (
        Session.objects.filter(concerned).order_by().values_list("action__formation__rome_codes", flat=True)
    )
    domains = {code[:DOMAIN] for each in codes.iterator() for code in each}
    if domains:
        wanted = Q()
        for domain in domains:
            wanted |= Q(beneficiary__job_project__startswith=domain)
        waiting = Pathway.objects.filter(wanted, state=PathwayState.IDENTIFIED).order_by()
        found |= set(waiting.values_list("pk", flat=True))
    return found


NO_SESSION = register(
    Kind(
        "no_session",
        "Aucune session compatible",
        "calendar-off",
        without_session,
        thing="pathway",
        watches=("pathway", "session"),
        changed=changed_people,
        parameters=delays.in_force,
        roles=frozenset({Role.REFERENT, Role.DEPARTMENT_MANAGER, Role.ADVISOR}),
    )
)
