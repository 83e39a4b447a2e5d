"""Where the people of the bench live: poles of 500 people each, bassins of seven poles, Départements, providers.

The size of a pôle, of a bassin and of a provider is that of the field and stays the same; the country grows by having
more of them. The first Département is as large as a Région: a tenth of the country, whatever its size.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from pathways.enums import OrganisationKind, Role
from pathways.identity import search_key
from pathways.models import Cohort, EmploymentArea, Membership, Organisation, User
from prescriptions.models import Formation, Session, TrainingAction
from tests.load.scale.tables import insert, run

POLE = 500
POLES_PER_AREA = 7
POLES_PER_DEPARTMENT = 20
PROVIDERS_PER_AREA = 3
#: Sessions of one bassin that open within four weeks.
PER_PERIOD = 8
PERIOD = 28
#: The first and the last opening, in days from the day of the bench.
FIRST_OPENING, LAST_OPENING = -1200, 150
PERIODS = (LAST_OPENING - FIRST_OPENING) // PERIOD
TITLES = (
    *(("Maçon", "F1703"), ("Aide-soignant", "J1501"), ("Cariste", "N1101"), ("Aide à domicile", "K1304")),
    *(("Soudeur", "H2913"), ("Plombier chauffagiste", "F1603"), ("Employé de commerce", "D1106")),
    *(("Agent de propreté", "K2204"), ("Électricien", "F1602"), ("Cuisinier", "G1602"), ("Serveur", "G1803")),
    *(("Secrétaire comptable", "M1608"), ("Développeur web", "M1805"), ("Peintre en bâtiment", "F1606")),
    *(("Conducteur routier", "N4101"), ("Préparateur de commandes", "N1103"), ("Menuisier", "F1607")),
    *(
        ("Agent de sécurité", "K2503"),
        ("Jardinier paysagiste", "A1203"),
        ("Français langue étrangère", "K1801"),
    ),
)

#: Keys of organisations; each has one user and one membership of the same key.
REGION, DEPARTMENTS, POLES, AGENCIES, PROVIDERS = 1, 10, 1_000, 10_000, 20_000


@dataclass(frozen=True)
class Territory:
    """The territory of `people` persons, on `day`."""

    people: int
    day: date

    @property
    def poles(self) -> int:
        return max(4, self.people // POLE)

    @property
    def large(self) -> int:
        """Poles of the first Département."""
        return max(2, self.poles // 10)

    @property
    def areas(self) -> int:
        return -(-self.poles // POLES_PER_AREA)

    @property
    def departments(self) -> int:
        return 1 + -(-(self.poles - self.large) // POLES_PER_DEPARTMENT)

    @property
    def providers(self) -> int:
        return self.areas * PROVIDERS_PER_AREA

    @property
    def first_opening(self) -> date:
        return self.day + timedelta(days=FIRST_OPENING)

    def department_of(self, pole: str) -> str:
        """SQL: the rank of the Département of a pôle's rank."""
        return f"CASE WHEN {pole} < {self.large} THEN 0 ELSE 1 + ({pole} - {self.large}) / {POLES_PER_DEPARTMENT} END"

    def session_of(self, area: str, anchor: str, choice: str) -> str:
        """SQL: the key of a session of a bassin that has opened 0 to 49 days before the day `anchor`."""
        period = (
            f"least(greatest(({anchor} - 21 - date '{self.first_opening}') / {PERIOD}, 0), {PERIODS - 1})"
        )
        return f"(({area}) * {PERIODS} + {period}) * {PER_PERIOD} + {choice} + 1"

    def build(self) -> None:
        """Everything but the sessions, which count their seats and come after the requests."""
        self._areas()
        self._organisations()
        self._people_at_work()
        self._offer()

    def _areas(self) -> None:
        insert(
            EmploymentArea,
            {"id": "a + 1", "code": "lpad(a::text, 4, '0')", "name": "'Bassin ' || a"},
            f"FROM generate_series(0, {self.areas - 1}) a",
        )

    def _organisations(self) -> None:
        kinds = (
            (OrganisationKind.REGION, "'Région'", f"{REGION}", "NULL::bigint", 1),
            (
                OrganisationKind.DEPARTMENT,
                "'Département ' || k",
                f"{DEPARTMENTS} + k",
                "NULL::bigint",
                self.departments,
            ),
            (
                OrganisationKind.INSERTION_POLE,
                "'Pôle ' || k",
                f"{POLES} + k",
                f"{DEPARTMENTS} + {self.department_of('k')}",
                self.poles,
            ),
            (OrganisationKind.AGENCY, "'Agence ' || k", f"{AGENCIES} + k", "NULL::bigint", self.areas),
            (
                OrganisationKind.PROVIDER,
                "'Organisme ' || k",
                f"{PROVIDERS} + k",
                "NULL::bigint",
                self.providers,
            ),
        )
        for kind, name, key, parent, number in kinds:
            columns = {"id": key, "kind": f"'{kind}'", "name": name, "parent_id": parent}
            insert(Organisation, columns, f"FROM generate_series(0, {number - 1}) k")
        run(
            "INSERT INTO pathways_organisation_areas (organisation_id, employmentarea_id)"
            f" SELECT {AGENCIES} + a, a + 1 FROM generate_series(0, {self.areas - 1}) a"
        )
        insert(
            Cohort,
            {
                "id": "d + 1",
                "code": "'C' || d",
                "name": "'Cohorte ' || d",
                "department_id": f"{DEPARTMENTS} + d",
                "reference_date": f"date '{self.day}' - 900",
                "opened_on": f"date '{self.day}' - 900",
            },
            f"FROM generate_series(0, {self.departments - 1}) d",
        )

    def _people_at_work(self) -> None:
        insert(
            User,
            {
                "id": "id",
                "email": "'u' || id || '@exemple.invalid'",
                "first_name": "'Alix'",
                "last_name": "'Nom' || id",
                "password": "'!'",
            },
            "FROM pathways_organisation",
        )
        role = {
            OrganisationKind.REGION: Role.REGION_OFFICER,
            OrganisationKind.DEPARTMENT: Role.DEPARTMENT_MANAGER,
            OrganisationKind.INSERTION_POLE: Role.REFERENT,
            OrganisationKind.AGENCY: Role.ADVISOR,
            OrganisationKind.PROVIDER: Role.PROVIDER,
        }
        held = " ".join(f"WHEN '{kind}' THEN '{role}'" for kind, role in role.items())
        insert(
            Membership,
            {
                "id": "id",
                "user_id": "id",
                "organisation_id": "id",
                "role": f"CASE kind {held} END",
                "started_on": "date '2015-01-01'",
            },
            "FROM pathways_organisation",
        )

    def _offer(self) -> None:
        """One action per provider and title."""
        titles = ", ".join(f"({n}, '{title}', '{rome}')" for n, (title, rome) in enumerate(TITLES))
        source = f"FROM generate_series(0, {self.providers - 1}) q, (VALUES {titles}) t(n, title, rome)"
        key = f"q * {len(TITLES)} + t.n + 1"
        insert(
            Formation,
            {
                "id": key,
                "carif_number": f"'24_' || {key}",
                "title": "t.title",
                "rome_codes": "ARRAY[t.rome]",
                "responsible_id": f"{PROVIDERS} + q",
            },
            source,
        )
        insert(
            TrainingAction,
            {
                "id": key,
                "formation_id": key,
                "carif_number": f"'24_AF_' || {key}",
                "provider_id": f"{PROVIDERS} + q",
                "city": "'Ville ' || q / 3",
                "financers": """'[{"code": "2", "places": 15, "programme": ""}]'""",
                "regional_places": "15",
            },
            source,
        )

    def build_sessions(self) -> int:
        """The sessions, with the seats that the requests hold."""
        keys = ", ".join(
            f"({n}, '{title}', '{search_key(title)}', '{rome}')" for n, (title, rome) in enumerate(TITLES)
        )
        return insert(
            Session,
            {
                "id": "s.id",
                "action_id": f"s.q * {len(TITLES)} + t.n + 1",
                "carif_number": "'24_SE_' || s.id",
                "title": "t.title",
                "provider_id": f"{PROVIDERS} + s.q",
                "area_id": "s.a + 1",
                "is_regional": "true",
                "starts_on": "s.starts_on",
                "ends_on": "s.starts_on + 130",
                "recruitment": "'open'",
                "capacity": "CASE WHEN h.held IS NULL AND s.id % 10 = 0 THEN NULL"
                " ELSE greatest(coalesce(h.held, 0) + s.id % 4, 8) END",
                "seats_held": "coalesce(h.held, 0)",
                "declared_by_id": f"{PROVIDERS} + s.q",
                "search_key": "t.key || ' 24 SE ' || s.id || ' ORGANISME ' || s.q || ' VILLE ' || s.a || ' ' || t.rome",
            },
            f"""FROM (
                SELECT k + 1 AS id, a, a * {PROVIDERS_PER_AREA} + k % {PER_PERIOD} % {PROVIDERS_PER_AREA} AS q,
                       date '{self.first_opening}' + period * {PERIOD} + k % 4 * 7 AS starts_on
                FROM (
                    SELECT k, k / {PER_PERIOD * PERIODS} AS a, k / {PER_PERIOD} % {PERIODS} AS period
                    FROM generate_series(0, {self.areas * PERIODS * PER_PERIOD - 1}) k
                ) x
            ) s
            JOIN (VALUES {keys}) t(n, title, key, rome) ON t.n = s.id / 3 % {len(TITLES)}
            LEFT JOIN (
                SELECT session_id, count(*) AS held FROM prescriptions_prescription
                WHERE state IN ('offered', 'admitted', 'registered', 'entered') GROUP BY session_id
            ) h ON h.session_id = s.id""",
        )
