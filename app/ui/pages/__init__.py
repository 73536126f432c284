"""The pages of the guided audit, by kind. To add a designed page: its module here and one line in `_page_class`."""

from importlib import import_module

from PySide6.QtWidgets import QWidget

from app.forms.question import Page
from app.ui.pages.base import BasePage
from app.ui.session import SessionModel

# kind -> (module, class). Imported when first shown, so that the window opens without them.
_KINDS = {
    "form": ("app.ui.pages.form_page", "FormPage"),
    "benchmark": ("app.ui.pages.benchmark", "BenchmarkPage"),
    "report": ("app.ui.pages.report", "ReportPage"),
    "options": ("app.ui.pages.measure_options", "OptionsPage"),
    "economics": ("app.ui.pages.measure_economics", "EconomicsPage"),
    "owner": ("app.ui.pages.owner", "OwnerPage"),
    "path": ("app.ui.pages.measure_path", "PathPage"),
}


def kinds() -> frozenset[str]:
    """The kinds of pages this program can show; what it cannot show stays out of the window."""
    return frozenset(_KINDS)


def load(kind: str) -> None:
    """Import what the pages of a kind are made of."""
    import_module(_KINDS[kind][0])


def create_page(model: SessionModel, page: Page, parent: QWidget | None = None) -> BasePage:
    """The widget of a page, to be made whole with `complete`. KeyError for a kind this program does not have."""
    module, name = _KINDS[page.kind]
    widget: BasePage = getattr(import_module(module), name)(model, page, parent)
    return widget
