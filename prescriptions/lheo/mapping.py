"""From the elements of a valid formation to the offer's dataclasses. No check here: see conformity and checks."""

from collections.abc import Iterable

from prescriptions.lheo.dates import LheoDate, Period
from prescriptions.lheo.identifiers import commune_of, normalise_siret
from prescriptions.lheo.nodes import Node
from prescriptions.lheo.offer import (
    Action,
    Certification,
    Code,
    Cycle,
    Extra,
    Formation,
    Funder,
    Organisation,
    Place,
    Recruitment,
    RecruitmentState,
    Session,
)
from prescriptions.lheo.values import (
    MAX_HOURS,
    plain_text,
    to_count,
    to_degrees,
    to_price,
)


def read_formation(node: Node, version: str, rejected: frozenset[str]) -> Formation:
    """Formation of a ``formation`` element; actions and sessions whose path is in ``rejected`` are left out."""
    domain = node.find("domaine-formation")
    return Formation(
        version=version,
        **_identity(node),
        href=node.attributes.get("href", ""),
        title=plain_text(node.value("intitule-formation")),
        objective=plain_text(node.value("objectif-formation")),
        expected_results=plain_text(node.value("resultats-attendus")),
        content=plain_text(node.value("contenu-formation")),
        formacodes=_codes(domain.find_all("code-FORMACODE")),
        nsf_codes=_texts(domain, "code-NSF"),
        rome_codes=_texts(domain, "code-ROME"),
        is_certifying=node.value("certifiante") == "1",
        certifications=_certifications(node),
        entry_level=node.value("code-niveau-entree"),
        exit_level=node.value("code-niveau-sortie"),
        path_type=node.value("parcours-de-formation"),
        general_objective=node.value("objectif-general-formation"),
        urls=_texts(node, "url-formation/urlweb"),
        responsible=_responsible(node.find("organisme-formation-responsable")),
        actions=tuple(
            _read_action(action, rejected)
            for action in node.find_all("action")
            if action.path not in rejected
        ),
        extras=read_extras(node),
        line=node.line,
    )


def _read_action(node: Node, rejected: frozenset[str]) -> Action:
    return Action(
        **_identity(node),
        rhythm=plain_text(node.value("rythme-formation")),
        public_codes=_codes(node.find_all("code-public-vise")),
        public_text=plain_text(node.value("info-public-vise")),
        is_entry_level_required=node.value("niveau-entree-obligatoire") == "1",
        prerequisites=plain_text(node.value("conditions-specifiques")),
        alternation=plain_text(node.value("modalites-alternance")),
        teaching_mode=node.value("modalites-enseignement"),
        is_permanent=node.value("modalites-entrees-sorties") == "1",
        places=_training_places(node),
        trainers=tuple(_trainer(trainer) for trainer in node.find_all("organisme-formateur")),
        information_place=_place(node.find("adresse-information/adresse")),
        information_dates=tuple(_date(date) for date in node.find_all("date-information/date")),
        recruitment_text=plain_text(node.value("modalites-recrutement")),
        scope_code=node.value("code-perimetre-recrutement"),
        scope_text=plain_text(node.value("infos-perimetre-recrutement")),
        hours_centre=to_count(node.value("nombre-heures-centre"), MAX_HOURS),
        hours_enterprise=to_count(node.value("nombre-heures-entreprise"), MAX_HOURS),
        hours_total=to_count(node.value("nombre-heures-total"), MAX_HOURS),
        duration_text=plain_text(node.value("duree-indicative")),
        hourly_price=to_price(node.value("prix-horaire-TTC")),
        total_price=to_price(node.value("prix-total-TTC")),
        remaining_costs=plain_text(node.value("frais-restants")),
        is_conventioned=_flag(node, "conventionnement"),
        funders=tuple(_funder(funder) for funder in node.find_all("organisme-financeur")),
        urls=_texts(node, "url-action/urlweb"),
        sessions=tuple(
            read_session(session) for session in node.find_all("session") if session.path not in rejected
        ),
        extras=read_extras(node),
        line=node.line,
    )


def read_session(node: Node) -> Session:
    state = node.value("etat-recrutement")
    extras = read_extras(node)
    return Session(
        **_identity(node),
        period=_period(node.find("periode")),
        registration=_period(node.find("periode-inscription/periode")),
        registration_place=_place(node.find("adresse-inscription/adresse")),
        registration_terms=plain_text(node.value("modalites-inscription")),
        state=RecruitmentState(state) if state else None,
        is_expired=is_marked_expired(extras),
        recruitments=tuple(_recruitment(step) for step in node.find_all("recrutement")),
        cycles=tuple(_cycle(cycle) for cycle in node.find_all("cycle")),
        urls=_texts(node, "url-session/urlweb"),
        extras=extras,
        line=node.line,
    )


def is_marked_expired(extras: Iterable[Extra]) -> bool:
    """True when the Carif base itself marks the session as out of date."""
    return any(extra.info == "session-perimee" and extra.value == "1" for extra in extras)


def _identity(node: Node) -> dict[str, object]:
    return {
        "numero": node.attributes.get("numero", "").strip() or None,
        "created_on": _attribute_date(node, "datecrea"),
        "updated_on": _attribute_date(node, "datemaj"),
    }


def _attribute_date(node: Node, name: str) -> LheoDate | None:
    raw = node.attributes.get(name, "").strip()
    return LheoDate.parse(raw) if raw else None


def _texts(node: Node, path: str) -> tuple[str, ...]:
    return tuple(found.text.strip() for found in node.find_all(path))


def _codes(nodes: Iterable[Node]) -> tuple[Code, ...]:
    return tuple(
        Code(
            node.text.strip(),
            edition=node.attributes.get("ref", "").strip(),
            is_main=node.attributes.get("tag") == "principal",
        )
        for node in nodes
    )


def _certifications(node: Node) -> tuple[Certification, ...]:
    found = (
        Certification(
            rncp=certification.value("code-RNCP"),
            certifinfo=certification.value("code-CERTIFINFO"),
            rs=certification.value("code-RS"),
            cpf=certification.value("code-CPF"),
        )
        for certification in node.find_all("certification")
    )
    # Real 2.3 files hold empty <certification/> elements.
    return tuple(one for one in found if one.rncp or one.certifinfo or one.rs or one.cpf)


def _flag(node: Node, path: str) -> bool | None:
    value = node.value(path)
    return value == "1" if value else None


def _date(node: Node) -> LheoDate:
    return LheoDate.parse(node.text)


def _period(node: Node | None) -> Period | None:
    return Period(_date(node.find("debut")), _date(node.find("fin"))) if node is not None else None


def _place(address: Node | None, *, name: str = "", siret: str = "") -> Place | None:
    if address is None:
        return None
    insee_code = address.value("code-INSEE-commune")
    return Place(
        name=name or address.value("denomination"),
        lines=_texts(address, "ligne"),
        postal_code=address.value("codepostal"),
        city=address.value("ville"),
        insee_code=insee_code,
        commune_code=commune_of(insee_code),
        department=address.value("departement"),
        region=address.value("region"),
        country=address.value("pays"),
        latitude=to_degrees(address.value("geolocalisation/latitude"), 90),
        longitude=to_degrees(address.value("geolocalisation/longitude"), 180),
        siret=siret,
    )


def _training_places(node: Node) -> tuple[Place, ...]:
    """Places with an address; none for online training. In 2.2 bases put the venue's name in ``nom``."""
    places = (
        _place(
            place.find("coordonnees/adresse"),
            name=place.value("coordonnees/adresse/denomination") or _venue_name(place),
            siret=normalise_siret(place.value("SIRET-lieu-formation/SIRET")),
        )
        for place in node.find_all("lieu-de-formation")
    )
    return tuple(place for place in places if place is not None)


def _venue_name(place: Node) -> str:
    if place.value("coordonnees/prenom") or place.value("coordonnees/civilite"):
        return ""  # ``nom`` is then a person's.
    return place.value("coordonnees/nom") or place.value("coordonnees/ligne")


def _responsible(node: Node) -> Organisation:
    return Organisation(
        numero=node.attributes.get("numero", "").strip(),
        siret=normalise_siret(node.value("SIRET-organisme-formation/SIRET")),
        name=plain_text(node.value("nom-organisme")),
        legal_name=plain_text(node.value("raison-sociale")),
        activity_number=node.value("numero-activite"),
        place=_place(node.find("coordonnees-organisme/coordonnees/adresse")),
    )


def _trainer(node: Node) -> Organisation:
    name = plain_text(node.value("raison-sociale-formateur"))
    return Organisation(
        numero=node.attributes.get("numero", "").strip(),
        siret=normalise_siret(node.value("SIRET-formateur/SIRET")),
        name=name,
        legal_name=name,
        place=_place(node.find("contact-formateur/coordonnees/adresse")),
    )


def _funder(node: Node) -> Funder:
    public = (
        extra for extra in node.find_all("extras/extra") if extra.attributes.get("info") == "code-public-vise"
    )
    extras = read_extras(node)
    return Funder(
        code=node.value("code-financeur"),
        places=to_count(node.value("nb-places-financees")),
        programmes=tuple(extra.value for extra in extras if extra.info == "programme-financeur"),
        contract_references=tuple(
            extra.value for extra in extras if extra.info == "ref-action-marche-financeur"
        ),
        public_codes=_codes(public),
    )


def _recruitment(node: Node) -> Recruitment:
    return Recruitment(
        mode=node.value("modalite-recrutement"),
        scope_code=node.value("code-perimetre-recrutement"),
        scope_text=plain_text(node.value("infos-perimetre-recrutement")),
        is_remote=_flag(node, "a-distance"),
        place=_place(node.find("adresse")),
        url=node.value("urlweb"),
        places=to_count(node.value("nb-places")),
        period=_period(node.find("periode")),
        starts_at=node.value("heure-debut"),
        ends_at=node.value("heure-fin"),
        comment=plain_text(node.value("commentaire")),
    )


def _cycle(node: Node) -> Cycle:
    years = (to_count(year) for year in _texts(node, "annee-cycle"))
    return Cycle(
        kind=node.value("type-cycle"),
        years=tuple(year for year in years if year is not None),
        minimum=to_count(node.value("effectif-minimal")),
        simultaneous_capacity=to_count(node.value("capacite-simultanee")),
        cumulated_capacity=to_count(node.value("capacite-cumulee")),
    )


def read_extras(node: Node) -> tuple[Extra, ...]:
    """Values of the ``extras`` groups of an element, groups within groups included."""
    found: list[Extra] = []
    for group in node.find_all("extras"):
        info, numero = (
            group.attributes.get("info", ""),
            group.attributes.get("numero", ""),
        )
        for extra in group.find_all("extra"):
            text = " ".join(part.text.strip() for part in extra.walk()).strip()
            found.append(Extra(info, extra.attributes.get("info", ""), text, numero))
        found.extend(read_extras(group))
    return tuple(found)
