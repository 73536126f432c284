"""Files on disk: the audit file and the catalogue."""
