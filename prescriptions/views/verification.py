"""The public page where whoever holds an AIS or an AES learns whether it is authentic and still holds.

No login, no personal data beyond what the paper in hand says: the person is told by initials, and the name is only
compared. Nobody finds a document by trying: a fingerprint has 256 bits, a code 64.
"""

from __future__ import annotations

from datetime import date
from functools import wraps

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from prescriptions.documents.content import initials, is_name, short_code
from prescriptions.documents.verification import Verified, by_fingerprint, by_number


class VerifyForm(forms.Form):
    numero = forms.CharField(
        label="Numéro du document",
        max_length=40,
        help_text="En haut du document, par exemple AES-2018-000123.",
        error_messages={"required": "Recopiez le numéro qui est en haut du document."},
    )
    code = forms.CharField(
        label="Code de vérification",
        max_length=120,
        help_text="En bas du document : 16 caractères, par groupes de quatre. Espaces et majuscules ne comptent pas.",
        error_messages={"required": "Recopiez le code qui est en bas du document."},
    )


def discreet(view):
    """Neither indexed, nor kept by caches, nor told to the next site by the browser."""

    @wraps(view)
    def answered(request, *args, **kwargs):
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "no-referrer"
        response["Cache-Control"] = "no-store"
        return response

    return answered


@login_not_required
@require_safe
@discreet
def verify(request: HttpRequest) -> HttpResponse:
    """The form; `?numero=` and `?code=` as they stand on the document."""
    if "numero" not in request.GET and "code" not in request.GET:
        return render(request, "prescriptions/documents/verify.html", {"form": VerifyForm()})
    form = VerifyForm(request.GET)
    if not form.is_valid():
        return render(request, "prescriptions/documents/verify.html", {"form": form}, status=422)
    return _answer(request, by_number(form.cleaned_data["numero"], form.cleaned_data["code"]), form)


@login_not_required
@require_safe
@discreet
def verify_document(request: HttpRequest, digits: str) -> HttpResponse:
    """What the QR code of a document opens; `?nom=` compares a name with the one on it."""
    return _answer(request, by_fingerprint(digits.lower()), VerifyForm())


def _answer(request: HttpRequest, verified: Verified | None, form: VerifyForm) -> HttpResponse:
    if verified is None:
        return render(
            request, "prescriptions/documents/verify.html", {"form": form, "is_unknown": True}, status=404
        )
    document = verified.document
    typed = request.GET.get("nom", "").strip()
    context = {
        "document": document,
        "content": document.content,
        "standing": verified.standing,
        "initials": initials(document.content),
        "effective_on": date.fromisoformat(document.content["day"]),
        "code": short_code(document.fingerprint),
        "typed": typed[:200],
        "is_name": is_name(document.content, typed) if typed else None,
    }
    return render(request, "prescriptions/documents/verified.html", context)
