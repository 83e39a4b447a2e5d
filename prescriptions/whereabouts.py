"""Where something is: the place that somebody typed, and how far a session is from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F, FloatField, Func, IntegerField, Value
from django.db.models.functions import ASin, Cast, Coalesce, Cos, Power, Radians, Sin, Sqrt, Upper

from pathways.identity import normalise_name
from pathways.models import Commune, EmploymentArea

EARTH_RADIUS = 6_371_000  # metres

# The server may know no locale and has no `unaccent`: accents are folded letter by letter.
_ACCENTED = "àâäéèêëîïôöùûüÿçÀÂÄÉÈÊËÎÏÔÖÙÛÜŸÇ-'’"
_PLAIN = "aaaeeeeiioouuuycAAAEEEEIIOOUUUYC   "


@dataclass(frozen=True)
class Place:
    """What a typed place was understood as: a commune, a bassin d'emploi, or only words."""

    label: str
    commune: Commune | None = None
    area: EmploymentArea | None = None

    @property
    def has_coordinates(self) -> bool:
        return self.commune is not None and None not in (self.commune.latitude, self.commune.longitude)


def find_place(text: str) -> Place | None:
    """The commune (name, start of a name, postal or Insee code) or the bassin that `text` names.

    A name that neither the communes nor the bassins know stays as words. None for nothing but spaces.
    """
    wanted = normalise_name(text)
    if not wanted:
        return None
    commune = _commune_of_code(wanted) if wanted.isdigit() else _named(Commune.objects.all(), wanted)
    if commune is not None:
        return Place(commune.name, commune, commune.area)
    area = _named(EmploymentArea.objects.order_by("-vintage", "pk"), wanted)
    return Place(area.name, area=area) if area else Place(text.strip())


def _commune_of_code(code: str) -> Commune | None:
    communes = Commune.objects.select_related("area")
    by_insee = communes.filter(pk=code).first()
    return by_insee or communes.filter(postal_codes__contains=[code]).order_by("name", "pk").first()


def _named(rows, wanted: str):
    """The row of that very name, else the first whose name begins so (« Marseille » finds its arrondissements)."""
    plain = Upper(Func(F("name"), Value(_ACCENTED), Value(_PLAIN), function="translate"))
    rows = rows.annotate(plain=plain)
    if rows.model is Commune:
        rows = rows.select_related("area")
    exact = rows.filter(plain=wanted).first()
    return exact or rows.filter(plain__startswith=wanted).order_by("name", "pk").first()


def distance_from(place: Place):
    """Metres, as the crow flies, from the place to the session's premises (its commune's centre when unknown).

    An expression for querysets of sessions, null where the session has no coordinates.
    """
    latitude = Radians(Coalesce("action__latitude", "action__commune__latitude"))
    longitude = Radians(Coalesce("action__longitude", "action__commune__longitude"))
    here = {
        name: Radians(Value(getattr(place.commune, name), output_field=FloatField()))
        for name in ("latitude", "longitude")
    }
    half_chord = Power(Sin((latitude - here["latitude"]) / 2.0), 2.0) + Cos(here["latitude"]) * Cos(
        latitude
    ) * Power(Sin((longitude - here["longitude"]) / 2.0), 2.0)
    return Cast(Value(2.0 * EARTH_RADIUS) * ASin(Sqrt(half_chord)), IntegerField())
