"""Reading, mapping and normalising what a brand brings."""
