"""What a trainer records of a whole group at once."""

from pathways.together import offer_together

KINDS = ("sit_exam", "complete")

offer_together(*KINDS)
