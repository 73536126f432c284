"""What a file from elsewhere may cost before it is believed: bytes, depth, and that it is a file at all."""

import json
import stat
from pathlib import Path

from app.errors import Problem, UserError

MOST_BYTES = 8_000_000
MOST_DEPTH = 40


def read_bytes(path: Path) -> bytes:
    """The content of a regular file. UserError for anything else (a device never ends), and for a file too large."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise UserError(
                Problem(path.name, "这不是普通文件（可能是文件夹或设备）", "换一个文件。")
            )
        with path.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UserError(
            Problem(
                str(path),
                "文件读不出来",
                f"确认文件还在，而且没有被别的程序锁住（{error.strerror}）。",
            )
        ) from error
    except ValueError as error:  # a name no file can have
        raise UserError(Problem(path.name[:80], "文件名不对", "换一个文件。")) from error
    if len(data) > MOST_BYTES:
        raise UserError(
            Problem(
                path.name,
                f"文件太大（超过 {MOST_BYTES // 1_000_000} MB），不像这里要的文件",
                "确认选对了文件。",
            )
        )
    return data


def read_json(path: Path, said: str = "文件读不出来，不是完好的 JSON") -> object:
    """JSON from a file, numbers as text. UserError (`said`) when it is no readable file or no JSON."""
    return json_data(decode(read_bytes(path), path.name), path.name, said)


def json_data(text: str, name: str, said: str = "文件读不出来，不是完好的 JSON") -> object:
    """JSON with every number as its text. UserError when it is none, nested too deep, or holds NaN."""
    try:
        found: object = json.loads(text, parse_float=str, parse_int=str, parse_constant=_no_number)
        if "\\u" in text:
            refuse_half_characters(found)
    except RecursionError:
        raise too_deep(name) from None
    except ValueError as error:
        raise UserError(Problem(name, said, "请对方重新导出，用不改内容的方式传送。")) from error
    return found


def refuse_half_characters(plain: object) -> None:
    r"""ValueError where a text of plain data cannot be written: JSON can say one half of a pair (\ud800), which is no
    character; it would be found only when somebody saves."""
    json.dumps(plain, ensure_ascii=False).encode()


def _no_number(text: str) -> str:
    raise ValueError(f"{text} is no number")


def decode(data: bytes, name: str) -> str:
    """UTF-8 text, with or without the mark of Windows. UserError with the line otherwise."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise UserError(
            Problem(
                f"{name} 第 {line} 行",
                "文件不是 UTF-8 编码",
                "用记事本打开，另存为时把编码选成 UTF-8。",
            )
        ) from error


def too_deep(where: str) -> UserError:
    return UserError(
        Problem(
            where,
            f"套得太深（超过 {MOST_DEPTH} 层），不像清审通认识的文件",
            "确认选对了文件；是自己写的就检查括号和缩进。",
        )
    )
