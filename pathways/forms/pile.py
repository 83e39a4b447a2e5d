"""Putting a line of the pile off, and entrusting it."""

from __future__ import annotations

from typing import Any

from django import forms

from pathways import deferral
from pathways.actor import Actor
from pathways.models import Membership, User

OTHER_DAY = "autre"
TEAM = "equipe"


class DeferForm(forms.Form):
    """until: a day offered at once, or OTHER_DAY with `on`. After `is_valid()`, cleaned_data["day"] is the day."""

    until = forms.ChoiceField(
        label="Jusqu'à quand ?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un jour."},
    )
    on = forms.DateField(
        label="Le jour, si c'est une autre date",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "Saisissez une date qui existe, par exemple 03/04/2026."},
    )
    reason = forms.CharField(
        label="Raison (facultatif)",
        required=False,
        max_length=200,
        help_text="Pour vous seul : « rappelle lundi », « attend son permis ».",
    )

    def __init__(self, data=None):
        super().__init__(data)
        self._days = {choice.code: choice for choice in deferral.choices()}
        offered = [(code, f"{choice.label} ({choice.day:%d/%m/%Y})") for code, choice in self._days.items()]
        self.fields["until"].choices = [*offered, (OTHER_DAY, "Une autre date")]

    @property
    def field_of_day(self) -> str:
        """Beside which field a day that cannot be is told."""
        return "on" if self.cleaned_data.get("until") == OTHER_DAY else "until"

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        until = given.get("until")
        if until in self._days:
            given["day"] = self._days[until].day
        elif until == OTHER_DAY and "on" not in self.errors:
            given["day"] = given.get("on")
            if given["day"] is None:
                self.add_error("on", "Saisissez la date, par exemple 03/04/2026.")
        return given


class EntrustForm(forms.Form):
    """To whom: a colleague of the same organisation and role, oneself, or the team again (None).

    seen: who had it when the page was shown.
    """

    to = forms.ChoiceField(
        label="À qui ?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez quelqu'un."},
    )
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=300)

    def __init__(self, actor: Actor, holder: str, data=None):
        super().__init__(data, initial={"seen": holder})
        self.holder = holder
        self._users = {str(user.pk): user for user in colleagues(actor)}
        others = [
            (pk, f"{user.get_full_name()}") for pk, user in self._users.items() if user.pk != actor.user_id
        ]
        self.fields["to"].choices = [
            (str(actor.user_id), "Moi"),
            *others,
            *([(TEAM, "Toute l'équipe : personne en particulier")] if holder else []),
        ]

    def clean_to(self) -> User | None:
        chosen = self.cleaned_data["to"]
        return None if chosen == TEAM else self._users[chosen]

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("seen", "") != self.holder:
            who = self.holder or "l'équipe"
            self.data = self.data.copy()
            self.data["seen"] = self.holder
            self.add_error("to", f"Entre-temps, c'est passé à {who}. Confirmez si cela doit changer.")
        return given


def colleagues(actor: Actor) -> list[User]:
    """Whoever holds the actor's role in the actor's organisation now, by name; the actor among them."""
    held = Membership.objects.current().filter(
        organisation=actor.organisation_id, role=actor.role, user__is_active=True
    )
    users = User.objects.filter(pk__in=held.order_by().values("user"))
    return list(users.order_by("last_name", "first_name", "pk"))
