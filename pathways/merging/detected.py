"""Detection of blockages looks at pathways that facts touch: a fact kept in a joined file touches the whole one too."""

from __future__ import annotations

from collections.abc import Sequence

from notifications.models import Touched
from pathways.facts import Change, on_change


@on_change(when=lambda change: change.pathway.has_absorbed)
def touch_holders(changes: Sequence[Change]) -> None:
    """The trigger on events names the file in which a fact is recorded, which may be part of this one."""
    Touched.objects.bulk_create(Touched(subject_key=f"pathway:{change.pathway.pk}") for change in changes)
