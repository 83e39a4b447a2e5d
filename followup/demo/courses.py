"""The trades that the demo trains for. ROME and Formacode are those of the trade; lengths are usual ones."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Course:
    """weeks: length of a session. ccps: certificates that a partial pass may grant; none: no exam at the end.

    family: trades between which people hesitate. levels: entry and exit, of 2019 (1 to 8, which LHEO writes 11 to 18).
    """

    title: str
    family: str
    rome: str
    formacode: str
    weeks: int
    company_weeks: int
    level_in: str
    level_out: str
    ccps: tuple[str, ...] = ()
    is_permanent: bool = False

    @property
    def is_certifying(self) -> bool:
        return bool(self.ccps)


COURSES = (
    Course(
        "Assistant de vie aux familles (aide à domicile)", "care", "K1302", "44028", 20, 5, "2", "3",
        (
            "Entretenir le logement et le linge d'un particulier",
            "Accompagner la personne dans les actes essentiels du quotidien",
            "Relayer les parents dans la prise en charge des enfants",
        ),
    ),
    Course("Aide-soignant, parcours partiel après expérience", "care", "J1501", "43436", 24, 10, "3", "4",
           ("Accompagnement et soins de la vie quotidienne", "Travail en équipe et transmission")),
    Course("Cariste d'entrepôt, CACES R489 cat. 1, 3 et 5", "logistics", "N1101", "31768", 6, 1, "2", "3",
           ("CACES R489 catégorie 1B", "CACES R489 catégorie 3", "CACES R489 catégorie 5")),
    Course("Préparateur de commandes en entrepôt", "logistics", "N1103", "31734", 10, 3, "2", "3",
           ("Préparer les commandes et effectuer les chargements", "Réceptionner et mettre en stock")),
    Course("Maçon", "building", "F1703", "22334", 26, 6, "2", "3",
           ("Construire des ouvrages en maçonnerie", "Réaliser des enduits", "Réaliser un dallage")),
    Course("Plaquiste-plâtrier", "building", "F1601", "22440", 24, 6, "2", "3",
           ("Poser des cloisons et doublages", "Poser des plafonds en plaques de plâtre")),
    Course("Peintre en bâtiment", "building", "F1606", "22454", 22, 5, "2", "3",
           ("Peindre des intérieurs", "Poser des revêtements muraux", "Poser des sols souples")),
    Course("Électricien d'équipement du bâtiment", "building", "F1602", "22404", 26, 6, "3", "3",
           ("Réaliser l'installation électrique d'un logement", "Installer un réseau de communication")),
    Course("Agent de propreté et d'hygiène", "services", "K2204", "42093", 12, 4, "2", "3",
           ("Nettoyer et entretenir des locaux", "Réaliser une remise en état mécanisée")),
    Course("Commis de cuisine", "catering", "G1602", "42752", 18, 6, "2", "3",
           ("Préparer et dresser des entrées et desserts", "Préparer des plats chauds")),
    Course("Serveur en restauration", "catering", "G1603", "42757", 14, 5, "2", "3",
           ("Réaliser la mise en place", "Accueillir, conseiller et servir")),
    Course("Secrétaire assistant", "office", "M1607", "35054", 26, 6, "3", "4",
           ("Assister une équipe", "Traiter les opérations administratives")),
    Course("Agent d'accueil", "office", "M1601", "35052", 12, 3, "3", "4"),
    Course("Soudeur assembleur industriel", "industry", "H2913", "23026", 24, 4, "2", "3",
           ("Souder à l'arc électrode enrobée", "Souder au TIG", "Assembler des ensembles métalliques")),
    Course("Développeur web et web mobile", "digital", "M1805", "46335", 30, 8, "4", "5",
           ("Développer la partie front-end", "Développer la partie back-end")),
    Course("Ouvrier du paysage", "green", "A1203", "21046", 16, 4, "2", "3",
           ("Entretenir un espace paysager", "Aménager un espace paysager")),
    Course("Employé de commerce en magasin", "trade", "D1507", "34566", 12, 4, "2", "3",
           ("Approvisionner un rayon", "Accueillir les clients et encaisser")),
    Course("Agent de prévention et de sécurité", "services", "K2503", "42854", 8, 1, "2", "3",
           ("Sécurité générale", "Sécurité incendie (SSIAP 1)")),
    Course("Français langue étrangère à visée professionnelle", "basics", "", "15235", 12, 1, "1", "1", (), True),
    Course("Savoirs de base et remise à niveau", "basics", "", "15041", 10, 1, "1", "2", (), True),
)  # fmt: skip
BY_TITLE = {course.title: course for course in COURSES}
FAMILIES = tuple(dict.fromkeys(course.family for course in COURSES if course.family != "basics"))

#: ROME codes of jobs found outside the trade that was learnt.
OTHER_JOBS = ("K2204", "D1507", "N1103", "G1603", "K1304", "D1505", "N4103", "H2102", "K1303", "G1501")
