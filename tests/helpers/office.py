"""LibreOffice without a window, for tests: recalculating workbooks, turning papers into PDF."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_AT_ONCE = 50
SOFFICE = shutil.which("soffice")

# Formulas of .xlsx files are worked out anew at loading, whatever values are stored.
_ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item></oor:items>
"""


def convert(files: Sequence[Path], target: Path, kind: str, home: Path) -> list[Path]:
    """Convert `files` to `kind` (xlsx, pdf) in the folder `target`; home: a private profile."""
    assert SOFFICE is not None
    profile = home / "user" / "registrymodifications.xcu"
    profile.parent.mkdir(parents=True, exist_ok=True)
    profile.write_text(_ALWAYS, encoding="utf-8")
    target.mkdir(parents=True, exist_ok=True)
    command = [
        SOFFICE,
        f"-env:UserInstallation={home.as_uri()}",
        "--headless",
        "--convert-to",
        kind,
    ]
    for start in range(0, len(files), _AT_ONCE):
        some = [str(file) for file in files[start : start + _AT_ONCE]]
        subprocess.run(
            [*command, "--outdir", str(target), *some],
            check=True,
            capture_output=True,
            timeout=300 + 5 * len(some),
        )
    return [target / f"{file.stem}.{kind}" for file in files]
