import django.db.models.deletion
import django_fsm
import simple_history.models
from django.conf import settings
from django.db import migrations, models

import config.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="Beneficiary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("last_name", models.CharField(max_length=100, verbose_name="nom d'usage")),
                ("birth_name", models.CharField(blank=True, max_length=100, verbose_name="nom de naissance")),
                ("first_name", models.CharField(max_length=100, verbose_name="prénom")),
                (
                    "sex",
                    models.CharField(
                        blank=True,
                        choices=[("F", "Femme"), ("M", "Homme")],
                        max_length=1,
                        verbose_name="sexe",
                    ),
                ),
                ("birth_date", models.DateField(verbose_name="date de naissance")),
                (
                    "pe_identifier",
                    models.CharField(blank=True, max_length=11, verbose_name="identifiant Pôle emploi"),
                ),
                (
                    "pe_registered_on",
                    models.DateField(blank=True, null=True, verbose_name="inscription à Pôle emploi"),
                ),
                (
                    "caf_number",
                    models.CharField(blank=True, max_length=15, verbose_name="n° allocataire CAF"),
                ),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="téléphone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="courriel")),
                ("address", models.CharField(blank=True, max_length=255, verbose_name="adresse")),
                ("postal_code", models.CharField(blank=True, max_length=5, verbose_name="code postal")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="ville")),
                (
                    "education_level",
                    models.CharField(blank=True, max_length=2, verbose_name="niveau de formation (code ASP)"),
                ),
                (
                    "job_project",
                    models.CharField(
                        blank=True, max_length=5, verbose_name="projet professionnel (code ROME)"
                    ),
                ),
                (
                    "identified_on",
                    models.DateField(blank=True, null=True, verbose_name="identifié par le Département le"),
                ),
                ("search_key", models.CharField(editable=False, max_length=400)),
                ("sort_key", models.CharField(editable=False, max_length=220)),
                ("identity_key", models.CharField(editable=False, max_length=220)),
            ],
            options={
                "verbose_name": "bénéficiaire",
                "ordering": ["sort_key", "pk"],
                "indexes": [
                    models.Index(fields=["sort_key", "id"], name="beneficiary_sort"),
                    models.Index(fields=["identity_key"], name="beneficiary_identity"),
                    models.Index(
                        condition=models.Q(("pe_identifier", ""), _negated=True),
                        fields=["pe_identifier"],
                        name="beneficiary_pe",
                    ),
                    models.Index(
                        condition=models.Q(("caf_number", ""), _negated=True),
                        fields=["caf_number"],
                        name="beneficiary_caf",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sex__in", ["", "F", "M"])), name="beneficiary_sex_is_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("pe_registered_on", None),
                            ("pe_registered_on__gt", models.F("birth_date")),
                            _connector="OR",
                        ),
                        name="beneficiary_registered_after_birth",
                        violation_error_message="L'inscription à Pôle emploi ne peut pas précéder la naissance.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Commune",
            fields=[
                (
                    "insee_code",
                    models.CharField(
                        max_length=5, primary_key=True, serialize=False, verbose_name="code Insee"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="nom")),
                ("postal_codes", models.JSONField(default=list, verbose_name="codes postaux")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
            ],
            options={
                "verbose_name": "commune",
                "ordering": ["name", "insee_code"],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="courriel")),
                ("first_name", models.CharField(max_length=100, verbose_name="prénom")),
                ("last_name", models.CharField(max_length=100, verbose_name="nom")),
                ("is_active", models.BooleanField(default=True, verbose_name="actif")),
                ("is_staff", models.BooleanField(default=False, verbose_name="accès à l'administration")),
                ("date_joined", models.DateTimeField(default=config.clock.now, verbose_name="créé le")),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "utilisateur",
                "ordering": ["last_name", "first_name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RsaSituation",
            fields=[
                (
                    "beneficiary",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="rsa",
                        serialize=False,
                        to="pathways.beneficiary",
                        verbose_name="bénéficiaire",
                    ),
                ),
                ("entered_on", models.DateField(blank=True, null=True, verbose_name="entrée dans le RSA")),
                (
                    "right_state",
                    models.CharField(blank=True, max_length=1, verbose_name="état du droit (ETATDOSRSA)"),
                ),
                (
                    "suspension_reason",
                    models.CharField(blank=True, max_length=2, verbose_name="motif de suspension"),
                ),
                (
                    "closure_reason",
                    models.CharField(blank=True, max_length=3, verbose_name="motif de clôture"),
                ),
                ("has_duties", models.BooleanField(null=True, verbose_name="soumis aux droits et devoirs")),
                (
                    "request_number",
                    models.CharField(blank=True, max_length=11, verbose_name="n° de demande RSA"),
                ),
                ("known_on", models.DateField(blank=True, null=True, verbose_name="situation connue au")),
            ],
            options={
                "verbose_name": "situation RSA",
            },
        ),
        migrations.AddField(
            model_name="beneficiary",
            name="commune",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="pathways.commune",
                verbose_name="commune",
            ),
        ),
        migrations.CreateModel(
            name="EmploymentArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=4, verbose_name="code")),
                ("vintage", models.PositiveSmallIntegerField(default=2020, verbose_name="millésime")),
                ("name", models.CharField(max_length=100, verbose_name="nom")),
            ],
            options={
                "verbose_name": "bassin d'emploi",
                "verbose_name_plural": "bassins d'emploi",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "vintage"), name="employment_area_code_and_vintage"
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="commune",
            name="area",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="communes",
                to="pathways.employmentarea",
                verbose_name="bassin d'emploi",
            ),
        ),
        migrations.AddField(
            model_name="beneficiary",
            name="area",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pathways.employmentarea",
                verbose_name="bassin d'emploi",
            ),
        ),
        migrations.CreateModel(
            name="HistoricalRsaSituation",
            fields=[
                ("entered_on", models.DateField(blank=True, null=True, verbose_name="entrée dans le RSA")),
                (
                    "right_state",
                    models.CharField(blank=True, max_length=1, verbose_name="état du droit (ETATDOSRSA)"),
                ),
                (
                    "suspension_reason",
                    models.CharField(blank=True, max_length=2, verbose_name="motif de suspension"),
                ),
                (
                    "closure_reason",
                    models.CharField(blank=True, max_length=3, verbose_name="motif de clôture"),
                ),
                ("has_duties", models.BooleanField(null=True, verbose_name="soumis aux droits et devoirs")),
                (
                    "request_number",
                    models.CharField(blank=True, max_length=11, verbose_name="n° de demande RSA"),
                ),
                ("known_on", models.DateField(blank=True, null=True, verbose_name="situation connue au")),
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
                    "beneficiary",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pathways.beneficiary",
                        verbose_name="bénéficiaire",
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
            ],
            options={
                "verbose_name": "historical situation RSA",
                "verbose_name_plural": "historical situation RSAs",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("department", "Département"),
                            ("insertion_pole", "Pôle d'insertion"),
                            ("provider", "Organisme de formation"),
                            ("agency", "Agence Pôle emploi"),
                            ("region", "Région"),
                            ("platform", "Exploitant de Jalons"),
                        ],
                        max_length=20,
                        verbose_name="nature",
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        blank=True,
                        help_text="Code interne, unique par nature.",
                        max_length=40,
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="nom")),
                ("siret", models.CharField(blank=True, max_length=14, verbose_name="SIRET")),
                (
                    "activity_number",
                    models.CharField(blank=True, max_length=11, verbose_name="n° de déclaration d'activité"),
                ),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="téléphone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="courriel")),
                (
                    "areas",
                    models.ManyToManyField(
                        blank=True,
                        related_name="organisations",
                        to="pathways.employmentarea",
                        verbose_name="bassins d'emploi",
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
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="pathways.organisation",
                        verbose_name="rattachée à",
                    ),
                ),
            ],
            options={
                "verbose_name": "organisation",
                "ordering": ["name", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ["department", "insertion_pole", "provider", "agency", "region", "platform"],
                            )
                        ),
                        name="organisation_kind_is_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("code", ""), _negated=True),
                        fields=("kind", "code"),
                        name="organisation_code_per_kind",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("siret", ""), _negated=True),
                        fields=("kind", "siret"),
                        name="organisation_siret_per_kind",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("referent", "Référent"),
                            ("department_manager", "Responsable de cohorte (Département)"),
                            ("provider", "Organisme de formation"),
                            ("advisor", "Conseiller Pôle emploi"),
                            ("region_officer", "Chargé de mission Région"),
                            ("committee_member", "Membre de comité"),
                            ("administrator", "Administrateur"),
                            ("data_protection_officer", "Délégué à la protection des données"),
                        ],
                        max_length=30,
                        verbose_name="rôle",
                    ),
                ),
                ("started_on", models.DateField(default=config.clock.today, verbose_name="depuis le")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="jusqu'au (exclu)")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="utilisateur",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.RESTRICT,
                        related_name="memberships",
                        to="pathways.organisation",
                        verbose_name="organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "appartenance",
                "ordering": ["pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "referent",
                                    "department_manager",
                                    "provider",
                                    "advisor",
                                    "region_officer",
                                    "committee_member",
                                    "administrator",
                                    "data_protection_officer",
                                ],
                            )
                        ),
                        name="membership_role_is_human",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gt", models.F("started_on")), _connector="OR"
                        ),
                        name="membership_ends_after_its_start",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)),
                        fields=("user", "organisation", "role"),
                        name="membership_once_at_a_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="type de fichier")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("uploaded", "À analyser"),
                            ("checking", "Analyse en cours"),
                            ("previewed", "À confirmer"),
                            ("confirmed", "Confirmé"),
                            ("writing", "Enregistrement en cours"),
                            ("done", "Terminé"),
                            ("failed", "Refusé"),
                            ("cancelled", "Abandonné"),
                        ],
                        default="uploaded",
                        max_length=12,
                        verbose_name="étape",
                    ),
                ),
                ("file", models.FileField(upload_to="imports/%Y/%m/", verbose_name="fichier")),
                ("file_name", models.CharField(max_length=255, verbose_name="nom du fichier")),
                ("parameters", models.JSONField(default=dict, verbose_name="paramètres")),
                ("role", models.CharField(max_length=30, verbose_name="rôle")),
                ("created_at", models.DateTimeField(default=config.clock.now, verbose_name="déposé le")),
                ("started_at", models.DateTimeField(null=True, verbose_name="pris en charge le")),
                ("heartbeat_at", models.DateTimeField(null=True, verbose_name="dernier signe")),
                ("finished_at", models.DateTimeField(null=True, verbose_name="terminé le")),
                ("progress", models.PositiveIntegerField(default=0, verbose_name="lignes traitées")),
                ("total", models.PositiveIntegerField(null=True, verbose_name="lignes en tout")),
                ("counts", models.JSONField(default=dict, verbose_name="bilan")),
                ("error", models.TextField(blank=True, verbose_name="erreur")),
                ("error_next_step", models.TextField(blank=True, verbose_name="remède")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="déposé par",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="pour",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "ordering": ["-created_at", "-pk"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("status__in", ["uploaded", "checking", "confirmed", "writing"])),
                        fields=["status"],
                        name="import_due",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "failed"), _negated=True),
                            models.Q(("error", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="import_failure_is_explained",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HistoricalBeneficiary",
            fields=[
                (
                    "id",
                    models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name="ID"),
                ),
                ("last_name", models.CharField(max_length=100, verbose_name="nom d'usage")),
                ("birth_name", models.CharField(blank=True, max_length=100, verbose_name="nom de naissance")),
                ("first_name", models.CharField(max_length=100, verbose_name="prénom")),
                (
                    "sex",
                    models.CharField(
                        blank=True,
                        choices=[("F", "Femme"), ("M", "Homme")],
                        max_length=1,
                        verbose_name="sexe",
                    ),
                ),
                ("birth_date", models.DateField(verbose_name="date de naissance")),
                (
                    "pe_identifier",
                    models.CharField(blank=True, max_length=11, verbose_name="identifiant Pôle emploi"),
                ),
                (
                    "pe_registered_on",
                    models.DateField(blank=True, null=True, verbose_name="inscription à Pôle emploi"),
                ),
                (
                    "caf_number",
                    models.CharField(blank=True, max_length=15, verbose_name="n° allocataire CAF"),
                ),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="téléphone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="courriel")),
                ("address", models.CharField(blank=True, max_length=255, verbose_name="adresse")),
                ("postal_code", models.CharField(blank=True, max_length=5, verbose_name="code postal")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="ville")),
                (
                    "education_level",
                    models.CharField(blank=True, max_length=2, verbose_name="niveau de formation (code ASP)"),
                ),
                (
                    "job_project",
                    models.CharField(
                        blank=True, max_length=5, verbose_name="projet professionnel (code ROME)"
                    ),
                ),
                (
                    "identified_on",
                    models.DateField(blank=True, null=True, verbose_name="identifié par le Département le"),
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
                    "commune",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pathways.commune",
                        verbose_name="commune",
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
                    "pole",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="pôle d'insertion",
                    ),
                ),
            ],
            options={
                "verbose_name": "historical bénéficiaire",
                "verbose_name_plural": "historical bénéficiaires",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Cohort",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=30, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=150, verbose_name="nom")),
                ("reference_date", models.DateField(verbose_name="date de référence de la règle d'entrée")),
                ("rule", models.CharField(default="A1-2017", max_length=30, verbose_name="règle d'entrée")),
                (
                    "rsa_months_limit",
                    models.PositiveSmallIntegerField(
                        default=12, verbose_name="ancienneté maximale dans le RSA (mois)"
                    ),
                ),
                ("opened_on", models.DateField(default=config.clock.today, verbose_name="ouverte le")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cohorts",
                        to="pathways.organisation",
                        verbose_name="Département",
                    ),
                ),
            ],
            options={
                "verbose_name": "cohorte",
                "ordering": ["-reference_date", "code"],
            },
        ),
        migrations.AddField(
            model_name="beneficiary",
            name="pole",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pathways.organisation",
                verbose_name="pôle d'insertion",
            ),
        ),
        migrations.CreateModel(
            name="Pathway",
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
                        blank=True,
                        choices=[
                            ("identified", "Identifié"),
                            ("prescribed", "Prescrit"),
                            ("admitted", "Retenu"),
                            ("in_training", "En formation"),
                            ("suspended", "Formation suspendue"),
                            ("in_exam", "À l'examen"),
                            ("completed", "Formation terminée"),
                            ("dropped_out", "Formation interrompue"),
                            ("employed", "En emploi"),
                            ("other_outcome", "Autre suite"),
                            ("lost_contact", "Perdu de vue"),
                            ("closed", "Dossier clos"),
                        ],
                        default="",
                        max_length=20,
                        protected=True,
                        verbose_name="état",
                    ),
                ),
                ("state_since", models.DateField(null=True, verbose_name="depuis le")),
                ("due_on", models.DateField(null=True, verbose_name="attendu avant le")),
                ("last_fact_on", models.DateField(null=True, verbose_name="dernier fait le")),
                ("contacted_on", models.DateField(null=True, verbose_name="joint le")),
                (
                    "contact_attempts",
                    models.PositiveSmallIntegerField(default=0, verbose_name="appels sans réponse"),
                ),
                ("job_ended_on", models.DateField(null=True, verbose_name="emploi terminé le")),
                (
                    "area",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.employmentarea",
                        verbose_name="bassin d'emploi",
                    ),
                ),
                (
                    "beneficiary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pathways",
                        to="pathways.beneficiary",
                        verbose_name="bénéficiaire",
                    ),
                ),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="pathways",
                        to="pathways.cohort",
                        verbose_name="cohorte",
                    ),
                ),
                (
                    "pole",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="pôle d'insertion",
                    ),
                ),
            ],
            options={
                "verbose_name": "parcours",
                "verbose_name_plural": "parcours",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["pole", "state", "state_since"], name="pathway_pole_state"),
                    models.Index(fields=["area", "state", "state_since"], name="pathway_area_state"),
                    models.Index(
                        condition=models.Q(("due_on__isnull", False)),
                        fields=["due_on"],
                        include=("state", "pole", "area"),
                        name="pathway_due",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("beneficiary", "cohort"), name="pathway_once_per_cohort"),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "",
                                    "identified",
                                    "prescribed",
                                    "admitted",
                                    "in_training",
                                    "suspended",
                                    "in_exam",
                                    "completed",
                                    "dropped_out",
                                    "employed",
                                    "other_outcome",
                                    "lost_contact",
                                    "closed",
                                ],
                            )
                        ),
                        name="pathway_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state", ""), ("state_since__isnull", False), _connector="OR"),
                        name="pathway_state_has_its_date",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("due_on", None), ("due_on__gte", models.F("state_since")), _connector="OR"
                        ),
                        name="pathway_due_after_its_state",
                    ),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.CreateModel(
            name="FileAccess",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("page", models.CharField(max_length=40, verbose_name="page")),
                ("read_at", models.DateTimeField(default=config.clock.now, verbose_name="lu le")),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.organisation",
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.pathway",
                    ),
                ),
            ],
            options={
                "verbose_name": "consultation de dossier",
                "verbose_name_plural": "consultations de dossiers",
                "ordering": ["-read_at", "-pk"],
                "indexes": [models.Index(fields=["pathway", "-read_at"], name="file_access_of_pathway")],
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=40, verbose_name="fait")),
                ("subject_id", models.BigIntegerField(null=True, verbose_name="prescription concernée")),
                ("occurred_on", models.DateField(verbose_name="survenu le")),
                ("recorded_at", models.DateTimeField(default=config.clock.now, verbose_name="saisi le")),
                ("position", models.BigIntegerField(null=True, verbose_name="rang")),
                ("role", models.CharField(max_length=30, verbose_name="rôle")),
                (
                    "origin",
                    models.CharField(
                        choices=[("declared", "Déclaré"), ("imported", "Importé"), ("deduced", "Déduit")],
                        default="declared",
                        max_length=10,
                        verbose_name="origine",
                    ),
                ),
                ("from_state", models.CharField(blank=True, max_length=20, verbose_name="de")),
                ("to_state", models.CharField(blank=True, max_length=20, verbose_name="à")),
                ("reason", models.CharField(blank=True, max_length=40, verbose_name="motif")),
                ("comment", models.TextField(blank=True, verbose_name="commentaire")),
                ("payload", models.JSONField(blank=True, default=dict, verbose_name="détails")),
                (
                    "idempotency_key",
                    models.CharField(max_length=100, null=True, verbose_name="clé d'idempotence"),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "annuls",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="annulled_by",
                        to="pathways.event",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.organisation",
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="events",
                        to="pathways.pathway",
                    ),
                ),
            ],
            options={
                "verbose_name": "évènement",
                "ordering": ["pathway_id", "id"],
                "indexes": [models.Index(fields=["pathway", "occurred_on", "id"], name="event_story")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ["declared", "imported", "deduced"])),
                        name="event_origin_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                [
                                    "referent",
                                    "department_manager",
                                    "provider",
                                    "advisor",
                                    "region_officer",
                                    "committee_member",
                                    "administrator",
                                    "data_protection_officer",
                                    "system",
                                ],
                            )
                        ),
                        name="event_role_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("role", "system"),
                            models.Q(("actor__isnull", False), ("organisation__isnull", False)),
                            _connector="OR",
                        ),
                        name="event_says_who",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("annuls__isnull", False), ("kind", "annul")),
                            models.Q(models.Q(("kind", "annul"), _negated=True), ("annuls", None)),
                            _connector="OR",
                        ),
                        name="event_annuls_only_as_annulment",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("idempotency_key__isnull", False)),
                        fields=("pathway", "idempotency_key"),
                        name="event_stated_once_per_key",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StateDelay",
            fields=[
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("identified", "Identifié"),
                            ("prescribed", "Prescrit"),
                            ("admitted", "Retenu"),
                            ("in_training", "En formation"),
                            ("suspended", "Formation suspendue"),
                            ("in_exam", "À l'examen"),
                            ("completed", "Formation terminée"),
                            ("dropped_out", "Formation interrompue"),
                            ("employed", "En emploi"),
                            ("other_outcome", "Autre suite"),
                            ("lost_contact", "Perdu de vue"),
                            ("closed", "Dossier clos"),
                        ],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                        verbose_name="état",
                    ),
                ),
                ("days", models.PositiveSmallIntegerField(verbose_name="délai (jours calendaires)")),
                ("explanation", models.CharField(max_length=200, verbose_name="ce qui est attendu")),
            ],
            options={
                "verbose_name": "délai par état",
                "verbose_name_plural": "délais par état",
                "ordering": ["state"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "identified",
                                    "prescribed",
                                    "admitted",
                                    "in_training",
                                    "suspended",
                                    "in_exam",
                                    "completed",
                                    "dropped_out",
                                    "employed",
                                    "other_outcome",
                                    "lost_contact",
                                    "closed",
                                ],
                            )
                        ),
                        name="state_delay_state_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CohortDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("decided_at", models.DateTimeField(default=config.clock.now, verbose_name="décidé le")),
                ("reference_date", models.DateField(verbose_name="date de référence")),
                ("rule", models.CharField(max_length=30, verbose_name="règle")),
                ("is_eligible", models.BooleanField(verbose_name="remplit les conditions")),
                ("criteria", models.JSONField(verbose_name="critères")),
                (
                    "beneficiary",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cohort_decisions",
                        to="pathways.beneficiary",
                        verbose_name="bénéficiaire",
                    ),
                ),
                (
                    "cohort",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="decisions",
                        to="pathways.cohort",
                        verbose_name="cohorte",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="par",
                    ),
                ),
            ],
            options={
                "verbose_name": "décision d'entrée dans la cohorte",
                "ordering": ["-decided_at", "-pk"],
                "indexes": [
                    models.Index(fields=["beneficiary", "cohort", "-decided_at"], name="decision_latest")
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="rang")),
                ("locator", models.CharField(max_length=200, verbose_name="endroit du fichier")),
                ("title", models.CharField(max_length=300, verbose_name="intitulé")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("created", "Créé"),
                            ("updated", "Mis à jour"),
                            ("unchanged", "Inchangé"),
                            ("rejected", "Rejeté"),
                        ],
                        max_length=10,
                        verbose_name="verdict",
                    ),
                ),
                ("findings", models.JSONField(default=list, verbose_name="remarques")),
                ("explanation", models.TextField(blank=True, verbose_name="explication")),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="pathways.importrun",
                    ),
                ),
            ],
            options={
                "verbose_name": "ligne d'import",
                "ordering": ["run_id", "number"],
                "constraints": [models.UniqueConstraint(fields=("run", "number"), name="import_line_once")],
            },
        ),
    ]
