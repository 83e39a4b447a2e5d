"""Equity of refusals: who is refused more often than others, said only when the figures bear it (PE, art. 6)."""
