"""Scorecard and evaluation against truth."""
