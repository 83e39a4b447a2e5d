"""The people of the bench: who they are, and every row that their story says, written by a few statements per table."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.contenttypes.models import ContentType

from followup.flows import ExitFollowUp
from followup.models import AttendanceMark, Employment, Enrolment
from pathways.models import Beneficiary, FileAccess, Pathway, RsaSituation, StateDelay
from prescriptions.models import Prescription
from tests.load.scale import facts, names
from tests.load.scale.stories import SLOTS, Told, stories, tell
from tests.load.scale.tables import expressions, insert, make, run, without_indexes
from tests.load.scale.territory import (
    DEPARTMENTS,
    PER_PERIOD,
    PERIODS,
    POLES,
    POLES_PER_AREA,
    PROVIDERS,
    Territory,
)

#: The person whose name nobody else bears.
RARE_NAME = "Quezalcoatl"


def dice(key: str, salt: int, sides: int) -> str:
    """SQL: a number from 0 to sides - 1 that looks random and is always the same."""
    return f"((hashint8extended({key}, {salt}) & 2147483647) % {sides})::int"


@dataclass(frozen=True)
class Population:
    territory: Territory
    events: int

    @property
    def number(self) -> int:
        return self.territory.people

    def build(self) -> None:
        told = [
            tell(story, dict(StateDelay.objects.values_list("state", "days")))
            for story in stories(self.events)
        ]
        self._draw(told)
        self._names()
        self._patterns(told)
        with without_indexes(Beneficiary, RsaSituation, FileAccess):
            self._persons()
        with without_indexes(Pathway, Prescription, Enrolment, AttendanceMark):
            self._pathways(told)
            self._prescriptions(told)
            self._enrolments(told)
            self._attendance()
        self._follow_ups()
        self._jobs()

    # ---- who has which story

    def _draw(self, told: list[Told]) -> None:
        """`scale_person`: rank, story, first day, ranks of pôle, bassin and Département."""
        shares = sum(one.story.share for one in told)
        rows, upto = [], 0
        for number, one in enumerate(told):
            shortest, longest = one.story.waited
            rows.append(
                f"({number}, {upto}, {upto + one.story.share}, {one.length + shortest}, {longest - shortest + 1})"
            )
            upto += one.story.share
        t = self.territory
        run("DROP TABLE IF EXISTS scale_person")
        run(
            f"""CREATE UNLOGGED TABLE scale_person AS
            SELECT i, s.story, date '{t.day}' - s.ago - {dice("i", 2, 1_000_000)} % s.spread AS start,
                   pole, pole / {POLES_PER_AREA} AS area, {t.department_of("pole")} AS department
            FROM (
                SELECT i, (i % {t.poles})::int AS pole, {dice("i", 1, shares)} AS draw
                FROM generate_series(0::bigint, {self.number - 1}) i
            ) x
            JOIN (VALUES {", ".join(rows)}) s(story, low, high, ago, spread) ON draw >= s.low AND draw < s.high
            ORDER BY i"""
        )
        run("ANALYZE scale_person")

    def _names(self) -> None:
        run("DROP TABLE IF EXISTS scale_last, scale_first")
        for table, words in (("scale_last", names.LAST), ("scale_first", names.FIRST)):
            run(f"CREATE UNLOGGED TABLE {table} (n int PRIMARY KEY, name text)")
            run(
                f"INSERT INTO {table} SELECT n - 1, name FROM unnest(%s::text[]) WITH ORDINALITY x(name, n)",
                [words],
            )

    def _persons(self) -> None:
        parts = ", ".join(f"'{part}'" for part in names.SYLLABLES)
        number = len(names.SYLLABLES)
        tail = " || ".join(f"(ARRAY[{parts}])[1 + {dice('i', salt, number)}]" for salt in (11, 12, 13))
        # The square of a uniform draw: the first names of the list are borne by many more people.
        last = f"({dice('i', 14, 1000)}::float / 1000) ^ 2 * {len(names.LAST)}"
        first = f"({dice('i', 15, 1000)}::float / 1000) ^ 2 * {len(names.FIRST)}"
        family = (
            f"CASE WHEN i = {self.number // 2} THEN '{RARE_NAME}'"
            f" WHEN {dice('i', 16, 10)} < 4 THEN initcap({tail}) ELSE l.name END"
        )
        source = f"""FROM (
            SELECT i, pole, area, start, {family} AS last_name, f.name AS first_name,
                   CASE WHEN {dice("i", 17, 10)} < 3 THEN initcap({tail}) ELSE '' END AS birth_name,
                   lpad({dice("i", 18, 100_000_000)}::text, 8, '0') AS pe, lpad(i::text, 7, '0') AS caf,
                   date '1960-01-01' + {dice("i", 19, 15_000)} AS birth_date
            FROM scale_person
            JOIN scale_last l ON l.n = floor({last}) JOIN scale_first f ON f.n = floor({first})
            ORDER BY i
        ) p"""
        insert(
            Beneficiary,
            {
                "id": "i + 1",
                "last_name": "last_name",
                "birth_name": "birth_name",
                "first_name": "first_name",
                "birth_date": "birth_date",
                "pe_identifier": "pe",
                "caf_number": "caf",
                "phone": "'0600000000'",
                "city": "'Ville ' || area",
                "postal_code": "'13000'",
                "pole_id": f"{POLES} + pole",
                "area_id": "area + 1",
                "identified_on": "start",
                "search_key": "upper(concat_ws(' ', last_name, nullif(birth_name, ''), first_name, pe, caf))",
                "sort_key": "upper(last_name) || chr(9) || upper(first_name)",
                "identity_key": "upper(least(coalesce(nullif(birth_name, ''), last_name), first_name) || '|'"
                " || greatest(coalesce(nullif(birth_name, ''), last_name), first_name) || '|') || birth_date",
            },
            source,
        )
        insert(
            RsaSituation,
            {
                "beneficiary_id": "i + 1",
                "entered_on": "start - 300",
                "right_state": "'2'",
                "known_on": "start",
            },
            "FROM scale_person",
        )
        reader = f"{POLES} + pole"
        insert(
            FileAccess,
            {
                "user_id": reader,
                "organisation_id": reader,
                "pathway_id": "i + 1",
                "page": "'dossier'",
                "read_at": "start + n * interval '3 days'",
            },
            "FROM scale_person, generate_series(1, 2) n",
        )

    # ---- what the stories say

    def _patterns(self, told: list[Told]) -> None:
        stories_ = list(enumerate(told))
        make("scale_pathway", Pathway, ("story",), [{"story": n, **one.pathway} for n, one in stories_])
        requests = [
            {"story": n, "slot": slot, "anchor": one.story.anchors[slot], **columns}
            for n, one in stories_
            for slot, columns in one.prescriptions.items()
        ]
        make("scale_prescription", Prescription, ("story", "slot", "anchor"), requests)
        courses = [
            {"story": n, "slot": slot, "contact": int(slot in one.to_contact), **columns}
            for n, one in stories_
            for slot, columns in one.enrolments.items()
        ]
        make("scale_enrolment", Enrolment, ("story", "slot", "contact"), courses)
        jobs = [{"story": n, **job} for n, one in stories_ for job in one.jobs]
        make("scale_job", Employment, ("story", "rank"), jobs)
        facts.make_patterns(told)

    def key(self, slot: str) -> str:
        """SQL: the key of a person's prescription."""
        return f"{slot} * {self.number}::bigint + p.i + 1"

    def _pathways(self, told: list[Told]) -> None:
        columns = expressions(Pathway, list(told[0].pathway), "s", "p.start")
        columns |= {
            "id": "p.i + 1",
            "beneficiary_id": "p.i + 1",
            "cohort_id": "p.department + 1",
            "pole_id": f"{POLES} + p.pole",
            "area_id": "p.area + 1",
            # Triggers keep these two; none runs during a load.
            "department_id": f"{DEPARTMENTS} + p.department",
            "sort_key": "b.sort_key",
        }
        source = "FROM scale_person p JOIN scale_pathway s USING (story)"
        insert(Pathway, columns, source + " JOIN pathways_beneficiary b ON b.id = p.i + 1 ORDER BY p.i")

    def choice(self, slot: str) -> str:
        """SQL: which of the sessions of a period a person's request is for."""
        return dice(f"p.i * {SLOTS + 1} + {slot}", 21, PER_PERIOD)

    def _prescriptions(self, told: list[Told]) -> None:
        projected = next(one.prescriptions for one in told if one.prescriptions)
        columns = expressions(Prescription, list(next(iter(projected.values()))), "s", "p.start")
        referent = f"{POLES} + p.pole"
        columns |= {
            "id": self.key("s.slot"),
            "pathway_id": "p.i + 1",
            "session_id": self.territory.session_of("p.area", "p.start + s.anchor", self.choice("s.slot")),
            "prescriber_id": referent,
            "prescriber_organisation_id": referent,
        }
        insert(
            Prescription,
            columns,
            "FROM scale_person p JOIN scale_prescription s USING (story) ORDER BY s.slot, p.i",
        )

    def _enrolments(self, told: list[Told]) -> None:
        projected = next(one.enrolments for one in told if one.enrolments)
        columns = expressions(Enrolment, list(next(iter(projected.values()))), "s", "p.start")
        columns |= {"prescription_id": "r.id", "pathway_id": "r.pathway_id", "session_id": "r.session_id"}
        insert(
            Enrolment,
            columns,
            f"FROM scale_person p JOIN scale_enrolment s USING (story)"
            f" JOIN prescriptions_prescription r ON r.id = {self.key('s.slot')} ORDER BY r.id",
        )

    def _attendance(self) -> None:
        """Half-days of the last six weeks of those still in training; one in thirty is missing."""
        insert(
            AttendanceMark,
            {
                "enrolment_id": "e.prescription_id",
                "day": "d.day",
                "half": "h.half",
                "mark": f"CASE WHEN {dice('e.prescription_id + d.n', 31, 12)} = 0 THEN 'N' ELSE 'P' END",
                "recorded_by_id": "s.q",
                "recorded_at": "d.day + interval '18 hours'",
            },
            f"""FROM followup_enrolment e
            JOIN (SELECT k + 1 AS id, {PROVIDERS} + k / {self.per_area} * 3 + k % {PER_PERIOD} % 3 AS q
                  FROM generate_series(0, {self.territory.areas * self.per_area - 1}) k) s ON s.id = e.session_id
            JOIN (SELECT n, date '{self.territory.day}' - n AS day FROM generate_series(1, 42) n) d
              ON d.day >= e.entered_on AND extract(isodow FROM d.day) < 6
            CROSS JOIN (VALUES ('am'), ('pm')) h(half)
            WHERE e.state IN ('active', 'suspended') AND {dice("e.prescription_id * 50 + d.n", 32, 30)} > 0""",
        )

    @property
    def per_area(self) -> int:
        return PERIODS * PER_PERIOD

    def _follow_ups(self) -> None:
        """The exit follow-up of every course that ended: waiting where the engine's facts say so, done elsewhere."""
        process, task = ExitFollowUp.process_class, ExitFollowUp.task_class
        flow = process._meta.get_field("flow_class").get_prep_value(ExitFollowUp)
        type_id = ContentType.objects.get_for_model(Enrolment).pk
        source = f"""FROM scale_person p JOIN scale_enrolment s USING (story)
            JOIN followup_enrolment e ON e.prescription_id = {self.key("s.slot")}
            WHERE e.state IN ('completed', 'interrupted') AND e.exit_cause <> 'back_to_work'"""
        done = "CASE WHEN s.contact = 1 THEN NULL ELSE e.exit_on + 7 END"
        with without_indexes(process, task):
            insert(
                process,
                {
                    "id": "e.prescription_id",
                    "flow_class": f"'{flow}'",
                    "status": "CASE WHEN s.contact = 1 THEN 'NEW' ELSE 'DONE' END",
                    "created": "e.exit_on",
                    "finished": done,
                    "artifact_content_type_id": str(type_id),
                    "artifact_object_id": "e.prescription_id",
                },
                source,
            )
            for rank, node in enumerate((ExitFollowUp.start, ExitFollowUp.contact, ExitFollowUp.end)):
                is_end = node is ExitFollowUp.end
                waits = "s.contact = 1 AND " + ("true" if node is ExitFollowUp.contact else "false")
                insert(
                    task,
                    {
                        "id": f"e.prescription_id * 3 + {rank}",
                        "flow_task": f"'{task._meta.get_field('flow_task').get_prep_value(node)}'",
                        "flow_task_type": f"'{node.task_type}'",
                        "status": f"CASE WHEN {waits} THEN 'NEW' ELSE 'DONE' END",
                        "created": "e.exit_on",
                        "finished": f"CASE WHEN {waits} THEN NULL ELSE e.exit_on + 7 END",
                        "token": "'start'",
                        "process_id": "e.prescription_id",
                    },
                    source + (" AND s.contact = 0" if is_end else ""),
                )

    def _jobs(self) -> None:
        columns = expressions(Employment, ["contract", "started_on", "ended_on"], "s", "p.start")
        columns |= {"event_id": self.event("s.rank"), "pathway_id": "p.i + 1"}
        with without_indexes(Employment):
            insert(Employment, columns, "FROM scale_person p JOIN scale_job s USING (story)")

    def event(self, rank: str) -> str:
        """SQL: the key of a person's fact: facts of all people interleave, as they do in life."""
        return f"{rank} * {self.number}::bigint + p.i + 1"
