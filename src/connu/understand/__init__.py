"""Understanding: what customers say they expect of the brand, in their own words."""
