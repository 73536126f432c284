"""The standards desk: find a system, see it as its table, check it against the print, bring one in, compare editions."""
