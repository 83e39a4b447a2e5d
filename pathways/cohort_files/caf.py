"""Reader of the CAF/MSA « bénéficiaires RSA » monthly flux (XML, schema VRSB0801).

One household (InfosFoyerRSA) is in memory at a time. Meaning of the elements: the schema's annotations
and the code lists that Départements publish with their RSA software.
"""

import datetime
import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from pathways.cohort_files import values
from pathways.cohort_files.checks import RowBuilder
from pathways.cohort_files.codes import BENEFICIARY_ROLES, JOBSEEKER_ACTIVITIES, NO_RSA_ROLE, OTHER_ROLES
from pathways.cohort_files.errors import CohortFileError
from pathways.cohort_files.rows import (
    Activity,
    Address,
    BirthDatePrecision,
    FileFormat,
    FileHeader,
    PersonRow,
    RegistrationSource,
    RowIssue,
    RowRejection,
    RsaEntrySource,
)
from pathways.cohort_files.source import ScrubbedStream

ROOT = "Racine"
_HEADER, _HOUSEHOLD, _FOOTER = "IdentificationFlux", "InfosFoyerRSA", "TransmissionFlux"

_PROLOGUE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
_ROOT_NAME = re.compile(rb"<([A-Za-z_][^\s/>]*)(?=[\s/>])")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([\w.-]+)")
# Document types bring entities, files and network in; a CAF flux has none.
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST|NOTATION)", re.IGNORECASE)
_BIRTH_PRECISIONS = {"J": BirthDatePrecision.MONTH, "O": BirthDatePrecision.YEAR}
_ENCODING_ERRORS = {
    etree.ErrorTypes.ERR_INVALID_ENCODING,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
    etree.ErrorTypes.ERR_ENCODING_NAME,
    etree.ErrorTypes.I18N_CONV_FAILED,
}

Row = PersonRow | RowRejection

_IDENTIFIERS = {
    "IDASSEDIC": (
        values.read_pe_identifier,
        "invalid_pe_identifier",
        "identifiant Pôle emploi « {value} » mal formé, non repris. Saisissez-le sur la fiche.",
    ),
    "MATRICULE": (
        values.read_caf_number,
        "invalid_caf_number",
        "numéro d'allocataire « {value} » mal formé, non repris. Vérifiez-le auprès de la CAF.",
    ),
    "NUMCOM": (
        values.read_insee_code,
        "unknown_commune",
        "« {value} » n'est pas un code commune INSEE, non repris. Choisissez la commune sur la fiche.",
    ),
}
_LABELS = {
    "last_name": "élément NOM",
    "first_name": "élément PRENOM",
    "pe_registered_on": "élément DDACT",
    "identified_on": "",
}


class CafReader:
    """Iterates over a flux; `header` is known at once, `skipped` and `file_warnings` fill up meanwhile."""

    def __init__(self, stream: ScrubbedStream, today: datetime.date):
        self.skipped: Counter[str] = Counter()
        self.file_warnings: list[RowIssue] = []
        self._stream = stream
        self._dossiers: set[str] = set()
        encoding = _check_prologue(stream.head())
        self._parser = etree.iterparse(
            _GuardedStream(stream),
            tag=(_HEADER, _HOUSEHOLD, _FOOTER),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        self._elements = self._safe_elements()
        self.header = self._read_header(encoding)
        self._reference_on = self.header.reference_on or self.header.created_on or today

    def households(self) -> Iterator[list[Row]]:
        """Yield the rows of each household. Raises CohortFileError as soon as the XML breaks."""
        number = 0
        footer = None
        for element in self._elements:
            if element.tag == _FOOTER:
                footer = _int(element.findtext("NBTOTDOSRSATRANSM"))
            elif element.tag == _HOUSEHOLD:
                number += 1
                yield self._read_household(element, number)
            _release(element)
        self._check_footer(footer)

    def _safe_elements(self) -> Iterator[etree._Element]:
        while True:
            # Raised outside the handler: lxml's error quotes the document and must not be chained.
            failure = None
            try:
                event = next(self._parser, None)
            except etree.XMLSyntaxError as error:
                failure = (error.code, error.lineno or 0)
            if failure:
                raise self._syntax_error(*failure)
            if event is None:
                return
            yield event[1]

    def _syntax_error(self, code: int, line: int) -> CohortFileError:
        if code in _ENCODING_ERRORS:
            return CohortFileError(
                f"Vers la ligne {line}, des caractères contredisent l'encodage annoncé par le fichier.",
                code="wrong_encoding",
                next_step="Reprenez le fichier d'origine, sans l'ouvrir ni l'enregistrer dans un éditeur.",
            )
        if self._stream.is_exhausted and not self._stream.tail.rstrip().endswith(b"</Racine>"):
            return CohortFileError(
                f"Le fichier s'arrête à la ligne {line}, avant sa fin : il est tronqué.",
                code="truncated_file",
                next_step="Téléchargez-le de nouveau auprès de la CAF, puis redéposez-le.",
            )
        return CohortFileError(
            f"Le fichier n'est pas un XML correct : erreur à la ligne {line}.",
            code="malformed_xml",
            next_step="Reprenez le fichier d'origine, ou signalez cette ligne à l'émetteur.",
        )

    def _read_header(self, encoding: str) -> FileHeader:
        element = next(self._elements, None)
        if element is None or element.tag != _HEADER:
            raise CohortFileError(
                "Le fichier ne commence pas par l'élément IdentificationFlux attendu.",
                code="missing_header",
                next_step="Vérifiez qu'il s'agit bien du flux mensuel « bénéficiaires RSA » de la CAF.",
            )
        header = FileHeader(
            format=FileFormat.CAF_XML,
            encoding=encoding,
            created_on=values.read_date(_text(element, "DTCREAFLUX")),
            reference_on=values.read_date(_text(element, "DTREF")),
            flux_type=_text(element, "TYPEFLUX"),
            flux_nature=_text(element, "NATFLUX"),
            application=f"{_text(element, 'APPLIEME')} {_text(element, 'NUMVERSIONAPPLIEME')}".strip(),
        )
        _release(element)
        return header

    def _read_household(self, household: etree._Element, number: int) -> list[Row]:
        self._dossiers.add(_text(household, "IdentificationRSA/DemandeRSA/NUMDEMRSA"))
        office = (
            f"{_text(household, 'IdentificationRSA/Organisme/FONORG')} "
            f"{_text(household, 'IdentificationRSA/Organisme/NUMORG')}"
        ).strip()
        self.header.offices.add(office)
        rows = []
        for rank, person in enumerate(household.iterchildren("Personne"), start=1):
            role = _rsa_role(person)
            if role not in BENEFICIARY_ROLES:
                self.skipped[OTHER_ROLES.get(role, NO_RSA_ROLE)] += 1
                continue
            locator = f"foyer {number}, personne {rank}, ligne {person.sourceline}"
            builder = RowBuilder(locator, self._reference_on)
            rows.append(self._read_person(builder, household, person, role, office))
        return rows

    def _read_person(self, builder, household, person, role: str, office: str) -> Row:
        activities = _activities(person)
        current = _current_activity(activities, self._reference_on)
        sex = values.read_sex(_text(person, "Identification/SEXE") or _text(person, "Identification/QUAL"))
        pe_identifier = _identifier(builder, person, "DossierPoleEmploi/IDASSEDIC")
        registered_on = _deduced_registration(activities, self._reference_on) if pe_identifier else None
        rights = _rights(builder, household)
        return builder.build(
            _LABELS | {"rsa_entry_on": rights.pop("label")},
            last_name=builder.text(person.findtext("Identification/NOM"), "élément NOM"),
            birth_name=builder.text(person.findtext("Identification/NOMNAI"), "élément NOMNAI"),
            first_name=builder.text(person.findtext("Identification/PRENOM"), "élément PRENOM"),
            sex=sex,
            title=values.TITLES.get(sex, ""),
            birth_date=builder.birth_date(person.findtext("Identification/DTNAI"), "élément DTNAI"),
            birth_date_precision=_BIRTH_PRECISIONS.get(
                _text(person, "Identification/TYPEDTNAI"), BirthDatePrecision.DAY
            ),
            birth_place=builder.text(person.findtext("Identification/NOMCOMNAI"), "élément NOMCOMNAI"),
            pe_identifier=pe_identifier,
            pe_registered_on=registered_on,
            pe_registered_source=RegistrationSource.CAF_ACTIVITY if registered_on else None,
            caf_office=office,
            rsa_role=role,
            has_duties=values.read_boolean(_text(person, "MontantCalculDroitRSAPersonne/TOPPERSDRODEVORSA")),
            activity_code=current.code if current else "",
            activity_since=current.since if current else None,
            activities=activities,
            address=_address(builder, household),
            **rights,
        )

    def _check_footer(self, announced: int | None) -> None:
        if announced is not None and announced != len(self._dossiers):
            self.file_warnings.append(
                RowIssue(
                    "dossier_count_mismatch",
                    f"Le fichier annonce {announced} dossiers RSA et en contient {len(self._dossiers)}. "
                    "Vérifiez auprès de la CAF que le flux est complet.",
                    "élément NBTOTDOSRSATRANSM",
                )
            )


class _GuardedStream:
    """Hands bytes to lxml unless they declare a document type, whatever the cutting of the chunks."""

    def __init__(self, stream: ScrubbedStream):
        self._stream = stream
        self._carry = b""

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        if _DECLARATION.search(self._carry + data):
            raise CohortFileError(
                "Le fichier contient une déclaration DOCTYPE ou ENTITY, refusée par sécurité.",
                code="forbidden_doctype",
                next_step="Reprenez le flux d'origine de la CAF, qui n'en comporte pas.",
            )
        self._carry = (self._carry + data)[-16:]
        return data


def _check_prologue(head: bytes) -> str:
    """Return the declared encoding. Raises CohortFileError when the root is not that of the flux."""
    prologue = _PROLOGUE.match(head)
    root = _ROOT_NAME.match(head, prologue.end())
    if root and root[1] != ROOT.encode():
        name = root[1].decode("ascii", "replace")[:40]
        raise CohortFileError(
            f"L'élément racine est « {name} », « {ROOT} » était attendu.",
            code="wrong_root",
            next_step="Déposez le flux « bénéficiaires RSA » (VRSB) de la CAF, ou un CSV de cohorte.",
        )
    declared = _ENCODING.search(prologue[0])
    return declared[1].decode().lower() if declared else "utf-8"


def _rights(builder: RowBuilder, household: etree._Element) -> dict:
    """Return the fields that all beneficiaries of the household share."""
    request = household.find("IdentificationRSA/DemandeRSA")
    requested_on = builder.date(None if request is None else request.findtext("DTDEMRSA"), "élément DTDEMRSA")
    details = household.find("PrestationRSA/DetailDroitRSA/TroncCommunDroitRSA")
    origin_on = builder.date(
        None if details is None else details.findtext("DTORIDEMRSA"), "élément DTORIDEMRSA"
    )
    situation = "PrestationRSA/SituationDossierRSA"
    end = household.find(f"{situation}/FinDroit")
    end = household.find(f"{situation}/FinDroitMoisAnterieur") if end is None else end
    suspensions = (
        _texts(household, f"{situation}/SuspensionDroit/MOTISUSDRORSA")
        + _texts(household, f"{situation}/SuspensionVersement/MOTISUSVERSRSA")
    )  # fmt: skip
    # DTORIDEMRSA is the day the right began, RMI and API included (« date d'entrée au RSA/RMI/API » in the
    # software of Départements): what « less than a year in the RSA » means. DTDEMRSA only dates the claim.
    source = RsaEntrySource.RIGHT_ORIGIN if origin_on else RsaEntrySource.REQUEST if requested_on else None
    return {
        "label": "élément DTORIDEMRSA" if origin_on else "élément DTDEMRSA",
        "caf_number": _identifier(builder, household, "IdentificationRSA/Organisme/MATRICULE"),
        "rsa_request_number": ""
        if request is None
        else builder.text(request.findtext("NUMDEMRSA"), "NUMDEMRSA"),
        "rsa_requested_on": requested_on,
        "rsa_right_origin_on": origin_on,
        "rsa_entry_on": origin_on or requested_on,
        "rsa_entry_source": source,
        "rsa_state": _text(household, f"{situation}/EtatDossierRSA/ETATDOSRSA"),
        "rsa_suspension_reasons": suspensions,
        "rsa_closure_reason": "" if end is None else _text(end, "MOTICLORSA"),
        "rsa_closed_on": None if end is None else values.read_date(_text(end, "DTCLORSA")),
        "is_without_fixed_abode": None
        if details is None
        else values.read_boolean(_text(details, "TOPSANSDOMFIXE")),
    }


def _identifier(builder: RowBuilder, element: etree._Element, path: str) -> str:
    name = path.rpartition("/")[2]
    read, code, remedy = _IDENTIFIERS[name]
    return builder.value(read, element.findtext(path), f"élément {name}", code, remedy) or ""


def _address(builder: RowBuilder, household: etree._Element) -> Address:
    """Return the latest address (RGADR 01); the flux also carries up to two former ones."""
    found = household.findall("DonneesAdministratives/Adresse")
    latest = next((one for one in found if _int(_text(one, "TroncCommunAdresse/RGADR")) == 1), None)
    if latest is None:
        return Address()
    abroad = latest.find("AdresseHorsFrance")
    if abroad is not None:
        return Address(lines=tuple(filter(None, (builder.text(line.text, line.tag) for line in abroad))))
    french = latest.find("AdresseDetailleeFrance")
    if french is None:
        return Address()
    street = " ".join(_text(french, name) for name in ("NUMVOIE", "LIBTYPEVOIE", "NOMVOIE"))
    lines = (_text(french, "COMPLIDEADR"), _text(french, "COMPLADR"), street, _text(french, "LIEUDIST"))
    return Address(
        lines=tuple(filter(None, (builder.text(line, "élément Adresse") for line in lines))),
        postal_code=values.read_postal_code(_text(french, "CODEPOS")) or "",
        insee_code=_identifier(builder, french, "NUMCOM"),
        city=builder.text(french.findtext("NOMCOM"), "élément NOMCOM"),
    )


def _rsa_role(person: etree._Element) -> str:
    for benefit in person.iterchildren("Prestations"):
        if _text(benefit, "NATPREST") == "RSA":
            return _text(benefit, "ROLEPERS")
    return ""


def _activities(person: etree._Element) -> tuple[Activity, ...]:
    return tuple(
        Activity(
            _text(activity, "ACT"),
            values.read_date(_text(activity, "DDACT")),
            values.read_date(_text(activity, "DFACT")),
        )
        for activity in person.iterchildren("Activite")
    )


def _current_activity(activities: tuple[Activity, ...], day: datetime.date) -> Activity | None:
    running = [
        one for one in activities if one.since and one.since <= day and (not one.until or one.until >= day)
    ]
    return max(running, key=lambda one: one.since, default=None)


def _deduced_registration(activities: tuple[Activity, ...], day: datetime.date) -> datetime.date | None:
    """Return since when the person looks for work: a hint, the CAF knows no date of registration."""
    current = _current_activity(activities, day)
    return current.since if current and current.code in JOBSEEKER_ACTIVITIES else None


def _text(element: etree._Element, path: str) -> str:
    return (element.findtext(path) or "").strip()


def _texts(element: etree._Element, path: str) -> tuple[str, ...]:
    return tuple(text for found in element.findall(path) if (text := (found.text or "").strip()))


def _int(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdecimal() else None


def _release(element: etree._Element) -> None:
    element.clear()
    while element.getprevious() is not None:
        del element.getparent()[0]
