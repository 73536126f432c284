"""What both packages share: the version, the shipped resources, the bill of materials, and repeatable file times.

The list of shipped resources is data (SHIPPED, COMPILED), so that a test can hold it against the folder: a resource that is in
neither list, or that the program reads without its being shipped, fails `python3 dev.py test`.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "build" / "packages"
WORK = ROOT / "build" / "package-work"
PRODUCT = "清审通"

# Folders and files of resources/ that the program reads at run time.
SHIPPED = ("fonts", "icons", "design")
# Compiled into the catalogue; the YAML itself is not shipped.
COMPILED = (
    "indicator_systems",
    "forms",
    "sample",
    "units.yaml",
    "factors.yaml",
)
# Papers that go into every package.
PAPERS = ("LICENSE", "THIRD-PARTY-NOTICES.md", "CHANGELOG.md")


class Stopped(Exception):
    """Packaging cannot go on; the text says what is missing and how to get it."""


def version() -> str:
    """The program's version, from its one place (app/__init__.py)."""
    text = (ROOT / "app" / "__init__.py").read_text("utf-8")
    match = re.search(r'^__version__ = "([0-9.]+)"', text, re.MULTILINE)
    if match is None:
        raise Stopped("app/__init__.py 里没有 __version__")
    return match.group(1)


def run(command: Sequence[str | Path], **extra: str) -> None:
    """Run one tool in the project folder with repeatable settings; stops with its words when it fails."""
    environment = {
        **os.environ,
        "SOURCE_DATE_EPOCH": str(source_date()),
        "PYTHONHASHSEED": "0",
        **extra,
    }
    words = [str(word) for word in command]
    print("+", " ".join(words), flush=True)
    if subprocess.run(words, cwd=ROOT, env=environment, check=False).returncode != 0:
        raise Stopped(f"这一步没做成：{' '.join(words)}")


def need(tool: str, debian_package: str) -> None:
    """Stop with the remedy when a build tool is not installed."""
    if shutil.which(tool) is None:
        raise Stopped(f"缺少 {tool}。在 Debian 上运行：apt-get install {debian_package}")


def source_date() -> int:
    """Time of the newest commit (seconds): the only clock that goes into a package."""
    result = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return int(result.stdout or 1_767_225_600)


def copy_tree(source: Path, target: Path, skip: Iterable[str] = ("__pycache__",)) -> None:
    """Copy a folder without byte code of this machine."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*skip), dirs_exist_ok=True)


def copy_resources(target: Path) -> None:
    """Shipped resources and the catalogue, laid out as the program expects them beside the `app` package."""
    for name in SHIPPED:
        source = ROOT / "resources" / name
        if source.is_dir():
            copy_tree(source, target / "resources" / name)
        else:
            (target / "resources").mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target / "resources" / name)
    catalogue = ROOT / "build" / "catalogue.sqlite"
    if not catalogue.exists():
        raise Stopped("先建立数据包：python3 dev.py setup")
    shutil.copy2(catalogue, target / "catalogue.sqlite")
    for name in PAPERS:
        shutil.copy2(ROOT / name, target / name)


def set_times(folder: Path) -> None:
    """Give every file the time of the newest commit, so that two builds give the same package."""
    stamp = source_date()
    for path in sorted(folder.rglob("*"), reverse=True):
        if not path.is_symlink():
            os.utime(path, (stamp, stamp))
    os.utime(folder, (stamp, stamp))


def folder_size_mb(folder: Path) -> float:
    """Installed size in MB (10^6)."""
    return (
        sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink()) / 1e6
    )


def write_bill_of_materials(
    lock: Path, target: Path, *, extra: Sequence[dict[str, str]] = ()
) -> None:
    """CycloneDX 1.5 list of what is inside, from the locked names, versions and hashes.

    lock: a requirements file with hashes. extra: further components (the Python runtime, fonts) with name, version, licence.
    """
    components: list[dict[str, object]] = []
    text = lock.read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        match = re.match(r"^([A-Za-z0-9_.-]+)==([^\s;]+)(.*)$", line)
        if match is None:
            continue
        name, number, rest = match.groups()
        if "sys_platform" in rest and sys.platform not in rest and "win32" not in rest:
            continue
        hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", rest)
        components.append(
            {
                "type": "library",
                "name": name,
                "version": number,
                "purl": f"pkg:pypi/{name.lower()}@{number}",
                "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
            }
        )
    for part in extra:
        components.append(
            {
                "type": "library",
                "name": part["name"],
                "version": part["version"],
                "licenses": [{"license": {"id": part["licence"]}}],
            }
        )
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"cleanaudit/{version()}/{target.name}")
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {"type": "application", "name": "cleanaudit", "version": version()}
        },
        "components": components,
    }
    target.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


FONT_COMPONENTS = [
    {"name": "CPA Sans SC (Noto Sans SC)", "version": "1", "licence": "OFL-1.1"},
    {"name": "CPA Serif SC (Noto Serif SC)", "version": "1", "licence": "OFL-1.1"},
]
