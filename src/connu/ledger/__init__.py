"""What a build says: builds, facts, reading with consent inside the query, the serving index."""
