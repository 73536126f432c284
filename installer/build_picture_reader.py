"""Build the optional second package: what reads photographs and scans (rapidocr, onnxruntime, OpenCV), as one zip.

Run through `python3 dev.py package picture-reader`, inside the project's virtual environment, with `--windows` for Windows.
The zip holds one folder, `picture-reader`; unpacked into the program's folder (beside `resources`) it is found at the next start.
What the program brings itself (Pillow) is left out, so that no library is there twice.
"""

import argparse
import shutil
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from installer import common

WORK = common.WORK / "picture-reader"


def wanted() -> list[str]:
    """「name==version --hash=…」 of every locked part the program does not have already."""
    shipped = {common.normal(name) for name, *_ in common.locked(common.ROOT / "requirements.lock")}
    return [
        " ".join([f"{name}=={version}", *(f"--hash=sha256:{one}" for one in sums)])
        for name, version, sums in common.locked(common.ROOT / "requirements-ocr.lock")
        if common.normal(name) not in shipped
    ]


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument(
        "--windows", action="store_true", help="for Windows x64 instead of this system"
    )
    windows = options.parse_args().windows
    common.need_python()
    folder = WORK / "picture-reader"
    shutil.rmtree(WORK, ignore_errors=True)
    folder.mkdir(parents=True)
    listed = WORK / "wanted.txt"
    listed.write_text("\n".join(wanted()) + "\n", "utf-8")
    system = ["--platform", "win_amd64", "--python-version", "3.11"] if windows else []
    common.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes", "--only-binary=:all:", *system,
         "--target", folder, "-r", listed]
    )  # fmt: skip
    for junk in ("bin", "__pycache__"):
        for path in folder.rglob(junk):
            shutil.rmtree(path, ignore_errors=True)
    name = f"cleanaudit-picture-reader-{common.version()}-{'windows' if windows else 'linux'}"
    common.PACKAGES.mkdir(parents=True, exist_ok=True)
    print(shutil.make_archive(str(common.PACKAGES / name), "zip", WORK, "picture-reader"))


if __name__ == "__main__":
    main()
