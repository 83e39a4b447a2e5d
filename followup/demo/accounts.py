"""The demo accounts: one per role, one password for all. They exist in a demo database only."""

from dataclasses import dataclass

from pathways.enums import Role

#: Public on purpose: printed by `make run`. The command refuses to run with production settings.
PASSWORD = "jalons-demonstration"  # noqa: S105


@dataclass(frozen=True)
class Account:
    """organisation: key of `followup.demo.organisations` for where the account works."""

    email: str
    role: Role
    first_name: str
    last_name: str
    organisation: str


ACCOUNTS = (
    Account("referent@demo.jalons.example", Role.REFERENT, "Camille", "Ferrand", "pole"),
    Account("organisme@demo.jalons.example", Role.PROVIDER, "Nadia", "Belkacem", "provider"),
    Account("conseiller@demo.jalons.example", Role.ADVISOR, "Julien", "Mistre", "agency"),
    Account("region@demo.jalons.example", Role.REGION_OFFICER, "Sophie", "Vallauri", "region"),
    Account("departement@demo.jalons.example", Role.DEPARTMENT_MANAGER, "Hélène", "Castellan", "department"),
    Account("comite@demo.jalons.example", Role.COMMITTEE_MEMBER, "Paul", "Estrangin", "region"),
    Account("admin@demo.jalons.example", Role.ADMINISTRATOR, "Yasmine", "Orsini", "platform"),
    Account("dpo@demo.jalons.example", Role.DATA_PROTECTION_OFFICER, "Marc", "Delaunay", "department"),
)


def table(names: dict[str, str]) -> str:
    """The accounts as a table for a terminal. names: e-mail -> organisation, where the demo has been played."""
    rows = [("Rôle", "Courriel", "Organisation")]
    rows += [(str(each.role.label), each.email, names.get(each.email, "")) for each in ACCOUNTS]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    rule = "  ".join("─" * width for width in widths)
    return "\n".join(
        [
            "Comptes de démonstration",
            "",
            lines[0],
            rule,
            *lines[1:],
            "",
            f"Mot de passe de tous les comptes : {PASSWORD}",
        ]
    )
