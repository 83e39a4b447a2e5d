import django.contrib.postgres.fields
import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import config.clock


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("followup", "0001_initial"),
        ("pathways", "0001_initial"),
        ("pathways", "__first__"),
        ("prescriptions", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="attendancemark",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="saisi par",
            ),
        ),
        migrations.CreateModel(
            name="Enrolment",
            fields=[
                (
                    "prescription",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="enrolment",
                        serialize=False,
                        to="prescriptions.prescription",
                        verbose_name="prescription",
                    ),
                ),
                (
                    "state",
                    django_fsm.FSMField(
                        blank=True,
                        choices=[
                            ("active", "En cours"),
                            ("suspended", "Suspendue"),
                            ("completed", "Terminée"),
                            ("interrupted", "Interrompue"),
                            ("void", "Entrée corrigée : sans objet"),
                        ],
                        default="",
                        max_length=20,
                        protected=True,
                        verbose_name="état",
                    ),
                ),
                ("state_since", models.DateField(null=True, verbose_name="depuis le")),
                ("entered_on", models.DateField(null=True, verbose_name="entré le")),
                ("exit_on", models.DateField(null=True, verbose_name="sorti le")),
                (
                    "exit_cause",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("personal", "Raisons personnelles (santé, contraintes familiales)"),
                            ("unsuited", "Niveau ou contenu inadapté"),
                            ("relations", "Problèmes relationnels (formateurs, stagiaires)"),
                            ("money", "Difficultés financières"),
                            ("distance", "Formation trop éloignée du domicile"),
                            ("other_training", "Suivi d'une autre formation"),
                            ("imposed", "Formation imposée"),
                            ("childcare", "Garde d'enfant"),
                            ("late_pay", "Rémunération tardive"),
                            ("moved", "Déménagement"),
                            ("expelled", "Exclusion"),
                            ("imprisoned", "Incarcération"),
                            ("end_of_rights", "Fin de droit"),
                            ("death", "Décès"),
                            ("back_to_work", "Retour à l'emploi"),
                        ],
                        default="",
                        max_length=20,
                        verbose_name="cause de sortie",
                    ),
                ),
                (
                    "exam_state",
                    django_fsm.FSMField(
                        choices=[
                            ("none", "Pas encore présenté"),
                            ("awaited", "Présenté, résultat attendu"),
                            ("passed", "Réussi"),
                            ("partial", "Réussite partielle (CCP)"),
                            ("failed", "Échec"),
                            ("absent", "Absent à l'examen"),
                        ],
                        default="none",
                        max_length=20,
                        protected=True,
                        verbose_name="examen",
                    ),
                ),
                ("exam_on", models.DateField(null=True, verbose_name="examen le")),
                ("exam_result_on", models.DateField(null=True, verbose_name="résultat le")),
                (
                    "exam_ccp",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="CCP obtenus",
                    ),
                ),
                (
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="pathways.pathway",
                        verbose_name="parcours",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="enrolments",
                        to="prescriptions.session",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "formation suivie",
                "verbose_name_plural": "formations suivies",
                "ordering": ["pk"],
                "indexes": [
                    models.Index(fields=["session", "state"], name="enrolment_of_session"),
                    models.Index(fields=["state", "exit_on"], name="enrolment_exit"),
                    models.Index(fields=["pathway"], name="enrolment_of_pathway"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["", "active", "suspended", "completed", "interrupted", "void"])
                        ),
                        name="enrolment_state_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["active", "suspended"]), _negated=True),
                            ("entered_on__isnull", False),
                            _connector="OR",
                        ),
                        name="enrolment_has_its_entry",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["completed", "interrupted"]), _negated=True),
                            ("exit_on__isnull", False),
                            _connector="OR",
                        ),
                        name="enrolment_left_on_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "interrupted"), _negated=True),
                            models.Q(("exit_cause", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="enrolment_interruption_has_its_cause",
                        violation_error_message="Une interruption porte une cause.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exam_state__in", ["none", "awaited", "passed", "partial", "failed", "absent"])
                        ),
                        name="enrolment_exam_is_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("exam_state", "partial"), _negated=True),
                            models.Q(("exam_ccp", []), _negated=True),
                            _connector="OR",
                        ),
                        name="enrolment_partial_names_its_ccp",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exit_on", None),
                            ("entered_on", None),
                            ("exit_on__gte", models.F("entered_on")),
                            _connector="OR",
                        ),
                        name="enrolment_left_after_entering",
                    ),
                ],
            },
            bases=(django_fsm.FSMModelMixin, models.Model),
        ),
        migrations.AddField(
            model_name="attendancemark",
            name="enrolment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="marks",
                to="followup.enrolment",
                verbose_name="stagiaire",
            ),
        ),
        migrations.CreateModel(
            name="LockedDay",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField(verbose_name="jour")),
                ("locked_at", models.DateTimeField(default=config.clock.now, verbose_name="verrouillé le")),
                (
                    "locked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="verrouillé par",
                    ),
                ),
                (
                    "locked_for",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="pathways.organisation",
                        verbose_name="pour",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="locked_days",
                        to="prescriptions.session",
                        verbose_name="session",
                    ),
                ),
            ],
            options={
                "verbose_name": "journée verrouillée",
                "ordering": ["day", "pk"],
                "constraints": [models.UniqueConstraint(fields=("session", "day"), name="day_locked_once")],
            },
        ),
        migrations.CreateModel(
            name="Employment",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="employment",
                        serialize=False,
                        to="pathways.event",
                    ),
                ),
                (
                    "contract",
                    models.CharField(
                        choices=[
                            ("cdi", "CDI"),
                            ("cdi_inclusion", "CDI inclusion"),
                            ("cdd_long", "CDD de 6 mois ou plus"),
                            ("cdd_short", "CDD de moins de 6 mois"),
                            ("cdd_usage", "CDD d'usage"),
                            ("temporary_long", "Intérim, 6 mois ou plus"),
                            ("temporary_short", "Intérim, moins de 6 mois"),
                            ("cddi", "CDDI (insertion par l'activité économique)"),
                            ("cdd_tremplin", "CDD tremplin"),
                            ("apprenticeship", "Contrat d'apprentissage"),
                            ("professionalisation", "Contrat de professionnalisation"),
                            ("pec", "Parcours emploi compétences"),
                            ("self_employed", "Création ou reprise d'entreprise"),
                            ("civil_service", "Fonction publique"),
                        ],
                        max_length=20,
                        verbose_name="contrat",
                    ),
                ),
                ("started_on", models.DateField(verbose_name="début")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="fin")),
                (
                    "planned_months",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="durée prévue (mois)"
                    ),
                ),
                ("rome_code", models.CharField(blank=True, max_length=5, verbose_name="métier (ROME)")),
                ("employer", models.CharField(blank=True, max_length=255, verbose_name="employeur")),
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
                    "pathway",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="employments",
                        to="pathways.pathway",
                        verbose_name="parcours",
                    ),
                ),
            ],
            options={
                "verbose_name": "emploi",
                "ordering": ["started_on", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("started_on")), _connector="OR"
                        ),
                        name="employment_ends_after_its_start",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="attendancemark",
            constraint=models.CheckConstraint(
                condition=models.Q(("mark__in", ["P", "R", "J", "N", "E", "D", "F"])), name="mark_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendancemark",
            constraint=models.CheckConstraint(
                condition=models.Q(("half__in", ["am", "pm"])), name="mark_half_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="attendancemark",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at", None)),
                fields=("enrolment", "day", "half"),
                name="mark_once_per_half_day",
            ),
        ),
    ]
