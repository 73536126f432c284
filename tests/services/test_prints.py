"""The official print beside the typing: remembered per system, and named with its SHA-256 in the record."""

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from app.errors import UserError
from app.services.prints import keep_print, open_print, print_of, record_text, short_record


def test_a_print_is_remembered_with_page_and_size(tmp_path: Path) -> None:
    file = tmp_path / "公告 2015 第25号.pdf"
    file.write_bytes(b"%PDF-1.7 the text")
    opened = open_print(file)
    assert opened.sha256 == hashlib.sha256(b"%PDF-1.7 the text").hexdigest()
    keep_print("electroplating-2015", replace(opened, page=7, zoom=125))
    keep_print("other", opened)
    kept = print_of("electroplating-2015")
    assert kept is not None
    assert (kept.path, kept.page, kept.zoom, kept.sha256) == (file, 7, 125, opened.sha256)
    assert print_of("never-opened") is None


def test_other_kinds_and_lost_files_are_refused(tmp_path: Path) -> None:
    word = tmp_path / "公告.docx"
    word.write_bytes(b"PK")
    with pytest.raises(UserError, match="另存成 PDF"):
        open_print(word)
    with pytest.raises(UserError, match="读不出来"):
        open_print(tmp_path / "没有.pdf")


def test_the_record_names_place_file_and_hash(tmp_path: Path) -> None:
    file = tmp_path / "公告.pdf"
    file.write_bytes(b"%PDF")
    opened = open_print(file)
    text = record_text("公告 2015 年第 25 号", "3", "5", opened)
    digest = opened.sha256
    assert text == f"公告 2015 年第 25 号，第 3 页第 5 行；文件 公告.pdf，SHA-256 {digest}"
    assert short_record(text).endswith(f"SHA-256 {digest[:12]}…")
    assert record_text("公告", "", "5", None) == "公告，第 5 行"
    assert record_text("", "", "", None) == ""
