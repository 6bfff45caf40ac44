"""What came in online or by hand, kept durably: joins, splits, consents, tombstones."""
