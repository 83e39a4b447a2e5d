"""The columns of the cohort CSV, which docs/cohort-csv.md describes to users (a test compares the two)."""

from dataclasses import dataclass

from pathways.cohort_files.errors import CohortFileError
from pathways.identity import normalise_name
from pathways.nir import is_nir_column


@dataclass(frozen=True, slots=True)
class Column:
    """A column: our field, the name we document, the other names met in exports of the field."""

    field: str
    name: str
    aliases: tuple[str, ...] = ()
    is_required: bool = False
    is_recommended: bool = False


COLUMNS = (
    Column("last_name", "Nom", ("nom d'usage", "nom de famille", "nom usage", "nom usuel"), is_required=True),
    Column("birth_name", "Nom de naissance", ("nom naissance", "nom de jeune fille", "nom patronymique")),
    Column("first_name", "Prénom", ("prenoms", "prenom usuel"), is_required=True),
    Column("sex", "Civilité", ("sexe", "titre", "genre")),
    Column("birth_date", "Date de naissance", ("date naissance", "né le", "née le", "ddn"), is_required=True),
    Column("birth_place", "Lieu de naissance", ("commune de naissance", "lieu naissance")),
    Column(
        "pe_identifier",
        "Identifiant Pôle emploi",
        ("identifiant pe", "identifiant france travail", "n° pôle emploi", "numéro pôle emploi", "idassedic"),
        is_recommended=True,
    ),
    Column(
        "pe_registered_on",
        "Date d'inscription Pôle emploi",
        (
            "inscription pôle emploi",
            "date inscription pe",
            "inscription",
            "date d'inscription France Travail",
        ),
        is_recommended=True,
    ),
    Column("caf_number", "Numéro allocataire", ("n° allocataire", "numéro caf", "n° caf", "matricule")),
    Column("rsa_request_number", "Numéro demande RSA", ("n° demande rsa", "numéro dossier rsa", "numdemrsa")),
    Column("rsa_requested_on", "Date de demande RSA", ("date demande rsa", "dtdemrsa")),
    Column(
        "rsa_entry_on",
        "Date d'entrée RSA",
        (
            "entrée rsa",
            "date entrée dans le rsa",
            "date d'entrée dans le rsa",
            "date ouverture rsa",
            "date d'ouverture de droit rsa",
            "dtoridemrsa",
        ),
        is_recommended=True,
    ),
    Column("rsa_state", "État du droit RSA", ("état rsa", "etatdosrsa", "situation rsa")),
    Column("has_duties", "Soumis aux droits et devoirs", ("droits et devoirs", "toppersdrodevorsa")),
    Column("address_line", "Adresse", ("adresse 1", "voie", "rue", "numéro et voie")),
    Column("address_extra", "Complément d'adresse", ("adresse 2", "complément adresse", "complément")),
    Column("postal_code", "Code postal", ("cp",)),
    Column("city", "Commune", ("ville", "libellé commune")),
    Column("insee_code", "Code commune INSEE", ("code insee", "insee", "code commune", "numcom")),
    Column("is_without_fixed_abode", "Sans domicile fixe", ("sdf", "sans domicile stable")),
    Column("phone", "Téléphone", ("tel", "téléphone 1", "portable", "téléphone portable", "mobile")),
    Column(
        "email",
        "Courriel",
        ("e-mail", "mail", "adresse e-mail", "adresse mail", "mel", "adresse électronique"),
    ),
    Column(
        "identified_on",
        "Identifié le",
        ("date d'identification", "identifié par le département le"),
        False,
        True,
    ),
    Column(
        "insertion_pole", "Code pôle d'insertion", ("pôle d'insertion", "pôle", "pôle insertion", "code pôle")
    ),
    Column("education_level", "Niveau de formation", ("niveau formation", "niveau d'études", "niveau")),
    Column(
        "rome_project",
        "Code ROME du projet",
        ("rome", "code rome", "rome 1", "projet rome", "métier visé rome"),
    ),
)

NAMES = {column.field: column.name for column in COLUMNS}
_FIELDS = {
    normalise_name(name): column.field for column in COLUMNS for name in (column.name, *column.aliases)
}


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each field stands in the file, and the columns that no field reads."""

    positions: dict[str, int]
    headers: tuple[str, ...]
    unknown: tuple[str, ...]
    nir: tuple[str, ...]

    def label(self, field: str) -> str:
        """Return how the user finds the column of a field, present or not."""
        position = self.positions.get(field)
        return f"colonne « {NAMES[field] if position is None else self.headers[position]} »"


def read_layout(headers: list[str]) -> Layout:
    """Recognise the columns. Raises CohortFileError when one is missing or stands twice."""
    headers = [" ".join(header.split()) for header in headers]
    positions: dict[str, int] = {}
    unknown, nir = [], []
    for position, header in enumerate(headers):
        field = _FIELDS.get(normalise_name(header))
        if is_nir_column(header):
            nir.append(header)
        elif field is None:
            unknown += [header] if header else []
        elif field in positions:
            raise CohortFileError(
                f"Les colonnes « {headers[positions[field]]} » et « {header} » disent la même chose.",
                code="ambiguous_columns",
                next_step="Gardez-en une seule.",
            )
        else:
            positions[field] = position
    _require(positions)
    return Layout(positions, tuple(headers), tuple(unknown), tuple(nir))


def _require(positions: dict[str, int]) -> None:
    missing = [column.name for column in COLUMNS if column.is_required and column.field not in positions]
    if missing:
        raise CohortFileError(
            f"Colonnes absentes de la première ligne : {', '.join(f'« {name} »' for name in missing)}.",
            code="missing_columns",
            next_step="Ajoutez-les avec ces noms exacts ; voyez l'aide « Fichier CSV de cohorte ».",
        )
