"""Forty communes of the Bouches-du-Rhône with their zones d'emploi (Insee, ZE2020), and where their inhabitants go.

Centres are rounded to a kilometre. `weight` only spreads the fictitious cohort over the map.
"""

from dataclasses import dataclass
from random import Random

from pathways.models import Commune, EmploymentArea

VINTAGE = 2020
AREAS = {
    "9312": "Marseille",
    "9301": "Aix-en-Provence",
    "9313": "Martigues-Salon",
    "0052": "Arles",
    "0053": "Avignon",
    "9306": "Cavaillon",
}
MARSEILLE = "13055"


@dataclass(frozen=True)
class Town:
    """One line of the table. sector: the pôle d'insertion that follows its inhabitants (Marseille: by postal code)."""

    insee: str
    name: str
    postal_codes: tuple[str, ...]
    area: str
    latitude: float
    longitude: float
    sector: str
    weight: int


ARRONDISSEMENTS = tuple(str(code) for code in range(13001, 13017))
TOWNS = (
    Town(MARSEILLE, "Marseille", ARRONDISSEMENTS, "9312", 43.30, 5.38, "", 560),
    Town("13002", "Allauch", ("13190",), "9312", 43.34, 5.48, "platanes", 8),
    Town("13075", "Plan-de-Cuques", ("13380",), "9312", 43.35, 5.46, "platanes", 6),
    Town("13106", "Septèmes-les-Vallons", ("13240",), "9312", 43.40, 5.37, "bastides", 9),
    Town("13071", "Les Pennes-Mirabeau", ("13170",), "9312", 43.41, 5.31, "bastides", 9),
    Town("13005", "Aubagne", ("13400",), "9312", 43.29, 5.57, "garlaban", 30),
    Town("13028", "La Ciotat", ("13600",), "9312", 43.17, 5.61, "garlaban", 22),
    Town("13007", "Auriol", ("13390",), "9312", 43.37, 5.63, "garlaban", 6),
    Town("13042", "Gémenos", ("13420",), "9312", 43.29, 5.63, "garlaban", 4),
    Town("13086", "Roquevaire", ("13360",), "9312", 43.35, 5.60, "garlaban", 5),
    Town("13022", "Cassis", ("13260",), "9312", 43.21, 5.54, "garlaban", 3),
    Town("13070", "La Penne-sur-Huveaune", ("13821",), "9312", 43.28, 5.52, "garlaban", 4),
    Town("13117", "Vitrolles", ("13127",), "9312", 43.45, 5.25, "berre", 32),
    Town("13054", "Marignane", ("13700",), "9312", 43.42, 5.21, "berre", 26),
    Town("13081", "Rognac", ("13340",), "9312", 43.49, 5.23, "berre", 8),
    Town("13043", "Gignac-la-Nerthe", ("13180",), "9312", 43.39, 5.24, "berre", 6),
    Town("13102", "Saint-Victoret", ("13730",), "9312", 43.42, 5.25, "berre", 5),
    Town("13001", "Aix-en-Provence", ("13080", "13090", "13100", "13290"), "9301", 43.53, 5.45, "victoire", 60),
    Town("13015", "Bouc-Bel-Air", ("13320",), "9301", 43.45, 5.41, "victoire", 5),
    Town("13113", "Venelles", ("13770",), "9301", 43.60, 5.48, "victoire", 4),
    Town("13032", "Éguilles", ("13510",), "9301", 43.57, 5.35, "victoire", 3),
    Town("13080", "Le Puy-Sainte-Réparade", ("13610",), "9301", 43.66, 5.43, "victoire", 4),
    Town("13041", "Gardanne", ("13120",), "9301", 43.45, 5.47, "minier", 16),
    Town("13110", "Trets", ("13530",), "9301", 43.45, 5.68, "minier", 6),
    Town("13040", "Fuveau", ("13710",), "9301", 43.45, 5.56, "minier", 4),
    Town("13087", "Rousset", ("13790",), "9301", 43.48, 5.62, "minier", 3),
    Town("13056", "Martigues", ("13500",), "9313", 43.41, 5.05, "golfe", 34),
    Town("13047", "Istres", ("13118", "13800"), "9313", 43.51, 4.99, "golfe", 26),
    Town("13077", "Port-de-Bouc", ("13110",), "9313", 43.41, 4.98, "golfe", 18),
    Town("13039", "Fos-sur-Mer", ("13270",), "9313", 43.44, 4.94, "golfe", 8),
    Town("13026", "Châteauneuf-les-Martigues", ("13220",), "9313", 43.38, 5.16, "golfe", 8),
    Town("13063", "Miramas", ("13140",), "9313", 43.58, 5.00, "crau", 20),
    Town("13103", "Salon-de-Provence", ("13300",), "9313", 43.64, 5.10, "crau", 30),
    Town("13014", "Berre-l'Étang", ("13130",), "9313", 43.48, 5.17, "crau", 9),
    Town("13069", "Pélissanne", ("13330",), "9313", 43.63, 5.15, "crau", 4),
    Town("13004", "Arles", ("13104", "13123", "13129", "13200", "13280"), "0052", 43.68, 4.63, "arles", 38),
    Town("13108", "Tarascon", ("13150",), "0052", 43.81, 4.66, "arles", 14),
    Town("13097", "Saint-Martin-de-Crau", ("13310",), "0052", 43.64, 4.81, "arles", 7),
    Town("13100", "Saint-Rémy-de-Provence", ("13210",), "0052", 43.79, 4.83, "arles", 5),
    Town("13027", "Châteaurenard", ("13160",), "0053", 43.88, 4.86, "arles", 10),
    Town("13067", "Orgon", ("13660",), "9306", 43.79, 5.04, "arles", 3),
)  # fmt: skip

#: Marseille's pôles by arrondissement.
MARSEILLE_SECTORS = {
    "ville": ("13001", "13002", "13003"),
    "platanes": ("13004", "13012", "13013"),
    "calanques": ("13006", "13007", "13008", "13009"),
    "huveaune": ("13005", "13010", "13011"),
    "bastides": ("13014", "13015", "13016"),
}
#: Where most of the RSA beneficiaries of Marseille live, roughly: the north and the centre.
MARSEILLE_WEIGHTS = (9, 8, 16, 6, 5, 4, 3, 4, 4, 6, 6, 5, 8, 12, 13, 5)


@dataclass(frozen=True)
class Home:
    """Where a person lives."""

    town: Town
    postal_code: str

    @property
    def sector(self) -> str:
        return self.town.sector or _SECTOR_OF[self.postal_code]


_SECTOR_OF = {code: sector for sector, codes in MARSEILLE_SECTORS.items() for code in codes}
_BY_INSEE = {town.insee: town for town in TOWNS}


def town(insee: str) -> Town:
    """The line of a commune of the table."""
    return _BY_INSEE[insee]


#: The two halves of the Département, of equal weight: nobody of one takes a course in the other, so that each half is
#: a story of its own and both can be played at the same time.
SIDES = (
    tuple(each for each in TOWNS if each.insee == MARSEILLE),
    tuple(each for each in TOWNS if each.insee != MARSEILLE),
)


def draw_home(rng: Random, side: int) -> Home:
    """A home in one of the two SIDES, drawn by the weights of the table."""
    place = rng.choices(SIDES[side], [each.weight for each in SIDES[side]])[0]
    weights = MARSEILLE_WEIGHTS if place.insee == MARSEILLE else None
    return Home(place, rng.choices(place.postal_codes, weights)[0])


def create() -> dict[str, EmploymentArea]:
    """Write areas and communes that the database lacks; returns the areas by code."""
    areas = {
        code: EmploymentArea.objects.get_or_create(code=code, vintage=VINTAGE, defaults={"name": name})[0]
        for code, name in AREAS.items()
    }
    Commune.objects.bulk_create(
        [
            Commune(
                insee_code=each.insee,
                name=each.name,
                postal_codes=list(each.postal_codes),
                area=areas[each.area],
                latitude=each.latitude,
                longitude=each.longitude,
            )
            for each in TOWNS
        ],
        ignore_conflicts=True,
    )
    return areas
