"""Every remark that a check can make on an offer: its level, its sentence and its remedy, in French."""

from enum import StrEnum


class Level(StrEnum):
    """Most serious first."""

    REJECTED = "rejected"  # the norm refuses it: the session, action or formation is not imported
    WARNING = "warning"  # imported, but somebody should look
    COMPLETENESS = "completeness"  # art. 4 of the Pôle emploi agreement asks for it


CORRECT_AND_EXPORT = "Corrigez la fiche dans la base du Carif-Oref, puis refaites l'export."
_R, _W, _C = Level.REJECTED, Level.WARNING, Level.COMPLETENESS

# code: (level, sentence, remedy). {tag} is the element, {value} its excerpt, the others come with the check.
CATALOGUE: dict[str, tuple[Level, str, str]] = {
    "element-unknown": (
        _R,
        "« {tag} » n'existe pas à cet endroit dans LHEO {version}.",
        "Retirez l'élément, ou placez-le dans « extras ».",
    ),
    "element-missing": (
        _R,
        "Il manque l'élément obligatoire « {missing} » dans « {tag} ».",
        "Renseignez « {missing} ».",
    ),
    "element-excess": (
        _R,
        "« {tag} » figure plus de {maximum} fois.",
        "Gardez au plus {maximum} élément(s) « {tag} ».",
    ),
    "element-order": (
        _R,
        "« {tag} » n'est pas à sa place : il vient {place} dans la norme.",
        "Replacez « {tag} » {place}.",
    ),
    "attribute-unknown": (
        _R,
        "L'attribut « {attribute} » de « {tag} » n'existe pas dans LHEO {version}.",
        "Retirez l'attribut « {attribute} ».",
    ),
    "attribute-value": (
        _R,
        "L'attribut « {attribute} » de « {tag} » est mal écrit.",
        "Écrivez {expected}.",
    ),
    "text-in-structure": (
        _R,
        "« {tag} » contient du texte hors de toute balise.",
        "Placez ce texte dans l'élément prévu par la norme.",
    ),
    "structure-in-text": (
        _R,
        "« {tag} » contient des balises au lieu d'un texte.",
        "Ne laissez que le texte, les chevrons s'écrivant &lt; et &gt;.",
    ),
    "value-length": (
        _R,
        "« {tag} » compte {length} caractère(s) au lieu de {expected}.",
        "Ramenez « {tag} » à {expected} caractère(s).",
    ),
    "value-code": (
        _R,
        "« {tag} » vaut « {value} », qui n'est pas dans la liste de LHEO {version}.",
        "Choisissez parmi : {expected}.",
    ),
    "value-integer": (
        _R,
        "« {tag} » vaut « {value} », qui n'est pas un nombre entier.",
        "Écrivez un nombre entier, sans unité ni décimale.",
    ),
    "value-date": (
        _R,
        "« {tag} » vaut « {value} », qui n'est pas une date LHEO.",
        "Écrivez la date sur 8 chiffres AAAAMMJJ (00000000 si elle est inconnue).",
    ),
    "date-impossible": (
        _W,
        "« {value} » n'existe pas au calendrier.",
        "Corrigez le jour ou le mois (AAAAMMJJ).",
    ),
    "period-reversed": (
        _W,
        "La période commence le {start} et finit avant, le {end}.",
        "Vérifiez les deux dates : le début précède la fin.",
    ),
    "number-negative": (
        _W,
        "« {tag} » est négatif ({value}) : il est ignoré.",
        "Indiquez un nombre positif ou nul.",
    ),
    "hours-out-of-range": (
        _W,
        "« {tag} » vaut {value} heures, hors de 0 à 99999 : il est ignoré.",
        "Vérifiez la durée en heures.",
    ),
    "price-unreadable": (
        _W,
        "« {tag} » vaut « {value} », qui n'est pas un montant : il est ignoré.",
        "Écrivez un montant en euros, par exemple 12,50.",
    ),
    "siret-leading-zero": (
        _W,
        "Le SIRET « {value} » compte 15 chiffres, avec un 0 en tête : il est lu sans ce 0.",
        "Retirez le 0 de tête.",
    ),
    "siret-letters": (
        _W,
        "Le SIRET « {value} » ne contient pas que des chiffres.",
        "Reprenez le SIRET de l'établissement au répertoire Sirene.",
    ),
    "siret-key": (
        _W,
        "La clé de contrôle du SIRET « {value} » est fausse.",
        "Reprenez le SIRET de l'établissement au répertoire Sirene.",
    ),
    "code-shape": (
        _W,
        "« {tag} » vaut « {value} », qui n'a pas la forme attendue.",
        "Reprenez le code dans la nomenclature.",
    ),
    "code-not-listed": (
        _W,
        "« {tag} » vaut « {value} », absent de la nomenclature connue ici.",
        "Vérifiez le code et son édition.",
    ),
    "ref-missing": (
        _W,
        "« {tag} » {value} n'indique pas l'édition du Formacode (attribut « ref »).",
        'Ajoutez l\'attribut, par exemple ref="V14".',
    ),
    "geolocation-unreadable": (
        _W,
        "« {tag} » vaut « {value} », qui n'est pas une coordonnée en degrés : elle est ignorée.",
        "Écrivez des degrés décimaux, par exemple 43.2965.",
    ),
    "state-stale": (
        _W,
        "La session est déclarée ouverte, mais {reason}.",
        "Mettez l'état de recrutement à jour.",
    ),
    "numero-missing": (
        _W,
        "« {tag} » n'a pas de numéro Carif : il ne pourra pas être reconnu au prochain import.",
        "Ajoutez l'attribut « numero ».",
    ),
    "numero-duplicated": (
        _W,
        "Le numéro {value} de « {tag} » figure déjà à la ligne {first_line}.",
        "Donnez un numéro propre à chaque « {tag} ».",
    ),
    "regional-places-ambiguous": (
        _W,
        "Le Conseil régional (financeur 2) figure {count} fois avec des places : aucune n'est retenue.",
        "Déclarez les places de la Région une seule fois par action.",
    ),
    "no-recruitment-state": (
        _C,
        "L'état de recrutement de la session n'est pas renseigné : il est inconnu.",
        "Renseignez « etat-recrutement ».",
    ),
    "no-information-date": (
        _C,
        "Aucune date d'information collective n'est renseignée pour l'action.",
        "Renseignez « date-information ».",
    ),
    "no-registration-period": (
        _C,
        "La période d'inscription de la session n'est pas renseignée.",
        "Renseignez « periode-inscription ».",
    ),
    "no-regional-places": (
        _C,
        "La Région finance l'action sans que le nombre de places soit indiqué.",
        "Renseignez « nb-places-financees » sous le financeur 2.",
    ),
}
