"""The LHEO grammar, versions 2.2 and 2.3, as one table that is read like the norm's own documentation.

One line per element, because the norm gives an element the same content wherever it stands:
``name = child child? child* child+ child{0,5}`` for structure, ``name : rule`` for a value, with the rules
``text 1..255`` (length in characters), ``codes 0 1`` (closed list), ``long`` (64-bit integer), ``date``
(8 digits) and ``any`` (free content). Each structure also accepts ``extras*`` at its end, except those of
``CLOSED``. Source: LHEO norm 2.2 and 2.3, decree 2015-742.
"""

import re
from dataclasses import dataclass
from functools import cached_property

VERSIONS = {"http://www.lheo.org/2.2": "2.2", "http://lheo.gouv.fr/2.3": "2.3"}
NAMESPACES = {version: uri for uri, version in VERSIONS.items()}

LHEO_22 = """
formation = domaine-formation intitule-formation objectif-formation resultats-attendus contenu-formation
    certifiante contact-formation parcours-de-formation code-niveau-entree objectif-general-formation?
    certification{0,5} code-niveau-sortie? url-formation? action+ organisme-formation-responsable
    identifiant-module? positionnement? sous-modules? modules-prerequis?
domaine-formation = code-FORMACODE{0,5} code-NSF{0,3} code-ROME{0,5}
code-FORMACODE : text 5..5
code-NSF : text 3..3
code-ROME : text 5..5
intitule-formation : text 1..255
objectif-formation : text 1..3000
resultats-attendus : text 1..3000
contenu-formation : text 1..3000
certifiante : codes 0 1
contact-formation = coordonnees
parcours-de-formation : codes 1 2 3 4
code-niveau-entree : codes 0 1 2 3 4 5 6 7 8
objectif-general-formation : codes 1 2 3 4 5 6 7 8 9
certification = code-RNCP? code-CERTIFINFO?
code-RNCP : text 1..6
code-CERTIFINFO : text 1..6
code-niveau-sortie : codes 0 1 2 3 4 5 6 7 8
url-formation = urlweb{1,3}
identifiant-module : text 1..3000
positionnement : codes 1 2
sous-modules = sous-module+
sous-module = reference-module type-module
reference-module : text 1..3000
type-module : codes 0 1 2
modules-prerequis = reference-module+

action = rythme-formation code-public-vise{1,10} info-public-vise? niveau-entree-obligatoire
    modalites-alternance modalites-enseignement conditions-specifiques prise-en-charge-frais-possible
    lieu-de-formation modalites-entrees-sorties url-action? session+ adresse-information?
    date-information{0,3} restauration? hebergement? transport? acces-handicapes? langue-formation?
    modalites-recrutement? modalites-pedagogiques? code-modalite-pedagogique{0,5} frais-restants?
    code-perimetre-recrutement? infos-perimetre-recrutement? prix-horaire-TTC? prix-total-TTC?
    duree-indicative? nombre-heures-centre? nombre-heures-entreprise? nombre-heures-total?
    detail-conditions-prise-en-charge? conventionnement? duree-conventionnee? organisme-formateur?
    organisme-financeur{0,8}
rythme-formation : text 1..3000
code-public-vise : text 5..5
info-public-vise : text 1..250
niveau-entree-obligatoire : codes 0 1
modalites-alternance : text 1..3000
modalites-enseignement : codes 0 1 2
conditions-specifiques : text 1..3000
prise-en-charge-frais-possible : codes 0 1
lieu-de-formation = coordonnees
modalites-entrees-sorties : codes 0 1
url-action = urlweb{1,3}
adresse-information = adresse
date-information = date
restauration : text 1..250
hebergement : text 1..250
transport : text 1..250
acces-handicapes : text 1..250
langue-formation : text 2..2
modalites-recrutement : text 0..3000
modalites-pedagogiques : text 0..200
code-modalite-pedagogique : text 5..5
frais-restants : text 0..200
code-perimetre-recrutement : codes 0 1 2 3 4 5 6
infos-perimetre-recrutement : text 0..50
prix-horaire-TTC : text 1..6
prix-total-TTC : text 1..10
duree-indicative : text 0..150
nombre-heures-centre : long
nombre-heures-entreprise : long
nombre-heures-total : long
detail-conditions-prise-en-charge : text 1..600
conventionnement : codes 0 1
duree-conventionnee : long

session = periode adresse-inscription modalites-inscription? periode-inscription? etat-recrutement?
periode = debut fin
debut : date
fin : date
date : date
adresse-inscription = adresse
modalites-inscription : text 1..255
periode-inscription = periode
etat-recrutement : codes 1 2 3

organisme-formation-responsable = numero-activite SIRET-organisme-formation nom-organisme raison-sociale
    coordonnees-organisme contact-organisme renseignements-specifiques? potentiel?
numero-activite : text 11..11
SIRET-organisme-formation = SIRET
SIRET : text 14..14
nom-organisme : text 1..250
raison-sociale : text 1..250
coordonnees-organisme = coordonnees
contact-organisme = coordonnees
renseignements-specifiques : text 0..3000
potentiel = code-FORMACODE{1,25}
organisme-formateur = SIRET-formateur raison-sociale-formateur contact-formateur? potentiel?
SIRET-formateur = SIRET
raison-sociale-formateur : text 0..250
contact-formateur = coordonnees
organisme-financeur = code-financeur nb-places-financees?
code-financeur : codes 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17
nb-places-financees : long

coordonnees = civilite? nom? prenom? ligne{0,3} adresse? telfixe? portable? fax? courriel? web?
civilite : text 1..50
nom : text 1..50
prenom : text 1..50
ligne : text 1..50
adresse = ligne{1,4} codepostal ville departement? code-INSEE-commune? code-INSEE-canton? region? pays?
    geolocalisation?
codepostal : text 5..5
ville : text 1..50
departement : text 2..3
code-INSEE-commune : text 5..5
code-INSEE-canton : text 4..5
region : text 2..2
pays : text 2..2
geolocalisation = latitude longitude
latitude : text 0..30
longitude : text 0..30
telfixe = numtel{1,3}
portable = numtel{1,3}
fax = numtel{1,3}
numtel : text 1..25
courriel : text 3..160
web = urlweb{1,3}
urlweb : text 3..400
extra : any
"""

# What 2.3 changes (a line here replaces the same name above) and adds.
LHEO_23 = """
formation = domaine-formation intitule-formation objectif-formation resultats-attendus contenu-formation
    certifiante contact-formation+ parcours-de-formation code-niveau-entree objectif-general-formation?
    certification{0,5} code-type-formation{0,5} code-niveau-sortie? url-formation? action+
    organisme-formation-responsable identifiant-module? positionnement? sous-modules? modules-prerequis?
contact-formation = type-contact? coordonnees
type-contact : codes 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14
code-niveau-entree : codes 0 1 2 3 4 5 6 7 8 11 12 13 14 15 16 17 18
code-niveau-sortie : codes 0 1 2 3 4 5 6 7 8 11 12 13 14 15 16 17 18
certification = code-RNCP? code-CERTIFINFO? code-RS? code-CPF? reference-code-FORMACODE?
code-RNCP : text 1..10
code-CERTIFINFO : text 1..10
code-RS : text 3..10
code-CPF : text 4..10
code-ELU : text 4..10
reference-code-FORMACODE : text 5..5
code-type-formation = code-CPF? code-ELU?

action = rythme-formation code-public-vise{1,10} info-public-vise? niveau-entree-obligatoire
    modalites-alternance modalites-enseignement conditions-specifiques prise-en-charge-frais-possible
    lieu-de-formation* modalites-entrees-sorties url-action? duree-cycle? session+ adresse-information?
    date-information{0,3} restauration? hebergement? transport? acces-handicapes? langue-formation{0,5}
    modalites-recrutement? modalites-pedagogiques? code-modalite-pedagogique{0,5} equipement*
    frais-restants? code-perimetre-recrutement? infos-perimetre-recrutement? prix-horaire-TTC?
    prix-total-TTC? duree-indicative? nombre-heures-centre? nombre-heures-entreprise?
    nombre-heures-total? detail-conditions-prise-en-charge? conventionnement? duree-conventionnee?
    organisme-formateur* organisme-financeur{0,8} enseignement*
lieu-de-formation = SIRET-lieu-formation? code-UAI-lieu-formation? coordonnees
SIRET-lieu-formation = SIRET
code-UAI-lieu-formation = code-UAI
code-UAI : text 8..8
duree-cycle : long
equipement = type-equipement cout-indicatif-equipement? commentaire?
type-equipement : codes 0 1 2 3 4 5 6 7 8 9 10 11
cout-indicatif-equipement : long
commentaire : text 1..500
enseignement = libelle-enseignement type-enseignement obligatoire commentaire?
libelle-enseignement : text 1..255
type-enseignement : codes 1 2 3 4 5 6 7 8 9 10
obligatoire : codes 0 1

session = periode adresse-inscription modalites-inscription? periode-inscription? etat-recrutement?
    recrutement* url-session? contact-session* reference-certification{0,5} blocs-competences* cycle*
recrutement = modalite-recrutement code-perimetre-recrutement? infos-perimetre-recrutement? a-distance?
    adresse? urlweb? nb-places? periode? heure-debut? heure-fin? commentaire?
modalite-recrutement : codes 0 1 2 3 4 5 6 7 8 9
a-distance : codes 0 1
nb-places : long
heure-debut : text 2..5
heure-fin : text 2..5
url-session = urlweb{1,3}
contact-session = type-contact? coordonnees
reference-certification = reference-code-RNCP? reference-code-CERTIFINFO? reference-code-RS?
reference-code-RNCP : text 1..10
reference-code-CERTIFINFO : text 1..10
reference-code-RS : text 1..10
blocs-competences = validation-blocs reference-certification bloc-competences+
validation-blocs : codes 0 1 2
bloc-competences = libelle-bloc code-bloc
libelle-bloc : text 1..500
code-bloc : text 8..40
cycle = type-cycle annee-cycle* effectif-minimal? capacite-simultanee? capacite-cumulee? alternance?
type-cycle : codes 0 1
annee-cycle : long
effectif-minimal : long
capacite-simultanee : long
capacite-cumulee : long
alternance = type-alternance rythme-alternance?
type-alternance : codes 0 1 2
rythme-alternance = unite-rythme-alternance unites-entreprise unites-centre
unite-rythme-alternance : codes 0 1 2 3 4
unites-entreprise : long
unites-centre : long

organisme-formation-responsable = numero-activite SIRET-organisme-formation nom-organisme raison-sociale
    coordonnees-organisme contact-organisme+ renseignements-specifiques? potentiel?
    code-UAI-organisme-formation?
code-UAI-organisme-formation = code-UAI
contact-organisme = type-contact? coordonnees
organisme-formateur = SIRET-formateur raison-sociale-formateur contact-formateur* potentiel?
    code-UAI-formateur? reference-certification{0,5}
code-UAI-formateur = code-UAI
contact-formateur = type-contact? coordonnees
code-financeur : codes 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20
adresse = denomination? ligne{1,4} codepostal ville departement? code-INSEE-commune? code-INSEE-canton?
    region? pays? geolocalisation?
denomination : text 1..255
"""

CLOSED = frozenset({"periode-inscription"})

ATTRIBUTES = frozenset({"numero", "info", "ref", "id", "idref", "tag"})
TIMESTAMPS_23 = frozenset({"horodatage-creation", "horodatage-modification", "horodatage-export"})
EXTRA_ATTRIBUTES = {
    "lheo": {"datecrea", "datemaj"},
    "formation": {"datecrea", "datemaj", "href", "file"},
    "action": {"datecrea", "datemaj"},
    "session": {"datecrea", "datemaj"},
    "organisme-formation-responsable": {"href", "file"},
}

UNBOUNDED = 10**9
_OCCURS = {"": (1, 1), "?": (0, 1), "*": (0, UNBOUNDED), "+": (1, UNBOUNDED)}


@dataclass(frozen=True, slots=True)
class Particle:
    """A child and how many times it may stand there."""

    name: str
    minimum: int
    maximum: int


@dataclass(frozen=True)
class ElementRule:
    """Content of one element: ``kind`` is structure, text, codes, long, date, any or extras."""

    name: str
    kind: str
    children: tuple[Particle, ...] = ()
    lengths: tuple[int, int] = (0, UNBOUNDED)
    codes: frozenset[str] = frozenset()
    attributes: frozenset[str] = ATTRIBUTES

    @cached_property
    def position_of(self) -> dict[str, int]:
        """Rank of each child in the required order."""
        return {particle.name: rank for rank, particle in enumerate(self.children)}


def _parse_particle(token: str) -> Particle:
    name, braces, sign = re.fullmatch(r"([\w-]+)(?:\{(\d+,\d+)\}|([?*+]?))", token).groups()
    if braces:
        minimum, maximum = map(int, braces.split(","))
        return Particle(name, minimum, maximum)
    return Particle(name, *_OCCURS[sign])


def _parse_rule(line: str, version: str) -> ElementRule:
    name, mark, content = line.split(maxsplit=2)
    attributes = ATTRIBUTES | EXTRA_ATTRIBUTES.get(name, set())
    if version == "2.3":
        attributes |= TIMESTAMPS_23 | {"uri"}
    if mark == "=":
        children = tuple(_parse_particle(token) for token in content.split())
        if name not in CLOSED:
            children += (Particle("extras", 0, UNBOUNDED),)
        return ElementRule(name, "structure", children, attributes=attributes)
    kind, *facets = content.split()
    if kind == "text":
        low, high = map(int, facets[0].split(".."))
        return ElementRule(name, kind, lengths=(low, high), attributes=attributes)
    return ElementRule(name, kind, codes=frozenset(facets), attributes=attributes)


def _load(version: str, *tables: str) -> dict[str, ElementRule]:
    lines = (line for table in tables for line in re.sub(r"\n +", " ", table).splitlines() if line)
    rules = {rule.name: rule for rule in (_parse_rule(line, version) for line in lines)}
    for skeleton in ("lheo = offres", "offres = formation+"):
        rule = _parse_rule(skeleton, version)
        rules[rule.name] = rule
    rules["extras"] = ElementRule("extras", "extras", attributes=rules["offres"].attributes)
    return rules


GRAMMARS: dict[str, dict[str, ElementRule]] = {
    "2.2": _load("2.2", LHEO_22),
    "2.3": _load("2.3", LHEO_22, LHEO_23),
}

# Elements that may stand several times in a row somewhere: a path gives their rank even when it is 1.
REPEATABLE = frozenset(
    particle.name
    for grammar in GRAMMARS.values()
    for rule in grammar.values()
    for particle in rule.children
    if particle.maximum > 1
)
