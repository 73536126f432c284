"""What keeps a paper from leaving as 送审稿 or 定稿, found before it is set: every problem with its place."""

from app.errors import Problem
from app.papers.document import OPEN_CELLS, Document, Figure, Open, Ref, Sheet, Table
from app.papers.numbering import number_all
from app.papers.walk import places
from app.reports import fonts
from app.reports.sheets import TEXT_WIDTH, WIDE_WIDTH, set_as
from app.reports.table_widths import too_wide


def problems_of(document: Document) -> tuple[Problem, ...]:
    """What the user has to mend before this is more than a draft: characters without a glyph, anything 未填, tables too
    wide for their sheet. KeyError for a reference to nothing, ValueError for a key used twice: faults of ours."""
    fonts.register()
    keys = [
        block.key
        for part in (*document.chapters, *document.appendices)
        for block in part.blocks
        if isinstance(block, Table | Figure)
    ]
    if len(set(keys)) < len(keys):
        raise ValueError(f"a key is used twice: {sorted(k for k in keys if keys.count(k) > 1)}")
    known = number_all(document).items
    lacking: dict[str, list[str]] = {}
    empty: list[str] = []
    found: list[Problem] = []
    with set_as(document.layout) as setting:
        widths = {sheet: setting.width(sheet) for sheet in Sheet}
    if document.layout is not None:  # a table too wide for its margins lies down
        widths[Sheet.PORTRAIT] = WIDE_WIDTH
    for where, thing in places(document):
        match thing:
            case str():
                for character in fonts.missing_characters(thing):
                    lacking.setdefault(where, []).append(character)
            case Open():
                empty.append(where)
            case Ref(key) if key not in known:
                raise KeyError(f"reference to a table or figure that is not there: {key}")
            case Table() if too_wide(thing, widths[thing.sheet]):
                place = f"{where} › {thing.caption}"
                wider = "少列几栏" if thing.sheet is Sheet.A3 else "改用横页或 A3"
                found.append(Problem(place, "表太宽，有的数排不下", wider))
            case Figure() if thing.chart.width > TEXT_WIDTH + 0.5:
                place = f"{where} › {thing.caption}"
                found.append(Problem(place, "图比版心宽", "把图排窄一些"))
            case _:
                pass
    found += [
        Problem(
            where,
            f"「{'」「'.join(dict.fromkeys(characters))}」字库里没有，印不出来",
            "换一个写法，或只出草稿",
        )
        for where, characters in lacking.items()
    ]
    found += [
        Problem(where, "还有没填的", "填好再出送审稿；只想看看就出草稿", OPEN_CELLS)
        for where in dict.fromkeys(empty)
    ]
    return tuple(found)
