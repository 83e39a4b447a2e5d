"""How pages show imports: tones, icons and counts."""

from typing import Any

from config.ui.dates import count
from pathways.imports.lines import Level
from pathways.models import ImportLine, ImportRun

S, V = ImportRun.Status, ImportLine.Verdict

#: Status -> (tone, icon).
STATUS_TONES = {
    S.UPLOADED: ("neutral", "hourglass"),
    S.CHECKING: ("progress", "progress"),
    S.PREVIEWED: ("warning", "eye"),
    S.CONFIRMED: ("neutral", "hourglass"),
    S.WRITING: ("progress", "progress"),
    S.DONE: ("success", "circle-check"),
    S.FAILED: ("danger", "circle-x"),
    S.CANCELLED: ("neutral", "ban"),
}
#: Verdict -> (label, tone, icon): of a person or a session, before as after the writing.
VERDICT_TONES = {
    V.CREATED: ("Nouvelle", "success", "plus"),
    V.UPDATED: ("Mise à jour", "info", "pencil"),
    V.UNCHANGED: ("Inchangée", "neutral", "minus"),
    V.REJECTED: ("Rejetée", "danger", "circle-x"),
}
#: Level -> (label, tone, icon).
FINDING_TONES = {
    Level.REJECTED: ("Rejeté", "danger", "circle-x"),
    Level.WARNING: ("À vérifier", "warning", "alert-triangle"),
    Level.COMPLETENESS: ("À compléter", "info", "progress"),
    Level.NOTICE: ("Pour information", "neutral", "info-circle"),
}
_COUNTS = {
    "created": "nouvelle,nouvelles",
    "updated": "mise à jour,mises à jour",
    "unchanged": "inchangée,inchangées",
    "rejected": "rejetée,rejetées",
}


def told_counts(counts: dict[str, Any]) -> str:
    """« 12 nouvelles, 3 rejetées »; empty before anything is known."""
    told = [count(counts[key], noun) for key, noun in _COUNTS.items() if counts.get(key)]
    return ", ".join(told) or ("rien à importer" if counts else "")
