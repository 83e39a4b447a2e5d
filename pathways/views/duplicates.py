"""Files that may be one person: the list, the comparison, the merge, and « Ce ne sont pas les mêmes »."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.ui.tables import Column, headers, url_with
from pathways.access_log import record_reading
from pathways.enums import Role
from pathways.forms.merging import DismissForm, MergeForm, alike
from pathways.guards import TransitionRefused
from pathways.keyset import Sort, page
from pathways.merging import detection, dismissal
from pathways.merging.joining import merge as merge_files
from pathways.merging.likeness import Strength, compare
from pathways.merging.preview import Preview, look
from pathways.milestones import milestones
from pathways.models import Beneficiary, DuplicateDismissal, DuplicatePair, Pathway
from pathways.views.access import for_roles

PAGE_SIZE = 25
TONES = {
    Strength.SURE: ("danger", "alert-circle"),
    Strength.PROBABLE: ("warning", "alert-triangle"),
    Strength.WEAK: ("neutral", "help-circle"),
}
COLUMNS = (
    Column("Dossiers"),
    Column("Ce qui se ressemble"),
    Column("Vraisemblance"),
    Column("Actions", is_label_hidden=True),
)
DISMISSED_COLUMNS = (
    Column("Dossiers"),
    Column("Raison"),
    Column("Écarté"),
    Column("Actions", is_label_hidden=True),
)


@require_safe
@for_roles(Role.DEPARTMENT_MANAGER)
def duplicates(request: HttpRequest) -> HttpResponse:
    """The pairs to examine, the strongest first; `?liste=ecartes`: those that somebody has set aside."""
    found, dismissed = detection.pairs(request.actor), detection.dismissals(request.actor)
    shows_dismissed = request.GET.get("liste") == "ecartes"
    rows = dismissed.select_related("dismissed_by") if shows_dismissed else found
    sort = Sort("dismissed_at" if shows_dismissed else "strength", is_descending=True)
    shown = page(rows, sort, PAGE_SIZE, request.GET.get("apres", ""), request.GET.get("avant", ""))
    lines = map(_dismissed_line if shows_dismissed else _line, shown.rows)
    counts = {"": found.count(), "ecartes": dismissed.count()}
    context = {
        "filters": _filters(counts, "ecartes" if shows_dismissed else ""),
        "headers": headers(request, DISMISSED_COLUMNS if shows_dismissed else COLUMNS),
        "lines": [line for line in lines if line is not None],
        "shows_dismissed": shows_dismissed,
        "total": counts["ecartes" if shows_dismissed else ""],
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
    }
    return render(request, "pathways/duplicates.html", context)


def _filters(counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    here = reverse("pathways:duplicates")
    return [
        {
            "label": label,
            "url": f"{here}?liste={code}" if code else here,
            "is_active": code == chosen,
            "count": counts[code],
        }
        for code, label in (("", "À examiner"), ("ecartes", "Écartés"))
    ]


def _line(pair: DuplicatePair) -> dict[str, Any] | None:
    """A pair as it looks now; None when its two files have stopped looking alike since they were compared."""
    likeness = compare(pair.first, pair.second)
    if likeness is None:
        return None
    tone, icon = TONES[likeness.strength]
    badge = {"label": likeness.strength.label, "tone": tone, "icon": icon}
    return {"first": pair.first, "second": pair.second, "told": str(likeness), "badge": badge}


def _dismissed_line(row: DuplicateDismissal) -> dict[str, Any]:
    return {"first": row.first, "second": row.second, "dismissal": row}


@require_http_methods(["GET", "POST"])
@for_roles(Role.DEPARTMENT_MANAGER)
def merge(request: HttpRequest, kept_id: int, other_id: int) -> HttpResponse:
    """Two files side by side and what merging them makes; POST merges what has been seen. The first one is kept."""
    if request.method == "POST" and (done := _merged_before(request, kept_id, other_id)) is not None:
        return done
    kept, other = _people_or_404(request, kept_id, other_id)
    preview = look(kept, other, request.actor)
    for pathway in filter(None, (preview.kept, preview.other, *preview.moved)):
        record_reading(request.actor, pathway, "doublons")
    form = MergeForm(kept, other, preview.last, request.POST or None)
    if request.method == "POST" and preview.refusal is None and form.is_valid():
        if form.was_seen:
            return _merge(request, form, preview)
        return _page(request, form, preview, is_stale=True)
    return _page(request, form, preview)


def _people_or_404(request: HttpRequest, *ids: int) -> list[Beneficiary]:
    rows = Beneficiary.objects.visible_to(request.actor).select_related("pole", "area", "commune")
    return [get_object_or_404(rows, pk=pk) for pk in ids]


def _merged_before(request: HttpRequest, kept_id: int, other_id: int) -> HttpResponse | None:
    """The second click on the same button, or a colleague who was quicker: go where the two files are one now."""
    kept = Beneficiary.objects.visible_to(request.actor).filter(pk=kept_id, absorbed=other_id).first()
    if kept is None:
        return None
    messages.info(request, "Ces deux dossiers sont fusionnés ; l'historique dit par qui et pourquoi.")
    return redirect(_file_of(kept, request.actor))


def _file_of(person: Beneficiary, actor) -> str:
    pathway = Pathway.objects.visible_to(actor).filter(beneficiary=person).order_by("-pk").first()
    return reverse("pathways:file", args=[pathway.pk])


def _merge(request: HttpRequest, form: MergeForm, preview: Preview) -> HttpResponse:
    try:
        outcome = merge_files(
            form.into.pk,
            form.person.pk,
            request.actor,
            comment=form.cleaned_data["why"],
            takes=form.takes(),
            idempotency_key=form.cleaned_data["key"] or None,
        )
    except TransitionRefused as refused:
        form.add_error(None, str(refused.refusal))
        return _page(request, form, preview)
    messages.success(
        request,
        f"Les deux dossiers de {form.into} n'en font plus qu'un. « Corriger », dans l'historique, défait la fusion.",
    )
    return redirect("pathways:file", outcome.pathway.pk)


def _page(
    request: HttpRequest,
    form: MergeForm,
    preview: Preview,
    *,
    dismiss: DismissForm | None = None,
    is_stale: bool = False,
) -> HttpResponse:
    kept, other = form.into, form.person
    likeness = compare(kept, other)
    dismissed = detection.dismissals(request.actor).filter(
        first=min(kept.pk, other.pk), second=max(kept.pk, other.pk)
    )
    dismiss = dismiss or DismissForm()
    context = {
        "kept": kept,
        "other": other,
        "told": str(likeness) if likeness else "Rien n'indique que ce soit la même personne.",
        "form": form,
        "preview": preview,
        "alike": alike(kept, other),
        "milestones": milestones(preview.joined.stages) if preview.joined else [],
        "dismiss": dismiss,
        "dismissal": dismissed.select_related("dismissed_by").first(),
        "is_stale": is_stale,
        "crumbs": [
            {"label": "Doublons", "url": reverse("pathways:duplicates")},
            {"label": f"{kept} et {other}" if str(kept) != str(other) else str(kept)},
        ],
    }
    status = 422 if form.errors or dismiss.errors else 200
    return render(request, "pathways/merge.html", context, status=status)


@require_POST
@for_roles(Role.DEPARTMENT_MANAGER)
def dismiss(request: HttpRequest, kept_id: int, other_id: int) -> HttpResponse:
    """« Ce ne sont pas les mêmes »: the pair leaves the list, with the reason."""
    kept, other = _people_or_404(request, kept_id, other_id)
    form = DismissForm(request.POST)
    if not form.is_valid():
        preview = look(kept, other, request.actor)
        return _page(request, MergeForm(kept, other, preview.last), preview, dismiss=form)
    dismissal.dismiss(kept, other, request.actor, form.cleaned_data["reason"])
    messages.success(request, "Noté : ce sont deux personnes. La paire reste dans la liste « Écartés ».")
    return redirect("pathways:duplicates")


@require_POST
@for_roles(Role.DEPARTMENT_MANAGER)
def take_back(request: HttpRequest, kept_id: int, other_id: int) -> HttpResponse:
    """Have a pair that was set aside examined again."""
    kept, other = _people_or_404(request, kept_id, other_id)
    if dismissal.take_back(kept, other, request.actor):
        messages.success(request, "La paire est de nouveau à examiner.")
    return redirect("pathways:duplicates")
