from notifications.models.alert import Alert, AlertAudience
from notifications.models.detection import LastDetection, Touched
from notifications.models.notice import Notice, NoticeAudience

__all__ = ["Alert", "AlertAudience", "LastDetection", "Notice", "NoticeAudience", "Touched"]
