"""The first e-mails of the demo accounts: what is new for each, as if their hour had just come.

They stand in the outbox; the product that runs sends them to the folder of the administrator's page.
"""

from config import clock
from followup.demo.accounts import ACCOUNTS
from notifications import preferences
from notifications.digests import writing
from notifications.models import Subscription
from notifications.readers import directory
from pathways.models import User


def write() -> int:
    """Write to each demo account that receives. Returns how many mails."""
    users = User.objects.filter(email__in=[account.email for account in ACCOUNTS]).order_by("pk")
    readers = directory().of_users(list(users.values_list("pk", flat=True)))
    preferences.subscribe(readers, clock.now())
    rows = Subscription.objects.filter(user__in=[reader.user_id for reader in readers])
    rows.update(next_digest_at=clock.now())
    return writing.write_due()
