"""What a line never breaks, for every printer of tables."""

import re

UNBROKEN = re.compile(
    r"(?:[A-Z]+(?:/[A-Z]+)? (?=\d)|[\d.\u2009]+ ?[万亿千]? ?(?=[A-Za-z%‰°℃µ]))?[!-~\u2009²³·≥≤−～±%‰°℃µ]+"
    r"(?:(?<=/)[年月日天人次件户])?"
)
"""Latin words, figures with their units (12 万 m²/年), codes, numbers of standards (GB/T 2589-2020)."""
