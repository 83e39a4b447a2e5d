"""Finding the commune, the bassin d'emploi and the pôle d'insertion that a file names. Loaded once per reading."""

import re

from pathways.cohort_files import Address
from pathways.enums import OrganisationKind
from pathways.identity import normalise_name
from pathways.models import Commune, Organisation

MARSEILLE = "13055"
#: The arrondissements of Marseille stand in files as communes of their own (formats.md, section 1.6).
MARSEILLE_DISTRICTS = frozenset(str(code) for code in range(13201, 13217))
_CEDEX_OR_DISTRICT = re.compile(r"( CEDEX.*| \d{1,2}( ?(E|EME|ER))?( ARRONDISSEMENT)?)$")


def commune_code(insee_code: str) -> str:
    """The commune of an Insee code: 13055 for an arrondissement of Marseille."""
    return MARSEILLE if insee_code in MARSEILLE_DISTRICTS else insee_code


class Territory:
    """The communes of the database and the pôles of one Département."""

    def __init__(self, department: Organisation):
        self.communes: dict[str, Commune] = Commune.objects.select_related("area").in_bulk()
        self._by_name = {
            (commune.pk[:2], normalise_name(commune.name)): commune for commune in self.communes.values()
        }
        poles = Organisation.objects.filter(kind=OrganisationKind.INSERTION_POLE, parent=department)
        self._poles = {normalise_name(pole.code): pole for pole in poles if pole.code}
        self._poles_of_area: dict[int, list[Organisation]] = {}
        for pole in poles.prefetch_related("areas"):
            for area in pole.areas.all():
                self._poles_of_area.setdefault(area.pk, []).append(pole)

    @property
    def is_empty(self) -> bool:
        """No commune is known at all: `import_territories` has not been run."""
        return not self.communes

    def commune(self, address: Address) -> Commune | None:
        """By Insee code, else by postal code's département and name."""
        if address.insee_code:
            return self.communes.get(commune_code(address.insee_code))
        name = _CEDEX_OR_DISTRICT.sub("", normalise_name(address.city))
        return self._by_name.get((address.postal_code[:2], name)) if name else None

    def pole(self, code: str) -> Organisation | None:
        return self._poles.get(normalise_name(code))

    def only_pole_of(self, area_id: int | None) -> Organisation | None:
        """The pôle of a bassin d'emploi that has one only; where there are several, somebody has to choose."""
        poles = self._poles_of_area.get(area_id, [])
        return poles[0] if len(poles) == 1 else None
