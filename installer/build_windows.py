"""Build the Windows 10/11 x64 setup on Linux: signed embeddable CPython + locked wheels + launcher, packed by NSIS.

Run through `python3 dev.py package windows`, inside the project's virtual environment. `--python-zip FILE` takes the official
embeddable zip of CPython 3.11 instead of the copy from the package index.
"""

import argparse
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from installer import common

WINDOWS = common.ROOT / "installer" / "windows"
WORK = common.WORK / "windows"
COMPILER = "x86_64-w64-mingw32-gcc"
RESOURCE_COMPILER = "x86_64-w64-mingw32-windres"

QT_MODULES = {
    "Core",
    "Gui",
    "Widgets",
    "PrintSupport",
    "Svg",
    "SvgWidgets",
    "Pdf",
    "PdfWidgets",
    "Network",
}
PLUGINS: dict[str, set[str] | None] = {
    "platforms": {"qwindows.dll", "qoffscreen.dll", "qminimal.dll"},
    "styles": None,
    "imageformats": {"qico.dll", "qjpeg.dll", "qsvg.dll"},
    "iconengines": None,
}
UNUSED_LIBRARIES = {"opengl32sw.dll", "d3dcompiler_47.dll"}
SKIPPED_FOLDERS = {
    "__pycache__", "tests", "test", "testing", "include", "typesystems", "glue", "bin", "share",
}  # fmt: skip


def fetch(python_zip: Path | None) -> tuple[Path, Path]:
    """(folder of the embeddable Python, folder of the unpacked Windows wheels), both from locked hashes."""
    embed = WORK / "embed"
    site = WORK / "site"
    shutil.rmtree(embed, ignore_errors=True)
    shutil.rmtree(site, ignore_errors=True)
    if python_zip is None:
        wheels = WORK / "wheels"
        shutil.rmtree(wheels, ignore_errors=True)
        common.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", "-d", wheels,
             "-r", common.ROOT / "installer" / "requirements-windows.lock"]
        )  # fmt: skip
        wheel = next(wheels.glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            prefix = "QPT_SDK/QEnvPython/python311/"
            for name in archive.namelist():
                inner = name.removeprefix(prefix)
                if name.startswith(prefix) and "/" not in inner and inner:
                    embed.mkdir(parents=True, exist_ok=True)
                    (embed / inner).write_bytes(archive.read(name))
    else:
        with zipfile.ZipFile(python_zip) as archive:
            archive.extractall(embed)
    if not (embed / "python311.dll").exists():
        raise common.Stopped("没有找到 python311.dll：需要 CPython 3.11 的 embeddable zip（x64）")
    common.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "--only-binary", ":all:",
         "--platform", "win_amd64", "--python-version", "3.11", "--implementation", "cp",
         "--target", site, "-r", common.ROOT / "requirements.lock"]
    )  # fmt: skip
    return embed, site


def is_wanted(relative: Path) -> bool:
    """Whether a file of the wheels goes into the package."""
    parts = relative.parts
    name = relative.name.lower()
    if SKIPPED_FOLDERS & set(parts[:-1]) and parts[0] != "reportlab":
        return False
    if name in {"record", "installer", "requested"}:
        return False  # pip's own notes; RECORD names temporary folders, other ones at every build
    if name.endswith((".pyi", ".pyx", ".pxd", ".c", ".h", ".pdb", ".lib", ".pyc")):
        return False
    if parts[0] != "PySide6":
        return True
    if parts[1] == "plugins":
        wanted = PLUGINS.get(parts[2], set())
        return wanted is None or name in wanted
    if parts[1] == "translations":
        return name == "qtbase_zh_cn.qm"
    if len(parts) > 2:
        return parts[1] == "support"
    if (
        name.endswith(".exe")
        or name in UNUSED_LIBRARIES
        or name.startswith(("av", "sw", "pyside6qml"))
    ):
        return False
    if name.startswith("qt") and name.endswith((".dll", ".pyd")):
        module = relative.name[3:] if name.startswith("qt6") else relative.name[2:]
        return module.split(".")[0] in QT_MODULES
    return True


def stage(embed: Path, site: Path) -> Path:
    """The folder that is installed: python/, site/, app/ and the two launchers."""
    folder = WORK / "stage"
    shutil.rmtree(folder, ignore_errors=True)
    common.copy_tree(embed, folder / "python", skip=("python.cat", "Lib", "Scripts"))
    (folder / "python" / "python311._pth").write_bytes(
        b"python311.zip\r\n.\r\n..\\site\r\n..\\app\r\n"
    )
    for path in sorted(site.rglob("*")):
        relative = path.relative_to(site)
        if path.is_file() and is_wanted(relative):
            target = folder / "site" / relative
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, target)
    program = folder / "app"
    common.copy_tree(common.ROOT / "app", program / "app")
    common.copy_resources(program)
    shutil.copy2(common.ROOT / "installer" / "entry.py", program / "main.py")
    common.collect_licences(site, embed / "LICENSE.txt", program / "licences")
    common.write_bill_of_materials(
        common.ROOT / "requirements.lock",
        program / "bom.cdx.json",
        extra=[
            {"name": "CPython", "version": python_version(embed), "licence": "PSF-2.0"},
            {"name": "NSIS stub", "version": nsis_version(), "licence": "Zlib"},
            *common.FONT_COMPONENTS,
        ],
    )
    # Byte code that carries its source's hash: quick first start, no clock in it, and a library put in by hand is still seen.
    common.run(
        [sys.executable, "-m", "compileall", "-q", "--invalidation-mode", "checked-hash", "-s", folder,
         folder / "site", folder / "app"]
    )  # fmt: skip
    build_launchers(folder)
    common.settle(folder)
    return folder


def python_version(embed: Path) -> str:
    """Full version of the runtime, from the version resource of its library."""
    content = (embed / "python311.dll").read_bytes()
    text = content.decode("utf-16-le", "replace") + content[1:].decode("utf-16-le", "replace")
    found = re.search(r"FileVersion\x00+(3\.11\.[0-9]+)", text)
    if found is None:
        raise common.Stopped("python311.dll 里读不出版本号")
    return found[1]


def nsis_version() -> str:
    told = subprocess.run(["makensis", "-VERSION"], capture_output=True, text=True, check=True)
    return told.stdout.strip().removeprefix("v")


def make_icon(target: Path) -> None:
    """Windows icon from the program's SVG, in the sizes the shell asks for."""
    script = (
        "import sys\n"
        "from PySide6.QtCore import QBuffer, QIODevice\n"
        "from PySide6.QtGui import QGuiApplication, QImage, QPainter\n"
        "from PySide6.QtSvg import QSvgRenderer\n"
        "import io\nfrom PIL import Image\n"
        "app = QGuiApplication(['icon', '-platform', 'offscreen'])\n"
        "renderer = QSvgRenderer(sys.argv[1])\n"
        "image = QImage(256, 256, QImage.Format.Format_ARGB32)\nimage.fill(0)\n"
        "painter = QPainter(image); renderer.render(painter); painter.end()\n"
        "buffer = QBuffer(); buffer.open(QIODevice.OpenModeFlag.WriteOnly); image.save(buffer, 'PNG')\n"
        "Image.open(io.BytesIO(bytes(buffer.data()))).save(sys.argv[2], sizes=[(s, s) for s in (16, 24, 32, 48, 64, 256)])\n"
    )
    common.run([sys.executable, "-c", script, common.ROOT / "resources/icons/logo.svg", target])


def build_launchers(folder: Path) -> None:
    number = common.version()
    work = WORK / "launcher"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    make_icon(work / "app.ico")
    text = (WINDOWS / "launcher.rc").read_text("utf-8")
    text = text.replace("@VERSION_COMMAS@", number.replace(".", ",")).replace("@VERSION@", number)
    (work / "launcher.rc").write_text(text, "utf-8")
    common.run([RESOURCE_COMPILER, "-I", work, work / "launcher.rc", work / "launcher.o"])
    for name, options in (
        ("CleanAudit.exe", ["-mwindows"]),
        ("CleanAuditConsole.exe", ["-mconsole", "-DCONSOLE"]),
    ):
        common.run(
            [COMPILER, "-O2", "-s", "-municode", "-finput-charset=UTF-8", "-Wl,--no-insert-timestamp", *options,
             WINDOWS / "launcher.c", work / "launcher.o", "-o", folder / name, "-lshell32"]
        )  # fmt: skip


def pack(folder: Path) -> Path:
    number = common.version()
    target = common.PACKAGES / f"CleanAudit-{number}-setup.exe"
    size_mb = common.folder_size_mb(folder)
    common.run(
        [
            "makensis", "-V2", "-INPUTCHARSET", "UTF8",
            f"-DVERSION={number}", f"-DSTAGE={folder}", f"-DOUTPUT={target}",
            f"-DICON={WORK / 'launcher' / 'app.ico'}", f"-DNEEDED_MB={int(size_mb * 1.1) + 20}",
            f"-DINSTALLED_KB={int(size_mb * 1000)}", WINDOWS / "setup.nsi",
        ]
    )  # fmt: skip
    return target


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--python-zip", type=Path)
    options = parser.parse_args()
    try:
        common.need_python()
        common.need("makensis", "nsis")
        common.need(COMPILER, "gcc-mingw-w64-x86-64")
        common.PACKAGES.mkdir(parents=True, exist_ok=True)
        WORK.mkdir(parents=True, exist_ok=True)
        embed, site = fetch(options.python_zip)
        folder = stage(embed, site)
        package = pack(folder)
    except (common.Stopped, subprocess.CalledProcessError) as stopped:
        print(stopped, file=sys.stderr)
        return 1
    print(
        f"{package.relative_to(common.ROOT)}: {package.stat().st_size / 1e6:.1f} MB，装后 {common.folder_size_mb(folder):.0f} MB"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
