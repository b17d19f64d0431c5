"""A process's own peak memory. Resource usage will not do: it counts what the parent held when it forked."""

from pathlib import Path


def peak_mb() -> int:
    """Peak resident memory of this process since it began, in MB (Linux)."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return round(next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024)
