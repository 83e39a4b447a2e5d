"""Rules about the offer: who pays for it, what it teaches, where. Those on hours and prices are in `amount_rules`."""

from __future__ import annotations

import re
from collections.abc import Collection

from pathways.identity import normalise_name
from prescriptions.schemes.case import Case, Offer
from prescriptions.schemes.person_rules import PACA, TREFLE
from prescriptions.schemes.rules import Answer, codes, no, rule, to_verify, yes

ASK_PROVIDER = "Demandez-le à l'organisme, ou attendez que l'offre soit complétée."
#: Who pays for places bought for a group (formats.md, section 8, « Normalise »).
COLLECTIVE = ("2", "4", "6", "7", "8", "9", "11", "12", "13", "15", "16")
FUNDERS = {
    "0": "autre",
    "2": "la Région",
    "3": "le FSE",
    "4": "Pôle emploi",
    "5": "l'entreprise",
    "7": "l'Agefiph",
    "8": "le Département",
    "9": "la commune",
    "10": "le bénéficiaire",
    "11": "l'État (emploi)",
    "12": "l'État (Éducation nationale)",
    "13": "l'État",
    "16": "l'OPCO",
}
APPRENTICE = "82020"
POEC_HOURS = 400


def financers_in_words(found: Collection[str]) -> str:
    return ", ".join(FUNDERS.get(code, f"le financeur {code}") for code in sorted(found, key=int))


def has_words(offer: Offer, *patterns: str) -> bool:
    """Whether the title holds one of these words, whatever accents and case (regular expressions, upper case)."""
    title = normalise_name(offer.title)
    return any(re.search(rf"\b{pattern}\b", title) for pattern in patterns)


def of_domain(code: str, wanted: Collection[str]) -> bool:
    """Whether a Formacode is one of `wanted`, or in a domain of it: three digits stand for all that begins so."""
    return any(code == each or (len(each) == 3 and code.startswith(each)) for each in wanted)


def is_poec(offer: Offer) -> bool | None:
    """None when the hours, which decide, are unknown."""
    named = has_words(offer, "POEC")
    if not named and (offer.is_wish or (offer.financers is not None and "16" not in offer.financers)):
        return False
    if not named and offer.financers is None:
        return None
    return None if offer.hours_total is None else offer.hours_total <= POEC_HOURS


def _unknown_financers() -> Answer:
    return to_verify("Qui finance la session n'est pas renseigné.", ASK_PROVIDER)


@rule(
    "financed_by",
    "La session est financée par le bon financeur.",
    source=TREFLE,
    reads=("financeurs de l'action (LHEO)",),
    parameters=(codes("codes", "codes financeur"),),
    selects=True,
)
def financed_by(case: Case, given) -> Answer:
    found = case.offer.financers
    if case.offer.is_wish:
        return no("C'est une formation individuelle : aucune place n'est achetée pour un groupe.")
    if found is None:
        return _unknown_financers()
    right = found & set(given["codes"])
    if right:
        return yes(f"Des places sont financées par {financers_in_words(right)}.")
    return no(f"La session est financée par {financers_in_words(found)}.")


@rule(
    "not_financed_by",
    "Aucun financeur incompatible.",
    source=TREFLE,
    reads=("financeurs de l'action (LHEO)",),
    parameters=(codes("codes", "codes financeur exclus"),),
    selects=True,
)
def not_financed_by(case: Case, given) -> Answer:
    found = case.offer.financers
    if found is None and not case.offer.is_wish:
        return _unknown_financers()
    wrong = (found or frozenset()) & set(given["codes"])
    if wrong:
        return no(f"La session est aussi financée par {financers_in_words(wrong)}.")
    return yes("Aucun financeur ne l'exclut.")


@rule(
    "individuals_only",
    "La formation est individuelle : aucune place n'est achetée pour un groupe.",
    source="Trefle, normalisation (formats.md, § 8)",
    reads=("financeurs de l'action (LHEO)",),
    parameters=(codes("collective", "financeurs collectifs", *COLLECTIVE),),
    selects=True,
)
def individuals_only(case: Case, given) -> Answer:
    if case.offer.is_wish:
        return yes("La formation est demandée à titre individuel.")
    found = case.offer.financers
    if found is None:
        return _unknown_financers()
    collective = found & set(given["collective"])
    if collective:
        return no(f"Des places y sont achetées par {financers_in_words(collective)}.")
    return yes("Aucun financeur collectif n'y achète de places.")


@rule(
    "trains_in",
    "La formation a lieu dans la région.",
    source=TREFLE,
    reads=("lieu de la formation",),
    parameters=(codes("departments", "départements", *PACA),),
)
def trains_in(case: Case, given) -> Answer:
    there = case.offer.department
    if not there:
        return to_verify("Le lieu de la formation n'est pas renseigné.", ASK_PROVIDER)
    if there in given["departments"]:
        return yes(f"La formation a lieu dans le département {there}.")
    return no(f"La formation a lieu dans le département {there}, hors de la région.")


@rule(
    "teaches",
    "La formation est de ce domaine (Formacode).",
    source=TREFLE,
    reads=("Formacode",),
    parameters=(codes("formacodes", "Formacode (trois chiffres : tout un domaine)"),),
    selects=True,
)
def teaches(case: Case, given) -> Answer:
    found = case.offer.formacodes
    if not found:
        return to_verify("Le Formacode de la formation n'est pas renseigné.", ASK_PROVIDER)
    if any(of_domain(code, given["formacodes"]) for code in found):
        return yes(f"Le Formacode {', '.join(found)} en fait partie.")
    return no(f"Le Formacode est {', '.join(found)}.")


@rule(
    "does_not_teach",
    "La formation n'est pas d'un domaine exclu (Formacode).",
    source=TREFLE,
    reads=("Formacode",),
    parameters=(
        codes("formacodes", "Formacode exclus (trois chiffres : tout un domaine)"),
        codes("except", "sauf"),
    ),
    selects=True,
)
def does_not_teach(case: Case, given) -> Answer:
    found = case.offer.formacodes
    if not found:
        return to_verify("Le Formacode de la formation n'est pas renseigné.", ASK_PROVIDER)
    wrong = [
        code
        for code in found
        if of_domain(code, given["formacodes"]) and not of_domain(code, given["except"])
    ]
    if wrong:
        return no(f"Le Formacode {', '.join(wrong)} en est exclu.")
    return yes(f"Le Formacode {', '.join(found)} n'en est pas exclu.")


@rule(
    "not_certified_as",
    "La certification n'est pas de celles qui ont leur propre financement.",
    source="Trefle et La Bonne Formation, règles PACA",
    reads=("code Certif Info",),
    parameters=(codes("certifinfo", "codes Certif Info exclus"),),
)
def not_certified_as(case: Case, given) -> Answer:
    code, certifies = case.offer.certifinfo, case.offer.is_certifying
    if code in given["certifinfo"]:
        return no(f"La certification {code} a son propre financement.")
    if not code and (certifies or certifies is None):
        return to_verify("Le code de la certification n'est pas renseigné.", ASK_PROVIDER)
    return yes("La certification n'en est pas exclue." if code else "La formation ne certifie pas.")


@rule(
    "is_poec",
    "C'est une préparation opérationnelle à l'emploi collective (POEC).",
    source="Trefle, normalisation (formats.md, § 8)",
    reads=("intitulé", "financeurs de l'action (LHEO)", "heures au total"),
    selects=True,
)
def poec(case: Case, given) -> Answer:
    found = is_poec(case.offer)
    if found is None:
        return to_verify(
            "Rien ne dit si c'est une POEC : il manque les heures ou le financeur.", ASK_PROVIDER
        )
    if found:
        return yes("L'intitulé ou l'OPCO en font une POEC, de 400 heures au plus.")
    return no("Ce n'est pas une POEC.")


@rule(
    "not_poe",
    "Ce n'est pas une préparation opérationnelle à l'emploi (POEC, POEI).",
    source=TREFLE,
    reads=("intitulé", "financeurs de l'action (LHEO)", "heures au total"),
    selects=True,
)
def not_poe(case: Case, given) -> Answer:
    if has_words(case.offer, "POEI"):
        return no("L'intitulé en fait une POEI.")
    found = is_poec(case.offer)
    if found is None:
        return to_verify(
            "Rien ne dit si c'est une POEC : il manque les heures ou le financeur.", ASK_PROVIDER
        )
    return no("C'est une POEC.") if found else yes("Ce n'est pas une POE.")


@rule(
    "not_work_study",
    "Ce n'est ni un apprentissage, ni un contrat de professionnalisation.",
    source=TREFLE,
    reads=("publics visés (LHEO)", "intitulé"),
    selects=True,
)
def not_work_study(case: Case, given) -> Answer:
    if APPRENTICE in case.offer.public_codes or has_words(
        case.offer, "APPRENTISSAGE", "APPRENTIS?", "CONTRAT DE PROFESSIONNALISATION"
    ):
        return no("La formation se suit sous contrat d'apprentissage ou de professionnalisation.")
    if not case.offer.public_codes and not case.offer.is_wish:
        return to_verify(
            "Les publics visés ne sont pas renseignés : la formation pourrait se suivre sous contrat.",
            ASK_PROVIDER,
        )
    return yes("Rien n'en fait une formation sous contrat d'alternance.")


@rule("not_vae", "Ce n'est pas une VAE.", source=TREFLE, reads=("intitulé",), selects=True)
def not_vae(case: Case, given) -> Answer:
    if has_words(case.offer, "VAE", "VALIDATION DES ACQUIS"):
        return no("L'intitulé en fait une validation des acquis de l'expérience.")
    return yes("Ce n'est pas une VAE.")


@rule(
    "not_business_creation",
    "Ce n'est pas une formation à la création d'entreprise.",
    source=TREFLE,
    reads=("objectif général (LHEO)", "intitulé"),
    selects=True,
)
def not_business_creation(case: Case, given) -> Answer:
    if case.offer.goal_code == "4" or has_words(
        case.offer, "CREATION D ENTREPRISE", "CREATEURS? D ENTREPRISE"
    ):
        return no("C'est une formation à la création d'entreprise.")
    return yes("Ce n'est pas une formation à la création d'entreprise.")


@rule("not_driving_licence", "Ce n'est pas le permis B.", source=TREFLE, reads=("intitulé",), selects=True)
def not_driving_licence(case: Case, given) -> Answer:
    return no("C'est le permis B.") if has_words(case.offer, "PERMIS B") else yes("Ce n'est pas le permis B.")


@rule(
    "not_higher_education",
    "Ce n'est pas de l'enseignement supérieur.",
    source=TREFLE,
    reads=("niveau de sortie (LHEO)",),
    parameters=(codes("levels", "niveaux de sortie exclus", "7", "8", "16", "17", "18"),),
    selects=True,
)
def not_higher_education(case: Case, given) -> Answer:
    if case.offer.level_out in given["levels"]:
        return no("La formation mène à un diplôme de l'enseignement supérieur.")
    if case.offer.level_out in ("", "0") and not case.offer.is_wish:
        return to_verify("Le niveau de sortie n'est pas renseigné.", ASK_PROVIDER)
    return yes("La formation ne mène pas à l'enseignement supérieur.")
