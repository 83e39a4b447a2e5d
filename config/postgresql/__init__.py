"""Django's PostgreSQL backend with one thing more: a transaction may travel with its first and last statements."""
