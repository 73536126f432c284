"""From findings to measures."""
