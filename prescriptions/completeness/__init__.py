"""What a provider has still to declare of its sessions: checks, list, alerts, reminders (PE, art. 4)."""
