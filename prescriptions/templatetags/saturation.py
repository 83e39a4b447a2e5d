"""Words of the page « Réactions »."""

from django import template

from config.ui.dates import count
from prescriptions.saturation.reactions import Reaction, in_words

register = template.Library()
register.filter("wait", in_words)


@register.inclusion_tag("components/stat.html")
def wait_stat(label: str, half, most) -> dict:
    """A median time with its ninth decile under it."""
    hint = f"médiane ; 9 sur 10 en moins de {in_words(most)}" if most is not None else "pas encore arrivé"
    return {"label": label, "value": in_words(half), "hint": hint, "tone": "neutral", "url": "", "icon": ""}


@register.filter
def of_empty(whole: Reaction) -> str:
    """« sur 120 vides à l'alerte, 24 sessions ouvertes »."""
    opened = count(whole.opened, "session ouverte,sessions ouvertes")
    return f"sur {count(whole.empty_before, 'vide,vides')} à l'alerte, {opened}"
