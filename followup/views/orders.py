"""« Commande publique »: what the year's order has committed and consumed, what it costs, and the Région's entries."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import clock
from config.ui.dates import NO_BREAK, number
from followup.orders.figures import Line, Order, Sums, lines, order, outside, years
from followup.orders.forms import CommitmentForm
from followup.orders.settings import YEARLY_ORDER, amount_of
from pathways.enums import Role
from pathways.small_numbers import threshold
from pathways.spreadsheet import provenance, write
from pathways.views.access import for_roles
from prescriptions.models import Commitment, Session
from prescriptions.views.years import YearForm

ROLES = (Role.REGION_OFFICER, Role.DEPARTMENT_MANAGER)
MASKED, NONE = "masqué", "–"
#: Lines listed on the page; the export has all of them.
LISTED = 60
#: Sessions of the programme offered to commit; any other by its address, from its page.
OFFERED = 40


def euros(value: Decimal | int | None, *, is_hidden: bool = False) -> str:
    if is_hidden:
        return MASKED
    return NONE if value is None else f"{number(float(value))}{NO_BREAK}€"


def _read(request: HttpRequest) -> tuple[YearForm, Order, list[Line], int]:
    form = YearForm(request.GET, years())
    form.fields["annee"].initial = clock.today().year  # what is ordered ahead is looked at by choice
    year, least = form.year(), threshold()
    found = lines(year)
    return form, order(year, amount_of(year), found, least), found, least


@require_safe
@for_roles(*ROLES)
def orders(request: HttpRequest) -> HttpResponse:
    """The year in figures, then by provider, bassin and scheme; what is not known is counted apart."""
    form, found, every, least = _read(request)
    can_edit = request.actor.has_role(Role.REGION_OFFICER)
    shown = sorted(every, key=lambda line: (line.committed is not None, -(line.committed or 0), line.label))
    context = {
        "form": form,
        "order": found,
        "tiles": _tiles(found),
        "blocks": [(each, [_cells(row) for row in each.rows]) for each in found.breakdowns],
        "lines": [_line(line) for line in shown[:LISTED]],
        "cut": max(0, len(shown) - LISTED),
        "least": least,
        "outside": outside(found.year).count(),
        "to_commit": outside(found.year).with_offer().order_by("starts_on", "pk")[:OFFERED]
        if can_edit
        else [],
        "can_edit": can_edit,
        "amount_url": reverse("pathways:parameter", args=[YEARLY_ORDER.code]),
        "export_url": f"{reverse('followup:orders_export')}?annee={found.year}",
        "is_over": found.left < 0,
        "over": euros(-found.left),
    }
    return render(request, "followup/orders.html", context)


def _tiles(found: Order) -> list[dict[str, Any]]:
    total, share = found.total, found.committed_share
    hint = "" if share is None else f"{round(100 * share)} % de la commande"
    people = {"is_hidden": total.is_hidden}
    return [
        {"label": "Commande de l'année", "value": euros(found.amount), "hint": ""},
        {"label": "Engagé", "value": euros(total.committed), "hint": hint},
        {"label": "Consommé", "value": euros(total.consumed), "hint": "entrées × prix par place"},
        {"label": "Coût par place", "value": euros(total.per_place), "hint": ""},
        {"label": "Coût par entrée", "value": euros(total.per_entry), "hint": "sessions ouvertes"},
        {"label": "Coût par sortie", "value": euros(total.per_exit, **people), "hint": "sessions terminées"},
        {
            "label": "Coût par sortie en emploi",
            "value": euros(total.per_job, **people),
            "hint": "emploi dans les six mois",
        },
        {"label": "Sans prix", "value": number(total.unpriced), "hint": "hors des montants"},
    ]


def _cells(row: Sums) -> dict[str, Any]:
    people = {"is_hidden": row.is_hidden}
    return {
        "label": row.label,
        "is_hidden": row.is_hidden,
        "unpriced": row.unpriced,
        "places": row.places,
        "committed": euros(row.committed),
        "entries": row.entries,
        "consumed": euros(row.consumed),
        "per_place": euros(row.per_place),
        "per_entry": euros(row.per_entry),
        "exits": MASKED if row.is_hidden else row.exits,
        "per_exit": euros(row.per_exit, **people),
        "jobs": MASKED if row.is_hidden else row.jobs,
        "per_job": euros(row.per_job, **people),
    }


def _line(line: Line) -> dict[str, Any]:
    if line.session_id is not None:
        url = reverse("followup:order_of_session", args=[line.session_id])
    else:
        url = reverse("followup:order_lot", args=[line.commitment_id])
    unknown = "non renseigné"
    return {
        "line": line,
        "url": url,
        "price": unknown if line.price is None else euros(line.price),
        "committed": unknown if line.committed is None else euros(line.committed),
        "consumed": unknown if line.consumed is None else euros(line.consumed),
    }


# ---- the Région's entries


@require_http_methods(["GET", "POST"])
@for_roles(Role.REGION_OFFICER)
def of_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """The order of one session, begun with what its provider declares."""
    session = get_object_or_404(Session.objects.visible_to(request.actor).with_offer(), pk=session_id)
    standing = Commitment.objects.standing().filter(session=session).first()
    year = (session.starts_on or clock.today()).year
    fresh = Commitment(
        session=session, year=year, places=session.capacity or 0, price_per_place=session.price
    )
    return _edit(request, standing or fresh, session)


@require_http_methods(["GET", "POST"])
@for_roles(Role.REGION_OFFICER)
def new_lot(request: HttpRequest) -> HttpResponse:
    """A lot ordered before its sessions are published."""
    return _edit(request, Commitment(year=clock.today().year, places=0))


@require_http_methods(["GET", "POST"])
@for_roles(Role.REGION_OFFICER)
def lot(request: HttpRequest, commitment_id: int) -> HttpResponse:
    return _edit(request, get_object_or_404(Commitment.objects.standing(), pk=commitment_id, session=None))


def _edit(request: HttpRequest, found: Commitment, session: Session | None = None) -> HttpResponse:
    form = CommitmentForm(request.POST or None, instance=found, session=session)
    if request.method == "POST" and form.is_valid():
        kept = form.save(commit=False)
        kept.recorded_by, kept.recorded_at = request.actor.user, clock.now()
        kept._history_user = request.actor.user
        try:
            with transaction.atomic():
                kept.save()
        except IntegrityError:
            form.add_error(
                None, "Cette session vient d'être engagée par quelqu'un d'autre : rouvrez la page."
            )
        else:
            messages.success(request, f"Engagement enregistré : {kept}.")
            return redirect(f"{reverse('followup:orders')}?annee={kept.year}")
    label = "Engager une session" if session is not None else "Engager un lot"
    context = {
        "form": form,
        "session": session,
        "commitment": found if found.pk else None,
        "versions": list(found.history.select_related("history_user").order_by("-history_id"))
        if found.pk
        else [],
        "label": label,
        "crumbs": [{"label": "Commande publique", "url": reverse("followup:orders")}, {"label": label}],
    }
    return render(request, "followup/order_edit.html", context, status=422 if form.errors else 200)


@require_POST
@for_roles(Role.REGION_OFFICER)
def withdraw(request: HttpRequest, commitment_id: int) -> HttpResponse:
    """Take an order back; its history keeps it."""
    with transaction.atomic():
        rows = Commitment.objects.standing().select_for_update(no_key=True)
        found = get_object_or_404(rows, pk=commitment_id)
        found.withdrawn_at, found._history_user = clock.now(), request.actor.user
        found.save(update_fields=["withdrawn_at"])
    messages.success(request, f"Engagement retiré : {found}.")
    return redirect(f"{reverse('followup:orders')}?annee={found.year}")


# ---- the export

HEADS = (
    *("Répartition", "Ligne", "Sessions et lots", "Sans prix", "Places", "Engagé (€)", "Entrées"),
    *("Consommé (€)", "Coût par place (€)", "Coût par entrée (€)", "Sorties", "Coût par sortie (€)"),
    *("Sorties en emploi", "Coût par sortie en emploi (€)"),
)


@require_safe
@for_roles(*ROLES)
def export(request: HttpRequest) -> FileResponse:
    """The rows of the page, hidden figures hidden, then every session and lot."""
    _, found, every, least = _read(request)
    notes = [
        *provenance(request.actor),
        ("Année", str(found.year)),
        ("Commande de l'année (€)", number(found.amount)),
        ("Engagé", "places commandées × prix par place"),
        ("Consommé", "entrées (AES), dans la limite des places commandées, × prix par place"),
        ("Coût par entrée", "engagé des sessions ouvertes / entrées"),
        ("Coût par sortie", "engagé des sessions terminées / sorties"),
        ("Sortie en emploi", "emploi commencé dans les six mois après la sortie"),
        ("Effectifs masqués", f"de 1 à {least - 1} personnes, et ceux qui permettraient de les retrouver"),
    ]
    book = write(HEADS, _exported(found, every), notes)
    return FileResponse(book, as_attachment=True, filename=f"commande-publique-{found.year}.xlsx")


def _exported(found: Order, every: list[Line]) -> Iterator[tuple]:
    yield "Ensemble", *_numbers(found.total)
    for each in found.breakdowns:
        for row in each.rows:
            yield each.title, *_numbers(row)
    for line in every:
        unknown = "non renseigné"
        amounts = [unknown if value is None else float(value) for value in (line.committed, line.consumed)]
        label = f"{line.label}, {line.provider}"
        yield "Session ou lot", label, 1, "", line.places, amounts[0], line.entries, amounts[1]


def _numbers(row: Sums) -> tuple:
    def cost(value: Decimal | None) -> Any:
        return "" if value is None else round(float(value), 2)

    people = (MASKED,) * 4 if row.is_hidden else (row.exits, cost(row.per_exit), row.jobs, cost(row.per_job))
    return (
        *(row.label, row.lines, row.unpriced, row.places, float(row.committed), row.entries),
        *(float(row.consumed), cost(row.per_place), cost(row.per_entry), *people),
    )
