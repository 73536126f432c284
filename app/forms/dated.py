"""Putting the audit's years into a question set: 「{Y-1} 年」 becomes 「2024 年」."""

from dataclasses import replace

from app.forms.question import Card, Page, Question, Questionnaire, Stage, TableQuestion

_WORDS = {"{Y} 年": "基准年", "{Y-1} 年": "前一年", "{Y-2} 年": "前两年"}


def dated(questionnaire: Questionnaire, base_year: int | None) -> Questionnaire:
    """The set with {Y}, {Y-1}, {Y-2} in titles and helps replaced by years, or by words while the base year is open."""

    def text(words: str) -> str:
        if "{Y" not in words:
            return words
        if base_year is None:
            for place, name in _WORDS.items():
                words = words.replace(place, name)
            return (
                words.replace("{Y}", "基准年").replace("{Y-1}", "前一年").replace("{Y-2}", "前两年")
            )
        for back, place in enumerate(("{Y}", "{Y-1}", "{Y-2}")):
            words = words.replace(place, str(base_year - back))
        return words

    def question(item: Question) -> Question:
        return replace(item, title=text(item.title), short=text(item.short), help=text(item.help))

    def table(item: TableQuestion) -> TableQuestion:
        columns = tuple(question(column) for column in item.columns)
        return replace(item, title=text(item.title), help=text(item.help), columns=columns)

    def card(item: Card) -> Card:
        items = tuple(
            question(part)
            if isinstance(part, Question)
            else table(part)
            if isinstance(part, TableQuestion)
            else part
            for part in item.items
        )
        return replace(item, title=text(item.title), note=text(item.note), items=items)

    def page(item: Page) -> Page:
        cards = tuple(card(part) for part in item.cards)
        return replace(item, title=text(item.title), subtitle=text(item.subtitle), cards=cards)

    stages = tuple(
        Stage(stage.id, stage.title, tuple(page(item) for item in stage.pages))
        for stage in questionnaire.stages
    )
    return replace(questionnaire, stages=stages)
