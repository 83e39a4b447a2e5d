from notifications.models.alert import Alert, AlertAudience

__all__ = ["Alert", "AlertAudience"]
