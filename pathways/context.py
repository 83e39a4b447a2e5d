"""What every page's frame needs to know: the menu, who is acting, which other roles they hold."""

from django.urls import reverse

from pathways.navigation import menu, tabs
from pathways.reading.control import control


def navigation(request):
    actor = getattr(request, "actor", None)
    return {
        "nav": menu(actor, request.path),
        "tabs": tabs(actor, request.path),
        "actor": actor,
        "memberships": getattr(request, "memberships", []),
        "switch_url": reverse("pathways:switch_role"),
        "reading_control": control(request) if hasattr(request, "reading") else None,
    }
