"""What the operating system says about the workers. A service that reports its own health can be wrong about it, or lie."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import plugin

PROC = Path("/proc")


def processes() -> dict[int, tuple[int, list[str]]]:
    """The parent and the command of each process."""
    found = {}
    if not (PROC / "self/status").exists():  # not a Linux
        listed = subprocess.run(["ps", "-axo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
        for line in listed.stdout.splitlines():
            pid, parent, *command = line.split()
            found[int(pid)] = (int(parent), command)
        return found
    for folder in PROC.glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_text(errors="replace").split("\0")
            # A name in brackets may hold spaces; the state and the parent stand after it.
            parent = (folder / "stat").read_text().rsplit(")", 1)[1].split()[1]
        except OSError:
            continue  # it has ended meanwhile
        found[int(folder.name)] = (int(parent), command)
    return found


def workers_of(client: httpx.Client) -> set[int]:
    """The numbers of the worker processes that a service has started and that are alive."""
    known = processes()
    services = {pid for pid, (_, command) in known.items() if str(client.base_url.port) in command}
    return {
        pid
        for pid, (parent, command) in known.items()
        if parent in services and any(word.endswith("worker.py") for word in command)
    }


def memory_of(pid: int) -> int:
    """Bytes of memory that belong to a process alone; 0 when it is gone."""
    try:
        lines = (PROC / f"{pid}/status").read_text().splitlines()
        return next((1024 * int(line.split()[1]) for line in lines if line.startswith("RssAnon")), 0)
    except OSError:
        if PROC.exists():
            return 0
    listed = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return 1024 * int(listed.stdout or 0)


def computing_of(pid: int) -> float:
    """Seconds that a process has computed, whatever the clock says: a busy machine does not change them."""
    try:
        fields = (PROC / f"{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except OSError:
        if PROC.exists():
            return 0
    listed = subprocess.run(["ps", "-o", "time=", "-p", str(pid)], capture_output=True, text=True, check=False)
    seconds = 0.0
    for part in listed.stdout.strip().replace("-", ":").split(":"):
        seconds = 60 * seconds + float(part or 0)
    return seconds


def empty_worker() -> int:
    """Bytes that a worker's process takes without a decoder: Python, and the modules that it imports."""
    program = "import fastapi, machine, numpy, sys, uvicorn; print(flush=True); sys.stdin.read()"
    paths = os.pathsep.join([str(plugin.KIT), str(plugin.FOLDER)])
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
    ) as process:  # fmt: skip
        process.stdout.readline()
        found = memory_of(process.pid)
        process.stdin.close()
    return found


@contextmanager
def watched(client: httpx.Client) -> Iterator[dict[int, int]]:
    """The most memory that each worker has had while the block ran."""
    peaks = dict.fromkeys(workers_of(client), 0)
    done = threading.Event()

    def look() -> None:
        while not done.wait(0.02):
            for pid in peaks:
                peaks[pid] = max(peaks[pid], memory_of(pid))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield peaks
    finally:
        done.set()
        thread.join()
