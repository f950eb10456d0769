"""Processes that end when their standard input does, so that they do not outlive this one."""

import contextlib
import subprocess
from pathlib import Path
from typing import IO


@contextlib.contextmanager
def process(
    command: list[str], folder: Path, log: IO | None = None, output: IO | int | None = None
):
    """Starts it in the folder; `log` takes what it says, `output` its standard output instead."""
    running = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.PIPE, stdout=output or log, stderr=log, text=True
    )
    try:
        yield running
    finally:
        running.stdin.close()
        running.wait(timeout=60)
