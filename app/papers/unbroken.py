"""What a line never breaks, for every printer of tables."""

import re

UNBROKEN = re.compile(
    r"(?:[A-Z]+(?:/[A-Z]+)? (?=\d)|[\d.\u2009]+ (?=[A-Za-z%‰°℃µ]))?[!-~\u2009²³·≥≤−～±%‰°℃µ]+"
)
"""Latin words, figures with their units, codes, numbers of standards (GB/T 2589-2020)."""
