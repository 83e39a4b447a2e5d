"""Prepares and looks at the database of a running product, as a program beside it: `python -m tests.crash.stage …`.

The last line printed is the answer, as JSON.
"""

import json
import sys
from datetime import date, timedelta
from string import ascii_lowercase

import django

django.setup()

from django.core.files.base import ContentFile  # noqa: E402

from config import clock  # noqa: E402
from notifications.models import Subscription  # noqa: E402
from notifications.notices import News, post_many  # noqa: E402
from notifications.preferences import subscribe  # noqa: E402
from notifications.readers import directory  # noqa: E402
from notifications.tasks import deliver_mails  # noqa: E402
from pathways import tasks  # noqa: E402
from pathways.audience import in_organisation  # noqa: E402
from pathways.consistency import incoherences  # noqa: E402
from pathways.enums import OrganisationKind, Role  # noqa: E402
from pathways.imports import runs  # noqa: E402
from pathways.imports.cohort import COHORT  # noqa: E402
from pathways.models import Cohort, Commune, ImportRun, Membership, User  # noqa: E402
from prescriptions.tasks import pass_seats_on  # noqa: E402
from tests.factories import FIRST_DAY, Story, World, organisation  # noqa: E402
from tests.pathways.cohort_files.builders import cohort_csv, csv_person  # noqa: E402


def people() -> dict:
    """All that the tests need: see `candidate`, `offer` and `file`."""
    world = World.make()
    Commune.objects.create(insee_code="13055", name="Marseille", area=world.area)
    return {
        "email": world.provider.user.email,
        "candidates": [candidate(world) for _ in range(4)],
        "offers": [offer(world) for _ in range(3)],
        "files": [file(world, number) for number in range(2)],
    }


def candidate(world: World) -> dict:
    """Somebody who asks for a session of one seat."""
    story = world.story(session=world.session(capacity=1, starts_on=clock.today() + timedelta(days=30)))
    return told(story, ("submit", 2))


def offer(world: World) -> dict:
    """Somebody to whom a seat was offered, who did not answer in time."""
    story = world.story(session=world.session(capacity=1))
    return told(story, ("submit", 2), ("waitlist", 10), ("offer", 30))


def told(story: Story, *facts: tuple[str, int]) -> dict:
    """The keys of a person of whom these facts are true, each on its day."""
    for kind, day in facts:
        story.tell(kind, FIRST_DAY + timedelta(days=day))
    asked = story.prescription
    return {"pathway": story.pathway.pk, "prescription": asked.pk, "session": asked.session_id}


def file(world: World, number: int) -> int:
    """A file of people for a cohort of their own, handed in by the manager; the key of its run."""
    cohort = Cohort.objects.create(
        code=f"F{number}",
        name=f"Cohorte {number}",
        department=world.manager.organisation,
        reference_date=date(2022, 2, 28),
    )
    rows = [
        csv_person(Nom=f"Martin{letter}", Identifiant_Pôle_emploi=f"{number:03}{n:04}A")
        for n, letter in enumerate(ascii_lowercase)
    ]
    content = ContentFile(cohort_csv(*rows), name="cohorte.csv")
    run = runs.deposit(COHORT, content, {"cohort": cohort.pk}, world.manager)
    tasks.send_import(run.pk)
    return run.pk


def confirm(run_id: str) -> bool:
    """Say yes to the preview of an import."""
    said = runs.confirm(ImportRun.objects.get(pk=run_id))
    tasks.send_import(int(run_id))
    return said


def sweep() -> None:
    """Look for imports that nobody works on, as beat does each minute."""
    tasks.sweep_imports.delay()


def expire() -> None:
    """Look for offers whose day is over, as beat does."""
    pass_seats_on.delay()


def news(readers: int, notices_each: int) -> None:
    """Notices for as many référents of one pôle, whose digests are due now."""
    pole = organisation(OrganisationKind.INSERTION_POLE, "Pôle des courriels")
    users = User.objects.bulk_create(
        User(email=f"lecteur{n}@exemple.invalid", first_name="Alix", last_name=f"Nom{n}")
        for n in range(int(readers))
    )
    Membership.objects.bulk_create(
        Membership(user=user, organisation=pole, role=Role.REFERENT, started_on=FIRST_DAY) for user in users
    )
    key = in_organisation(Role.REFERENT, pole.pk)
    post_many(
        "refused",
        [News([key], "Une personne", "Refus.", "/", f"prescription:{n}") for n in range(int(notices_each))],
    )
    subscribe(directory().of_users([user.pk for user in users]), clock.now())
    Subscription.objects.filter(user__in=users).update(next_digest_at=clock.now())
    deliver()


def deliver() -> None:
    """Write and send what is due, as beat does each minute."""
    deliver_mails.delay()


def incoherent() -> list[str]:
    """What `check_consistency` would tell."""
    return [f"{found.row}: {found.told}" for found in incoherences()]


if __name__ == "__main__":
    name, *arguments = sys.argv[1:]
    print(json.dumps(globals()[name](*arguments)))
