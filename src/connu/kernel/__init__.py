"""Ids, clock, errors, settings: the ground everything stands on; it depends on nothing of ours."""
