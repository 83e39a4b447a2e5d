"""« Mes courriels »: how the reader wants to be told. The link at the foot of each e-mail leads here."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from notifications import preferences as chosen
from notifications.enums import Rhythm
from notifications.forms.preferences import PreferencesForm
from notifications.readers import directory


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The choices of the person, over all their roles."""
    (reader,) = directory().of_users([request.actor.user_id])
    subscription = chosen.of(reader)
    form = PreferencesForm(chosen.kinds_for(reader.roles), subscription, request.POST or None)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        saved = chosen.choose(reader, asked["rhythm"], asked["weekday"], asked["hour"], form.choices)
        messages.success(request, _told(saved))
        return redirect("notifications:preferences")
    context = {"form": form, "reader": reader, "subscription": subscription}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


def _told(subscription) -> str:
    if subscription.rhythm == Rhythm.NEVER:
        return "C'est noté : Jalons ne vous écrira plus. Tout reste sous « Notifications »."
    when = (
        "du lundi au vendredi"
        if subscription.rhythm == Rhythm.DAILY
        else f"le {subscription.get_weekday_display()}"
    )
    return f"C'est noté : un récapitulatif {when} à {subscription.hour} h, s'il y a du nouveau."
