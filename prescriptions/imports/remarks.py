"""What the import of an offer says besides the reader: its own findings, titles and explanations, in French."""

from datetime import date
from typing import Any

from django.utils import timezone

from pathways.imports.lines import Finding, Level
from prescriptions import lheo
from prescriptions.imports.drafts import ActionDraft, FormationDraft, SessionDraft
from prescriptions.imports.units import Unit
from prescriptions.models import Session


def session_title(row: Session) -> str:
    """« Maçon, Aix-en-Provence, ouverture le 02/04/2018 »."""
    opening = f"ouverture le {row.starts_on:%d/%m/%Y}" if row.starts_on else "ouverture inconnue"
    return ", ".join(filter(None, [row.title, row.action.city or "à distance", opening]))


def told_changes(is_new: bool, session: SessionDraft, action: ActionDraft, formation: FormationDraft) -> str:
    if is_new:
        return "Nouvelle session."
    told = dict.fromkeys([*session.told, *action.told, *formation.told])
    return f"Change : {', '.join(told)}." if told else ""


def refused(unit: Unit) -> str:
    if unit.session:
        return "Cette session n'est pas reprise ; les autres le sont."
    if unit.action:
        return "Cette action et ses sessions ne sont pas reprises."
    return "Cette formation, ses actions et ses sessions ne sont pas reprises."


def older_file(item: lheo.OfferItem, day: date, known: date) -> Finding:
    return Finding(
        Level.WARNING,
        "older-file",
        f"Le fichier date du {day:%d/%m/%Y}, Jalons connaît déjà la mise à jour du {known:%d/%m/%Y} : "
        "la fiche de la formation n'est pas remplacée.",
        "Demandez un export récent au Carif-Oref.",
        f"/lheo/offres/formation[{item.rank}]/@datemaj",
        item.line,
        f"{day:%Y%m%d}",
    )


def places_not_split(action: lheo.Action) -> Finding:
    places = lheo.regional_places(action)
    return Finding(
        Level.COMPLETENESS,
        "places-not-split",
        f"L'action déclare {places} places de la Région pour {len(action.sessions)} sessions, sans dire combien "
        "pour chacune : les places de ces sessions restent inconnues.",
        "Demandez à l'organisme de déclarer les places de chaque session dans Jalons.",
        line=action.line,
        path=f"action {action.numero}",
        value=str(places),
    )


def no_area(action: lheo.Action, place: lheo.Place) -> Finding:
    return Finding(
        Level.NOTICE,
        "no-area",
        "La commune n'est pas dans la table des bassins d'emploi : la session n'a pas de bassin.",
        line=action.line,
        path=f"action {action.numero}",
        value=f"{place.insee_code} {place.city}".strip(),
    )


def declared_later(
    row: Session, differing: dict[str, Any], day: date | None, session: lheo.Session
) -> Finding:
    by = row.declared_by.name if row.declared_by else "un fichier plus récent"
    known = timezone.localdate(row.declared_at)
    labels = ", ".join(str(Session._meta.get_field(name).verbose_name) for name in differing)
    age = f"mis à jour le {day:%d/%m/%Y}" if day else "sans date de mise à jour"
    return Finding(
        Level.WARNING,
        "declared-later",
        f"Déclaré par {by} le {known:%d/%m/%Y} : la valeur du fichier ({age}) n'est pas reprise pour : {labels}.",
        "Demandez à l'organisme de mettre sa fiche à jour dans la base du Carif-Oref.",
        path=f"session {session.numero}",
        line=session.line,
    )


def capacity_below_held(row: Session, wanted: int, session: lheo.Session) -> Finding:
    return Finding(
        Level.WARNING,
        "capacity-below-held",
        f"Le fichier annonce {wanted} places : c'est moins que les {row.seats_held} tenues et celles que la Région "
        "garde pour un public, ou trop peu pour la surréservation décidée ; "
        f"la session garde {row.capacity if row.capacity is not None else 'un nombre de places inconnu'}.",
        "Vérifiez avec l'organisme qui garde sa place, puis corrigez les places de la session.",
        path=f"session {session.numero}",
        line=session.line,
        value=str(wanted),
    )


def closes_before_opening(row: Session, session: lheo.Session) -> Finding:
    return Finding(
        Level.WARNING,
        "closes-before-opening",
        f"La clôture connue ({row.ends_on:%d/%m/%Y}) précède l'ouverture ({row.starts_on:%d/%m/%Y}) : "
        "la clôture devient inconnue.",
        "Complétez la date de fin de la session.",
        path=f"session {session.numero}",
        line=session.line,
    )
