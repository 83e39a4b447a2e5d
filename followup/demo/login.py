"""The demo accounts on the login page, one click each. Only the local settings list this context processor."""

from django.urls import reverse

from followup.demo.accounts import ACCOUNTS, PASSWORD
from pathways.models import User


def demo_accounts(request) -> dict:
    """`demo_accounts` and `demo_password` for the login page of a demo database; nothing anywhere else."""
    if request.path != reverse("account_login"):
        return {}
    known = User.objects.filter(email__in=[each.email for each in ACCOUNTS], is_active=True)
    here = set(known.order_by().values_list("email", flat=True))
    accounts = [{"role": each.role.label, "email": each.email} for each in ACCOUNTS if each.email in here]
    return {"demo_accounts": accounts, "demo_password": PASSWORD} if accounts else {}
