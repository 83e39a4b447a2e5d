"""The list of leavers to contact starts from where somebody who waits for a contact can stand."""

from followup.contact_lines import MAY_WAIT
from followup.leavers import EXITS, SETTLING
from pathways.workflow import PATHWAY


def test_whoever_waits_for_a_contact_stands_in_one_of_those_steps():
    """By the table: an exit leads there, and only facts that settle the follow-up lead out again."""
    for row in PATHWAY.rows:
        if row.name in EXITS:
            sources = row.sources
        elif row.name in SETTLING:
            continue
        else:
            sources = row.sources & MAY_WAIT
        for source in sources:
            assert set(row.targets(source)) <= MAY_WAIT, f"{row.name} from {source}"
