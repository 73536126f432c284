"""Where an audit file lies: whether it is still the file that was opened, and whether the place can be trusted."""

import sys
from dataclasses import dataclass
from pathlib import Path

from app.errors import Problem

_SYNCED = {
    "onedrive": "OneDrive",
    "dropbox": "Dropbox",
    "坚果云": "坚果云",
    "nutstore": "坚果云",
    "我的坚果云": "坚果云",
    "百度网盘": "百度网盘",
    "baidunetdisk": "百度网盘",
    "baidusyncdisk": "百度网盘",
    "wps云盘": "WPS 云盘",
    "wpsdrive": "WPS 云盘",
    "icloud": "iCloud",
    "icloud drive": "iCloud",
    "mobile documents": "iCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
    "seafile": "Seafile",
    "syncthing": "Syncthing",
    "微云": "微云",
    "阿里云盘": "阿里云盘",
    "天翼云盘": "天翼云盘",
}
_SYNC_MARKS = {".stfolder": "Syncthing", ".dropbox": "Dropbox", ".dropbox.cache": "Dropbox"}
_NETWORK = {
    "cifs", "smb", "smb2", "smb3", "smbfs", "nfs", "nfs4", "afs", "ncpfs", "9p", "davfs", "fuse.davfs2",
    "fuse.sshfs", "fuse.rclone", "fuse.gvfsd-fuse", "glusterfs", "ceph", "fuse.ceph", "webdav",
}  # fmt: skip
_DRIVE_REMOTE = 4


@dataclass(frozen=True)
class Identity:
    """A file and the state it was left in. None values occur nowhere: a file that is gone has no identity."""

    device: int
    number: int
    size: int
    changed: int  # nanoseconds

    def is_file_of(self, other: "Identity") -> bool:
        return (self.device, self.number) == (other.device, other.number)


def identity(path: Path) -> Identity | None:
    """None when nothing can be found there. Looks at the folder only: opening the file would drop our lock."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Identity(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns)


def doubts(path: Path) -> tuple[Problem, ...]:
    """Why the place of an audit file may lose answers, said when it is opened."""
    found = []
    try:
        links = path.stat().st_nlink
    except OSError:
        links = 1
    if links > 1:
        found.append(
            Problem(
                path.name,
                f"这个文件还有 {links - 1} 个别的名字（硬链接），在那边改就是改它",
                "从别的名字打开的程序不知道这里开着：另存一份再做，或者只用一个名字。",
            )
        )
    service = synced_by(path)
    if service:
        found.append(
            Problem(
                path.name,
                f"它在「{service}」的同步文件夹里，同步可能在你填的时候换掉这个文件",
                "填的时候先暂停同步；或者放在不同步的文件夹里做，做完再拷进去。",
            )
        )
    if is_on_network(path):
        found.append(
            Problem(
                path.name,
                "它在网络盘上：断网时写不进去，两台电脑也可能挡不住对方",
                "拷到这台电脑上做，做完再拷回去。",
            )
        )
    return tuple(found)


def synced_by(path: Path) -> str:
    """The service that keeps this folder in step with others, "" when none is recognised."""
    for folder in path.parents:
        name = folder.name.casefold()
        for mark, service in _SYNCED.items():
            if name == mark or name.startswith((f"{mark} -", f"{mark}-")):
                return service
        for mark, service in _SYNC_MARKS.items():
            if (folder / mark).exists():
                return service
    return ""


def is_on_network(path: Path) -> bool:
    if sys.platform == "win32":
        import ctypes

        text = str(path)
        if text.startswith("\\\\"):
            return True
        return bool(ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _DRIVE_REMOTE)
    return file_system_of(path, _mounts()) in _NETWORK


def file_system_of(path: Path, mounts: str) -> str:
    """The kind of file system that holds `path`, from the lines of /proc/mounts; "" when unknown."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) < 3:
            continue
        point = Path(parts[1].replace("\\040", " "))
        if (path == point or point in path.parents) and len(point.parts) >= best:
            best, kind = len(point.parts), parts[2]
    return kind


def _mounts() -> str:
    try:
        with open("/proc/mounts", encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError:
        return ""
