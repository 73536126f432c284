"""Tables of answers: month, year, fixed and free rows, their cells, totals and the paste preview."""
