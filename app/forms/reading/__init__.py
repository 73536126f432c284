"""How a client's table is read: blocks, heads, months, units, and what is in doubt. Right, or asked, never guessed.

words: the vocabulary (resources/design/table_words.json). heads: one column head. periods: one label, and a whole column
of them. units: the unit in a head or cell against the one asked for. blocks: titles, heads, body, turned tables.
records: tables whose rows are given (months, years, a list). lists: tables with free rows. nets: prices and sizes.
plan: what comes out. `app.forms.paste.plan_paste` is the door.
"""
