"""How people enter: accounts are opened by administrators, failed logins are counted."""

from allauth.account.adapter import DefaultAccountAdapter
from django.shortcuts import render


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Nobody opens an account alone."""

    def is_open_for_signup(self, request) -> bool:
        return False


def locked_out(request, response=None, credentials=None, *args, **kwargs):
    """The answer to too many failed logins (axes calls it with the refused response)."""
    return render(request, "account/locked.html", status=429)
