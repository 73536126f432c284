"""What each command takes and prints; one module a group, added in app.__main__."""
