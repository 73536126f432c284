"""Reading bills and ledgers from files, for the preview before anything is written."""

from pathlib import Path

from app.forms.grid import SheetGrid

__all__ = ["SheetGrid", "read_bills"]


def read_bills(path: Path) -> tuple[SheetGrid, ...]:
    """The sheets of a workbook or CSV. UserError when it cannot be read."""
    from app.exchange.bill_sheet import read_bill_file  # openpyxl takes half a second to import

    return read_bill_file(path)
