"""`make bench-plan`: the saturation plan against first come, first served and against the list of candidates."""
