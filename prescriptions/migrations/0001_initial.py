import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import config.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("pathways", "0001_initial"),
        ("pathways", "__first__"),
    ]

    operations = [
        migrations.CreateModel(
            name="Formation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("carif_number", models.CharField(max_length=40, unique=True, verbose_name="n° Carif")),
                ("title", models.CharField(max_length=255, verbose_name="intitulé")),
                ("objective", models.TextField(blank=True, verbose_name="objectif")),
                ("content", models.TextField(blank=True, verbose_name="contenu")),
                (
                    "formacodes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Formacode",
                    ),
                ),
                (
                    "rome_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="métiers (ROME)",
                    ),
                ),
                (
                    "nsf_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="NSF",
                    ),
                ),
                ("is_certifying", models.BooleanField(default=False, verbose_name="certifiante")),
                ("rncp_code", models.CharField(blank=True, max_length=10, verbose_name="RNCP")),
                ("certifinfo_code", models.CharField(blank=True, max_length=10, verbose_name="Certif Info")),
                (
                    "goal_code",
                    models.CharField(blank=True, max_length=2, verbose_name="objectif général (LHEO)"),
                ),
                ("level_in", models.CharField(blank=True, max_length=2, verbose_name="niveau d'entrée")),
                ("level_out", models.CharField(blank=True, max_length=2, verbose_name="niveau de sortie")),
                (
                    "updated_on_carif",
                    models.DateField(blank=True, null=True, verbose_name="mise à jour Carif"),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="formations",
                        to="pathways.organisation",
                        verbose_name="organisme responsable",
                    ),
                ),
            ],
            options={
                "verbose_name": "formation",
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="HistoricalFormation",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("carif_number", models.CharField(db_index=True, max_length=40, verbose_name="n° Carif")),
                ("title", models.CharField(max_length=255, verbose_name="intitulé")),
                ("objective", models.TextField(blank=True, verbose_name="objectif")),
                ("content", models.TextField(blank=True, verbose_name="contenu")),
                (
                    "formacodes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Formacode",
                    ),
                ),
                (
                    "rome_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="métiers (ROME)",
                    ),
                ),
                (
                    "nsf_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=3),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="NSF",
                    ),
                ),
                ("is_certifying", models.BooleanField(default=False, verbose_name="certifiante")),
                ("rncp_code", models.CharField(blank=True, max_length=10, verbose_name="RNCP")),
                ("certifinfo_code", models.CharField(blank=True, max_length=10, verbose_name="Certif Info")),
                (
                    "goal_code",
                    models.CharField(blank=True, max_length=2, verbose_name="objectif général (LHEO)"),
                ),
                ("level_in", models.CharField(blank=True, max_length=2, verbose_name="niveau d'entrée")),
                ("level_out", models.CharField(blank=True, max_length=2, verbose_name="niveau de sortie")),
                (
                    "updated_on_carif",
                    models.DateField(blank=True, null=True, verbose_name="mise à jour Carif"),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "responsible",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="organisme responsable",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical formation",
                "verbose_name_plural": "historical formations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalTrainingAction",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("carif_number", models.CharField(max_length=40, verbose_name="n° Carif")),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="rang parmi les actions de même numéro"
                    ),
                ),
                ("place_name", models.CharField(blank=True, max_length=255, verbose_name="lieu")),
                ("address", models.CharField(blank=True, max_length=255, verbose_name="adresse")),
                ("postal_code", models.CharField(blank=True, max_length=5, verbose_name="code postal")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="ville")),
                ("insee_code", models.CharField(blank=True, max_length=5, verbose_name="code Insee")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                (
                    "entry_mode",
                    models.CharField(
                        choices=[("fixed", "À dates fixes"), ("permanent", "Entrées permanentes")],
                        default="fixed",
                        max_length=10,
                        verbose_name="entrées",
                    ),
                ),
                (
                    "public_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="publics",
                    ),
                ),
                (
                    "information_dates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="informations collectives",
                    ),
                ),
                ("recruitment_notes", models.TextField(blank=True, verbose_name="modalités de recrutement")),
                ("conditions", models.TextField(blank=True, verbose_name="conditions d'accès")),
                (
                    "hours_centre",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="heures en centre"),
                ),
                (
                    "hours_company",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="heures en entreprise"),
                ),
                (
                    "hours_total",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="heures au total"),
                ),
                ("is_contracted", models.BooleanField(null=True, verbose_name="conventionnée")),
                ("financers", models.JSONField(blank=True, default=list, verbose_name="financeurs")),
                (
                    "regional_places",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="places du programme régional"
                    ),
                ),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "commune",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pathways.commune",
                        verbose_name="commune",
                    ),
                ),
                (
                    "formation",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="prescriptions.formation",
                        verbose_name="formation",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="organisme formateur",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical action de formation",
                "verbose_name_plural": "historical action de formations",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="TrainingAction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("carif_number", models.CharField(max_length=40, verbose_name="n° Carif")),
                (
                    "rank",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="rang parmi les actions de même numéro"
                    ),
                ),
                ("place_name", models.CharField(blank=True, max_length=255, verbose_name="lieu")),
                ("address", models.CharField(blank=True, max_length=255, verbose_name="adresse")),
                ("postal_code", models.CharField(blank=True, max_length=5, verbose_name="code postal")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="ville")),
                ("insee_code", models.CharField(blank=True, max_length=5, verbose_name="code Insee")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
                (
                    "entry_mode",
                    models.CharField(
                        choices=[("fixed", "À dates fixes"), ("permanent", "Entrées permanentes")],
                        default="fixed",
                        max_length=10,
                        verbose_name="entrées",
                    ),
                ),
                (
                    "public_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="publics",
                    ),
                ),
                (
                    "information_dates",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.DateField(),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="informations collectives",
                    ),
                ),
                ("recruitment_notes", models.TextField(blank=True, verbose_name="modalités de recrutement")),
                ("conditions", models.TextField(blank=True, verbose_name="conditions d'accès")),
                (
                    "hours_centre",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="heures en centre"),
                ),
                (
                    "hours_company",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="heures en entreprise"),
                ),
                (
                    "hours_total",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="heures au total"),
                ),
                ("is_contracted", models.BooleanField(null=True, verbose_name="conventionnée")),
                ("financers", models.JSONField(blank=True, default=list, verbose_name="financeurs")),
                (
                    "regional_places",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="places du programme régional"
                    ),
                ),
                (
                    "commune",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="pathways.commune",
                        verbose_name="commune",
                    ),
                ),
                (
                    "formation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="actions",
                        to="prescriptions.formation",
                        verbose_name="formation",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="actions",
                        to="pathways.organisation",
                        verbose_name="organisme formateur",
                    ),
                ),
            ],
            options={
                "verbose_name": "action de formation",
                "ordering": ["pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("formation", "carif_number", "rank"), name="action_carif_number_and_rank"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("carif_number", models.CharField(max_length=40, verbose_name="n° Carif")),
                ("title", models.CharField(max_length=255, verbose_name="intitulé")),
                ("is_regional", models.BooleanField(default=False, verbose_name="programme régional")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="ouverture")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="clôture")),
                (
                    "registration_starts_on",
                    models.DateField(blank=True, null=True, verbose_name="inscriptions du"),
                ),
                (
                    "registration_ends_on",
                    models.DateField(blank=True, null=True, verbose_name="inscriptions au"),
                ),
                (
                    "recruitment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Non renseigné"),
                            ("open", "Ouvert"),
                            ("closed", "Fermé"),
                            ("suspended", "Suspendu"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="recrutement",
                    ),
                ),
                ("capacity", models.PositiveIntegerField(blank=True, null=True, verbose_name="places")),
                (
                    "minimum",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="effectif minimal"),
                ),
                ("seats_held", models.PositiveIntegerField(default=0, verbose_name="places tenues")),
                ("cancelled_on", models.DateField(blank=True, null=True, verbose_name="annulée le")),
                ("declared_at", models.DateTimeField(default=config.clock.now, verbose_name="déclaré le")),
                ("search_key", models.CharField(editable=False, max_length=600)),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.employmentarea",
                        verbose_name="bassin d'emploi",
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="déclaré par",
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sessions",
                        to="pathways.organisation",
                        verbose_name="organisme formateur",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to="prescriptions.trainingaction",
                        verbose_name="action",
                    ),
                ),
            ],
            options={
                "verbose_name": "session",
                "ordering": ["starts_on", "pk"],
                "indexes": [
                    models.Index(fields=["starts_on", "id"], name="session_opening"),
                    models.Index(fields=["provider", "starts_on"], name="session_of_provider"),
                    models.Index(fields=["area", "starts_on"], name="session_of_area"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("action", "carif_number"), name="session_carif_number"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("starts_on", None),
                            ("ends_on", None),
                            ("ends_on__gte", models.F("starts_on")),
                            _connector="OR",
                        ),
                        name="session_closes_after_its_opening",
                        violation_error_message="La clôture ne peut pas précéder l'ouverture.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("capacity", None), ("seats_held__lte", models.F("capacity")), _connector="OR"
                        ),
                        name="session_never_overfull",
                        violation_error_message="Il y a déjà plus de places tenues que cela.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("recruitment__in", ["", "open", "closed", "suspended"])),
                        name="session_recruitment_is_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalSession",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("carif_number", models.CharField(max_length=40, verbose_name="n° Carif")),
                ("title", models.CharField(max_length=255, verbose_name="intitulé")),
                ("is_regional", models.BooleanField(default=False, verbose_name="programme régional")),
                ("starts_on", models.DateField(blank=True, null=True, verbose_name="ouverture")),
                ("ends_on", models.DateField(blank=True, null=True, verbose_name="clôture")),
                (
                    "registration_starts_on",
                    models.DateField(blank=True, null=True, verbose_name="inscriptions du"),
                ),
                (
                    "registration_ends_on",
                    models.DateField(blank=True, null=True, verbose_name="inscriptions au"),
                ),
                (
                    "recruitment",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Non renseigné"),
                            ("open", "Ouvert"),
                            ("closed", "Fermé"),
                            ("suspended", "Suspendu"),
                        ],
                        default="",
                        max_length=10,
                        verbose_name="recrutement",
                    ),
                ),
                ("capacity", models.PositiveIntegerField(blank=True, null=True, verbose_name="places")),
                (
                    "minimum",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="effectif minimal"),
                ),
                ("cancelled_on", models.DateField(blank=True, null=True, verbose_name="annulée le")),
                ("declared_at", models.DateTimeField(default=config.clock.now, verbose_name="déclaré le")),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "area",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pathways.employmentarea",
                        verbose_name="bassin d'emploi",
                    ),
                ),
                (
                    "declared_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="déclaré par",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="organisme formateur",
                    ),
                ),
                (
                    "action",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="prescriptions.trainingaction",
                        verbose_name="action",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical session",
                "verbose_name_plural": "historical sessions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Prescription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        choices=[
                            ("draft", "Brouillon"),
                            ("submitted", "Prescrit, sans réponse"),
                            ("convened", "Convoqué"),
                            ("attended", "Présent à l'information collective"),
                            ("absent", "Absent à l'information collective"),
                            ("waitlisted", "Sur liste d'attente"),
                            ("offered", "Place proposée"),
                            ("admitted", "Retenu"),
                            ("registered", "Inscrit (AIS)"),
                            ("entered", "Entré (AES)"),
                            ("refused", "Refusé"),
                            ("expired", "Place proposée, sans réponse à temps"),
                            ("no_show", "Ne s'est pas présenté"),
                            ("withdrawn", "Retiré"),
                            ("session_cancelled", "Session annulée"),
                        ],
                        default="draft",
                        max_length=20,
                        protected=True,
                        verbose_name="état",
                    ),
                ),
                ("state_since", models.DateField(null=True, verbose_name="depuis le")),
                ("submitted_on", models.DateField(null=True, verbose_name="prescrit le")),
                ("convened_for", models.DateField(null=True, verbose_name="convoqué pour le")),
                ("attended_on", models.DateField(null=True, verbose_name="présent le")),
                ("decided_on", models.DateField(null=True, verbose_name="décision le")),
                ("waitlisted_on", models.DateField(null=True, verbose_name="en attente depuis le")),
                ("offer_expires_on", models.DateField(null=True, verbose_name="à accepter avant le")),
                ("registered_on", models.DateField(null=True, verbose_name="AIS le")),
                ("entered_on", models.DateField(null=True, verbose_name="AES : entrée le")),
                ("ended_on", models.DateField(null=True, verbose_name="fin de la demande le")),
                (
                    "refusal_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("prerequisites", "Prérequis insuffisants"),
                            ("overqualified", "Niveau supérieur à la formation"),
                            ("project", "Projet professionnel à confirmer"),
                            ("not_eligible", "Public non éligible"),
                            ("unavailable", "Indisponible (emploi ou autre formation)"),
                            ("absent", "Absence à l'information collective ou aux tests"),
                            ("unreachable", "Non joignable"),
                            ("mobility", "Mobilité insuffisante"),
                            ("contraindication", "Contre-indication"),
                            ("obstacle", "Situation incompatible pour le moment"),
                            ("full", "Session complète"),
                            ("duplicate", "Doublon"),
                            ("other", "Autre"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="motif du refus",
                    ),
                ),
                (
                    "refusal_explanation",
                    models.TextField(blank=True, default="", verbose_name="explication du refus"),
                ),
                (
                    "next_step",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("other_session", "Une autre session de cette formation"),
                            ("other_training", "Une autre formation"),
                            ("upgrade", "Une remise à niveau"),
                            ("project_work", "Un travail sur le projet professionnel"),
                            ("meet_referent", "Un entretien avec le référent"),
                            ("later", "Représenter la candidature plus tard"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="suite proposée",
                    ),
                ),
                (
                    "withdrawal_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("job_found", "A trouvé un emploi"),
                            ("other_training", "Entre dans une autre formation"),
                            ("personal", "Raisons personnelles"),
                            ("changed_project", "Change de projet"),
                            ("declined_seat", "Décline la place proposée"),
                            ("mistake", "Prescription saisie par erreur"),
                            ("other", "Autre"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="motif du retrait",
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prescriptions",
                        to="pathways.pathway",
                        verbose_name="parcours",
                    ),
                ),
                (
                    "prescriber",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="prescripteur",
                    ),
                ),
                (
                    "prescriber_organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="organisation du prescripteur",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prescriptions",
                        to="prescriptions.session",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "prescription",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["session", "state"], name="prescription_of_session"),
                    models.Index(fields=["pathway", "state"], name="prescription_of_pathway"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "draft",
                                    "submitted",
                                    "convened",
                                    "attended",
                                    "absent",
                                    "waitlisted",
                                    "offered",
                                    "admitted",
                                    "registered",
                                    "entered",
                                    "refused",
                                    "expired",
                                    "no_show",
                                    "withdrawn",
                                    "session_cancelled",
                                ],
                            )
                        ),
                        name="prescription_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state", "draft"), ("submitted_on__isnull", False), _connector="OR"
                        ),
                        name="prescription_sent_has_its_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(
                                models.Q(("refusal_reason", ""), _negated=True),
                                models.Q(("next_step", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="prescription_refusal_has_reason_and_next_step",
                        violation_error_message="Un refus porte un motif et une suite proposée.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "convened"), _negated=True),
                            ("convened_for__isnull", False),
                            _connector="OR",
                        ),
                        name="prescription_convened_for_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "offered"), _negated=True),
                            ("offer_expires_on__isnull", False),
                            _connector="OR",
                        ),
                        name="prescription_offer_expires",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "registered"), _negated=True),
                            ("registered_on__isnull", False),
                            _connector="OR",
                        ),
                        name="prescription_registered_has_ais_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "entered"), _negated=True),
                            ("entered_on__isnull", False),
                            _connector="OR",
                        ),
                        name="prescription_entered_has_aes_date",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "absent",
                                    "admitted",
                                    "attended",
                                    "convened",
                                    "offered",
                                    "registered",
                                    "submitted",
                                    "waitlisted",
                                ],
                            )
                        ),
                        fields=("pathway", "session"),
                        name="prescription_once_per_session_at_a_time",
                    ),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
    ]
