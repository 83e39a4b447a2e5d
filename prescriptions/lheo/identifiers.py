"""Shapes of the identifiers met in an offer: SIRET, INSEE communes, Formacode, ROME, NSF."""

import re

LA_POSTE_SIREN = "356000000"
MARSEILLE = "13055"
_MARSEILLE_DISTRICTS = {str(code) for code in range(13201, 13217)}

SHAPES = {
    "code-FORMACODE": re.compile(r"\d{5}", re.ASCII),
    "code-public-vise": re.compile(r"\d{5}", re.ASCII),
    "code-NSF": re.compile(r"\d{3}", re.ASCII),
    "code-ROME": re.compile(r"[A-N]\d{4}", re.ASCII),
    "code-INSEE-commune": re.compile(r"(\d\d|2[AB])\d{3}", re.ASCII),
    "codepostal": re.compile(r"\d{5}", re.ASCII),
}


def has_leading_zero(siret: str) -> bool:
    """True for the 15-digit SIRET with a 0 in front that some Carif bases export."""
    return len(siret) == 15 and siret.startswith("0") and siret.isascii() and siret.isdigit()


def normalise_siret(siret: str) -> str:
    """SIRET without surrounding space nor the superfluous leading 0."""
    siret = siret.strip()
    return siret[1:] if has_leading_zero(siret) else siret


def is_siret_key_valid(siret: str) -> bool:
    """Luhn key of a 14-digit SIRET; La Poste's establishments follow a digit sum multiple of 5 instead."""
    digits = [int(digit) for digit in siret]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[0::2])
    if (sum(doubled) + sum(digits[1::2])) % 10 == 0:
        return True
    return siret.startswith(LA_POSTE_SIREN) and sum(digits) % 5 == 0


def commune_of(insee_code: str) -> str:
    """Commune of an INSEE code: the arrondissements of Marseille (13201–13216) belong to 13055."""
    return MARSEILLE if insee_code in _MARSEILLE_DISTRICTS else insee_code
