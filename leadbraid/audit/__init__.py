"""What a lead's Temporal history tells."""
