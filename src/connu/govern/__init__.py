"""Purposes and consent, sensitive attributes, rights."""
