"""The report: the scorecard as one page that needs nothing else to be read."""
