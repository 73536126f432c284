"""What every child process of the program needs: a limit of its memory, and no window of its own on Windows."""

import subprocess
import sys
from functools import cache
from typing import Any


def hidden() -> dict[str, Any]:
    """More arguments for subprocess: a console program shows no black window."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    return {}


def limit_memory(most: int) -> None:
    """More address space than `most` bytes ends this process instead of the machine. Asked again, the last limit counts."""
    if sys.platform == "win32":
        _limit_windows(most)
        return
    import resource

    soft = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = most if soft == resource.RLIM_INFINITY else min(most, soft)
    resource.setrlimit(resource.RLIMIT_AS, (limit, soft))


def _limit_windows(most: int) -> None:
    """The limit of the job object round this process; without effect where Windows refuses."""
    import ctypes
    from ctypes import wintypes

    class Basic(ctypes.Structure):
        _fields_ = (
            ("per_process_time", ctypes.c_int64), ("per_job_time", ctypes.c_int64), ("flags", wintypes.DWORD),
            ("least", ctypes.c_size_t), ("most", ctypes.c_size_t), ("processes", wintypes.DWORD),
            ("affinity", ctypes.c_size_t), ("priority", wintypes.DWORD), ("scheduling", wintypes.DWORD),
        )  # fmt: skip

    class Extended(ctypes.Structure):
        _fields_ = (
            ("basic", Basic), ("io", ctypes.c_uint64 * 6), ("process_memory", ctypes.c_size_t),
            ("job_memory", ctypes.c_size_t), ("peak_process", ctypes.c_size_t), ("peak_job", ctypes.c_size_t),
        )  # fmt: skip

    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009 - not there for a type checker on Linux
    kernel.SetInformationJobObject.argtypes = (
        wintypes.HANDLE,
        ctypes.c_int,
        ctypes.c_void_p,
        wintypes.DWORD,
    )
    limits = Extended()
    limits.basic.flags = 0x100  # JOB_OBJECT_LIMIT_PROCESS_MEMORY
    limits.process_memory = most
    kernel.SetInformationJobObject(_job(kernel), 9, ctypes.byref(limits), ctypes.sizeof(limits))


@cache
def _job(kernel: Any) -> int:
    """One job a process: of jobs within each other the lowest limit would count for ever."""
    from ctypes import wintypes

    kernel.CreateJobObjectW.restype = wintypes.HANDLE
    kernel.GetCurrentProcess.restype = wintypes.HANDLE
    kernel.AssignProcessToJobObject.argtypes = (wintypes.HANDLE, wintypes.HANDLE)
    job: int = kernel.CreateJobObjectW(None, None)
    kernel.AssignProcessToJobObject(job, kernel.GetCurrentProcess())
    return job
