"""Rules about the person. What Jalons does not hold (health, CPF, promise of a job) is « à vérifier »."""

from __future__ import annotations

from prescriptions.schemes.case import Case
from prescriptions.schemes.rules import Answer, codes, no, numbers, rule, to_verify, yes

TREFLE = "Règles Trefle 2020 (formats.md, § 8)"
FILE = "Complétez l'identité de la personne dans son dossier."
#: Départements of the Région: Alpes-de-Haute-Provence, Hautes-Alpes, Alpes-Maritimes, Bouches-du-Rhône, Var, Vaucluse.
PACA = ("04", "05", "06", "13", "83", "84")


@rule(
    "job_seeker",
    "La personne est inscrite à Pôle emploi.",
    source=TREFLE,
    reads=("date d'inscription à Pôle emploi", "identifiant Pôle emploi"),
)
def job_seeker(case: Case, given) -> Answer:
    day = case.person.registered_on
    if day is not None and day <= case.day:
        return yes(f"La personne est inscrite à Pôle emploi depuis le {day:%d/%m/%Y}.")
    if day is not None:
        return no(f"Son inscription à Pôle emploi ne commence que le {day:%d/%m/%Y}.")
    known = "l'identifiant est connu, pas la date" if case.person.has_identifier else "rien ne le dit"
    return to_verify(
        f"L'inscription à Pôle emploi n'est pas établie : {known}.",
        "Demandez l'avis de situation à la personne, puis saisissez la date d'inscription.",
    )


@rule(
    "minimum_age",
    "La personne a l'âge minimal.",
    source="La Bonne Formation, règles PACA",
    reads=("date de naissance",),
    parameters=(numbers("years", "âge minimal", 16, "ans"),),
)
def minimum_age(case: Case, given) -> Answer:
    age = case.person.age_on(case.offer.starts_on or case.day)
    if age is None:
        return to_verify("La date de naissance n'est pas renseignée.", FILE)
    told = f"La personne aura {age} ans à l'ouverture"
    if age >= given["years"]:
        return yes(f"{told} : {given['years']} ans au moins.")
    return no(f"{told}, il en faut {given['years']}.")


@rule(
    "lives_in",
    "La personne habite dans la région.",
    source=TREFLE,
    reads=("commune ou code postal de la personne",),
    parameters=(codes("departments", "départements", *PACA),),
)
def lives_in(case: Case, given) -> Answer:
    own = case.person.department
    if not own:
        return to_verify("L'adresse de la personne n'est pas renseignée.", FILE)
    if own in given["departments"]:
        return yes(f"La personne habite dans le département {own}.")
    return no(f"La personne habite dans le département {own}, hors de la région.")


@rule(
    "same_department",
    "La personne habite dans le département où elle se forme.",
    source=TREFLE,
    reads=("commune ou code postal de la personne", "lieu de la formation"),
)
def same_department(case: Case, given) -> Answer:
    own, there = case.person.department, case.offer.department
    if not own:
        return to_verify("L'adresse de la personne n'est pas renseignée.", FILE)
    if not there:
        return to_verify("Le lieu de la formation n'est pas renseigné.", "Demandez l'adresse à l'organisme.")
    if own == there:
        return yes(f"La personne habite et se forme dans le département {own}.")
    return no(f"La personne habite dans le {own} et se formerait dans le {there}.")


@rule(
    "disabled_worker",
    "La personne est reconnue travailleur handicapé.",
    source=TREFLE,
    reads=("rien : Jalons ne garde aucune donnée de santé",),
)
def disabled_worker(case: Case, given) -> Answer:
    return to_verify(
        "Jalons ne garde pas la reconnaissance de travailleur handicapé.",
        "Voyez-le avec la personne et son conseiller, sans l'écrire dans le dossier.",
    )


@rule(
    "job_promise",
    "Un employeur promet l'embauche à la fin de la formation.",
    source="Convention Pôle emploi, art. 2 ; instruction 2012-122",
    reads=("rien : la promesse d'embauche n'est pas dans Jalons",),
    parameters=(codes("contracts", "contrats promis"),),
)
def job_promise(case: Case, given) -> Answer:
    contracts = f" ({', '.join(given['contracts'])})" if given["contracts"] else ""
    return to_verify(
        "La promesse d'embauche d'un employeur n'est pas connue de Jalons.",
        f"Demandez au conseiller entreprise si une offre a été déposée{contracts}.",
    )


@rule(
    "cpf_rights",
    "La personne a des droits sur son compte personnel de formation.",
    source="Convention Pôle emploi, art. 2 ; ordre d'essai",
    reads=("rien : le compte CPF n'est pas dans Jalons",),
)
def cpf_rights(case: Case, given) -> Answer:
    return to_verify(
        "Les droits CPF ne sont pas connus de Jalons.",
        "La personne les lit sur moncompteformation.gouv.fr ; la formation doit y figurer.",
    )
