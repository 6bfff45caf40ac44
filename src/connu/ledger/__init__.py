"""Facts, builds and reading them with consent inside the query; the serving index."""
