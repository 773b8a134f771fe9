"""Where research looks beyond the lead's own words."""
