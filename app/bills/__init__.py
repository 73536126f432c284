"""Reading clients' bills: filled by its own work."""
