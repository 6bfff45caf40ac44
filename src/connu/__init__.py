"""connu: identify, know, understand your customers."""
