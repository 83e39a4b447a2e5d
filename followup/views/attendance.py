"""« Présences »: the week of a session, trainees × half-days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST

from config.ui.dates import count, day_long
from config.ui.tables import url_with
from followup.attendance import AttendanceRefused, Noted, Place, Problem, lock_day, record_marks, reopen_day
from followup.attendance_grid import CODES, Frame, frame, sheet
from followup.enums import Mark
from pathways.enums import Role
from pathways.views.access import for_roles
from prescriptions.models import Session

#: m-<enrolment>-<YYYYMMDD>-<am|pm>: the chosen code; b-…: the code that was stored when the page was made.
CELL = re.compile(r"\Am-(\d{1,18})-(\d{4})(\d{2})(\d{2})-(am|pm)\Z", re.ASCII)
#: « Tous présents » (P), or one code for one day (F-20260409).
FILL = re.compile(r"\A([A-Z])(?:-(\d{8}))?\Z")


@require_http_methods(["GET", "POST"])
@for_roles(Role.PROVIDER)
def attendance(request: HttpRequest, session_id: int) -> HttpResponse:
    """`?jour=` a day of the week shown, `?vue=jour` that day alone, `?weekend=1` Saturdays and holidays too."""
    session = _session(request, session_id)
    shown = _frame(request, session)
    if shown is None:
        return render(
            request, "followup/attendance_ahead.html", {"session": session, "crumbs": crumbs(session)}
        )
    if request.method == "POST":
        return _save(request, session, shown)
    return _page(request, session, shown)


def _session(request: HttpRequest, session_id: int) -> Session:
    own = Session.objects.visible_to(request.actor).select_related("action__formation", "provider")
    return get_object_or_404(own, pk=session_id)


def _frame(request: HttpRequest, session: Session) -> Frame | None:
    try:
        wanted = parse_date(request.GET.get("jour", ""))
    except ValueError:  # 31 February
        wanted = None
    return frame(session, wanted, request.GET.get("vue") == "jour", request.GET.get("weekend") == "1")


def crumbs(session: Session) -> list[dict[str, str]]:
    trainees = f"{reverse('followup:trainees')}?session={session.pk}"
    return [{"label": "Stagiaires", "url": trainees}, {"label": f"Présences, {session.title}"}]


# ---- showing


def _page(
    request: HttpRequest,
    session: Session,
    shown: Frame,
    problems: tuple[Problem, ...] = (),
    typed: dict[Place, str] | None = None,
    refusal: AttendanceRefused | None = None,
) -> HttpResponse:
    made = sheet(session, shown, typed or {})
    context = {
        "session": session,
        "shown": shown,
        "sheet": made,
        "grid": {
            "url": request.get_full_path(),
            "label": f"Présences, {session.title} {session.carif_number}, {_period(shown)}",
            "codes": [{"code": code.value, "label": label} for code, label in CODES],
            "slots": made.slots,
            "rows": made.rows,
            "has_open_cells": made.has_open_cells,
            # What one person left unsent on a shared machine is not offered to the next.
            "keep": f"{request.actor.user_id}-{session.pk}-{made.slots[0]['day']}-{len(made.slots)}"
            if made.slots
            else "",
        },
        "period": _period(shown),
        "views": _views(request, shown),
        "earlier_url": url_with(request, jour=shown.earlier) if shown.earlier else "",
        "later_url": url_with(request, jour=shown.later) if shown.later else "",
        "weekend_url": "" if shown.has_weekend else url_with(request, weekend=1),
        "problems": problems,
        "refusal": refusal,
        "reopen_url": reverse("followup:attendance_reopen", args=[session.pk]),
        "here": request.get_full_path(),
        "crumbs": crumbs(session),
    }
    return render(request, "followup/attendance.html", context, status=422 if problems or refusal else 200)


def _period(shown: Frame) -> str:
    if shown.is_one_day:
        return day_long(shown.day)
    if not shown.days:
        return f"semaine du {day_long(shown.day)}"
    return f"du {day_long(shown.days[0])} au {day_long(shown.days[-1])}"


def _views(request: HttpRequest, shown: Frame) -> list[dict]:
    return [
        {
            "label": "Semaine",
            "url": url_with(request, vue=None, jour=shown.day),
            "is_active": not shown.is_one_day,
        },
        {
            "label": "Jour",
            "url": url_with(request, vue="jour", jour=shown.day),
            "is_active": shown.is_one_day,
        },
    ]


# ---- saving


def read_cells(data: QueryDict) -> Iterator[Noted]:
    """The half-days of the form, each with what it showed. Names that are no half-day are passed over."""
    for name, chosen in data.items():
        found = CELL.match(name)
        if found is None:
            continue
        enrolment, year, month, number, half = found.groups()
        try:
            day = date(int(year), int(month), int(number))
        except ValueError:
            continue
        yield Noted(Place(int(enrolment), day, half), chosen, data.get(f"b{name[1:]}", ""))


def filled(cells: list[Noted], command: str) -> list[Noted]:
    """« Tous présents »: the half-days left empty take the code, of all days or of one."""
    found = FILL.match(command)
    if found is None or found[1] not in Mark.values:
        return cells
    code, stamp = found.groups()
    return [
        Noted(cell.place, code, cell.seen)
        if not cell.mark and stamp in (None, f"{cell.place.day:%Y%m%d}")
        else cell
        for cell in cells
    ]


def _save(request: HttpRequest, session: Session, shown: Frame) -> HttpResponse:
    cells = filled(list(read_cells(request.POST)), request.POST.get("fill", ""))
    day = _stamped(request.POST.get("lock", ""))
    refusal = None
    with transaction.atomic():
        recorded = record_marks(session, cells, request.actor)
        if day is not None and not recorded.problems:
            refusal = _lock(session, day, request)
    if recorded.written:
        done = count(recorded.written, "demi-journée enregistrée,demi-journées enregistrées")
        messages.success(request, f"{done}.")
    if recorded.problems or refusal:
        asked = {cell.place: cell.mark for cell in cells}
        typed = {problem.place: asked[problem.place] for problem in recorded.problems}
        return _page(request, session, shown, recorded.problems, typed, refusal)
    if not recorded.written and day is None:
        messages.info(request, "Rien n'a changé : les présences affichées étaient déjà enregistrées.")
    return redirect(request.get_full_path())


def _lock(session: Session, day: date, request: HttpRequest) -> AttendanceRefused | None:
    try:
        with transaction.atomic():
            lock_day(session, day, request.actor)
    except AttendanceRefused as refused:
        return refused
    messages.success(request, f"Journée du {day_long(day)} verrouillée.")
    return None


def _stamped(stamp: str) -> date | None:
    """20260409 -> that day; None for anything else."""
    if not re.fullmatch(r"[0-9]{8}", stamp):
        return None
    try:
        return date(int(stamp[:4]), int(stamp[4:6]), int(stamp[6:]))
    except ValueError:
        return None


@require_POST
@for_roles(Role.PROVIDER)
def reopen(request: HttpRequest, session_id: int) -> HttpResponse:
    """Open a locked day again, with the reason typed."""
    session = _session(request, session_id)
    day = _stamped(request.POST.get("day", ""))
    back = reverse("followup:attendance", args=[session.pk])
    if day is None:
        messages.error(request, "Il manque le jour à rouvrir : choisissez-le sous la grille.")
        return redirect(back)
    try:
        reopen_day(session, day, request.actor, request.POST.get("reason", ""))
    except AttendanceRefused as refused:
        messages.error(request, f"{refused.message} {refused.next_step}")
    else:
        messages.success(request, f"Journée du {day_long(day)} rouverte.")
    return redirect(f"{back}?jour={day}{'&vue=jour' if request.POST.get('vue') == 'jour' else ''}")
