"""The labels of the jobs and domains that the demo trains for, so that its catalogue is searched by their words."""

from __future__ import annotations

from prescriptions.imports.labels import REFERENTIALS, save_table

JOBS = {
    "A1203": "Entretien des espaces verts",
    "D1507": "Mise en rayon libre-service",
    "F1601": "Application et décoration en plâtre, stuc et staff",
    "F1602": "Électricité bâtiment",
    "F1606": "Peinture en bâtiment",
    "F1703": "Maçonnerie",
    "G1602": "Personnel de cuisine",
    "G1603": "Personnel polyvalent en restauration",
    "H2913": "Soudage manuel",
    "J1501": "Soins d'hygiène, de confort du patient",
    "K1302": "Assistance auprès d'adultes",
    "K2204": "Nettoyage de locaux",
    "K2503": "Sécurité et surveillance privées",
    "M1601": "Accueil et renseignements",
    "M1607": "Secrétariat",
    "M1805": "Études et développement informatique",
    "N1101": "Conduite d'engins de déplacement des charges",
    "N1103": "Magasinage et préparation de commandes",
}
DOMAINS = {
    "150": "Développement personnel et professionnel",
    "152": "Langues",
    "210": "Agriculture, espaces verts",
    "223": "Bâtiment gros œuvre",
    "224": "Bâtiment second œuvre",
    "230": "Métallurgie, soudage",
    "317": "Manutention, magasinage",
    "345": "Commerce, distribution",
    "350": "Secrétariat, accueil",
    "420": "Nettoyage, hygiène",
    "427": "Hôtellerie, restauration",
    "428": "Sécurité des personnes et des biens",
    "434": "Santé, soins",
    "440": "Action sociale, aide à domicile",
    "463": "Informatique, web",
}


def create() -> None:
    """Write the labels that are not known yet; a referential already loaded keeps its own."""
    for referential, labels in zip(REFERENTIALS, (JOBS, DOMAINS), strict=True):
        known = set(referential.model.objects.values_list("code", flat=True))
        save_table(referential, {code: label for code, label in labels.items() if code not in known})
