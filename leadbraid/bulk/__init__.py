"""Many leads at once: reading tables of them, handing them to Temporal, and writing lists of them."""
