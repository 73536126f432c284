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
SHIPPED = ("fonts", "icons", "design", "bills")
# Compiled into the catalogue; the YAML itself is not shipped.
COMPILED = (
    "indicator_systems",
    "forms",
    "measures",
    "reference",
    "checkup",
    "sample",
    "factors.yaml",
    "front_door.yaml",
    "industries.yaml",
    "wanted.yaml",  # read when docs/data.md is made
)
# Papers that go into every package.
PAPERS = ("LICENSE", "THIRD-PARTY-NOTICES.md", "CHANGELOG.md")
# Licence texts that the wheels of Qt do not bring themselves.
QT_LICENCES = ROOT / "installer" / "licences"


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


def need_python() -> None:
    """Stop unless this is Python 3.11, for which the lock, the runtime and the byte code are."""
    if sys.version_info[:2] != (3, 11):
        raise Stopped(f"打安装包要用 Python 3.11，这是 {sys.version.split()[0]}")


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


def collect_licences(site: Path, python_licence: Path, target: Path) -> None:
    """One text for every shipped component: those inside the wheels of `site`, Qt's, Python's.

    target: the package's `licences` folder; the program's page 「关于」 lists what lies there.
    """
    target.mkdir(parents=True)
    wanted = {normal(name) for name, *_ in locked(ROOT / "requirements.lock")}
    for info in sorted(site.glob("*.dist-info")):
        name = info.name.removesuffix(".dist-info").rpartition("-")[0]
        texts = sorted(
            path
            for path in info.rglob("*")
            if path.is_file()
            and (
                re.match(r"(?i)(licen[cs]e|copying|notice)", path.name) or "licenses" in path.parts
            )
        )
        if normal(name) in wanted and texts:
            text = "\n\n".join(path.read_text("utf-8", "replace") for path in texts)
            (target / f"{name}.txt").write_text(text, "utf-8")
    shutil.copyfile(python_licence, target / "CPython.txt")
    for path in sorted(QT_LICENCES.glob("*.txt")):
        shutil.copyfile(path, target / path.name)


def settle(folder: Path) -> None:
    """Give every file the time of the newest commit and plain rights, so that two builds give the same package."""
    stamp = source_date()
    for path in [*sorted(folder.rglob("*"), reverse=True), folder]:
        if not path.is_symlink():
            runs = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if runs else 0o644)
            os.utime(path, (stamp, stamp))


def folder_size_mb(folder: Path) -> float:
    """Installed size in MB (10^6)."""
    return (
        sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink()) / 1e6
    )


def normal(name: str) -> str:
    """A package's name the way the index compares names."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(lock: Path) -> list[tuple[str, str, list[str]]]:
    """(name, version, sha256 sums of its files) of every package in a lock file."""
    text = lock.read_text("utf-8").replace("\\\n", " ")
    return [
        (match[1], match[2], re.findall(r"--hash=sha256:([0-9a-f]{64})", match[3]))
        for match in re.finditer(r"(?m)^([A-Za-z0-9_.-]+)==([^\s;]+)(.*)$", text)
    ]


def licences() -> dict[str, str]:
    """Package name -> SPDX id, read from the tables of THIRD-PARTY-NOTICES.md."""
    found = {}
    for line in (ROOT / "THIRD-PARTY-NOTICES.md").read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")]
        if len(cells) == 6 and (spdx := re.match(r"[A-Za-z]+(-[A-Za-z0-9.]+)*", cells[4])):
            found[normal(cells[1])] = spdx[0]
    return found


def write_bill_of_materials(
    lock: Path, target: Path, *, extra: Sequence[dict[str, str]] = ()
) -> None:
    """CycloneDX 1.5 list of what is inside, from the locked names, versions and hashes.

    lock: a requirements file with hashes. extra: further components (the Python runtime, fonts) with name, version, licence.
    Stops when a package has no licence in the notices.
    """
    known = licences()
    components: list[dict[str, object]] = []
    for name, number, hashes in locked(lock):
        if normal(name) not in known:
            raise Stopped(f"THIRD-PARTY-NOTICES.md 里没有 {name} 的许可")
        components.append(
            {
                "type": "library",
                "name": name,
                "version": number,
                "purl": f"pkg:pypi/{normal(name)}@{number}",
                "licenses": [_licence(known[normal(name)])],
                "hashes": [{"alg": "SHA-256", "content": one} for one in hashes],
            }
        )
    for part in extra:
        components.append(
            {
                "type": "library",
                "name": part["name"],
                "version": part["version"],
                "licenses": [_licence(part["licence"])],
            }
        )
    serial = uuid.uuid5(uuid.NAMESPACE_URL, f"cleanaudit/{version()}/{target.name}")
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "cleanaudit",
                "version": version(),
                "licenses": [_licence("MIT")],
            }
        },
        "components": components,
    }
    target.write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n", "utf-8")


def _licence(spdx: str) -> dict[str, object]:
    return {"expression": spdx} if " " in spdx else {"license": {"id": spdx}}


FONT_COMPONENTS = [
    {"name": "CPA Sans SC (Noto Sans SC)", "version": "1", "licence": "OFL-1.1"},
    {"name": "CPA Serif SC (Noto Serif SC)", "version": "1", "licence": "OFL-1.1"},
]
