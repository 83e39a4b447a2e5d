"""The administrator's page of e-mails: what left, what waits, what is stuck and how to get it moving."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config.ui.tables import url_with
from notifications.enums import STUCK, MailState
from notifications.models import Mail
from notifications.outbox import box, transports

PAGE = 50
TONES = {
    MailState.SENT: "success",
    MailState.FAILED: "danger",
    MailState.REFUSED: "danger",
    MailState.DOUBTFUL: "warning",
    MailState.CANCELLED: "neutral",
}
REMEDIES = {
    MailState.FAILED: "Le serveur de messagerie n'a pas pris ce courriel. Vérifiez EMAIL_URL, puis renvoyez-le.",
    MailState.REFUSED: "Ce serveur ne connaît pas l'adresse. Corrigez celle du compte, puis renvoyez : rien d'autre "
    "ne part vers cette adresse d'ici là.",
    MailState.DOUBTFUL: "L'envoi a été coupé avant la réponse du serveur : le courriel est peut-être arrivé. "
    "Demandez à son destinataire, et renvoyez-le s'il ne l'a pas.",
}


@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """`etat` keeps one state; `page` counts from 1."""
    counts = dict(Mail.objects.order_by().values_list("status").annotate(Count("pk")))
    state = request.GET.get("etat", "")
    rows = Mail.objects.select_related("recipient").annotate(told=Count("lines")).defer("text", "html")
    rows = rows.order_by("-created_at", "-pk")
    if state in MailState.values:
        rows = rows.filter(status=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "mails": [_line(mail) for mail in page],
        "stuck": sum(counts.get(each, 0) for each in STUCK),
        "filters": _filters(request, counts, state),
        "page": page,
        "previous_url": url_with(request, page=page.previous_page_number()) if page.has_previous() else "",
        "next_url": url_with(request, page=page.next_page_number()) if page.has_next() else "",
        "where": _where(),
    }
    return render(request, "notifications/mails.html", context)


@require_safe
def mail(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One e-mail as it left or will leave."""
    found = get_object_or_404(Mail.objects.select_related("recipient"), pk=mail_id)
    crumbs = [{"label": "Courriels", "url": reverse("notifications:mails")}, {"label": found.subject}]
    context = {"mail": found, "line": _line(found), "lines_count": found.lines.count(), "crumbs": crumbs}
    return render(request, "notifications/mail.html", context)


@require_POST
def send_again(request: HttpRequest, mail_id: int) -> HttpResponse:
    """Try a stuck e-mail anew."""
    found = get_object_or_404(Mail, pk=mail_id)
    if box.send_again(found.pk):
        messages.success(request, "Ce courriel repart dans la minute.")
    else:
        messages.info(request, "Ce courriel n'est pas, ou n'est plus, bloqué : rien n'a changé.")
    return redirect("notifications:mail", found.pk)


def _filters(request: HttpRequest, counts: dict[str, int], state: str) -> list[dict[str, Any]]:
    links = [("", "Tous", sum(counts.values()))]
    links += [(each.value, each.label, counts[each]) for each in MailState if each in counts]
    return [
        {
            "label": label,
            "url": url_with(request, etat=code or None, page=None),
            "is_active": code == (state if state in MailState.values else ""),
            "count": number,
        }
        for code, label, number in links
    ]


def _line(mail: Mail) -> dict[str, Any]:
    state = MailState(mail.status)
    return {
        "mail": mail,
        "url": reverse("notifications:mail", args=[mail.pk]),
        "state": state.label,
        "tone": TONES.get(state, "progress"),
        "remedy": REMEDIES.get(state, ""),
        "is_stuck": state in STUCK,
    }


def _where() -> str:
    """Where e-mails go on this installation, in words."""
    transport = transports.current()
    if isinstance(transport, transports.FolderTransport):
        return (
            f"Aucun serveur de messagerie n'est nommé : les courriels s'écrivent dans {transport.folder.new}."
        )
    if isinstance(transport, transports.SmtpTransport):
        return f"Les courriels partent par le serveur {settings.EMAIL_HOST}, port {settings.EMAIL_PORT}."
    return "Les courriels ne sortent pas de cette machine."
