"""The sheets of a PDF: sizes and margins. Which block stands on which: app.papers.sheets."""

from reportlab.lib.pagesizes import A3, A4
from reportlab.lib.units import mm

from app.papers.document import Sheet

# 37 characters by 29 lines of 12/24 pt; the left edge is bound.
LEFT, RIGHT, TOP, BOTTOM = 85.0, 66.3, 76.0, 69.9
WIDTH, HEIGHT = A4
TEXT_WIDTH, TEXT_HEIGHT = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
WIDE_WIDTH = HEIGHT - 44 * mm
FOLD_WIDTH = A3[1] - 47 * mm
SHEET_HEIGHT = {
    Sheet.PORTRAIT: TEXT_HEIGHT,
    Sheet.LANDSCAPE: WIDTH - 52 * mm,
    Sheet.A3: A3[0] - 46 * mm,
}
SHEET_WIDTH = {Sheet.PORTRAIT: TEXT_WIDTH, Sheet.LANDSCAPE: WIDE_WIDTH, Sheet.A3: FOLD_WIDTH}
