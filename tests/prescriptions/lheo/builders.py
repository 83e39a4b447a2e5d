"""Small LHEO documents for tests: every keyword has a valid default, so a test only says what it is about."""

from html import escape

NAMESPACES = {"2.2": "http://www.lheo.org/2.2", "2.3": "http://lheo.gouv.fr/2.3"}
SIRET = "44306184100047"


def element(tag: str, content: str | None, **attributes: str) -> str:
    """``<tag>content</tag>``, nothing when content is None. ``content`` is markup: escape texts yourself."""
    if content is None:
        return ""
    quoted = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value is not None)
    return f"<{tag}{quoted}>{content}</{tag}>\n"


def extras(info: str, **values: str) -> str:
    """``extras`` group; underscores of the keywords become hyphens."""
    inner = "".join(element("extra", value, info=name.replace("_", "-")) for name, value in values.items())
    return element("extras", inner, info=info)


def period(start: str, end: str) -> str:
    return element("periode", f"<debut>{start}</debut>\n<fin>{end}</fin>\n")


def address(
    *,
    line: str = "12 rue de la République",
    postal_code: str = "13001",
    city: str = "Marseille",
    insee_code: str | None = "13201",
    latitude: str | None = "43.2965",
    longitude: str | None = "5.3698",
) -> str:
    located = (
        element("latitude", latitude) + element("longitude", longitude) if latitude is not None else None
    )
    return element(
        "adresse",
        element("ligne", line)
        + element("codepostal", postal_code)
        + element("ville", city)
        + element("code-INSEE-commune", insee_code)
        + element("geolocalisation", located),
    )


def funder(code: str = "2", places: str | None = "12", programme: str | None = "PRF 2030") -> str:
    specifics = extras("specificites", programme_financeur=programme) if programme else ""
    return element(
        "organisme-financeur",
        element("code-financeur", code) + element("nb-places-financees", places) + specifics,
    )


def recruitment(
    mode: str = "9", places: str | None = "8", start: str = "20291203", end: str = "20291203"
) -> str:
    """2.3 only."""
    return element(
        "recrutement",
        element("modalite-recrutement", mode)
        + element("a-distance", "0")
        + element("nb-places", places)
        + period(start, end)
        + element("heure-debut", "09:00"),
    )


def cycle(minimum: str = "8", capacity: str = "15") -> str:
    """2.3 only."""
    return element(
        "cycle",
        element("type-cycle", "0")
        + element("effectif-minimal", minimum)
        + element("capacite-simultanee", capacity),
    )


def session(
    numero: str | None = "24_SE_1",
    *,
    start: str = "20300107",
    end: str = "20300628",
    registration: tuple[str, str] | None = ("20291001", "20291220"),
    state: str | None = "1",
    place: str | None = None,
    v23: str = "",
    extra: str = "",
) -> str:
    """``v23``: recruitment() and cycle() elements, for version 2.3."""
    return element(
        "session",
        period(start, end)
        + element("adresse-inscription", place or address())
        + element("periode-inscription", period(*registration) if registration else None)
        + element("etat-recrutement", state)
        + v23
        + extra,
        numero=numero,
        datecrea="20290601",
        datemaj="20290915",
    )


def action(
    numero: str | None = "24_AC_1",
    *,
    sessions: str | None = None,
    public: str = '<code-public-vise ref="V14">80010</code-public-vise>',
    is_permanent: bool = False,
    place: str | None = None,
    information_dates: tuple[str, ...] = ("20291203",),
    hours: str | None = "600",
    hourly_price: str | None = "9,50",
    total_price: str | None = "5700,00",
    siret: str = SIRET,
    funders: str | None = None,
    before_sessions: str = "",
    extra: str = "",
) -> str:
    return element(
        "action",
        "<rythme-formation>Temps plein</rythme-formation>\n"
        + public
        + "<niveau-entree-obligatoire>0</niveau-entree-obligatoire>\n"
        "<modalites-alternance>-</modalites-alternance>\n"
        "<modalites-enseignement>0</modalites-enseignement>\n"
        "<conditions-specifiques>Savoir lire un plan</conditions-specifiques>\n"
        "<prise-en-charge-frais-possible>1</prise-en-charge-frais-possible>\n"
        + element(
            "lieu-de-formation", element("coordonnees", "<nom>Centre du Port</nom>" + (place or address()))
        )
        + element("modalites-entrees-sorties", "1" if is_permanent else "0")
        + before_sessions
        + (session() if sessions is None else sessions)
        + element("adresse-information", address())
        + "".join(element("date-information", f"<date>{date}</date>") for date in information_dates)
        + "<modalites-recrutement>Entretien puis tests</modalites-recrutement>\n"
        + element("prix-horaire-TTC", hourly_price)
        + element("prix-total-TTC", total_price)
        + element("nombre-heures-centre", hours)
        + "<conventionnement>1</conventionnement>\n"
        + element(
            "organisme-formateur",
            f"<SIRET-formateur><SIRET>{siret}</SIRET></SIRET-formateur>\n"
            "<raison-sociale-formateur>École du bâtiment</raison-sociale-formateur>",
            numero="24_OF_2",
        )
        + (funder() if funders is None else funders)
        + extra,
        numero=numero,
        datecrea="20290601",
        datemaj="00000000",
    )


def formation(
    numero: str | None = "24_FO_1",
    *,
    title: str = "Plaquiste",
    objective: str = "Exercer le métier de plaquiste",
    domain: str = (
        '<code-FORMACODE ref="V14">22402</code-FORMACODE>\n'
        '<code-FORMACODE ref="V14" tag="principal">22403</code-FORMACODE>\n'
        "<code-NSF>233</code-NSF>\n<code-ROME>F1604</code-ROME>\n"
    ),
    entry_level: str = "1",
    certification: str = "<code-RNCP>320</code-RNCP><code-CERTIFINFO>80735</code-CERTIFINFO>",
    actions: str | None = None,
    siret: str = SIRET,
    extra: str = "",
) -> str:
    contact = element("coordonnees", "<nom>Accueil</nom>")
    return element(
        "formation",
        element("domaine-formation", domain)
        + element("intitule-formation", escape(title))
        + element("objectif-formation", escape(objective))
        + "<resultats-attendus>Titre professionnel</resultats-attendus>\n"
        "<contenu-formation>Pose de cloisons</contenu-formation>\n"
        "<certifiante>1</certifiante>\n"
        + element("contact-formation", contact)
        + "<parcours-de-formation>1</parcours-de-formation>\n"
        + element("code-niveau-entree", entry_level)
        + "<objectif-general-formation>6</objectif-general-formation>\n"
        + element("certification", certification)
        + "<code-niveau-sortie>4</code-niveau-sortie>\n"
        + (action() if actions is None else actions)
        + element(
            "organisme-formation-responsable",
            "<numero-activite>93131234513</numero-activite>\n"
            f"<SIRET-organisme-formation><SIRET>{siret}</SIRET></SIRET-organisme-formation>\n"
            "<nom-organisme>École du bâtiment</nom-organisme>\n"
            "<raison-sociale>Association École du bâtiment</raison-sociale>\n"
            + element("coordonnees-organisme", element("coordonnees", address()))
            + element("contact-organisme", contact),
            numero="24_OF_1",
        )
        + extra,
        numero=numero,
        datecrea="20290601",
        datemaj="20290915",
        href="https://example.invalid/fiche/1",
    )


def offer(*formations: str, version: str = "2.2", extra: str = "", declaration: str | None = None) -> bytes:
    """Whole document, UTF-8; one default formation when none is given."""
    head = '<?xml version="1.0" encoding="UTF-8"?>' if declaration is None else declaration
    body = element("offres", "".join(formations or (formation(),)))
    return f'{head}\n<lheo xmlns="{NAMESPACES[version]}">\n{body}{extra}</lheo>\n'.encode()


def offer_23(*formations: str, **options: str) -> bytes:
    """The same document in 2.3, whose default session has a recruitment step and a cycle."""
    rich = formation(actions=action(sessions=session(v23=recruitment() + cycle())))
    return offer(*(formations or (rich,)), version="2.3", **options)
