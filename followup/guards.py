"""The conditions of the transitions of a course and its exam."""

from pathways.facts import Context
from pathways.guards import Guard


def _ccp_are_named(context: Context) -> bool:
    ccp = context.fact.payload.get("ccp")
    return isinstance(ccp, list) and all(isinstance(name, str) and name.strip() for name in ccp) and bool(ccp)


CCP_ARE_NAMED = Guard(
    "ccp_missing",
    "Aucun CCP obtenu n'est indiqué.",
    "Indiquez au moins un CCP obtenu, ou enregistrez un échec.",
    _ccp_are_named,
    on_input=True,
)
