"""The time machine: any page of facts read as of a day, as known on a day (docs/decisions, « the reading room »)."""
