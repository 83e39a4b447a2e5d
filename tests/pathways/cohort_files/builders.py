"""Write cohort files from dicts: CAF flux and CSV. No number here may pass for a NIR: `NIR_TOKEN` or nothing."""

import csv
import io
from xml.sax.saxutils import escape

NIR_TOKEN = "NIR-INTERDIT"

_ADDRESS = {
    "COMPLIDEADR": "", "COMPLADR": "", "NUMVOIE": "12", "LIBTYPEVOIE": "RUE", "NOMVOIE": "DES LILAS",
    "LIEUDIST": "", "NUMCOM": "13055", "CODEPOS": "13003", "NOMCOM": "MARSEILLE",
}  # fmt: skip


def caf_person(**changes) -> dict:
    """Return the values of a Personne. Keys: element names, `role`, `activities`, `prestations`."""
    person = {
        "QUAL": "MME", "NOM": "MARTIN", "NOMNAI": "DURAND", "PRENOM": "ZOÉ", "NOMCOMNAI": "ARLES",
        "DTNAI": "1985-03-02", "TYPEDTNAI": "N", "NIR": NIR_TOKEN, "SEXE": "2", "role": "DEM",
        "IDASSEDIC": "1234567A", "TOPPERSDRODEVORSA": "1", "activities": [("CHO", "2021-06-01", None)],
    }  # fmt: skip
    return person | changes


def caf_household(*people: dict, **changes) -> dict:
    """Return the values of an InfosFoyerRSA. Keys: element names, `situation` (raw XML), `address`."""
    household = {
        "people": people or (caf_person(),), "FONORG": "CAF", "NUMORG": "131", "MATRICULE": "000000001234567",
        "DTDEMRSA": "2021-05-04", "NUMDEMRSA": "00000000017", "DTORIDEMRSA": "2021-05-01", "ETATDOSRSA": "2",
        "situation": "", "TOPSANSDOMFIXE": "0", "address": {},
    }  # fmt: skip
    return household | changes


def caf_xml(
    *households: dict, encoding: str = "windows-1252", dossiers: int | None = None, **header
) -> bytes:
    """Return a flux valid against VRSB0801 for valid values. None leaves an optional element out."""
    households = households or (caf_household(),)
    flux = {
        "APPLIEME": "CRI", "NUMVERSIONAPPLIEME": "6200", "TYPEFLUX": "M", "NATFLUX": "D",
        "DTCREAFLUX": "2022-03-05", "HEUCREAFLUX": "01:18:36.0000", "DTREF": "2022-02-28",
    } | header  # fmt: skip
    count = len({household["NUMDEMRSA"] for household in households}) if dossiers is None else dossiers
    text = "\n".join(
        [
            f"<?xml version='1.0' encoding='{encoding.upper()}'?>",
            "<Racine>",
            f"<IdentificationFlux>{_elements(flux)}</IdentificationFlux>",
            *map(_household, households),
            f"<TransmissionFlux><NBTOTDOSRSATRANSM>{count}</NBTOTDOSRSATRANSM>"
            "<NBTOTDOSRSATRANSMANO>0</NBTOTDOSRSATRANSMANO></TransmissionFlux>",
            "</Racine>",
        ]
    )
    return text.encode(encoding)


def cohort_csv(
    *rows: dict,
    delimiter: str = ";",
    encoding: str = "utf-8",
    line_break: str = "\r\n",
    columns: list | None = None,
) -> bytes:
    """Return a CSV whose header is the union of the keys of the rows, in order."""
    columns = columns or list(dict.fromkeys(name for row in rows for name in row))
    target = io.StringIO()
    writer = csv.writer(target, delimiter=delimiter, lineterminator=line_break)
    writer.writerow(columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return target.getvalue().encode(encoding)


def csv_person(**changes) -> dict:
    """Return a row with every criterion of the cohort; keys of `changes` are written with _ for spaces."""
    row = {
        "Nom": "Martin", "Prénom": "Zoé", "Date de naissance": "02/03/1985",
        "Identifiant Pôle emploi": "1234567A", "Date d'inscription Pôle emploi": "01/06/2021",
        "Date d'entrée RSA": "01/05/2021", "Identifié le": "15/02/2022",
    }  # fmt: skip
    return row | {name.replace("_", " "): value for name, value in changes.items()}


def _household(household: dict) -> str:
    get = household.__getitem__
    return "\n".join(
        [
            "<InfosFoyerRSA><IdentificationRSA>",
            f"<Organisme>{_elements(household, 'FONORG', 'NUMORG', 'MATRICULE')}</Organisme>",
            "<Partenaire><TYPEPARTE>CD</TYPEPARTE><IDEPARTE>013</IDEPARTE></Partenaire>",
            f"<DemandeRSA>{_elements(household, 'DTDEMRSA', 'NUMDEMRSA')}</DemandeRSA></IdentificationRSA>",
            *map(_person, get("people")),
            "<DonneesAdministratives><SituationFamille><SITFAM>CEL</SITFAM><DDSITFAM>2010-01-01</DDSITFAM>",
            "</SituationFamille>",
            _address("02", {"NUMCOM": "75056", "NOMCOM": "PARIS"}) + _address("01", get("address")),
            "</DonneesAdministratives><PrestationRSA><SituationDossierRSA>",
            f"<EtatDossierRSA>{_elements(household, 'ETATDOSRSA')}</EtatDossierRSA>{get('situation')}",
            "</SituationDossierRSA><DetailDroitRSA><TroncCommunDroitRSA>",
            _elements(household | {"ORIDEMRSA": "DEM"}, "TOPSANSDOMFIXE", "ORIDEMRSA", "DTORIDEMRSA"),
            "</TroncCommunDroitRSA></DetailDroitRSA></PrestationRSA></InfosFoyerRSA>",
        ]
    )


def _person(person: dict) -> str:
    identification = ("QUAL", "NOM", "NOMNAI", "PRENOM", "NOMCOMNAI", "DTNAI", "TYPEDTNAI", "NIR", "SEXE")
    prestations = person.get("prestations", (("PFA", person["role"]), ("RSA", person["role"])))
    idassedic = person["IDASSEDIC"]
    duties = person["TOPPERSDRODEVORSA"]
    return "\n".join(
        [
            f"<Personne><Identification>{_elements(person, *identification)}</Identification>",
            "<DossierCAF><TOPRESPDOS>0</TOPRESPDOS><DDRATDOS>2015-05-15</DDRATDOS></DossierCAF>",
            *(
                f"<Prestations><NATPREST>{kind}</NATPREST><ROLEPERS>{role}</ROLEPERS><TOPCHAPERS>1</TOPCHAPERS>"
                "</Prestations>"
                for kind, role in prestations
            ),
            ""
            if idassedic is None
            else f"<DossierPoleEmploi>{_elements(person, 'IDASSEDIC')}</DossierPoleEmploi>",
            ""
            if duties is None
            else "<MontantCalculDroitRSAPersonne>"
            f"{_elements(person, 'TOPPERSDRODEVORSA')}</MontantCalculDroitRSAPersonne>",
            *(
                f"<Activite>{_elements({'ACT': act, 'DDACT': since, 'DFACT': until})}</Activite>"
                for act, since, until in person["activities"]
            ),
            "</Personne>",
        ]
    )


def _address(rank: str, changes: dict) -> str:
    return (
        f"<Adresse><TroncCommunAdresse><RGADR>{rank}</RGADR><PAYS>FRA</PAYS><TYPEADR>D</TYPEADR>"
        "<ETATADR>CO</ETATADR></TroncCommunAdresse>"
        f"<AdresseDetailleeFrance>{_elements(_ADDRESS | changes)}</AdresseDetailleeFrance></Adresse>"
    )


def _elements(values: dict, *names: str) -> str:
    return "".join(
        f"<{name}>{escape(values[name])}</{name}>" for name in names or values if values[name] is not None
    )
