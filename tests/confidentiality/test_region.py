"""The Région, committees, administrators and the data protection officer read no person, whatever they open."""

import pytest

from pathways.enums import Role
from tests.confidentiality.conftest import MARKS
from tests.confidentiality.crawler import everything, people_of
from tests.confidentiality.test_provider import told
from tests.test_every_address import logged_in

#: Files handed in bear the world's token in their own name: the Région's own import is no person.
NAMES = ("Camille", "Kermadecasked", "Kermadectrainee", "Kermadecleaver", "Molenequelquun")


@pytest.mark.parametrize(
    "role",
    [Role.REGION_OFFICER, Role.COMMITTEE_MEMBER, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER],
)
def test_no_name_no_contact_no_birth_date(marked, role):
    world = marked.world
    texts = everything(logged_in(world.actor(role).user), world, role)
    contacts = {person.pathway.beneficiary.phone for person in people_of(world)} - {""}
    contacts |= {"06 00 00 00 01", "17/05/1990", "1990-05-17"}
    names = (
        *NAMES,
        *contacts,
        *(word for name in ("notes", "caf", "rsa", "advisor") for word in MARKS[name]),
    )
    assert told(texts, names) == {}
    assert len(texts) > (20 if role == Role.REGION_OFFICER else 1)
