"""Codes of the CAF « bénéficiaires RSA » flux that we read, in words that users understand."""

RSA_STATES = {
    "0": "Demande en attente de décision",
    "1": "Droit refusé",
    "2": "Droit ouvert, versé",
    "3": "Droit ouvert, suspendu",
    "4": "Droit ouvert, versement suspendu",
    "5": "Droit clos",
    "6": "Droit clos un mois antérieur",
}

SUSPENSION_REASONS = {
    "01": "Ressources trop élevées",
    "02": "Moins de 25 ans sans personne à charge",
    "03": "Activité non conforme",
    "04": "Titre de séjour non valide",
    "05": "RSA inférieur au seuil de versement",
    "06": "Déclaration trimestrielle de ressources manquante",
    "09": "Résidence non conforme",
    "19": "Absence d'isolement",
    "31": "Prestation exclue, affiliation partielle",
    "34": "Régime non conforme",
    "35": "Avantage vieillesse demandé tardivement ou non demandé",
    "36": "Titre de séjour absent",
    "44": "Hospitalisation",
    "70": "Action non engagée",
    "78": "Surface agricole supérieure au plafond ou inconnue",
    "84": "Droit éteint ou autre cas",
    "85": "Pas d'allocataire",
    "97": "Bénéficiaire de l'AAH réduite",
    "AB": "Allocataire absent du foyer",
    "CV": "Attente de décision du président du conseil départemental",
    "CZ": "Activité antérieure insuffisante",
    "DA": "Activité antérieure absente",
    "DB": "Étudiant, rémunération insuffisante",
    "DC": "Activité antérieure non conforme",
}

CLOSURE_REASONS = {
    "PCG": "Décision du président du conseil départemental",
    "ECH": "Échéance (quatre mois sans droit)",
    "EFF": "Annulation de la bascule RMI/API",
    "MUT": "Mutation vers un autre organisme",
    "RGD": "Regroupement de dossiers",
    "RFD": "Radiation, fin de droit",
    "RAU": "Radiation, autre motif",
    "RST": "Radiation, option RSTA (outre-mer)",
    "RSO": "Radiation, option RSO (outre-mer)",
}

# ROLEPERS under NATPREST RSA. The two adults of the household hold the right together;
# children and other dependants only raise its amount, a mere file holder (RDO) receives nothing.
BENEFICIARY_ROLES = {"DEM": "Demandeur", "CJT": "Conjoint"}
OTHER_ROLES = {
    "ENF": "enfant",
    "AUT": "autre personne à charge",
    "RDO": "responsable de dossier sans droit RSA",
}
NO_RSA_ROLE = "personne sans rôle dans le RSA"

# ACT codes of people looking for work. CHO is « chômeur sans justificatif »: it proves no registration.
JOBSEEKER_ACTIVITIES = frozenset(
    {"ANI", "ANP", "ASP", "ASS", "CAP", "CAR", "CDA", "CDN", "CHA", "CHO", "CHR", "CNI"}
)

# ASP levels of education (ref_niveau_formation_v3).
EDUCATION_LEVELS = frozenset({"00", "01", "10", "20", "30", "40", "41", "50", "51", "60", "70"})
