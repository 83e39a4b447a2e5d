"""What the norm refuses is rejected, at the smallest unit, with the place of the defect."""

import pytest

from prescriptions.lheo import Level
from tests.prescriptions.lheo.builders import (
    action,
    address,
    cycle,
    element,
    extras,
    formation,
    funder,
    offer,
    offer_23,
    period,
    recruitment,
    session,
)

ACTION = "/lheo/offres/formation[1]/action[1]"
SESSION = f"{ACTION}/session[1]"


def rejections(item):
    return [(one.code, one.path) for one in item.findings if one.level is Level.REJECTED]


def in_session(xml):
    return offer(formation(actions=action(sessions=xml)))


@pytest.mark.parametrize(
    ("document", "code", "path"),
    [
        (in_session(session(end="202806281")), "value-date", f"{SESSION}/periode/fin"),
        (in_session(session(start="2030-01-07")), "value-date", f"{SESSION}/periode/debut"),
        (in_session(session(start="20300145")), "value-date", f"{SESSION}/periode/debut"),
        (in_session(session(state="4")), "value-code", f"{SESSION}/etat-recrutement"),
        (
            in_session(session().replace(period("20300107", "20300628"), "")),
            "element-missing",
            f"{SESSION}/periode",
        ),
        (
            in_session(session(place=address(postal_code="1300"))),
            "value-length",
            f"{SESSION}/adresse-inscription/adresse/codepostal",
        ),
        (
            offer(formation(actions=action(funders=funder("21")))),
            "value-code",
            f"{ACTION}/organisme-financeur[1]/code-financeur",
        ),
        (
            offer(formation(actions=action(funders=funder("18")))),
            "value-code",
            f"{ACTION}/organisme-financeur[1]/code-financeur",
        ),
        (
            offer(formation(actions=action(funders=funder(places="une dizaine")))),
            "value-integer",
            f"{ACTION}/organisme-financeur[1]/nb-places-financees",
        ),
        (
            offer(formation(actions=action(funders=funder(places="9" * 20)))),
            "value-integer",
            f"{ACTION}/organisme-financeur[1]/nb-places-financees",
        ),
        (
            offer(formation(actions=action(siret="4430618410004"))),
            "value-length",
            f"{ACTION}/organisme-formateur[1]/SIRET-formateur/SIRET",
        ),
        (
            offer(formation(siret="A44306184100047")),
            "value-length",
            "/lheo/offres/formation[1]/organisme-formation-responsable/SIRET-organisme-formation/SIRET",
        ),
        (
            offer(formation(actions=action(sessions=""))),
            "element-missing",
            f"{ACTION}/session",
        ),
        (
            offer(formation(actions=action(funders=funder() * 9))),
            "element-excess",
            f"{ACTION}/organisme-financeur[9]",
        ),
        (
            offer(formation(actions=action(before_sessions="<duree-indicative>4 mois</duree-indicative>"))),
            "element-order",
            f"{ACTION}/duree-indicative",
        ),
        (
            offer(formation(actions=action(before_sessions="<capacite>12</capacite>"))),
            "element-unknown",
            f"{ACTION}/capacite",
        ),
        (
            offer(formation(actions=action(before_sessions='<x:note xmlns:x="urn:x">12</x:note>'))),
            "element-unknown",
            f"{ACTION}/{{urn:x}}note",
        ),
        (in_session(session(extra=recruitment())), "element-unknown", f"{SESSION}/recrutement[1]"),
        (in_session(session(extra="Complet")), "text-in-structure", SESSION),
        (
            in_session(session(extra="<extras>12</extras>")),
            "text-in-structure",
            f"{SESSION}/extras[1]",
        ),
        (
            in_session(session(extra="<extras><capacite>1</capacite></extras>")),
            "element-unknown",
            f"{SESSION}/extras[1]/capacite",
        ),
        (
            in_session(session(extra="<extras><extra><SIRET>12</SIRET></extra></extras>")),
            "value-length",
            f"{SESSION}/extras[1]/extra/SIRET",
        ),
        (offer(formation(title="x" * 256)), "value-length", "/lheo/offres/formation[1]/intitule-formation"),
        (offer(formation(title="")), "value-length", "/lheo/offres/formation[1]/intitule-formation"),
        (offer(formation(entry_level="11")), "value-code", "/lheo/offres/formation[1]/code-niveau-entree"),
        (
            offer(formation(domain='<code-NSF statut="1">233</code-NSF>')),
            "attribute-unknown",
            "/lheo/offres/formation[1]/domaine-formation/code-NSF[1]/@statut",
        ),
        (
            offer(formation(domain='<code-NSF id="1a">233</code-NSF>')),
            "attribute-value",
            "/lheo/offres/formation[1]/domaine-formation/code-NSF[1]/@id",
        ),
        (
            offer(formation(title="T").replace(">T<", "><b>T</b><").encode().decode()),
            "structure-in-text",
            "/lheo/offres/formation[1]/intitule-formation",
        ),
    ],
)
def test_each_defect_of_the_norm_gives_one_rejection_at_its_place(read, document, code, path):
    (item,) = read(document)
    assert rejections(item) == [(code, path)]
    assert item.verdict is Level.REJECTED
    finding = next(one for one in item.findings if one.level is Level.REJECTED)
    assert finding.message
    assert "{" not in finding.message.replace("{urn:x}", "")
    assert finding.remedy
    assert "{" not in finding.remedy.replace("{urn:x}", "")
    assert finding.line > 2


def test_two_point_three_has_its_own_codes_and_elements(read):
    document = offer_23(
        formation(
            entry_level="13",
            certification="<code-RS>RS123</code-RS><code-CPF>12345</code-CPF>",
            actions=action(funders=funder("20"), sessions=session(v23=recruitment() + cycle())),
        )
    )
    (item,) = read(document)
    assert item.findings == ()
    assert item.formation.actions[0].sessions[0].cycles[0].simultaneous_capacity == 15


def test_a_bad_session_rejects_that_session_only(read):
    document = in_session(session("S1", state="4") + session("S2"))
    (item,) = read(document)
    assert [one.numero for one in item.formation.actions[0].sessions] == ["S2"]
    assert item.counted == {"formation": 1, "action": 1, "session": 2}
    assert item.rejected == {"formation": 0, "action": 0, "session": 1}


def test_an_action_whose_sessions_are_all_bad_stays_without_session(read):
    (item,) = read(in_session(session(state="4")))
    assert item.formation.actions[0].sessions == ()
    assert item.rejected == {"formation": 0, "action": 0, "session": 1}


def test_a_bad_action_takes_its_sessions_and_spares_the_others(read):
    document = offer(
        formation(actions=action("A1", funders=funder("21")) + action("A2", sessions=session("S2")))
    )
    (item,) = read(document)
    assert [one.numero for one in item.formation.actions] == ["A2"]
    assert item.rejected == {"formation": 0, "action": 1, "session": 1}


def test_a_bad_header_rejects_the_formation_and_the_next_is_read(read):
    first, second = read(
        offer(formation("F1", title=""), formation("F2", actions=action("A2", sessions=session("S2"))))
    )
    assert first.formation is None
    assert first.rejected == {"formation": 1, "action": 1, "session": 1}
    assert second.formation.numero == "F2"
    assert second.findings == ()


def test_one_displaced_element_is_one_finding_whatever_follows_it(read):
    state = "<etat-recrutement>1</etat-recrutement>\n"
    xml = session().replace(state, "").replace("<periode>", state + "<periode>", 1)
    (item,) = read(in_session(xml))
    assert rejections(item) == [("element-order", f"{SESSION}/etat-recrutement")]


def test_lines_point_to_the_element(read):
    document = in_session(session(state="4"))
    (item,) = read(document)
    assert "etat-recrutement" in document.decode().splitlines()[item.findings[0].line - 1]


def test_groups_within_groups_of_extras_are_allowed(read):
    nested = element("extras", extras("b", c="1") + "<extra>libre <b>gras</b></extra>", info="a")
    (item,) = read(in_session(session(extra=nested)))
    assert item.findings == ()
    assert [(one.group, one.value) for one in item.formation.actions[0].sessions[0].extras] == [
        ("a", "libre gras"),
        ("b", "1"),
    ]


def test_contact_details_and_social_security_numbers_are_not_quoted(read):
    too_long = "Jeanne " * 10
    contact = f"<nom>{too_long}</nom>"
    nir = "2 69 05 49 588 157 80"
    document = offer(
        formation(actions=action(funders=funder(places=nir), place=address())).replace(
            "<nom>Accueil</nom>", contact
        )
    )
    (item,) = read(document)
    assert len(rejections(item)) == 3
    for finding in item.findings:
        assert "Jeanne" not in finding.value + finding.message + finding.remedy
        assert "588" not in finding.value + finding.message
