"""AIS and AES on paper: numbered, frozen, rendered on demand, and verifiable by whoever holds one (PE, art. 7)."""
