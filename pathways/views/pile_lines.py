"""What one does with a line of the pile besides deciding: put it off, take it up again, entrust it to a colleague."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from config import fact_tasks
from config.errors import JalonsError
from config.ui.dates import day
from pathways import deferral
from pathways.actor import Actor
from pathways.enums import Role
from pathways.forms.pile import DeferForm, EntrustForm
from pathways.models import User
from pathways.pile import Item, lines, source_of
from pathways.views.access import WITH_A_PILE, for_roles

CRUMB = {"label": "Ma pile du jour", "url": "/"}


@require_http_methods(["GET", "POST"])
@for_roles(*WITH_A_PILE)
def defer(request: HttpRequest) -> HttpResponse:
    """Put a line off: one click from the pile, or a day and a reason on the page. 404 when it waits no more."""
    item = _line(request.actor, request.POST.get("cle") or request.GET.get("cle", ""))
    if request.method == "GET":
        return _ask_day(request, item, DeferForm())
    form = DeferForm(request.POST)
    if not form.is_valid():
        return _ask_day(request, item, form)
    try:
        told = deferral.put_off(request.actor, item, form.cleaned_data["day"], form.cleaned_data["reason"])
    except JalonsError as error:
        form.add_error(form.field_of_day, f"{error.message} {error.next_step}")
        return _ask_day(request, item, form)
    messages.success(request, f"{item.who} : différé, revient le {day(told.returns_on)}.")
    return redirect("pathways:pile")


def _ask_day(request: HttpRequest, item: Item, form: DeferForm) -> HttpResponse:
    context = {
        "item": item,
        "form": form,
        "last_day": deferral.last_day(),
        "crumbs": [CRUMB, {"label": "Différer"}],
    }
    return render(request, "pathways/defer.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_roles(*WITH_A_PILE)
def take_up(request: HttpRequest) -> HttpResponse:
    """Bring a line back into the pile at once. Nothing to do when it is there already."""
    if deferral.take_up(request.actor, [request.POST.get("cle", "")[:120]]):
        messages.success(request, "La ligne est revenue dans votre pile.")
    return redirect("pathways:deferred")


@require_http_methods(["GET", "POST"])
@for_roles(Role.REFERENT, Role.PROVIDER, Role.ADVISOR)
def entrust(request: HttpRequest) -> HttpResponse:
    """Entrust a line to a colleague of the organisation, take it, or leave it to the team again.

    Whoever took it since the page was shown is named before anything changes.
    """
    item = _line(request.actor, request.POST.get("cle") or request.GET.get("cle", ""))
    tasks = _tasks(request.actor, item)
    if request.method == "GET":
        return _ask_colleague(request, item, EntrustForm(request.actor, item.holder))
    form = EntrustForm(request.actor, item.holder, request.POST)
    if not form.is_valid():
        return _ask_colleague(request, item, form)
    colleague: User | None = form.cleaned_data["to"]
    fact_tasks.entrust(tasks, colleague)
    if colleague is None:
        told = "de nouveau à toute l'équipe"
    elif colleague.pk == request.actor.user_id:
        told = "vous vous en chargez"
    else:
        told = f"confié à {colleague.get_short_name()}"
    messages.success(request, f"{item.who} : {told}.")
    return redirect("pathways:pile")


def _ask_colleague(request: HttpRequest, item: Item, form: EntrustForm) -> HttpResponse:
    context = {"item": item, "form": form, "crumbs": [CRUMB, {"label": "Confier"}]}
    return render(request, "pathways/entrust.html", context, status=422 if form.is_bound else 200)


def _line(actor: Actor, key: str) -> Item:
    found = lines(actor, [key[:120]]) if key else []
    if not found:
        raise Http404("Cette décision n'attend plus.")
    return found[0]


def _tasks(actor: Actor, item: Item) -> QuerySet:
    source = source_of(actor, item.key)
    if source.tasks is None:
        raise Http404("Cette ligne ne se confie pas.")
    return source.tasks(actor, item.key.split(":")[1:])
