"""A folder is looked through on a worker while audits are opened in the window: no line of the list is lost."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.services.audit_list import AuditList, AuditSummary


def test_no_line_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    audits = AuditList(lambda: datetime(2026, 11, 29, tzinfo=UTC))
    read = AuditList._read  # noqa: SLF001

    def slowly(self: AuditList) -> list[AuditSummary]:
        entries = read(self)
        time.sleep(0.02)  # what is read is old by now, were another thread let in
        return entries

    monkeypatch.setattr(AuditList, "_read", slowly)
    audits.add([AuditSummary(Path("去掉.cpaudit"), "去掉")])
    threads = [
        threading.Thread(target=audits.add, args=([AuditSummary(Path(f"{name}.cpaudit"), name)],))
        for name in "甲乙丙"
    ]
    threads.append(threading.Thread(target=audits.forget, args=(Path("去掉.cpaudit"),)))
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {one.name for one in audits.summaries()} == {"甲", "乙", "丙"}
