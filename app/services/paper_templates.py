"""Templates of reports: kept in the user's folder, one a consultant's look; one of them is chosen for an audit and goes into it."""

from pathlib import Path
from typing import TYPE_CHECKING

from app import files, paths
from app.errors import Problem, UserError
from app.forms.answer import MISSING, Change, Given
from app.papers.template import KEY, Template, template_from_text, template_of
from app.services.template_file import read_template

if TYPE_CHECKING:
    from app.services.session import AuditSession, Saved


def _folder() -> Path:
    return paths.user_data_dir() / "paper_templates"


def add_template(path: Path) -> Template:
    """Take a template file in; one of the same name is replaced. UserError."""
    template = read_template(path)
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    files.write_text(folder / f"{files.safe_name(template.name, '模板')}.json", template.to_text())
    return template


def templates() -> tuple[Template, ...]:
    """Those kept on this machine, by name; a file that cannot be read is left out."""
    found = []
    for path in sorted(_folder().glob("*.json")):
        try:
            template = template_from_text(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError):
            continue
        if template is not None:
            found.append(template)
    return tuple(found)


def template_called(name: str) -> Template:
    """UserError when there is none of this name."""
    known = templates()
    for one in known:
        if one.name == name:
            return one
    names = "、".join(one.name for one in known) or "还没有"
    raise UserError(Problem(name, f"没有这个模板，有的是：{names}", "先加模板文件"))


def chosen_template(session: "AuditSession") -> Template | None:
    """The template of the open audit."""
    return template_of(session.book)


def choose_template(session: "AuditSession", template: Template | None) -> "Saved":
    """Use this template for the papers of the audit, None = none; undo takes it back. UserError when it cannot be written."""
    before = session.book.get(KEY)
    after = MISSING if template is None else Given(template.to_text())
    label = "不用模板" if template is None else f"报告用模板「{template.name}」"
    return session.record([Change(KEY, before, after)], label)
