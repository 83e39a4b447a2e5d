from notifications.models.agenda import FeedAddress
from notifications.models.alert import Alert, AlertAudience
from notifications.models.detection import LastDetection, Touched
from notifications.models.mail import Mail, MailLine
from notifications.models.notice import Notice, NoticeAudience
from notifications.models.reading import ReadMark, Subscription

__all__ = [
    "Alert",
    "AlertAudience",
    "FeedAddress",
    "LastDetection",
    "Mail",
    "MailLine",
    "Notice",
    "NoticeAudience",
    "ReadMark",
    "Subscription",
    "Touched",
]
