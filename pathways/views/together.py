"""« Le même fait pour plusieurs personnes »: one page for all lists. Ticked, stated once, told one by one."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from config.ui.dates import count
from pathways import together as several
from pathways.facts import KINDS, FactKind
from pathways.forms.fact import FactForm
from pathways.guards import Refusal
from pathways.menu import PEOPLE_ROLES
from pathways.together import Chosen, Line, UnknownRow, chosen, is_offered, state_together
from pathways.transitions import roles_of
from pathways.views.access import for_roles


@require_POST
@for_roles(*PEOPLE_ROLES)
def together(request: HttpRequest) -> HttpResponse:
    """`kind` and `rows` come from a list; with `confirm` the form is sent: each line is recorded, or says why not."""
    kind = _kind(request)
    back = _back(request)
    people = _chosen(request, kind)
    if not people.lines:
        _warn(request, kind, people)
        return redirect(back)
    is_sent = "confirm" in request.POST
    first = people.lines[0]
    form = FactForm(kind, first.pathway, request.POST if is_sent else None, subject_id=first.subject_id)
    refused: list[tuple[Line, Refusal]] = []
    done = 0
    if is_sent and form.is_valid():
        said = form.statement()
        told = state_together(said.pop("kind"), people.lines, request.actor, form.cleaned_data["key"], **said)
        refused, done = told.refused, told.done
        if not refused:
            messages.success(request, f"{kind.story} : enregistré pour {count(done, 'personne,personnes')}.")
            return redirect(back)
        people.lines = [line for line, _ in refused]
        form = _once_more(form, people.lines[0])
    return _page(request, kind, people, form, refused, done, back, is_sent)


def _kind(request: HttpRequest) -> FactKind:
    name = request.POST.get("kind", "")
    if not is_offered(name):
        raise Http404("Cette action ne se fait pas pour plusieurs personnes.")
    if request.actor.role not in roles_of(name):
        raise PermissionDenied("Ce fait est enregistré par d'autres que vous.")
    return KINDS[name]


def _chosen(request: HttpRequest, kind: FactKind) -> Chosen:
    try:
        return chosen(kind, request.POST.getlist("rows"), request.actor)
    except UnknownRow as unknown:
        raise Http404("Une de ces personnes n'existe pas, ou ne vous est pas ouverte.") from unknown


def _warn(request: HttpRequest, kind: FactKind, people: Chosen) -> None:
    if people.idle:
        messages.warning(
            request,
            f"« {kind.label} » n'est possible pour aucune des personnes cochées : "
            "aucune de leurs prescriptions ne s'y prête.",
        )
    else:
        messages.warning(request, "Cochez d'abord les personnes concernées.")


def _once_more(form: FactForm, first: Line) -> FactForm:
    """The same answers for those who are left: another sending, with a key of its own."""
    key = FactForm(form.kind, first.pathway).initial["key"]
    return FactForm(form.kind, first.pathway, {**form.data.dict(), "key": key})


def _page(
    request: HttpRequest,
    kind: FactKind,
    people: Chosen,
    form: FactForm,
    refused: list[tuple[Line, Refusal]],
    done: int,
    back: str,
    is_sent: bool,
) -> HttpResponse:
    context: dict[str, Any] = {
        "kind": kind,
        "form": form,
        "people": people,
        "refused": refused,
        "reasons": _by_reason(refused),
        "done": done,
        "keep": _keep(people.lines),
        "left_out": _left_out(people.left_out),
        "back": back,
        "crumbs": [{"label": "Liste", "url": back}, {"label": kind.label}],
    }
    status = 422 if refused or (is_sent and form.errors) else 200
    return render(request, "pathways/together.html", context, status=status)


def _keep(lines: list[Line]) -> str:
    """Under which name the browser keeps what is typed: about other people, nothing of it comes back."""
    return hashlib.blake2b(" ".join(line.row for line in lines).encode(), digest_size=8).hexdigest()


def _by_reason(refused: list[tuple[Line, Refusal]]) -> list[tuple[Refusal, list[Line]]]:
    """People refused for the same reason are told together."""
    reasons: dict[str, tuple[Refusal, list[Line]]] = {}
    for line, refusal in refused:
        reasons.setdefault(str(refusal), (refusal, []))[1].append(line)
    return list(reasons.values())


def _left_out(number: int) -> str:
    if not number:
        return ""
    others = count(number, "autre personne cochée n'est pas,autres personnes cochées ne sont pas")
    return f"{several.AT_MOST} personnes à la fois au plus : {others} dans cette liste."


def _back(request: HttpRequest) -> str:
    """The list that the reader comes from; their pile when the address is not one of Jalons."""
    wanted = request.POST.get("suite", "")
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("pathways:pile")
