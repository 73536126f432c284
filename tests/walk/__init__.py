"""The real window, walked by keys through lists of damages: `python3 dev.py walk`."""
