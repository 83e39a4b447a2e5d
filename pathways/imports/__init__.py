"""Files that become rows: one machinery for every kind, in two steps (what it would do, then do it)."""
