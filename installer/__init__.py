"""Scripts that make the packages; nothing here is imported by the program."""
