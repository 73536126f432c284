"""The user's own measures across clients: kept from an audit, found, used again, taken to another machine.

What is kept is how a measure works (name, aspect, formula, names of its numbers, proof) and how promise and proof compared;
never whose it was, where, or the firm's own figures.
"""

import contextlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from app import files, paths
from app.assessment.numbers import display, parse_exact
from app.audit.measures import TABLE
from app.audit.project import AuditProject
from app.checkup.patterns import NUMBER
from app.errors import Problem, UserError
from app.forms.answer import cell_key
from app.forms.measure_data import LibraryOption
from app.measures.options import cells_of, find_options
from app.measures.results import Proof, proofs_of
from app.standards.library import pinyin_initials
from app.standards.limits import refuse_half_characters

FORMAT = "cleanaudit-measures-1"
_COLUMNS = ("aspect", "level", "formula", "evidence")
_MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class OwnMeasure:
    """ratios: measured / predicted of each time it was done, oldest first. wording: 环境效果 as it was written, with blanks
    for the firm's numbers."""

    id: str
    option: LibraryOption
    ratios: tuple[Fraction, ...]
    wording: str = ""

    @property
    def words(self) -> str:
        """How often and how well it went."""
        if not self.ratios:
            return "还没有实测过"
        mean = sum(self.ratios, Fraction(0)) / len(self.ratios)
        return f"做过 {len(self.ratios)} 次，实测是预计的 {display(mean, 2)} 倍"


class OwnMeasures:
    """One JSON file. Every act is written at once; UserError when it cannot be."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> tuple[OwnMeasure, ...]:
        """Everything kept; UserError when the file is damaged."""
        return () if not self._file.exists() else read_measures(self._file)

    def find(self, query: str) -> tuple[OwnMeasure, ...]:
        """As the shipped library is searched."""
        known = {one.option.id: one for one in self.all()}
        return tuple(
            known[one.id] for one in find_options((o.option for o in known.values()), query)
        )

    def option(self, measure_id: str) -> LibraryOption | None:
        """The kept measure as an option, None when it is gone."""
        return next((one.option for one in self.all() if one.id == measure_id), None)

    def cells(self, project: AuditProject, measure_id: str) -> Mapping[str, str]:
        """The row a kept measure becomes in another audit: with its formula, the names of its numbers and its wording, the
        numbers to be filled in. Empty when it is gone."""
        found = next((one for one in self.all() if one.id == measure_id), None)
        if found is None:
            return {}
        cells = {**cells_of(project, found.option)}
        del cells["option"]  # its number is of this library only
        if found.option.formula:
            cells["formula"] = found.option.formula
            cells["inputs"] = "；".join(f"{name}=" for name in found.option.variables)
        if found.wording:
            cells["effect"] = found.wording
        return {column: text for column, text in cells.items() if text}

    def keep(self, project: AuditProject) -> str:
        """Take in the measures of an audit that have a formula or were measured; said in words."""
        known = {one.option.title: one for one in self.all()}
        new = renewed = 0
        for proof in proofs_of(project):
            name = proof.measure.name
            ratios = tuple(
                ratio for stream in proof.measured if (ratio := proof.ratio(stream)) is not None
            )[:1]
            old = known.get(name)
            if old is None:
                new += 1
                known[name] = OwnMeasure(
                    "", _option_of(project, proof), ratios, _wording(project, proof)
                )
            elif ratios and ratios[0] not in old.ratios:
                renewed += 1
                known[name] = OwnMeasure(old.id, old.option, (*old.ratios, *ratios), old.wording)
        self._write(known)
        return f"存进我的库：新的 {new} 个，添了实测的 {renewed} 个；不带企业名、地点和企业的数"

    def forget(self, measure_id: str) -> str:
        """Take one out."""
        known = {one.option.title: one for one in self.all() if one.id != measure_id}
        self._write(known)
        return "从我的库里删掉了，案卷里的不受影响"

    def export(self, target: str) -> str:
        """All of it as a file for another machine."""
        measures = self.all()
        path = Path(target if target.endswith(".json") else f"{target}.json")
        _write_file(path, measures)
        return f"导出 {len(measures)} 个方案：{path.name}"

    def bring_in(self, source: str) -> str:
        """Add the measures of a file; of the same name the ratios are put together."""
        known = {one.option.title: one for one in self.all()}
        brought = read_measures(Path(source))
        for one in brought:
            old = known.get(one.option.title)
            if old is None:
                known[one.option.title] = OwnMeasure("", one.option, one.ratios, one.wording)
            else:
                more = tuple(ratio for ratio in one.ratios if ratio not in old.ratios)
                known[one.option.title] = OwnMeasure(
                    old.id, old.option, (*old.ratios, *more), old.wording or one.wording
                )
        self._write(known)
        return f"导入 {len(brought)} 个方案"

    def _write(self, known: Mapping[str, OwnMeasure]) -> None:
        with contextlib.suppress(
            OSError
        ):  # what keeps the folder from being made is said by the writing
            self._file.parent.mkdir(parents=True, exist_ok=True)
        _write_file(self._file, tuple(known.values()))


def _option_of(project: AuditProject, proof: Proof) -> LibraryOption:
    book, row = project.book, proof.measure.row_id
    cells = {column: book.text(cell_key(TABLE, row, column)) for column in _COLUMNS}
    # the names of the numbers stay, the firm's numbers do not
    names = re.findall(
        r"(?:^|[;；\n])\s*([^=＝;；\n]+?)\s*[=＝]", book.text(cell_key(TABLE, row, "inputs"))
    )
    return LibraryOption(
        id="",
        title=proof.measure.name,
        theme="",
        aspect=cells["aspect"],
        fields=project.questionnaire.fields,
        level=cells["level"] or "low",
        sectors=(project.questionnaire.title,),
        text=f"自己的方案，来自{project.questionnaire.title}",
        formula=cells["formula"],
        variables=dict.fromkeys(names, ""),
        evidence=tuple(part for part in cells["evidence"].split("、") if part),
        initials=pinyin_initials(proof.measure.name),
    )


def _wording(project: AuditProject, proof: Proof) -> str:
    """「少用水 ＿ m³/a」: what it is good for, without the firm's numbers; nothing where the firm is named."""
    book = project.book
    text = book.text(cell_key(TABLE, proof.measure.row_id, "effect")).strip()
    firm = book.text("firm.name")
    if not text or (firm and (firm in text or text in firm)):
        return ""
    return re.sub(NUMBER + r"(?:\s*万)?", "＿", text)


def _write_file(path: Path, measures: tuple[OwnMeasure, ...]) -> None:
    plain = {
        "format": FORMAT,
        "measures": [
            {
                "title": one.option.title,
                "aspect": one.option.aspect,
                "level": one.option.level,
                "fields": list(one.option.fields),
                "sectors": list(one.option.sectors),
                "text": one.option.text,
                "formula": one.option.formula,
                "variables": list(one.option.variables),
                "evidence": list(one.option.evidence),
                "initials": one.option.initials,
                "ratios": [str(ratio) for ratio in one.ratios],
                "wording": one.wording,
            }
            for one in measures
        ],
    }
    files.write_text(path, json.dumps(plain, ensure_ascii=False, indent=1), ".json")


def read_measures(path: Path) -> tuple[OwnMeasure, ...]:
    """UserError when the file cannot be read or is another kind of file."""
    files.refuse_odd(path)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("too large")
        plain = json.loads(path.read_text(encoding="utf-8"))
        if plain["format"] != FORMAT:
            raise ValueError(plain["format"])
        refuse_half_characters(plain)
        return tuple(_read(place, one) for place, one in enumerate(plain["measures"], start=1))
    except OSError as error:
        raise UserError(
            Problem(path.name, f"文件读不出来（{error.strerror}）", "确认文件还在。")
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UserError(
            Problem(
                path.name,
                "不是清审通导出的方案文件，或者已经损坏",
                "换一个文件；原来的库没有改动。",
            )
        ) from None


def _read(place: int, plain: Mapping[str, object]) -> OwnMeasure:
    def text(key: str) -> str:
        value = plain[key]
        if not isinstance(value, str):
            raise TypeError(key)
        return value

    def texts(key: str) -> tuple[str, ...]:
        value = plain[key]
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise TypeError(key)
        return tuple(value)

    measure_id = f"OWN-{place:03}"
    option = LibraryOption(
        id=measure_id,
        title=text("title"),
        theme="",
        aspect=text("aspect"),
        fields=texts("fields"),
        level=text("level"),
        sectors=texts("sectors"),
        text=text("text"),
        formula=text("formula"),
        variables=dict.fromkeys(texts("variables"), ""),
        evidence=texts("evidence"),
        initials=text("initials"),
    )
    wording = text("wording") if "wording" in plain else ""  # files of 0.2.0 have none
    ratios = tuple(parse_exact(one) for one in texts("ratios"))
    return OwnMeasure(measure_id, option, ratios, wording)


def open_own_measures() -> OwnMeasures:
    """The library in the user's data folder."""
    return OwnMeasures(paths.user_data_dir() / "measures.json")
