"""How a client's table is read: blocks, heads, months, units, and what is in doubt. Right, or asked, never guessed.

`app.forms.paste.plan_paste` is the door; `plan` is what comes out. Where to look:

    a word is not known                    words (data: resources/design/table_words.json), heads (one column head)
    a unit is misread                      units (one unit), record_units and list_columns (which one counts)
    a title, head or row is taken wrongly  blocks
    a label is no month                    periods (one label, a column of them), months (the year, days of reading)

Tables whose rows are given (months, years, a list): assemble.plan_records
    records      one block: its columns become sources (sources), their numbers entries
    roles        what each column is for             rows, months   which row of ours a row is
    targets      which column of ours a source is    record_units   its unit
    entries      several rows of one month, cells    checks, nets   totals, parts, prices, sizes

Tables with free rows: lists.plan_list
    list_columns  columns and units      list_rows  rows, totals, where they are placed      ledgers  品名 × date

Both: columns (a head against our columns), cells (one cell), not_applicable (numbers where 「不适用」 was said).
Every question is `Draft.ask` with an id that stays the same while the block does; what hangs on it is not written.
"""
