"""Everything that the database holds about some people, to compare before and after."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps

from followup.models import AttendanceMark, Employment, Enrolment
from notifications.models import Alert
from pathways.models import Beneficiary, CohortDecision, Event, FileAccess, Pathway, RsaSituation
from prescriptions.models import Prescription, Session

#: Model -> how its rows hang on people.
ROWS = {
    Beneficiary: "pk",
    RsaSituation: "beneficiary",
    CohortDecision: "beneficiary",
    Pathway: "beneficiary",
    Event: "pathway__beneficiary",
    FileAccess: "pathway__beneficiary",
    Prescription: "pathway__beneficiary",
    Enrolment: "pathway__beneficiary",
    Employment: "pathway__beneficiary",
    AttendanceMark: "enrolment__pathway__beneficiary",
}
#: Says what is still to be done, not what is known.
BESIDES = {"is_to_compare"}


def snapshot(people: Iterable[int], *, events: bool = True) -> dict[str, Any]:
    """Model -> its rows about these people, by key; with the open alerts, the tasks and the seats of every session.

    events False: without the history, which only grows.
    """
    ids = list(people)
    found = {
        model.__name__: _rows(model.objects.filter(**{f"{path}__in": ids}))
        for model, path in ROWS.items()
        if events or model is not Event
    }
    found["seats"] = dict(Session.objects.order_by("pk").values_list("pk", "seats_held"))
    found["alerts"] = sorted(Alert.objects.open().order_by("pk").values_list("kind", "subject_key", "title"))
    tasks = apps.get_model("viewflow", "Task").objects.exclude(status__in=["DONE", "CANCELED"])
    found["tasks"] = sorted(
        tasks.order_by("pk").values_list("process__artifact_object_id", "flow_task", "status", "owner")
    )
    return found


def _rows(queryset) -> dict[Any, dict[str, Any]]:
    rows = queryset.order_by("pk").values()
    key = queryset.model._meta.pk.attname
    return {row[key]: {name: value for name, value in row.items() if name not in BESIDES} for row in rows}
