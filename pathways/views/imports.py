"""Handing in files: upload, preview line by line, confirm, watch, read the report."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.ui.tables import Column, headers, url_with
from pathways.imports import registry, runs
from pathways.imports.words import FINDING_TONES, STATUS_TONES, VERDICT_TONES, told_counts
from pathways.keyset import Sort, page
from pathways.menu import IMPORT_ROLES
from pathways.models import ImportLine, ImportRun
from pathways.nir_upload import scrubbed_uploads
from pathways.tasks import send_import
from pathways.views.access import for_roles

RUNS_PER_PAGE, LINES_PER_PAGE = 30, 50
LINES = Sort("number")
RUNS = Sort("created_at", is_descending=True)
RUN_COLUMNS = (
    Column("Fichier"),
    Column("Nature"),
    Column("Déposé"),
    Column("Étape"),
    Column("Bilan"),
)
V = ImportLine.Verdict
#: Filters of the lines: parameter -> label, condition. Those without a verdict look into the remarks.
LINE_FILTERS = {
    "": ("Toutes", Q()),
    "rejetees": ("Rejetées", Q(verdict=V.REJECTED)),
    "nouvelles": ("Nouvelles", Q(verdict=V.CREATED)),
    "modifiees": ("Mises à jour", Q(verdict=V.UPDATED)),
    "inchangees": ("Inchangées", Q(verdict=V.UNCHANGED)),
    "a-verifier": ("À vérifier", Q(findings__contains=[{"level": "warning"}])),
    "a-completer": ("À compléter", Q(findings__contains=[{"level": "completeness"}])),
}


@require_safe
@for_roles(*IMPORT_ROLES)
def imports(request: HttpRequest) -> HttpResponse:
    """The files that my organisation handed in, latest first."""
    rows = ImportRun.objects.visible_to(request.actor).select_related("user")
    shown = page(rows, RUNS, RUNS_PER_PAGE, request.GET.get("apres", ""), request.GET.get("avant", ""))
    context = {
        "importers": registry.importers_of(request.actor.role),
        "headers": headers(request, RUN_COLUMNS),
        "rows": [_run_row(run) for run in shown.rows],
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
    }
    return render(request, "pathways/imports/list.html", context)


def _run_row(run: ImportRun) -> dict[str, Any]:
    importer = registry.get(run.kind)
    return {
        "run": run,
        "label": importer.label if importer else run.kind,
        "tone": STATUS_TONES[run.status],
        "counts": told_counts(run.counts),
    }


@for_roles(*IMPORT_ROLES)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def import_new(request: HttpRequest, kind: str) -> HttpResponse:
    """Choose a file and send it.

    Its bytes are scrubbed of social security numbers on arrival. That must be arranged before anything reads the
    request, hence the CSRF check put off until then.
    """
    importer = registry.get(kind)
    if importer is None:
        raise Http404("Ce type de fichier n'existe pas.")
    if request.actor.role not in importer.roles:
        raise PermissionDenied("Ce type de fichier n'est pas ouvert à votre rôle.")
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    if sent > importer.max_bytes + registry.MEGABYTE:
        # The body is left unread: a terabyte must not be received to be refused.
        request.upload_refusal = registry.too_large(importer, sent)
        return _show_form(request, importer, _form(request, importer), status=413)
    receive = scrubbed_uploads(_receive) if importer.may_hold_nir else csrf_protect(_receive)
    return receive(request, importer)


def _receive(request: HttpRequest, importer: registry.Importer) -> HttpResponse:
    if request.method != "POST":
        return _show_form(request, importer, _form(request, importer))
    form = _form(request, importer, data=request.POST, files=request.FILES)
    refusal = getattr(request, "nir_refusal", None)
    if refusal is not None:
        form.errors.pop("file", None)
        form.add_error("file", f"{refusal.message} {refusal.next_step}")
    if not form.is_valid():
        return _show_form(request, importer, form, status=422)
    run = runs.deposit(importer, form.cleaned_data["file"], form.parameters(), request.actor)
    send_import(run.pk)
    return redirect("pathways:import_run", run.pk)


def _form(request: HttpRequest, importer: registry.Importer, **bound):
    return importer.form_class(importer=importer, actor=request.actor, **bound)


def _show_form(request: HttpRequest, importer: registry.Importer, form, status: int = 200) -> HttpResponse:
    context = {
        "importer": importer,
        "form": form,
        "refusal": getattr(request, "upload_refusal", None),
        "max_megabytes": importer.max_bytes // registry.MEGABYTE,
        "crumbs": [{"label": "Imports", "url": reverse("pathways:imports")}, {"label": importer.title}],
    }
    return render(request, "pathways/imports/new.html", context, status=status)


@require_safe
@for_roles(*IMPORT_ROLES)
def import_run(request: HttpRequest, run_id: int) -> HttpResponse:
    """Where a file is: its progress, then the preview or the report line by line."""
    run = _visible_run(request, run_id)
    importer = registry.get(run.kind)
    has_lines = run.status in (ImportRun.Status.PREVIEWED, ImportRun.Status.DONE)
    context = {
        "run": run,
        "importer": importer,
        "details": importer.describe(run.parameters) if importer else "",
        "tone": STATUS_TONES[run.status],
        "job": _job(run),
        "is_preview": run.status == ImportRun.Status.PREVIEWED,
        "changes": run.counts.get("created", 0) + run.counts.get("updated", 0),
        "counts": told_counts(run.counts),
        "summary": _summary(run, importer),
        "file_findings": [_told_finding(finding) for finding in run.counts.get("file_findings", [])],
        "crumbs": [{"label": "Imports", "url": reverse("pathways:imports")}, {"label": run.file_name}],
        **(_lines(request, run) if has_lines else {"lines": [], "filters": []}),
    }
    return render(request, "pathways/imports/run.html", context)


def _summary(run: ImportRun, importer: registry.Importer | None) -> list[tuple[str, int]]:
    labels = importer.summary_labels if importer else {}
    return [(label, run.counts[key]) for key, label in labels.items() if key in run.counts]


def _lines(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """The lines under the chosen filter, a page at a time, with the count of each filter."""
    chosen = request.GET.get("voir", "")
    if chosen not in LINE_FILTERS:
        chosen = ""
    rows = run.lines.filter(LINE_FILTERS[chosen][1])
    shown = page(rows, LINES, LINES_PER_PAGE, request.GET.get("apres", ""), request.GET.get("avant", ""))
    totals = {key: run.lines.filter(condition).count() for key, (_, condition) in LINE_FILTERS.items()}
    return {
        "lines": [
            {
                "line": line,
                "tone": VERDICT_TONES[line.verdict],
                "findings": [_told_finding(finding, line.locator) for finding in line.findings],
            }
            for line in shown.rows
        ],
        "filters": [
            {
                "label": label,
                "url": url_with(request, voir=key or None, apres=None, avant=None),
                "is_active": key == chosen,
                "count": totals[key],
            }
            for key, (label, _) in LINE_FILTERS.items()
            if totals[key] or key in ("", chosen)
        ],
        "total": totals[chosen],
        "next_url": url_with(request, apres=shown.after, avant=None) if shown.after else "",
        "previous_url": url_with(request, avant=shown.before, apres=None) if shown.before else "",
    }


def _told_finding(finding: dict[str, Any], locator: str = "") -> dict[str, Any]:
    """The finding with its words; its place without that of the line, which stands beside it."""
    place = finding["path"]
    if locator and place.startswith(locator):
        place = place.removeprefix(locator).removeprefix(", ")
    return {**finding, "path": place, "tone": FINDING_TONES[finding["level"]]}


@require_safe
@for_roles(*IMPORT_ROLES)
def import_progress(request: HttpRequest, run_id: int) -> HttpResponse:
    """The progress bar alone, polled by the page; tells it to reload once there is something to read."""
    run = _visible_run(request, run_id)
    response = render(request, "pathways/imports/progress.html", {"job": _job(run)})
    if run.status not in ImportRun.DUE:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@for_roles(*IMPORT_ROLES)
def import_confirm(request: HttpRequest, run_id: int) -> HttpResponse:
    """Have the previewed file written. Confirmed twice, it is written once."""
    run = _visible_run(request, run_id)
    if runs.confirm(run):
        send_import(run.pk)
    elif run.status not in (*ImportRun.DUE, ImportRun.Status.DONE):
        messages.warning(request, "Cet import n'est plus à confirmer.")
    return redirect("pathways:import_run", run.pk)


@require_POST
@for_roles(*IMPORT_ROLES)
def import_cancel(request: HttpRequest, run_id: int) -> HttpResponse:
    """Drop a preview: nothing was recorded, the file is deleted."""
    run = _visible_run(request, run_id)
    if runs.cancel(run):
        messages.success(request, "Import abandonné : rien n'a été enregistré, le fichier est effacé.")
    else:
        messages.warning(request, "Cet import n'est plus à abandonner : il a été confirmé ou il est terminé.")
    return redirect("pathways:import_run", run.pk)


def _visible_run(request: HttpRequest, run_id: int) -> ImportRun:
    return get_object_or_404(ImportRun.objects.visible_to(request.actor).select_related("user"), pk=run_id)


def _job(run: ImportRun) -> dict[str, Any]:
    """The run as the progress component shows it."""
    is_writing = run.status in (ImportRun.Status.CONFIRMED, ImportRun.Status.WRITING)
    is_waiting = run.status in (ImportRun.Status.UPLOADED, ImportRun.Status.CONFIRMED)
    is_failed = run.status == ImportRun.Status.FAILED
    state = "done" if run.status not in ImportRun.DUE else "waiting" if is_waiting else "running"
    return {
        "key": f"import-{run.pk}",
        "label": "Enregistrement" if is_writing else "Analyse du fichier",
        "state": "failed" if is_failed else state,
        "done": run.progress,
        "total": run.total,
        "poll_url": reverse("pathways:import_progress", args=[run.pk]),
        "result_url": reverse("pathways:import_run", args=[run.pk]),
        "message": run.error,
    }
