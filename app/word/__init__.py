"""The papers as editable Word files (python-docx)."""
