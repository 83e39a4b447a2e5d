"""The first screen of the roles on whom no decision about a person waits: what Jalons holds for them."""

from dataclasses import dataclass

from pathways.enums import Role


@dataclass(frozen=True)
class Welcome:
    title: str
    text: str


NO_CASE = "Aucun dossier nominatif ne vous est ouvert : c'est voulu."
WELCOME = {
    role: Welcome("Rien à faire", "Aucune décision n'attend de vous aujourd'hui.") for role in Role
} | {
    Role.COMMITTEE_MEMBER: Welcome(
        "Rien à faire de votre part",
        f"Vous lisez les chiffres arrêtés pour les comités (COTECH, COPIL). {NO_CASE}",
    ),
    Role.ADMINISTRATOR: Welcome(
        "Rien à faire de votre part", f"Vous gérez les comptes et les organisations. {NO_CASE}"
    ),
    Role.DATA_PROTECTION_OFFICER: Welcome(
        "Rien à faire de votre part",
        "Vous veillez au journal des consultations, aux durées de conservation et aux demandes d'accès. "
        "Aucun dossier ne vous est ouvert par défaut.",
    ),
}
