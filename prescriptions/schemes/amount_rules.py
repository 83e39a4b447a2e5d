"""Rules about hours, dates and prices. Amounts are those of 2017–2020, kept as parameters (formats.md, section 11)."""

from __future__ import annotations

from datetime import timedelta

from prescriptions.schemes.case import Case
from prescriptions.schemes.offer_rules import ASK_PROVIDER, of_domain
from prescriptions.schemes.person_rules import TREFLE
from prescriptions.schemes.rules import Answer, codes, no, numbers, rule, to_verify, yes

DAYS_OF_MONTH = 30.44
PACA_RULES = "La Bonne Formation et Trefle, règles PACA"


def _dates(case: Case) -> tuple | None:
    start, end = case.offer.starts_on, case.offer.ends_on
    return (start, end) if start and end else None


@rule(
    "company_share",
    "Les heures en entreprise restent une part limitée du total.",
    source=TREFLE,
    reads=("heures en entreprise", "heures au total"),
    parameters=(numbers("percent", "part maximale", 30, "%"),),
)
def company_share(case: Case, given) -> Answer:
    total, company = case.offer.hours_total, case.offer.hours_company
    if not total or company is None:
        return to_verify("Les heures en entreprise ou au total ne sont pas renseignées.", ASK_PROVIDER)
    share = round(100 * company / total)
    told = f"{company} h en entreprise sur {total} h, soit {share} %"
    if 100 * company > given["percent"] * total:
        return no(f"{told} : plus de {given['percent']} %.")
    return yes(f"{told}.")


@rule(
    "file_before_start",
    "Le dossier est déposé assez tôt avant le début.",
    source="Trefle, AIF national",
    reads=("date d'ouverture",),
    parameters=(numbers("days", "délai minimal", 15, "jours"),),
)
def file_before_start(case: Case, given) -> Answer:
    start = case.offer.starts_on
    if start is None:
        return to_verify("La date de début n'est pas renseignée.", ASK_PROVIDER)
    left = (start - case.day).days
    if left >= given["days"] or (case.offer.is_permanent and start <= case.day):
        return yes(f"Le début est au {start:%d/%m/%Y} : {given['days']} jours au moins.")
    last = start - timedelta(days=given["days"])
    return no(
        f"Le début est au {start:%d/%m/%Y} : le dossier devait être déposé avant le {last:%d/%m/%Y} inclus."
    )


@rule(
    "subsidiary",
    "Aucune entrée collective ne convient sous deux mois, ou le besoin est propre à la personne.",
    source="Convention Pôle emploi, art. 2",
    reads=("sessions collectives du domaine, cherchées pour la personne",),
)
def subsidiary(case: Case, given) -> Answer:
    """Asked of the guard (`prescriptions.aif`), which searches: a rule alone cannot say."""
    return to_verify(
        "L'AIF vient après les sessions collectives : il s'examine avec leur recherche.",
        "Ouvrez « Examiner un AIF » dans le dossier de la personne.",
    )


@rule(
    "maximum_duration",
    "La formation ne dure pas trop longtemps.",
    source=PACA_RULES,
    reads=("dates de la session",),
    parameters=(
        numbers("months", "durée maximale", 12, "mois"),
        codes("except", "sauf ces Formacode (langues)", "152"),
    ),
)
def maximum_duration(case: Case, given) -> Answer:
    if any(of_domain(code, given["except"]) for code in case.offer.formacodes):
        return yes("Une formation en langues n'a pas de durée maximale.")
    dates = _dates(case)
    if dates is None:
        return to_verify("Les dates de la formation ne sont pas toutes renseignées.", ASK_PROVIDER)
    months = (dates[1] - dates[0]).days / DAYS_OF_MONTH
    told = f"Du {dates[0]:%d/%m/%Y} au {dates[1]:%d/%m/%Y}"
    if months > given["months"]:
        return no(f"{told} : plus de {given['months']} mois.")
    return yes(f"{told} : {given['months']} mois au plus.")


@rule(
    "weekly_hours",
    "Le nombre d'heures par semaine est dans les bornes.",
    source=PACA_RULES,
    reads=("heures au total", "dates de la session"),
    parameters=(
        numbers("lowest", "au moins", 20, "h"),
        numbers("highest", "au plus", 35, "h"),
        codes("except", "sauf ces Formacode (langues)", "152"),
    ),
)
def weekly_hours(case: Case, given) -> Answer:
    if any(of_domain(code, given["except"]) for code in case.offer.formacodes):
        return yes("Une formation en langues n'a pas de rythme imposé.")
    dates, hours = _dates(case), case.offer.hours_total
    if dates is None or not hours:
        return to_verify("Les heures ou les dates ne sont pas renseignées.", ASK_PROVIDER)
    weeks = max(1.0, ((dates[1] - dates[0]).days + 1) / 7)
    pace = round(hours / weeks)
    if given["lowest"] <= pace <= given["highest"]:
        return yes(f"Environ {pace} h par semaine.")
    return no(f"Environ {pace} h par semaine, hors de {given['lowest']} à {given['highest']} h.")


@rule(
    "price_within",
    "Le prix reste sous les plafonds.",
    source=PACA_RULES,
    reads=("prix", "heures au total", "Formacode"),
    parameters=(
        numbers("hourly", "prix horaire maximal", 15, "€/h"),
        numbers("cap", "prix total maximal", 4500, "€"),
        numbers("dear_hourly", "prix horaire des domaines listés", 25, "€/h"),
        codes("dear", "domaines au prix listé", "222", "318"),
        numbers("language_hourly", "prix horaire des langues", 10, "€/h"),
        codes("languages", "Formacode des langues", "152"),
        numbers("assessment_hourly", "prix horaire du bilan de compétences", 35, "€/h"),
        codes("assessment", "Formacode du bilan de compétences", "15081"),
    ),
)
def price_within(case: Case, given) -> Answer:
    """Beyond the caps the scheme pays less: a commission may agree, so that the answer is « à vérifier », not no."""
    price, hours = case.offer.price, case.offer.hours_total
    if price is None:
        return to_verify("Le prix n'est pas renseigné.", "Demandez un devis à l'organisme.")
    told = f"{price:.0f} €"
    if price > given["cap"]:
        return to_verify(
            f"Le prix de {told} dépasse le plafond de {given['cap']} €.",
            "Cherchez un reste à charge ou un accord de la commission avant de compter dessus.",
        )
    if not hours:
        return to_verify("Le nombre d'heures n'est pas renseigné.", "Demandez un devis à l'organisme.")
    highest = _hourly(case, given)
    if price > highest * hours:
        return to_verify(
            f"{told} pour {hours} h font plus de {highest} €/h.",
            "Négociez le prix avec l'organisme, ou cherchez un reste à charge.",
        )
    return yes(f"{told} pour {hours} h : sous {highest} €/h et {given['cap']} €.")


def _hourly(case: Case, given) -> int:
    kinds = (("languages", "language_hourly"), ("assessment", "assessment_hourly"), ("dear", "dear_hourly"))
    for domain, amount in kinds:
        if any(of_domain(code, given[domain]) for code in case.offer.formacodes):
            return given[amount]
    return given["hourly"]


@rule(
    "hours_paid",
    "La prise en charge s'arrête à un nombre d'heures.",
    source="Trefle 2020 : limite de prise en charge, pas condition",
    reads=("heures au total",),
    parameters=(
        numbers("hours", "heures prises en charge", 400, "h"),
        numbers("hourly", "prix horaire", 8, "€/h"),
        numbers("cap", "au plus", 3200, "€"),
    ),
)
def hours_paid(case: Case, given) -> Answer:
    """Never a reason to refuse: 401 hours stay eligible, the last one is not paid."""
    paid = f"{given['hours']} h à {given['hourly']} €/h, {given['cap']} € au plus"
    hours = case.offer.hours_total
    if hours is None:
        return to_verify("Le nombre d'heures n'est pas renseigné.", "Demandez un devis à l'organisme.")
    if hours > given["hours"]:
        return yes(f"{hours} h : la prise en charge s'arrête à {paid}.")
    return yes(f"{hours} h, dans la limite de {paid}.")


@rule(
    "pay_of_trainee",
    "Ce que le stagiaire peut percevoir.",
    source="Trefle 2020, ETAQ et bourse régionale du sanitaire et social",
    reads=("Formacode", "code Certif Info"),
    parameters=(
        codes("formacodes", "Formacode du sanitaire et social", "43448", "43457"),
        codes(
            "certifinfo",
            "Certif Info du sanitaire et social",
            "54912",
            "54913",
            "54917",
            "87189",
            "87185",
            "87187",
        ),
    ),
)
def pay_of_trainee(case: Case, given) -> Answer:
    """Said with the verdict, never a reason to refuse."""
    offer = case.offer
    health = offer.certifinfo in given["certifinfo"]
    if health or any(of_domain(code, given["formacodes"]) for code in offer.formacodes):
        return yes("Formation sanitaire et sociale : une bourse régionale d'études peut la remplacer.")
    return yes("Rémunération : elle dépend des droits de la personne, à voir avec son conseiller.")
