"""One module per environment: local (embedded, the default), production, test."""
