"""Wiring: open a brand, run a build. The one place that knows every stage."""
