"""The outbox: mails are put in with what they tell, and sent exactly once (docs/decisions/0021)."""
