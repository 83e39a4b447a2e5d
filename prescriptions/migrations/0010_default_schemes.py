"""The schemes of the Région from the start of the agreements (formats.md, section 8), proposals to be kept up to date."""

from datetime import date

from django.db import migrations

FROM = date(2016, 1, 1)
PACA = ["04", "05", "06", "13", "83", "84"]
HEALTH = ["54912", "54913", "54917", "87189", "87185", "87187"]
SEEKER, HERE = ("job_seeker", {}), ("trains_in", {"departments": PACA})
POE_EXCLUDED = [
    "430",
    "434",
    "440",
    "150",
    "13030",
    "50245",
    "50445",
    "50145",
    "50349",
    "50249",
    "13250",
    "31802",
]
POE = [
    SEEKER,
    ("individuals_only", {}),
    ("not_work_study", {}),
    ("not_vae", {}),
    ("not_driving_licence", {}),
    ("not_higher_education", {}),
    ("not_business_creation", {}),
    ("does_not_teach", {"formacodes": POE_EXCLUDED, "except": ["44067"]}),
    ("hours_paid", {"hours": 400, "hourly": 8, "cap": 3200}),
]
#: code, name, description, funder, order to try, rules.
SCHEMES = [
    (
        "prf-etaps",
        "PRF ETAPS (savoirs de base)",
        "Programme régional, accès aux premiers savoirs : remise à niveau, français, calcul.",
        "2",
        10,
        [
            SEEKER,
            ("minimum_age", {"years": 16}),
            ("lives_in", {"departments": PACA}),
            HERE,
            ("financed_by", {"codes": ["2"]}),
            ("teaches", {"formacodes": ["15041"]}),
        ],
    ),
    (
        "prf-etaq",
        "PRF ETAQ (qualification)",
        "Programme régional, formations qualifiantes : titre, diplôme, bloc de compétences.",
        "2",
        11,
        [
            SEEKER,
            HERE,
            ("financed_by", {"codes": ["2"]}),
            ("does_not_teach", {"formacodes": ["15041"]}),
            ("pay_of_trainee", {"formacodes": ["43448", "43457"], "certifinfo": HEALTH}),
        ],
    ),
    (
        "afc",
        "AFC (action conventionnée Pôle emploi)",
        "Places achetées par Pôle emploi, à défaut de place du programme régional.",
        "4",
        20,
        [
            SEEKER,
            ("financed_by", {"codes": ["4"]}),
            ("not_financed_by", {"codes": ["0", "5", "10"]}),
            ("not_poe", {}),
            ("not_work_study", {}),
        ],
    ),
    (
        "departement",
        "Département",
        "Formations financées par le Département pour ses habitants.",
        "8",
        25,
        [
            ("financed_by", {"codes": ["8"]}),
            ("same_department", {}),
            ("does_not_teach", {"formacodes": ["44030"]}),
        ],
    ),
    (
        "etat",
        "État",
        "Places financées par l'État.",
        "13",
        26,
        [SEEKER, ("financed_by", {"codes": ["11", "12", "13"]})],
    ),
    (
        "agefiph",
        "Agefiph",
        "Places financées pour des travailleurs handicapés.",
        "7",
        27,
        [("financed_by", {"codes": ["7"]}), ("disabled_worker", {})],
    ),
    (
        "afpr",
        "AFPR (avant un contrat de 6 à 12 mois)",
        "Formation préalable au recrutement : un employeur promet un CDD de 6 à moins de 12 mois.",
        "4",
        30,
        [*POE, ("job_promise", {"contracts": ["CDD de 6 à moins de 12 mois", "intérim"]}), ("not_poe", {})],
    ),
    (
        "poei",
        "POEI (avant un CDI ou un contrat d'un an)",
        "Préparation opérationnelle à l'emploi individuelle : un employeur promet un contrat durable.",
        "4",
        31,
        [*POE, ("job_promise", {"contracts": ["CDI", "CDD de 12 mois et plus"]})],
    ),
    (
        "poec",
        "POEC (collective, branche professionnelle)",
        "Préparation opérationnelle à l'emploi collective, financée en entier par la branche.",
        "16",
        40,
        [SEEKER, ("is_poec", {}), ("not_business_creation", {}), ("not_vae", {})],
    ),
    (
        "aif",
        "AIF (aide individuelle à la formation)",
        "Subsidiaire : quand aucune entrée collective n'est possible sous deux mois, ou pour un besoin propre.",
        "4",
        50,
        [
            SEEKER,
            ("individuals_only", {}),
            ("not_poe", {}),
            ("not_vae", {}),
            ("not_work_study", {}),
            ("subsidiary", {}),
            ("company_share", {"percent": 30}),
            ("file_before_start", {"days": 15}),
            ("maximum_duration", {"months": 12}),
            ("weekly_hours", {"lowest": 20, "highest": 35}),
            ("does_not_teach", {"formacodes": ["15041", "43448", "43457"]}),
            ("not_certified_as", {"certifinfo": [*HEALTH, "84385"]}),
            ("price_within", {"hourly": 15, "cap": 4500}),
        ],
    ),
    (
        "cpf",
        "CPF, en complément",
        "La personne complète avec les droits de son compte personnel de formation.",
        "10",
        60,
        [("individuals_only", {}), ("cpf_rights", {})],
    ),
]


def create(apps, schema_editor):
    scheme_model = apps.get_model("prescriptions", "Scheme")
    rule_model = apps.get_model("prescriptions", "SchemeRule")
    for code, name, description, funder, order, rules in SCHEMES:
        scheme = scheme_model.objects.create(
            code=code, name=name, description=description, funder=funder, try_order=order, valid_from=FROM
        )
        rule_model.objects.bulk_create(
            rule_model(scheme=scheme, rule=rule, parameters=parameters, valid_from=FROM)
            for rule, parameters in rules
        )


def remove(apps, schema_editor):
    apps.get_model("prescriptions", "Scheme").objects.filter(code__in=[row[0] for row in SCHEMES]).delete()


class Migration(migrations.Migration):
    dependencies = [("prescriptions", "0009_schemes")]

    operations = [migrations.RunPython(create, remove)]
