"""A directory, usually under the system's temporary one, that goes with its owner, however the owner went.

- It holds a file that its owner keeps locked; a lock ends with its process, even by SIGKILL. So a directory whose lock can be
  taken is stale, and whoever makes the next one removes it.
- The lock is taken before the file gets its name: a directory that is being made is never taken for a stale one.
- The directory itself is locked too: systemd-tmpfiles, which clears what is old, then leaves all that is in it alone.
- Where it was removed all the same, its owner can make it again.
- A directory without the file is none of ours and is left alone.
- Sockets lie in it, whose paths the kernel limits: where the path of the temporary directory is too long, a shorter usual one is taken.
"""

import contextlib
import errno
import fcntl
import os
import shutil
import stat
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
        self._locks: list[int] = []
        try:
            self._take()
        except OSError:
            self.discard()  # without its lock it would stay for good
            raise

    def restore(self) -> bool:
        """Make it again if somebody has removed it; return whether that was so.

        Raises:
            OSError: it cannot be made, or something that is not ours has its name now.
        """
        if (self.path / LOCK).exists():
            return False
        with contextlib.suppress(FileExistsError):  # perhaps only what was in it is gone
            self.path.mkdir(0o700)
        found = self.path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise FileExistsError(
                errno.EEXIST, "it was removed, and something else has taken its place", str(self.path)
            )
        self._let_go()
        self._take()
        return True

    def discard(self) -> None:
        """Remove it. May be called twice."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._let_go()

    def _take(self) -> None:
        self.path.chmod(0o700)  # whatever the umask leaves of it
        unnamed = self.path / f"{LOCK}.new"
        self._lock(unnamed, os.O_CREAT | os.O_RDWR)
        unnamed.rename(self.path / LOCK)
        with contextlib.suppress(OSError):  # some file systems, such as NFS, lock no directories
            self._lock(self.path, os.O_RDONLY | os.O_DIRECTORY)

    def _lock(self, path: Path, flags: int) -> None:
        self._locks.append(os.open(path, flags, 0o600))
        fcntl.flock(self._locks[-1], fcntl.LOCK_EX)

    def _let_go(self) -> None:
        while self._locks:
            os.close(self._locks.pop())


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
    """Remove the directories under `parent` whose name begins so and whose owner is gone; return them."""
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
