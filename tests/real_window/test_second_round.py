"""The second round of a firm in a real window: the earlier audit found by its name, brought along, made, by keyboard."""

from pathlib import Path

from app.bootstrap import build_services
from app.forms.answer import AnswerBook, Given
from app.storage.audit_reader import read_audit
from tests.real_window.conftest import Program, audits


def test_an_earlier_audit_is_brought_along_by_keyboard(
    programs: list[Program], user_home: Path
) -> None:
    services = build_services()
    answers = {"firm.name": "澄岭五金", "audit.base_year": "2025", "energy.diesel": "120"}
    book = AnswerBook({key: Given(text) for key, text in answers.items()})
    first = services.projects.create_audit(user_home, "澄岭五金 2025", book)
    first.close()
    services.close()
    program = Program(user_home)
    programs.append(program)
    program.keys_until("新建审核", "ctrl+n")
    program.keys("ctrl+d")
    program.answer("从以前的审核带过来", "chengling")
    program.keys_until("澄岭五金", "ctrl+Return")
    program.close()
    (second,) = [path for path in audits(user_home) if path != first.path]
    stored = read_audit(second)
    assert second.name == "澄岭五金 2026.cpaudit"
    assert stored.book.text("firm.name") == "澄岭五金"
    assert stored.book.text("energy.diesel") == ""
    assert '"energy.diesel":["120",""]' in stored.meta["earlier"]
