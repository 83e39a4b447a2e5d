"""Writing digests: what is new for a person, in one mail, put into the outbox with what it tells."""
