"""How lines of the pile are made of prescriptions: one per person, or one per session where one screen settles many."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from config.fact_tasks import FactTask
from pathways.actor import Actor
from pathways.pile import Action, Batch, Item, Tasks, held_by_reader, narrow
from pathways.possibilities import fact_url
from prescriptions import flows
from prescriptions.admission.alerts import SETBACKS
from prescriptions.models import Prescription, Session


def days(number: int) -> timedelta:
    return timedelta(days=number)


# ---- whose tasks


def tasks_of(*nodes: FactTask, by: tuple[str, ...] = ("pk",)) -> Tasks:
    """The tasks that a line stands for: those, on these nodes, of the prescriptions that its key names by `by`."""

    def tasks(actor: Actor, values: list[str]) -> QuerySet:
        named = Prescription.objects.visible_to(actor).filter(**dict(zip(by, values, strict=True)))
        return flows.tasks_waiting(*nodes).filter(
            process__artifact_object_id__in=named.order_by().values("pk")
        )

    return tasks


def holders(prescription_ids: QuerySet | Collection[int], *nodes: FactTask) -> dict[int, str]:
    """Prescription id -> who has taken its task, by name. A task whose owner has left is anybody's again."""
    taken = flows.tasks_waiting(*nodes).filter(
        process__artifact_object_id__in=prescription_ids, owner__isnull=False, owner__is_active=True
    )
    rows = taken.select_related("process", "owner").order_by("pk")
    return {task.process.artifact_object_id: task.owner.get_short_name() for task in rows}


# ---- batches


def people_batch(
    name: str,
    rows: QuerySet,
    late: Q,
    limit: int,
    order: str,
    item: Callable[[Prescription, dict[str, str]], Item],
    nodes: tuple[FactTask, ...] = (),
) -> Batch:
    """One line per prescription; `order` is the column from which the due day is counted.

    name: of the source. nodes: of the tasks that the lines stand for. item is given what the line is called and who
    has taken it, as arguments of `Item`.
    """
    rows = narrow(rows, name)
    if nodes:
        rows = held_by_reader(rows, flows.tasks_waiting(*nodes))
    counts = rows.aggregate(total=Count("pk"), late=Count("pk", filter=late))
    shown = list(rows.with_all().order_by(order, "pk")[:limit]) if counts["total"] else []
    taken = holders([p.pk for p in shown], *nodes) if nodes and shown else {}
    items = tuple(
        item(prescription, {"key": f"{name}:{prescription.pk}", "holder": taken.get(prescription.pk, "")})
        for prescription in shown
    )
    return Batch(counts["total"], counts["late"], items)


def session_batch(
    name: str,
    rows: QuerySet,
    by: str,
    late: Q,
    limit: int,
    item: Callable[[Session, dict[str, Any], dict[str, str]], Item],
    node: FactTask,
) -> Batch:
    """One line per session and day `by`, with `people`, the number of prescriptions."""
    rows = held_by_reader(narrow(rows, name, "session", by), flows.tasks_waiting(node))
    groups = rows.order_by().values("session", by).annotate(people=Count("pk"))
    total = groups.count()
    shown = list(groups.order_by(by, "session")[:limit]) if total else []
    sessions = Session.objects.in_bulk([group["session"] for group in shown])
    taken = _holders_of_groups(rows, by, node) if shown else {}
    items = []
    for group in shown:
        place = (group["session"], group[by])
        named = {"key": f"{name}:{place[0]}:{place[1]}", "holder": ", ".join(sorted(taken.get(place, ())))}
        items.append(item(sessions[group["session"]], group, named))
    return Batch(total, groups.filter(late).count() if total else 0, tuple(items))


def _holders_of_groups(rows: QuerySet, by: str, node: FactTask) -> dict[tuple, set[str]]:
    """(session id, day) -> who has taken tasks there."""
    taken = holders(rows.order_by().values("pk"), node)
    found: dict[tuple, set[str]] = {}
    if taken:
        for pk, session_id, on in rows.filter(pk__in=taken).order_by().values_list("pk", "session", by):
            found.setdefault((session_id, on), set()).add(taken[pk])
    return found


# ---- what lines lead to


def file_url(prescription: Prescription) -> str:
    return reverse("pathways:file", args=[prescription.pathway_id])


def to_fact(prescription: Prescription, kind: str, label: str, *, is_main: bool = False) -> Action:
    """A button that opens the form of a fact and comes back to the pile."""
    url = fact_url(prescription.pathway_id, kind, prescription.pk, reverse("pathways:pile"))
    return Action(label, url, is_main)


def another_session(p: Prescription, *, is_main: bool = False) -> Action:
    """Ranked sessions when the request has ended without a course; else the search for this person."""
    ended = p.state in SETBACKS
    url = (
        reverse("prescriptions:alternatives", args=[p.pk])
        if ended
        else reverse("prescriptions:prescribe", args=[p.pathway_id])
    )
    return Action("Trouver une autre session", url, is_main)


def contact(p: Prescription, *, is_main: bool = False) -> Action:
    url = fact_url(p.pathway_id, "contact", following=reverse("pathways:pile"))
    return Action("Noter un contact", url, is_main)


def candidates_url(session_id: int, group: str) -> str:
    query = urlencode({"session": session_id, "etape": group})
    return f"{reverse('prescriptions:candidates')}?{query}"
