"""Keys that only a real window can lose."""

from pathlib import Path

from app.bootstrap import build_services
from app.forms.answer import AnswerBook, Given
from app.storage.audit_reader import read_audit
from tests.real_window.conftest import Program


def test_after_a_choice_from_the_list_of_a_cell_the_keyboard_goes_on_in_the_table(
    programs: list[Program], user_home: Path
) -> None:
    services = build_services()
    answers = {
        "firm.name": "Chengling",
        "audit.base_year": "2025",
        "audit.questionnaire": "restaurant",
    }
    audit = services.projects.create_audit(
        user_home, "Chengling 2025", AnswerBook({k: Given(v) for k, v in answers.items()})
    )
    path = audit.path
    audit.close()
    services.close()
    program = Program(user_home)
    programs.append(program)
    program.keys_until("Chengling", "Return")
    program.keys("ctrl+k")
    program.type("2.8")
    program.keys("Return", "Insert", "Right", "F2", "Down", "Return", "Right")
    program.type("Chef")
    program.keys("Return")
    program.close()
    book = read_audit(path).book
    (row,) = book.row_ids("team.members")
    assert book.text(f"team.members/{row}/role") == "deputy"
    assert book.text(f"team.members/{row}/post") == "Chef"
