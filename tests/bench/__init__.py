"""Measurements. Each module gives `measures()`; run them with `python3 dev.py bench [NAME ...]`."""
