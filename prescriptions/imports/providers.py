"""Which organisation of ours a file means: SIRET, then activity number, then name."""

from pathways.enums import OrganisationKind
from pathways.identity import normalise_name
from pathways.models import Organisation
from prescriptions import lheo
from prescriptions.lheo.identifiers import is_siret_key_valid


class Providers:
    """Training providers, known and met. An organisation's record is completed, never overwritten.

    One activity number covers all the establishments of a legal entity, so it designates an organisation only where
    no SIRET tells them apart.
    """

    def __init__(self, *, write: bool):
        self._write = write
        self.created = 0
        self._by_siret: dict[str, Organisation] = {}
        self._by_activity: dict[str, list[Organisation]] = {}
        self._by_name: dict[str, list[Organisation]] = {}
        known = Organisation.objects.filter(kind=OrganisationKind.PROVIDER).order_by("pk")
        for organisation in known:
            self._index(organisation)

    def find(self, told: lheo.Organisation) -> Organisation:
        """The organisation, made when nobody knows it (unsaved unless writing)."""
        siret, activity, name = _siret(told), _activity_number(told), _name(told)
        if siret in self._by_siret:
            return self._by_siret[siret]
        for candidates in (self._by_activity.get(activity, ()), self._by_name.get(normalise_name(name), ())):
            open_ones = [one for one in candidates if not siret or not one.siret]
            if len(open_ones) == 1:
                return self._complete(open_ones[0], siret, activity)
        return self._create(siret, activity, name)

    def _complete(self, organisation: Organisation, siret: str, activity: str) -> Organisation:
        changed = []
        if siret and not organisation.siret:
            organisation.siret = siret
            changed.append("siret")
        if activity and not organisation.activity_number:
            organisation.activity_number = activity
            changed.append("activity_number")
        if changed:
            self._index(organisation)
            if self._write:
                organisation.save(update_fields=changed)
        return organisation

    def _create(self, siret: str, activity: str, name: str) -> Organisation:
        organisation = Organisation(
            kind=OrganisationKind.PROVIDER, siret=siret, activity_number=activity, name=name
        )
        if self._write:
            organisation.save()
        self.created += 1
        self._index(organisation)
        return organisation

    def _index(self, organisation: Organisation) -> None:
        if organisation.siret:
            self._by_siret[organisation.siret] = organisation
        for key, index in (
            (organisation.activity_number, self._by_activity),
            (normalise_name(organisation.name), self._by_name),
        ):
            if key and organisation not in index.setdefault(key, []):
                index[key].append(organisation)


def provider_of(action: lheo.Action, formation: lheo.Formation) -> lheo.Organisation:
    """Who trains: the first organisation named on the action, else the one responsible for the formation."""
    return next(iter(action.trainers), None) or formation.responsible


def _siret(told: lheo.Organisation) -> str:
    is_whole = len(told.siret) == 14 and told.siret.isascii() and told.siret.isdigit()
    return told.siret if is_whole and is_siret_key_valid(told.siret) else ""


def _activity_number(told: lheo.Organisation) -> str:
    """Bases fill the mandatory field with « 99999999999 » or zeros."""
    number = told.activity_number
    return number if len(number) == 11 and len(set(number)) > 1 else ""


def _name(told: lheo.Organisation) -> str:
    names = [name.strip() for name in (told.name, told.legal_name)]
    known = next((name for name in names if any(map(str.isalnum, name))), "")
    return (known or f"Organisme {told.numero or told.siret or 'sans nom'}")[:255]
