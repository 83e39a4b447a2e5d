"""The money of the demo: a year's order with some sessions and a lot, and two AIF examined with their proof."""

from __future__ import annotations

from decimal import Decimal

from config import clock
from followup.demo.accounts import ACCOUNTS
from pathways.actor import Actor
from pathways.enums import PathwayState, Role
from pathways.models import Membership, Pathway
from pathways.outcomes import AifGround
from prescriptions.aif import services
from prescriptions.aif.evidence import Evidence
from prescriptions.aif.services import Conclusion
from prescriptions.aif.wish import Wish
from prescriptions.models import Commitment, Session

#: One session of the programme in so many is in the order, with so many places.
ONE_IN, PLACES = 6, 4
#: People looked at to find one whom a session serves and one whom none does.
LOOKED_AT = 25
PROVIDER = "Atelier-école de la Crau"


def play() -> None:
    """Commit sessions, then examine two AIF as the demo accounts would; the same people and sessions each time."""
    region, referent, advisor = (_actor(role) for role in (Role.REGION_OFFICER, Role.REFERENT, Role.ADVISOR))
    _commit(region)
    _examine(referent, advisor)


def _actor(role: Role) -> Actor:
    email = next(account.email for account in ACCOUNTS if account.role == role)
    rows = Membership.objects.select_related("user", "organisation")
    return Actor.of(rows.get(user__email=email, role=role))


def _commit(region: Actor) -> None:
    programme = Session.objects.regional().filter(cancelled_on=None, starts_on__isnull=False)
    for rank, session in enumerate(programme.order_by("starts_on", "carif_number")):
        if rank % ONE_IN == 0:
            Commitment.objects.create(
                session=session,
                year=session.starts_on.year,
                places=PLACES + rank // ONE_IN % 3,
                # One whose price nobody has said: it is counted apart.
                price_per_place=None if rank == ONE_IN else session.price,
                recorded_by=region.user,
            )
    for lot, price in (("Lot 7, propreté et hygiène", Decimal(2900)), ("Lot 9, numérique inclusif", None)):
        Commitment.objects.create(
            lot=lot, year=clock.today().year, places=8, price_per_place=price, recorded_by=region.user
        )


def _examine(referent: Actor, advisor: Actor) -> None:
    people = (
        Pathway.objects.visible_to(referent)
        .filter(area__in=advisor.area_ids, state=PathwayState.IDENTIFIED)
        .exclude(beneficiary__job_project="")
        .with_person()
        .select_related("beneficiary__commune")
        .order_by("beneficiary__sort_key", "beneficiary__birth_date")[:LOOKED_AT]
    )
    served = refused = None
    for pathway in people:
        wish = _wish(pathway)
        evidence = services.examine(pathway, wish)
        if served is None and evidence.is_empty:
            served = _record(pathway, wish, evidence, AifGround.NO_SESSION, "", advisor)
        elif refused is None and evidence.compatible:
            text = "La session collective ouvre dans le délai et la personne veut bien y aller."
            refused = _record(pathway, wish, evidence, AifGround.SERVED, text, referent)
        if served and refused:
            return


def _wish(pathway: Pathway) -> Wish:
    return Wish(
        title="Parcours individuel vers le métier visé",
        provider=PROVIDER,
        rome_code=pathway.beneficiary.job_project,
        price=Decimal(3200),
        hours=240,
    )


def _record(pathway: Pathway, wish: Wish, evidence: Evidence, ground: str, text: str, actor: Actor):
    conclusion = Conclusion(ground, text, {}, evidence.fingerprint)
    return services.record(pathway, wish, conclusion, actor, f"demo-aif-{ground}")
