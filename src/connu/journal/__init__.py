"""What came in online or by hand, kept durably and append-only: decisions, consents, tombstones."""
