"""Indicator systems as published: strict loading, checks and look-up."""
