"""The timeline of a file: recorded facts as sentences, corrections included, redacted for some readers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse

from config.ui.dates import as_day
from pathways.actor import Actor
from pathways.corrections import is_correctable, refusal_to_annul
from pathways.enums import Role
from pathways.facts import KINDS, Fact, Kind
from pathways.models import Event, Pathway
from pathways.panels import subject_titles
from pathways.payload_fields import in_words, one_in_words
from pathways.reading.moment import reading_now
from pathways.replay import annulled_ids

REDACTED = "Précisions réservées à l'organisation qui a saisi ce fait."

#: Value of the `historique` parameter -> (label, groups of kinds shown).
FILTERS = {
    "": ("Tout", None),
    "parcours": ("Parcours", "pathway"),
    "echanges": ("Échanges", "exchange"),
}


def events_of(pathway: Pathway, actor: Actor) -> list[Event]:
    """What the actor may read of the person's history, in the order in which it was recorded."""
    rows = Event.objects.visible_to(actor).about([pathway.pk]).order_by("pk")
    return list(rows.select_related("actor", "organisation"))


def events_named(ids: Iterable[int], actor: Actor) -> dict[int, Event]:
    """Those of some events that the actor may read, by id."""
    return {event.pk: event for event in Event.objects.visible_to(actor).filter(pk__in=list(ids))}


def title_of(event: Event, actor: Actor) -> str:
    """« 12/03/2026, Entré en formation (AES) », for a sentence about the fact."""
    return f"{event.occurred_on:%d/%m/%Y}, {headline(event, actor)}"


def is_redacted(event: Event, actor: Actor) -> bool:
    """A provider reads neither reason nor comment of a sensitive fact stated by others (domain.md, C, minimisation)."""
    return (
        actor.has_role(Role.PROVIDER)
        and KINDS[event.kind].discreet
        and event.organisation_id != actor.organisation_id
    )


def headline(event: Event, actor: Actor) -> str:
    """« Refusé : Prérequis insuffisants »."""
    kind = KINDS[event.kind]
    if kind.reasons is None or not event.reason or is_redacted(event, actor):
        return kind.story
    return f"{kind.story} : {reason_label(event.kind, event.reason)}"


def timeline(
    events: Sequence[Event], facts: Sequence[Fact], actor: Actor, pathway_id: int
) -> list[dict[str, Any]]:
    """Entries for the `timeline` component, newest first. Annulments appear on the fact that they take back.

    facts: the same history, which says what has been taken back. pathway_id: the file that is read; facts recorded in
    files joined to it are corrected there.
    """
    teller = Teller(events, facts, actor, pathway_id)
    told = [event for event in events if event.kind != Kind.ANNUL]
    return [teller.entry(event) for event in sorted(told, key=_order, reverse=True)]


def _order(event: Event) -> tuple:
    return (event.occurred_on, event.position if event.position is not None else event.pk, event.pk)


class Teller:
    """Words shared by the entries of one page: titles of subjects, details, corrections."""

    def __init__(self, events: Sequence[Event], facts: Sequence[Fact], actor: Actor, pathway_id: int = 0):
        self.actor = actor
        self.pathway_id = pathway_id
        self.known = list(facts)
        self.taken_back = annulled_ids(self.known)
        self.events = {event.pk: event for event in events}
        self.titles = subject_titles(event.subject_id for event in events)
        self.words = in_words(event.payload for event in events)
        self.annulments = {
            event.annuls_id: event
            for event in events
            if event.annuls_id is not None and event.pk not in self.taken_back
        }

    def entry(self, event: Event) -> dict[str, Any]:
        kind = KINDS[event.kind]
        annulled = event.pk in self.taken_back
        return {
            "group": kind.group,
            "occurred_on": event.occurred_on,
            "title": headline(event, self.actor),
            "detail": self.detail(event),
            "who": str(event.actor) if event.actor else "Jalons",
            "organisation": str(event.organisation) if event.organisation else "",
            "recorded_at": event.recorded_at,
            "origin": "" if event.origin == "declared" else event.origin,
            "icon": kind.icon,
            "tone": kind.tone,
            "is_annulled": annulled,
            **(self.correction(event) if annulled else {}),
            "actions": self.actions(event, annulled),
        }

    def detail(self, event: Event) -> str:
        parts = [self.titles.get(event.subject_id, "")]
        if is_redacted(event, self.actor):
            parts.append(REDACTED)
        else:
            parts += self.details(event)
            parts.append(f"« {event.comment} »" if event.comment else "")
        return " · ".join(part for part in parts if part)

    def details(self, event: Event) -> Iterable[str]:
        """« Suite proposée : Une remise à niveau »."""
        kind = KINDS[event.kind]
        for key, label in {**kind.needs, **kind.takes, **kind.tells}.items():
            value = event.payload.get(key)
            if value not in (None, "", []):
                yield f"{capitalised(label)} : {one_in_words(self.words.get(key, {}), value)}"

    def correction(self, event: Event) -> dict[str, Any]:
        annulment = self.annulments[event.pk]
        return {
            "annulled_by": str(annulment.actor) if annulment.actor else "Jalons",
            "annulled_on": as_day(annulment.recorded_at),
            "annulled_reason": "" if self.hides_reason(annulment, event) else annulment.comment,
        }

    def hides_reason(self, annulment: Event, event: Event) -> bool:
        """Whether the reason of a correction is as reserved as the fact that it corrects."""
        return is_redacted(event, self.actor) and annulment.organisation_id != self.actor.organisation_id

    def actions(self, event: Event, annulled: bool) -> list[dict[str, str]]:
        """« Corriger », or « Rétablir » for a fact taken back without being restated. Nothing in a past reading."""
        if reading_now() is not None:
            return []
        target = self.annulments.get(event.pk) if annulled else event
        if target is None or refusal_to_annul(target, self.known, self.actor) is not None:
            return []
        label = "Rétablir" if annulled else "Corriger"
        return [{"label": label, "url": reverse("pathways:correct", args=[self.pathway_id, target.pk])}]


def reason_label(kind: str, reason: str) -> str:
    """The French label of a fact's reason; the code itself when the list no longer has it."""
    reasons = KINDS[kind].reasons
    return str(dict(reasons.choices).get(reason, reason)) if reasons is not None else reason


def capitalised(text: str) -> str:
    return text[:1].upper() + text[1:]


def can_be_restated(event: Event) -> bool:
    """Whether the correction may offer a form with the right date and details."""
    return event.kind != Kind.ANNUL and is_correctable(event.kind)


def filter_links(entries: Sequence[dict[str, Any]], chosen: str) -> list[dict[str, Any]]:
    """The filters of the timeline with their counts."""
    return [
        {
            "label": label,
            "url": f"?historique={code}#historique" if code else "?#historique",
            "is_active": code == chosen,
            "count": sum(1 for entry in entries if group in (None, entry["group"])),
        }
        for code, (label, group) in FILTERS.items()
    ]


def kept(entries: Sequence[dict[str, Any]], chosen: str) -> list[dict[str, Any]]:
    """The entries of the chosen filter; all of them for an unknown one."""
    group = FILTERS.get(chosen, FILTERS[""])[1]
    return [entry for entry in entries if group in (None, entry["group"])]
