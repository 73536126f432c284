"""Level, index and indicators on the screen."""
