"""The person, and their RSA situation kept apart because fewer people may read it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from pathways import perms
from pathways.identity import identity_key, likeness_keys, search_key, sort_key
from pathways.models.actors import Organisation
from pathways.models.territory import Commune, EmploymentArea
from pathways.words import Words


class Sex(models.TextChoices):
    FEMALE = "F", "Femme"
    MALE = "M", "Homme"


#: What `Beneficiary.compute_keys()` writes: whoever saves rows in bulk writes these too.
COMPUTED = ("search_key", "sort_key", "identity_key", "likeness_keys", "is_to_compare")


class BeneficiaryQuerySet(perms.ScopedQuerySet):
    def visible_to(self, actor):
        """As everywhere, without the files that a merge has joined to another."""
        return super().visible_to(actor).standing()

    def standing(self):
        """The files that are people's own: not those joined to another."""
        return self.filter(merged_into=None)

    def to_compare(self):
        """People whose names or identifiers have changed since they were compared with the others."""
        return self.standing().filter(is_to_compare=True)

    def matching(self, text):
        """People for whom each word of `text` begins a word of a name or an identifier, whatever accents or order."""
        return self.filter(search_key__words=text)


class Beneficiary(models.Model):
    """Someone who receives the RSA. Never a NIR here or anywhere (domain.md, C; formats.md, section 11)."""

    last_name = models.CharField("nom d'usage", max_length=100)
    birth_name = models.CharField("nom de naissance", max_length=100, blank=True)
    first_name = models.CharField("prénom", max_length=100)
    sex = models.CharField("sexe", max_length=1, choices=Sex.choices, blank=True)
    birth_date = models.DateField("date de naissance")
    pe_identifier = models.CharField("identifiant Pôle emploi", max_length=11, blank=True)
    pe_registered_on = models.DateField("inscription à Pôle emploi", null=True, blank=True)
    caf_number = models.CharField("n° allocataire CAF", max_length=15, blank=True)
    phone = models.CharField("téléphone", max_length=20, blank=True)
    email = models.EmailField("courriel", blank=True)
    address = models.CharField("adresse", max_length=255, blank=True)
    postal_code = models.CharField("code postal", max_length=5, blank=True)
    city = models.CharField("ville", max_length=100, blank=True)
    commune = models.ForeignKey(
        Commune, on_delete=models.PROTECT, null=True, blank=True, verbose_name="commune"
    )
    education_level = models.CharField("niveau de formation (code ASP)", max_length=2, blank=True)
    job_project = models.CharField("projet professionnel (code ROME)", max_length=5, blank=True)
    pole = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="pôle d'insertion",
    )
    area = models.ForeignKey(
        EmploymentArea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="bassin d'emploi",
    )
    identified_on = models.DateField("identifié par le Département le", null=True, blank=True)
    # PostgreSQL as embedded has neither ICU nor unaccent: keys without accents are computed here (style.md).
    search_key = models.CharField(max_length=400, editable=False)
    # "C": the key is made to be compared byte by byte, whatever the locale of the server.
    sort_key = models.CharField(max_length=220, editable=False, db_collation="C")
    identity_key = models.CharField(max_length=220, editable=False)
    likeness_keys = ArrayField(models.CharField(max_length=240), editable=False, default=list)
    is_to_compare = models.BooleanField(editable=False, default=True)
    # A projection of the merges that hold (pathways.merging): the file that now stands for this one too.
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="absorbed",
        db_index=False,
        verbose_name="fusionné avec",
    )

    history = HistoricalRecords(
        excluded_fields=[*COMPUTED, "merged_into"], no_db_index=["commune", "pole", "area"]
    )
    objects = BeneficiaryQuerySet.as_manager()

    class Meta:
        verbose_name = "bénéficiaire"
        ordering = ["sort_key", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=["", *Sex.values]), name="beneficiary_sex_is_known"),
            models.CheckConstraint(
                condition=Q(pe_registered_on=None) | Q(pe_registered_on__gt=models.F("birth_date")),
                name="beneficiary_registered_after_birth",
                violation_error_message="L'inscription à Pôle emploi ne peut pas précéder la naissance.",
            ),
        ]
        indexes = [
            models.Index(fields=["sort_key", "id"], name="beneficiary_sort"),
            GinIndex(Words("search_key"), name="beneficiary_words"),
            models.Index(fields=["identity_key"], name="beneficiary_identity"),
            models.Index(fields=["pe_identifier"], name="beneficiary_pe", condition=~Q(pe_identifier="")),
            models.Index(fields=["caf_number"], name="beneficiary_caf", condition=~Q(caf_number="")),
            GinIndex(fields=["likeness_keys"], name="beneficiary_likeness"),
            models.Index(fields=["id"], name="beneficiary_to_compare", condition=Q(is_to_compare=True)),
            models.Index(
                fields=["merged_into"], name="beneficiary_merged", condition=Q(merged_into__isnull=False)
            ),
        ]

    def __str__(self):
        return f"{self.first_name} {self.last_name}"

    def save(self, *args, **kwargs):
        self.compute_keys()
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = {*kwargs["update_fields"], *COMPUTED}
        super().save(*args, **kwargs)

    def compute_keys(self):
        """Refresh the search, sort, identity and likeness keys from the names, identifiers and birth date."""
        self.search_key = search_key(
            self.last_name, self.birth_name, self.first_name, self.pe_identifier, self.caf_number
        )
        self.sort_key = sort_key(self.last_name, self.first_name)
        self.identity_key = identity_key(self.birth_name or self.last_name, self.first_name, self.birth_date)
        identifiers = {"pe": self.pe_identifier, "caf": self.caf_number, "mail": self.email}
        keys = likeness_keys((self.last_name, self.birth_name), self.first_name, self.birth_date, identifiers)
        if keys != self.likeness_keys:
            self.likeness_keys, self.is_to_compare = keys, True

    def age_on(self, day):
        """Whole years on `day`."""
        return (
            day.year
            - self.birth_date.year
            - ((day.month, day.day) < (self.birth_date.month, self.birth_date.day))
        )


class RsaSituation(models.Model):
    """The person's right to RSA as the CAF last described it. A training provider never reads it."""

    beneficiary = models.OneToOneField(
        Beneficiary,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="rsa",
        verbose_name="bénéficiaire",
    )
    entered_on = models.DateField("entrée dans le RSA", null=True, blank=True)
    right_state = models.CharField("état du droit (ETATDOSRSA)", max_length=1, blank=True)
    suspension_reason = models.CharField("motif de suspension", max_length=2, blank=True)
    closure_reason = models.CharField("motif de clôture", max_length=3, blank=True)
    has_duties = models.BooleanField("soumis aux droits et devoirs", null=True)
    request_number = models.CharField("n° de demande RSA", max_length=11, blank=True)
    known_on = models.DateField("situation connue au", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "situation RSA"

    def __str__(self):
        return f"RSA de {self.beneficiary}"
