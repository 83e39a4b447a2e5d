from notifications.models.alert import Alert, AlertAudience
from notifications.models.detection import LastDetection, Touched

__all__ = ["Alert", "AlertAudience", "LastDetection", "Touched"]
