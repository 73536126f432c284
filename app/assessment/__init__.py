"""Scoring of an enterprise against an indicator system, exact and free of files and screens."""
