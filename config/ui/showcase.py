"""Invented content of the page /composants/: each component in each of its states, fixed dates included."""

from datetime import date, timedelta

from django import forms
from django.http import HttpRequest
from django.urls import reverse

from config import clock
from config.ui.charts import Chart, Series
from config.ui.tables import Column, headers


class ExampleForm(forms.Form):
    """One field of each kind."""

    name = forms.CharField(label="Nom de la session", help_text="Tel qu'il figure sur la convention.")
    entered_on = forms.DateField(label="Date d'entrée", help_text="Le premier jour où la personne est venue.")
    reason = forms.ChoiceField(
        label="Motif",
        choices=[("", "Choisir un motif"), ("level", "Niveau insuffisant"), ("full", "Session complète")],
    )
    next_step = forms.ChoiceField(
        label="Suite proposée",
        choices=[("upgrade", "Remise à niveau"), ("other", "Autre session"), ("none", "Retour au référent")],
        widget=forms.RadioSelect,
    )
    seats = forms.IntegerField(label="Places", min_value=1, required=False)
    comment = forms.CharField(label="Commentaire", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    is_agreed = forms.BooleanField(label="La personne est d'accord", required=False)


class ExampleFilters(forms.Form):
    area = forms.ChoiceField(label="Bassin", choices=[("", "Tous"), ("m", "Marseille")], required=False)
    search = forms.CharField(label="Nom ou session", required=False)


def context(request: HttpRequest) -> dict:
    return {
        "tones": ["neutral", "info", "progress", "success", "warning", "danger"],
        "crumbs": [{"label": "Accueil", "url": "/"}, {"label": "Composants"}],
        "milestones": milestones(),
        "actions": actions(),
        "history_filters": history_filters(),
        "history": history(),
        "pile": pile(),
        "table_headers": headers(request, COLUMNS, default="name"),
        "people": people(),
        "fresh": clock.now() - timedelta(hours=2),
        "stale": clock.now() - timedelta(days=12),
        "filters": ExampleFilters(request.GET or None),
        "blank_form": ExampleForm(auto_id="vide_%s"),
        "wrong_form": ExampleForm({"entered_on": "31/02/2018", "name": "Maçon"}, auto_id="faux_%s"),
        "cards": alert_cards(),
        "jobs": jobs(),
        "verdicts": verdicts(),
        "charts": charts(),
        "grid": attendance(),
        "locked_grid": {
            **attendance(),
            "key": "verrou",
            "is_locked": True,
            "label": "Présences de la semaine verrouillée",
        },
    }


COLUMNS = (
    Column("Nom", "name"),
    Column("État", "state"),
    Column("Depuis", "since", is_numeric=True),
    Column("Référent"),
    Column("Actions", is_label_hidden=True),
)


def milestones() -> list[dict]:
    steps = [("Identifié", date(2018, 1, 4)), ("Prescrit", date(2018, 2, 2))]
    done = [{"label": label, "date": day, "status": "done"} for label, day in steps]
    current = {"label": "Retenu", "date": date(2018, 3, 12), "status": "current", "note": "attendu : 14 j"}
    left = [{"label": label, "status": "todo"} for label in ("En formation", "Examen", "Sorti", "En emploi")]
    return [*done, current, *left]


def actions() -> list[dict]:
    return [
        {"label": "Relancer l'organisme", "url": "#actions", "is_primary": True, "icon": "send"},
        {"label": "Prescrire une autre session", "url": "#actions", "icon": "arrows-exchange"},
        {
            "label": "Enregistrer l'entrée",
            "why": "aucune place n'est retenue.",
            "remedy": "Attendre la décision de l'AFPA ou choisir une autre session",
            "remedy_url": "#actions",
        },
    ]


def history_filters() -> list[dict]:
    return [
        {"label": "Tout", "url": "?", "is_active": True, "count": 4},
        {"label": "Parcours", "url": "?historique=parcours", "count": 3},
        {"label": "Échanges", "url": "?historique=echanges", "count": 1},
    ]


def history() -> list[dict]:
    correct = [{"label": "Corriger", "url": "#historique"}]
    return [
        {
            "occurred_on": date(2018, 3, 12),
            "title": "Refusé : niveau insuffisant",
            "detail": "Suite proposée : remise à niveau en mathématiques.",
            "organisation": "AFPA Marseille",
            "who": "Paul Roux",
            "recorded_at": date(2018, 3, 14),
            "origin": "declared",
            "icon": "circle-x",
            "tone": "danger",
            "actions": correct,
        },
        {
            "occurred_on": date(2018, 2, 2),
            "title": "Prescrit : Maçon, session 24_SE_1183",
            "who": "Nadia Benali",
            "organisation": "Pôle d'insertion Marseille 3e",
            "recorded_at": date(2018, 2, 2),
            "origin": "declared",
            "icon": "send",
            "tone": "progress",
            "actions": correct,
        },
        {
            "occurred_on": date(2018, 1, 28),
            "title": "Entretien annulé",
            "is_annulled": True,
            "annulled_on": date(2018, 1, 30),
            "annulled_by": "Nadia Benali",
            "annulled_reason": "mauvaise personne",
            "who": "Nadia Benali",
            "recorded_at": date(2018, 1, 28),
            "actions": [{"label": "Voir", "url": "#historique"}],
        },
        {
            "occurred_on": date(2018, 1, 4),
            "title": "Entré dans la cohorte 2018-1",
            "organisation": "Département",
            "recorded_at": date(2018, 1, 12),
            "origin": "imported",
            "icon": "user-plus",
        },
    ]


def pile() -> list[dict]:
    now = clock.now()
    return [
        {
            "person": "Karim D.",
            "url": "#pile",
            "tone": "danger",
            "due_at": clock.today() - timedelta(days=4),
            "kind": "Prescription",
            "why": "Refus du 12/03 par l'AFPA : niveau insuffisant",
            "actions": [
                {"label": "Trouver une autre session", "url": "#pile", "is_primary": True},
                {"label": "Différer", "url": "#pile"},
            ],
        },
        {
            "person": "Zoé M.",
            "url": "#pile",
            "tone": "warning",
            "due_at": now + timedelta(hours=18),
            "kind": "Place",
            "why": "Place proposée : Aide-soignant, Aix, le 02/04",
            "actions": [
                {"label": "Accepter", "url": "/composants/", "is_post": True, "is_primary": True},
                {"label": "Décliner", "url": "#pile"},
            ],
        },
        {
            "person": "Inès R.",
            "url": "#pile",
            "due_at": clock.today() + timedelta(days=2),
            "kind": "Échange",
            "why": "Absente à l'information collective (non excusée)",
            "actions": [
                {"label": "Reconvoquer", "url": "#pile"},
                {"label": "Noter un échange", "url": "#pile"},
            ],
        },
    ]


def people() -> list[dict]:
    return [
        {
            "name": "Amrani Samia",
            "state": "Prescrit",
            "tone": "progress",
            "days": 38,
            "referent": "Nadia Benali",
        },
        {
            "name": "Bellil Yanis",
            "state": "En formation",
            "tone": "success",
            "days": 12,
            "referent": "Nadia Benali",
        },
        {"name": "Costa Inès", "state": "Bloqué", "tone": "danger", "days": 61, "referent": "Hugo Martin"},
    ]


def alert_cards() -> list[dict]:
    return [
        {
            "title": "Aide à domicile, Arles : 5 places vides à 6 jours de l'ouverture",
            "tone": "danger",
            "state": "nouvelle",
            "state_tone": "warning",
            "text": "12 places, 7 tenues, 6,4 entrées attendues.",
            "since": clock.now() - timedelta(hours=3),
            "url": "#alertes",
            "actions": [
                {"label": "Prendre en charge", "url": "#alertes", "is_primary": True},
                {"label": "12 candidats", "url": "#alertes"},
            ],
        },
        {
            "title": "Cariste, Vitrolles : 1 place vide",
            "tone": "warning",
            "state": "prise en charge",
            "state_tone": "progress",
            "since": clock.now() - timedelta(days=1),
            "owner": "M. Roux",
        },
    ]


def running_job() -> dict:
    return {
        "key": "import-exemple",
        "label": "Import de la cohorte 2018-1",
        "state": "running",
        "done": 1240,
        "total": 5000,
        "poll_url": reverse("components_job"),
    }


def waiting_job() -> dict:
    poll_url = f"{reverse('components_job')}?attente"
    return {"key": "job-attente", "label": "Dossier du comité", "state": "waiting", "poll_url": poll_url}


def polled_job() -> dict:
    """The running example a little later: it ends at the last seconds of each minute."""
    seconds = clock.now().second
    return finished_job() if seconds > 55 else {**running_job(), "done": 80 * seconds + 240}


MESSAGE = "4 988 lignes reprises, 12 rejetées."


def finished_job() -> dict:
    return {
        **running_job(),
        "state": "done",
        "message": "4 988 lignes reprises, 12 rejetées.",
        "result_url": "#imports",
    }


def jobs() -> list[dict]:
    return [
        running_job(),
        waiting_job(),
        {**finished_job(), "key": "job-fini"},
        {
            "key": "job-echec",
            "label": "Import des sessions",
            "state": "failed",
            "message": "Le fichier n'a pas la colonne « date_debut » : ajoutez-la puis relancez l'import.",
        },
    ]


def verdicts() -> list[dict]:
    return [
        {
            "severity": "rejected",
            "place": "Ligne 12, colonne date_entree",
            "value": "31/02/2018",
            "message": "Cette date n'existe pas.",
            "remedy": "Corrigez-la dans le fichier et importez de nouveau cette ligne.",
        },
        {
            "severity": "warning",
            "place": "Ligne 40",
            "message": "Une personne du même nom, née le même jour, est déjà dans la cohorte.",
            "remedy": "Comparez les deux fiches avant de les fusionner.",
        },
        {
            "severity": "completeness",
            "place": "Ligne 51, colonne telephone",
            "message": "Aucun moyen de contact.",
        },
    ]


def charts() -> list[Chart]:
    months = ["janv.", "févr.", "mars", "avr.", "mai", "juin"]
    return [
        Chart(
            "g-entonnoir",
            "Un parcours sur deux s'arrête avant l'entrée en formation",
            "funnel",
            ["Identifiés", "Prescrits", "Retenus", "Entrés", "Sortis en emploi"],
            [Series("Personnes", [420, 310, 240, 205, 96])],
            unit="personnes",
            category_label="Étape",
            note="Cohorte 2018-1, au 30 juin.",
        ),
        Chart(
            "g-places",
            "Les places vides augmentent depuis mars",
            "stacked",
            months,
            [Series("Tenues", [58, 61, 60, 52, 49, 47]), Series("Vides", [6, 5, 8, 15, 19, 22])],
            unit="places",
            category_label="Mois",
        ),
        Chart(
            "g-delai",
            "Le délai avant entrée dépasse l'objectif de 30 jours",
            "line",
            months,
            [Series("Délai médian", [28, 31, 36, 41, 44, 47]), Series("Objectif", [30] * 6)],
            unit="jours",
            category_label="Mois",
        ),
        Chart(
            "g-ages",
            "Sept dossiers attendent depuis plus de deux mois",
            "bar",
            ["moins de 15 j", "15 à 30 j", "30 à 60 j", "plus de 60 j"],
            [Series("Dossiers", [31, 18, 12, 7])],
            unit="dossiers",
            category_label="Ancienneté",
        ),
        Chart(
            "g-intervalle",
            "Aucune différence établie entre les deux groupes",
            "interval",
            ["Premier groupe", "Second groupe"],
            [Series("Taux", [12, 22.6]), Series("Au moins", [7.7, 16.4]), Series("Au plus", [18.2, 30.3])],
            unit="%",
            reference=17.1,
        ),
        Chart(
            "g-calendrier",
            "Douze sessions ouvrent la deuxième semaine d'avril",
            "calendar",
            [f"2018-04-{day:02d}" for day in range(1, 31)],
            [Series("Ouvertures", [0, 2, 0, 1, 3, 0, 0, 0, 5, 1, 4, 2, 0, 0, 0, 2] + [0, 1] * 7)],
            unit="sessions",
            category_label="Jour",
        ),
    ]


def attendance() -> dict:
    start = date(2018, 4, 9)
    slots = [{"day": start + timedelta(days=n), "half": half} for n in range(5) for half in ("am", "pm")]
    places = [(slot["day"], slot["half"]) for slot in slots]
    codes = [
        ("P", "présent"),
        ("R", "retard"),
        ("J", "absence justifiée"),
        ("N", "non justifiée"),
        ("E", "entreprise"),
        ("D", "distance"),
    ]
    names = ["Amrani Samia", "Bellil Yanis", "Costa Inès", "Diallo Mamadou"]
    rows = [
        {
            "enrolment_id": number,
            "name": name,
            "url": "#presences",
            "marks": dict(zip(places, "PPNRJE"[number - 1 :], strict=False)),
            "locked": {(start, "am")},
        }
        for number, name in enumerate(names, start=1)
    ]
    return {
        "url": reverse("components"),
        "label": "Présences, Maçon 24_SE_1183, semaine du 9 avril 2018",
        "codes": [{"code": code, "label": label} for code, label in codes],
        "slots": slots,
        "rows": rows,
        "is_locked": False,
        "lock_url": "",
    }
