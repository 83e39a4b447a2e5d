"""The yearly order of training (domain.md A22): committed, consumed, what a place, an entry, an exit and a job cost."""
