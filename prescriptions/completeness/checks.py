"""What is missing or old in a session that opens soon: named checks, each with its reason and day (PE, art. 4; A43).

One definition serves the session page, the list « À compléter », the alerts and the reminders: a check is a condition
on rows of `Session`, so that a page and a sweep never disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    When,
)
from django.db.models import Value as V
from django.db.models.functions import Cast, Greatest, Least, TruncDate

from config import clock
from pathways import parameters
from prescriptions.enums import EntryMode, MeetingKind
from prescriptions.models import Meeting, Session, TrainingAction

GROUP = "Offre"
ART_4 = "Convention Région – Pôle emploi, art. 4 (les délais sont une proposition de Jalons)"

#: B1: an offer is published two months and a half before its opening (Rhône, PROSPER).
PUBLISHED = parameters.declare(
    "offer_complete_before", "Session complète avant l'ouverture", unit="jours", default=75, group=GROUP,
    source="Domaine B1 : publication 2,5 mois avant le début (extranet PROSPER, Rhône, 2015)",
    minimum=15, maximum=365,
)  # fmt: skip
MEETINGS = parameters.declare(
    "offer_meeting_before", "Information collective annoncée avant l'ouverture", unit="jours", default=45,
    group=GROUP, source=ART_4, minimum=7, maximum=365,
)  # fmt: skip
COMMISSIONS = parameters.declare(
    "offer_commission_before", "Commission d'entrée annoncée avant l'ouverture", unit="jours", default=30,
    group=GROUP, source=ART_4, minimum=3, maximum=365,
)  # fmt: skip
NEAR = parameters.declare(
    "offer_near", "Ouverture proche", unit="jours", default=30, group=GROUP, minimum=2, maximum=180,
    help="En deçà, les chiffres doivent être plus frais.",
)  # fmt: skip
CLOSE = parameters.declare(
    "offer_close", "Ouverture imminente", unit="jours", default=15, group=GROUP, minimum=1, maximum=90
)
AGE_FAR = parameters.declare(
    "offer_age_far", "Âge des chiffres toléré, ouverture lointaine", unit="jours", default=45, group=GROUP,
    source=ART_4, minimum=1, maximum=365,
)  # fmt: skip
AGE_NEAR = parameters.declare(
    "offer_age_near", "Âge des chiffres toléré, ouverture proche", unit="jours", default=21, group=GROUP,
    source=ART_4, minimum=1, maximum=365,
)  # fmt: skip
AGE_CLOSE = parameters.declare(
    "offer_age_close", "Âge des chiffres toléré, ouverture imminente", unit="jours", default=10, group=GROUP,
    source=ART_4, minimum=1, maximum=365,
)  # fmt: skip
GRACE = parameters.declare(
    "offer_grace", "Délai pour compléter avant que la Région soit prévenue", unit="jours", default=7, group=GROUP,
    minimum=1, maximum=90,
)  # fmt: skip
CODES = tuple(
    each.code for each in (PUBLISHED, MEETINGS, COMMISSIONS, NEAR, CLOSE, AGE_FAR, AGE_NEAR, AGE_CLOSE, GRACE)
)


@dataclass(frozen=True)
class Check:
    """One thing that a session must tell. label: as listed. sentence: what is wrong. reason: why it matters.

    before: the parameter that says how long before the opening it is asked for.
    """

    code: str
    label: str
    sentence: str
    reason: str
    before: str = PUBLISHED.code

    @property
    def column(self) -> str:
        return f"lacks_{self.code}"


CHECKS = (
    Check("opening", "date d'ouverture", "La date d'ouverture n'est pas renseignée.",
          "Sans elle, la session n'apparaît pas au calendrier et le délai de 60 jours de l'AIF ne se calcule pas."),
    Check("closing", "date de clôture", "La date de clôture n'est pas renseignée.",
          "Elle sert à repérer les positionnements qui se chevauchent et les sorties à suivre."),
    Check("place", "lieu", "Le lieu n'est pas renseigné.", "Les prescripteurs cherchent par distance."),
    Check("capacity", "nombre de places", "Le nombre de places n'est pas renseigné : personne ne peut être retenu.",
          "Les places vides ne peuvent être signalées à Pôle emploi (art. 8)."),
    Check("minimum", "effectif minimal", "L'effectif minimal n'est pas renseigné.",
          "On ne peut prévenir à temps qu'une session risque de ne pas ouvrir."),
    Check("hours", "durée en heures", "Les heures par stagiaire ne sont pas renseignées.",
          "Le coût horaire et l'assiduité en dépendent."),
    Check("price", "prix", "Le prix par place n'est pas renseigné.",
          "La Région suit sa commande publique : engagé, consommé, coût par place."),
    Check("recruitment", "état du recrutement", "L'état du recrutement n'est pas renseigné.",
          "Un prescripteur ne sait pas s'il peut encore adresser quelqu'un."),
    Check("meeting", "information collective", "Aucune information collective n'est annoncée.",
          "Les dates d'information collective se renseignent à l'avance (art. 4).", MEETINGS.code),
    Check("commission", "commission d'entrée", "Aucune commission de validation des entrées n'est annoncée.",
          "Les dates de commission se renseignent à l'avance (art. 4).", COMMISSIONS.code),
)  # fmt: skip
STALE = Check(
    "stale",
    "chiffres à confirmer",
    "Les chiffres n'ont pas été confirmés récemment.",
    "Toute modification se signale (art. 4) : plus l'ouverture approche, plus les chiffres doivent être frais.",
)
BY_CODE = {check.code: check for check in (*CHECKS, STALE)}


@dataclass(frozen=True)
class Rules:
    """The parameters in force on a day, and the conditions that follow from them."""

    today: date
    days: dict[str, int]

    @classmethod
    def in_force(cls) -> Rules:
        today = clock.today()
        return cls(today, parameters.values(CODES, today))

    def ahead(self, code: str) -> date:
        return self.today + timedelta(days=self.days[code])

    def ago(self, code: str):
        """The instant before which a declaration is too old."""
        return clock.now() - timedelta(days=self.days[code])

    @property
    def asked(self) -> Q:
        """The sessions that must be complete by now."""
        return self.due_by(PUBLISHED.code)

    def due_by(self, code: str) -> Q:
        """Opens within so many days, or has no opening yet, or takes people in at any time."""
        soon = Q(starts_on__gte=self.today, starts_on__lte=self.ahead(code))
        return Q(is_regional=True, cancelled_on=None) & (soon | Q(starts_on=None) | self.running)

    @property
    def running(self) -> Q:
        """Permanent entries, open now. By subquery: a join would read the action of every session ever."""
        permanent = TrainingAction.objects.filter(entry_mode=EntryMode.PERMANENT)
        over = Q(ends_on__isnull=False, ends_on__lt=self.today)
        return Q(action__in=permanent, starts_on__lt=self.today) & ~over

    def conditions(self) -> dict[str, Q]:
        """Check code -> the sessions that lack it, among all."""
        somewhere = TrainingAction.objects.filter(Q(city__gt="") | Q(address__gt=""))
        meetings = Meeting.objects.filter(session=OuterRef("pk"))
        coming = meetings.coming(self.today).of_kind(MeetingKind.INFORMATION)
        lacks = {
            "opening": Q(starts_on=None),
            "closing": Q(ends_on=None) & ~self.running,
            "place": ~Q(action__in=somewhere),
            "capacity": Q(capacity=None),
            "minimum": Q(minimum=None),
            "hours": Q(hours=None),
            "price": Q(price=None),
            "recruitment": Q(recruitment=""),
            "meeting": (~Exists(meetings.of_kind(MeetingKind.INFORMATION)) & ~self.running)
            | (~Exists(coming) & self.running),
            "commission": ~Exists(meetings.of_kind(MeetingKind.COMMISSION)) & ~self.running,
        }
        conditions = {check.code: self.due_by(check.before) & lacks[check.code] for check in CHECKS}
        return conditions | {STALE.code: self.asked & self.stale}

    @property
    def stale(self) -> Q:
        close, near = Q(starts_on__lte=self.ahead(CLOSE.code)), Q(starts_on__lte=self.ahead(NEAR.code))
        started = Q(starts_on__lt=self.today)
        return (
            Q(declared_at__lt=self.ago(AGE_FAR.code))
            | (near & Q(declared_at__lt=self.ago(AGE_NEAR.code)))
            | (close & ~started & Q(declared_at__lt=self.ago(AGE_CLOSE.code)))
        )

    def since(self):
        """The day on which the oldest of what a session lacks was asked for, as an expression."""
        asked_on = []
        for code, condition in self.conditions().items():
            if code == STALE.code:
                # The day after which the declaration was too old, by the mildest rule that it breaks.
                day = Cast(TruncDate("declared_at"), DateField())
            else:
                days = timedelta(days=self.days[BY_CODE[code].before])
                day = Greatest("known_on", Cast(F("starts_on") - V(days), DateField()))
            asked_on.append(Case(When(condition, then=day), output_field=DateField()))
        return Least(*asked_on)


def incomplete(sessions: QuerySet[Session]) -> QuerySet[Session]:
    """Those of `sessions` that lack something, with `lacks_<code>` for each check and `asked_since`, the first day."""
    rules = Rules.in_force()
    conditions = rules.conditions()
    anything = Q()
    for condition in conditions.values():
        anything |= condition
    flags = {
        BY_CODE[code].column: ExpressionWrapper(condition, output_field=BooleanField())
        for code, condition in conditions.items()
    }
    return sessions.filter(rules.asked).filter(anything).annotate(**flags, asked_since=rules.since())


def lacking(session: Session) -> list[Check]:
    """What a session returned by `incomplete()` lacks, in the order of the checks."""
    return [check for check in BY_CODE.values() if getattr(session, check.column)]


def lacks_of(session: Session) -> list[Check]:
    """What one session lacks today."""
    found = incomplete(Session.objects.filter(pk=session.pk)).first()
    return lacking(found) if found else []


def remarks(session: Session) -> list[str]:
    """What the session page asks to complete, in sentences."""
    told = [check.sentence for check in lacks_of(session)]
    if not (session.provider.phone or session.provider.email):
        told.append("Aucun téléphone ni courriel de l'organisme n'est connu.")
    return told
