"""How far apart two places are, as the crow flies, and which communes lie within reach of a session."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from pathways.models import Commune
from prescriptions.models import Session

EARTH_RADIUS_KM = 6_371.0
KM_PER_DEGREE = math.pi * EARTH_RADIUS_KM / 180


@dataclass(frozen=True)
class Point:
    """Degrees."""

    latitude: float
    longitude: float


def haversine(latitude, longitude, other_latitude, other_longitude):
    """Kilometres between points given in degrees; numbers or numpy arrays, NaN where a coordinate is NaN."""
    here, there = np.radians(latitude), np.radians(other_latitude)
    half_chord = (
        np.sin((there - here) / 2) ** 2
        + np.cos(here)
        * np.cos(there)
        * np.sin((np.radians(other_longitude) - np.radians(longitude)) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half_chord))


def premises(session: Session) -> Point | None:
    """Where the session takes place: its premises, else the centre of their commune; None when neither is known.

    Reads `session.action.commune`: select it with the session.
    """
    action = session.action
    if action.latitude is not None and action.longitude is not None:
        return Point(action.latitude, action.longitude)
    commune = action.commune
    if commune is not None and commune.latitude is not None and commune.longitude is not None:
        return Point(commune.latitude, commune.longitude)
    return None


def communes_around(point: Point, reach_km: float) -> dict[str, float]:
    """Insee code -> kilometres, of the communes whose centre lies within `reach_km` of the point."""
    north = reach_km / KM_PER_DEGREE
    east = north / max(0.1, math.cos(math.radians(point.latitude)))
    box = Commune.objects.filter(
        latitude__range=(point.latitude - north, point.latitude + north),
        longitude__range=(point.longitude - east, point.longitude + east),
    )
    found = list(box.order_by().values_list("insee_code", "latitude", "longitude"))
    if not found:
        return {}
    codes, latitudes, longitudes = zip(*found, strict=True)
    distances = haversine(point.latitude, point.longitude, np.array(latitudes), np.array(longitudes))
    return {code: float(km) for code, km in zip(codes, distances, strict=True) if km <= reach_km}
