"""A directory, usually under the system's temporary one, that goes with its owner, however the owner went.

- It holds a file that its owner keeps locked; a lock ends with its process, even by SIGKILL. So a directory whose lock can be
  taken is stale, and whoever makes the next one removes it.
- The lock is taken before the file gets its name: a directory that is being made is never taken for a stale one.
- A directory without the file is none of ours and is left alone.
- Sockets lie in it, whose paths the kernel limits: where the path of the temporary directory is too long, a shorter usual one is taken.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

PREFIX = "legato-"
LOCK = "owner.lock"
MOST_PARENT_BYTES = 103 - len("/legato-12345678/listener-12345678")
"""The longest parent in which the path of a socket fits on every system; the library's own socket has the longest name."""
SHORTER = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108  # nosec B108 - the directory within is made as a private one


class OwnDirectory:
    """A private directory of this process; making one removes what dead processes have left.

    Args:
        parent: where it is made; `None` for the system's temporary directory.
        prefix: how its name begins.

    Raises:
        OSError: there is no such place, or only one with a path that is too long.
    """

    def __init__(self, parent: Path | None = None, prefix: str = PREFIX) -> None:
        parent = _short_parent() if parent is None else parent
        sweep(parent, prefix)
        self.path = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        self._lock = -1
        try:
            self.path.chmod(0o700)  # whatever the umask leaves of it
            unnamed = self.path / f"{LOCK}.new"
            self._lock = os.open(unnamed, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX)
            unnamed.rename(self.path / LOCK)
        except OSError:
            self.discard()  # without its lock it would stay for good
            raise

    def discard(self) -> None:
        """Removes it. May be called twice."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def _short_parent() -> Path:
    usual = Path(tempfile.gettempdir())
    for parent in (usual, *SHORTER):
        if len(os.fsencode(parent)) <= MOST_PARENT_BYTES and os.access(parent, os.W_OK | os.X_OK):
            return parent
    raise OSError(
        errno.ENAMETOOLONG,
        f"the path {usual} is too long for sockets in it: expected at most {MOST_PARENT_BYTES} bytes",
    )


def sweep(parent: Path, prefix: str = PREFIX) -> tuple[Path, ...]:
    """Removes the directories under `parent` whose name begins so and whose owner is gone; returns them."""
    return tuple(lock.parent for lock in parent.glob(f"{prefix}*/{LOCK}") if _swept(lock))


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
