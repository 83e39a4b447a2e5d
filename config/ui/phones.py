"""Telephone numbers as people read and dial them."""

import re

from django.utils.html import format_html


def spaced(number: str) -> str:
    """A French number in pairs, « 06 39 98 01 33 »; any other number as it was written."""
    digits = re.sub(r"[\s.\-]", "", number or "")
    return " ".join(re.findall("..", digits)) if re.fullmatch(r"0\d{9}", digits) else (number or "")


def link(number: str) -> str:
    """The number as a link that dials it; nothing for no number."""
    if not number:
        return ""
    return format_html(
        '<a class="text-nowrap" href="tel:{}">{}</a>', re.sub(r"[^\d+]", "", number), spaced(number)
    )
