from django.apps import AppConfig


class ConfigAppConfig(AppConfig):
    name = "config"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = "Jalons"
