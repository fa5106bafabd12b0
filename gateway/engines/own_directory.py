"""A directory under the system's temporary one that goes with its owner, however the owner went.

- It holds a file that its owner keeps locked; a lock ends with its process, even by SIGKILL. So a directory whose lock can be
  taken is stale, and whoever makes the next one removes it.
- The lock is taken before the file gets its name: a directory that is being made is never taken for a stale one.
- A directory without the file is none of ours and is left alone.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "legato-"
LOCK = "owner.lock"


class OwnDirectory:
    """A private directory of this process; making one removes what dead processes have left.

    Args:
        parent: where it is made; `None` for the system's temporary directory.
    """

    def __init__(self, parent: Path | None = None) -> None:
        parent = Path(tempfile.gettempdir()) if parent is None else parent
        sweep(parent)
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
        unnamed = self.path / f"{LOCK}.new"
        self._lock = os.open(unnamed, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        unnamed.rename(self.path / LOCK)

    def discard(self) -> None:
        """Removes it. May be called twice."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def sweep(parent: Path) -> tuple[Path, ...]:
    """Removes the directories under `parent` whose owner is gone; returns them."""
    return tuple(lock.parent for lock in parent.glob(f"{PREFIX}*/{LOCK}") if _swept(lock))


def _swept(lock: Path) -> bool:
    # Another user's cannot be opened, and one that vanishes meanwhile was somebody else's to sweep.
    with contextlib.suppress(OSError):
        held = os.open(lock, os.O_RDWR | os.O_NOFOLLOW)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(lock.parent, ignore_errors=True)
        finally:
            os.close(held)
        return True
    return False
