"""The machine that figures come from."""

import os
import platform
from pathlib import Path

from gateway.engines.cores import cores


def machine() -> dict[str, object]:
    """Return the processor, how many cores this process may use, Python's version, and how busy the machine was just before."""
    return {
        "cpu": _cpu(),
        "cores": cores(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    named = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return named[0] if named else platform.processor()
