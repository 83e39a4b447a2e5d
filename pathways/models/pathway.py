"""The pathway: where one person stands in one cohort, as the valid events say."""

from django.db import models
from django.db.models import F, Q
from django_fsm import FSMField, FSMModelMixin

from config import clock
from pathways import perms
from pathways.enums import OPEN_STATES, PathwayState
from pathways.models.actors import Organisation
from pathways.models.beneficiary import Beneficiary
from pathways.models.cohort import Cohort
from pathways.models.territory import EmploymentArea
from pathways.workflow import PATHWAY


class PathwayQuerySet(perms.ScopedQuerySet):
    def visible_to(self, actor):
        """As everywhere, without the files that a merge has joined to another."""
        return super().visible_to(actor).standing()

    def standing(self):
        """The files that are people's own: not those joined to another."""
        return self.filter(merged_into=None)

    def open(self):
        return self.filter(state__in=sorted(OPEN_STATES))

    def stuck(self, day=None):
        """Pathways that have stayed in their state past its delay (a blockage, domain.md B13) on `day`."""
        return self.filter(due_on__lt=day or clock.today())

    def with_person(self):
        return self.select_related("beneficiary", "beneficiary__area", "cohort", "pole")


class Pathway(FSMModelMixin, models.Model):
    """One beneficiary in one cohort. `state` and what follows it are projections: `pathways.transitions` writes them.

    pole and area repeat the beneficiary's, so that a list of one territory reads one index. sort_key and department
    repeat the beneficiary's name and the cohort's Département; the database itself keeps them (migration 0006).
    """

    beneficiary = models.ForeignKey(
        Beneficiary,
        on_delete=models.PROTECT,
        related_name="pathways",
        verbose_name="bénéficiaire",
        db_index=False,
    )
    cohort = models.ForeignKey(
        Cohort,
        on_delete=models.PROTECT,
        related_name="pathways",
        verbose_name="cohorte",
        db_index=False,
    )
    pole = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="pôle d'insertion",
        db_index=False,
    )
    area = models.ForeignKey(
        EmploymentArea,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name="bassin d'emploi",
        db_index=False,
    )
    sort_key = models.CharField(max_length=220, editable=False, default="", db_collation="C")
    department = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, editable=False, related_name="+", db_index=False
    )
    state = FSMField(
        "état", max_length=20, choices=PathwayState.choices, protected=True, blank=True, default=""
    )
    state_since = models.DateField("depuis le", null=True)
    due_on = models.DateField("attendu avant le", null=True)
    last_fact_on = models.DateField("dernier fait le", null=True)
    contacted_on = models.DateField("joint le", null=True)
    contact_attempts = models.PositiveSmallIntegerField("appels sans réponse", default=0)
    job_ended_on = models.DateField("emploi terminé le", null=True)
    # Projections of the merges that hold (pathways.merging): the file that this one is part of now, if any, and
    # whether others are part of this one. A file joined to another stands nowhere: its state is empty.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="absorbed",
        db_index=False,
        verbose_name="fusionné avec",
    )
    has_absorbed = models.BooleanField("en réunit plusieurs", default=False, editable=False)

    objects = PathwayQuerySet.as_manager()
    locals().update(PATHWAY.fsm_methods())  # one django_fsm transition per name of the table

    class Meta:
        verbose_name = "parcours"
        verbose_name_plural = "parcours"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["beneficiary", "cohort"], name="pathway_once_per_cohort"),
            models.CheckConstraint(
                condition=Q(state__in=["", *PathwayState.values]), name="pathway_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state="") | Q(state_since__isnull=False), name="pathway_state_has_its_date"
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(due_on__gte=F("state_since")), name="pathway_due_after_its_state"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(state="", has_absorbed=False),
                name="pathway_merged_stands_nowhere",
            ),
        ]
        indexes = [
            models.Index(fields=["pole", "state", "state_since"], name="pathway_pole_state"),
            models.Index(fields=["area", "state", "state_since"], name="pathway_area_state"),
            models.Index(fields=["department", "state", "state_since"], name="pathway_department_state"),
            models.Index(fields=["department", "sort_key", "id"], name="pathway_department_name"),
            models.Index(fields=["department", "area"], name="pathway_department_area"),
            models.Index(
                fields=["due_on"],
                include=["state", "pole", "area"],
                name="pathway_due",
                condition=Q(due_on__isnull=False),
            ),
            models.Index(
                fields=["merged_into"], name="pathway_merged", condition=Q(merged_into__isnull=False)
            ),
        ]

    def __str__(self):
        return f"Parcours de {self.beneficiary}"

    @property
    def days_in_state(self):
        """Whole days since the pathway entered its state."""
        return (clock.today() - self.state_since).days if self.state_since else 0


class StateDelay(models.Model):
    """After how many calendar days in a state a pathway counts as stuck (domain.md B13; a parameter, not a law)."""

    state = models.CharField("état", max_length=20, choices=PathwayState.choices, primary_key=True)
    days = models.PositiveSmallIntegerField("délai (jours calendaires)")
    explanation = models.CharField("ce qui est attendu", max_length=200)

    class Meta:
        verbose_name = "délai par état"
        verbose_name_plural = "délais par état"
        ordering = ["state"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PathwayState.values), name="state_delay_state_is_known"
            )
        ]

    def __str__(self):
        return f"{self.get_state_display()} : {self.days} j"
