"""Links, clusters, golden record, visitors: one customer behind all the sources."""
