"""The control of the time machine: two dates, in the address of any page that can be read in the past."""

from __future__ import annotations

from datetime import date

from django import forms

from config import clock
from config.ui.dates import day
from pathways.reading.moment import Reading

#: Names of the parameters, in words that no other filter uses.
DAY, KNOWN = "lu_au", "connu_le"
WRONG_DAY = "Saisissez une date qui existe, par exemple 31/03/2026."


class ReadingForm(forms.Form):
    """`reading` is what was asked for once the form is valid; None: today."""

    lu_au = forms.DateField(label="Lire au", required=False, error_messages={"invalid": WRONG_DAY})
    connu_le = forms.DateField(
        label="Tel que connu le",
        required=False,
        error_messages={"invalid": WRONG_DAY},
        help_text="Vide : avec tout ce qu'on sait aujourd'hui.",
    )

    reading: Reading | None = None

    def clean(self):
        asked = super().clean()
        if self.errors:
            return asked
        known_on: date | None = asked.get(KNOWN)
        read_on: date | None = asked.get(DAY) or known_on
        if read_on is None:
            return asked
        today = clock.today()
        for name, value in ((DAY, asked.get(DAY)), (KNOWN, known_on)):
            if value is not None and value > today:
                self.add_error(name, f"Le {day(value)} est dans l'avenir : choisissez aujourd'hui ou avant.")
        if known_on is not None and known_on < read_on <= today:
            self.add_error(
                KNOWN,
                f"Le {day(known_on)}, on ne pouvait pas connaître la situation au {day(read_on)} : "
                f"choisissez le {day(read_on)} ou après.",
            )
        if not self.errors and read_on < today:
            self.reading = Reading(read_on, None if known_on == today else known_on, clock.now())
        return asked
