"""Who works: users, the organisations they work for, and the role they hold there."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q

from config import clock
from pathways.enums import OrganisationKind, Role
from pathways.models.territory import Commune, EmploymentArea


class Organisation(models.Model):
    """A Département, a pôle d'insertion, a training provider, a Pôle emploi agency, the Région.

    parent: the Département of a pôle. areas: the bassins d'emploi an agency or a pôle serves.
    """

    kind = models.CharField("nature", max_length=20, choices=OrganisationKind.choices)
    code = models.CharField("code", max_length=40, blank=True, help_text="Code interne, unique par nature.")
    name = models.CharField("nom", max_length=255)
    siret = models.CharField("SIRET", max_length=14, blank=True)
    activity_number = models.CharField("n° de déclaration d'activité", max_length=11, blank=True)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="rattachée à",
    )
    areas = models.ManyToManyField(
        EmploymentArea, blank=True, related_name="organisations", verbose_name="bassins d'emploi"
    )
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, verbose_name="commune"
    )
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)

    class Meta:
        verbose_name = "organisation"
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=OrganisationKind.values), name="organisation_kind_is_known"
            ),
            models.UniqueConstraint(
                fields=["kind", "code"], condition=~Q(code=""), name="organisation_code_per_kind"
            ),
            models.UniqueConstraint(
                fields=["kind", "siret"], condition=~Q(siret=""), name="organisation_siret_per_kind"
            ),
        ]

    def __str__(self):
        return self.name


class UserManager(BaseUserManager):
    def create_user(self, email, password=None, **fields):
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email, password=None, **fields):
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, email):
        return self.get(email=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person who works with Jalons. Users are deactivated, never deleted: history names them."""

    email = models.EmailField("courriel", unique=True)
    first_name = models.CharField("prénom", max_length=100)
    last_name = models.CharField("nom", max_length=100)
    is_active = models.BooleanField("actif", default=True)
    is_staff = models.BooleanField("accès à l'administration", default=False)
    date_joined = models.DateTimeField("créé le", default=clock.now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        verbose_name = "utilisateur"
        ordering = ["last_name", "first_name", "pk"]

    def __str__(self):
        return f"{self.first_name} {self.last_name}"

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return f"{self.first_name} {self.last_name[:1]}."


class MembershipQuerySet(models.QuerySet):
    def current(self, day=None):
        """Memberships valid on `day` (today by default)."""
        day = day or clock.today()
        return self.filter(Q(ended_on=None) | Q(ended_on__gt=day), started_on__lte=day)


class Membership(models.Model):
    """A user's role in an organisation, from a day to another (excluded; none: still running)."""

    user = models.ForeignKey(
        User, on_delete=models.RESTRICT, related_name="memberships", verbose_name="utilisateur"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.RESTRICT, related_name="memberships", verbose_name="organisation"
    )
    role = models.CharField("rôle", max_length=30, choices=[c for c in Role.choices if c[0] != Role.SYSTEM])
    started_on = models.DateField("depuis le", default=clock.today)
    ended_on = models.DateField("jusqu'au (exclu)", null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = "appartenance"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[r for r in Role.values if r != Role.SYSTEM]),
                name="membership_role_is_human",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gt=F("started_on")),
                name="membership_ends_after_its_start",
            ),
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=Q(ended_on=None),
                name="membership_once_at_a_time",
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}, {self.organisation}"
