"""Facts that people name with one word and that the engine keeps apart."""

from dataclasses import dataclass

from pathways.outcomes import BACK_TO_WORK


@dataclass(frozen=True)
class Variant:
    """Stating `kind` with the reason `reason` records `becomes` instead, with the details that it needs."""

    label: str
    kind: str
    reason: tuple[str, str]
    becomes: str


#: « Retour à l'emploi » is a cause of leaving early in the Dares list, and a success: never a drop-out (domain.md B4).
EARLY_EXIT = Variant("Sortie anticipée", "drop_out", BACK_TO_WORK, "leave_for_job")
