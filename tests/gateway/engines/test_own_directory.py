import errno
import fcntl
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gateway.engines.own_directory import LOCK, MOST_PARENT_BYTES, PREFIX, OwnDirectory, sweep

OWNER = """
import sys
from pathlib import Path
from gateway.engines.own_directory import OwnDirectory
own = OwnDirectory(Path(sys.argv[1]))
(own.path / "engine.sock").touch()
print(own.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def owner(tmp_path):
    """Another process that owns a directory under `tmp_path`: the process and the directory."""
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    ) as process:
        yield process, Path(process.stdout.readline().strip())
        process.kill()


def test_it_is_private_and_goes_when_it_is_discarded(tmp_path):
    own = OwnDirectory(tmp_path)
    assert own.path.parent == tmp_path
    assert own.path.stat().st_mode & 0o777 == 0o700
    own.discard()
    own.discard()
    assert not own.path.exists()


def test_it_can_be_used_whatever_the_umask_is(tmp_path):
    before = os.umask(0o177)
    try:
        own = OwnDirectory(tmp_path)
    finally:
        os.umask(before)
    assert own.path.stat().st_mode & 0o777 == 0o700
    own.discard()


def test_one_that_cannot_be_locked_does_not_stay(tmp_path, monkeypatch):
    """A file system may know no locks, or be out of files: it would stay for good, one more for each start."""

    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("gateway.engines.own_directory.fcntl.flock", refuse)
    with pytest.raises(OSError, match="No locks"):
        OwnDirectory(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_it_is_locked_itself_so_that_systemd_leaves_it_alone_however_old_it_is(tmp_path):
    own = OwnDirectory(tmp_path)
    directory = os.open(own.path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        with pytest.raises(BlockingIOError):
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        own.discard()
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    finally:
        os.close(directory)


def test_a_file_system_that_locks_no_directories_will_do(tmp_path, monkeypatch):
    def lock(descriptor, how):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EBADF, "Bad file descriptor")

    monkeypatch.setattr("gateway.engines.own_directory.fcntl.flock", lock)
    own = OwnDirectory(tmp_path)
    assert own.path.exists()
    own.discard()


def test_one_that_was_removed_is_made_again(tmp_path):
    own = OwnDirectory(tmp_path)
    assert not own.restore()
    for remove in (lambda: shutil.rmtree(own.path), (own.path / LOCK).unlink):
        remove()
        assert own.restore()
        assert own.path.stat().st_mode & 0o777 == 0o700
        assert sweep(tmp_path) == (), "it is locked again"
    own.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("taken", ["a file", "a link"])
def test_the_place_of_one_that_was_removed_is_not_shared_with_others(tmp_path, taken):
    own = OwnDirectory(tmp_path)
    shutil.rmtree(own.path)
    if taken == "a link":
        own.path.symlink_to(tmp_path)
    else:
        own.path.touch()
    with pytest.raises(FileExistsError, match="something else has taken its place"):
        own.restore()
    own.path.unlink()
    own.discard()


def test_it_is_made_among_temporary_files_unless_told_otherwise():
    own = OwnDirectory()
    try:
        assert own.path.parent == Path(tempfile.gettempdir())
        assert own.path.name.startswith(PREFIX)
    finally:
        own.discard()


@pytest.mark.parametrize("length", [MOST_PARENT_BYTES, MOST_PARENT_BYTES + 1, 200])
def test_where_a_path_is_too_long_for_sockets_a_shorter_place_is_taken(monkeypatch, length):
    with tempfile.TemporaryDirectory(dir="/tmp") as base:
        long = Path(base) / "ä".ljust(length - len(base) - 2, "x")
        assert len(os.fsencode(long)) == length
        long.mkdir()
        monkeypatch.setattr(tempfile, "tempdir", str(long))
        own = OwnDirectory()
        try:
            assert own.path.parent == (long if length == MOST_PARENT_BYTES else Path("/tmp"))
            with socket.socket(socket.AF_UNIX) as bound:
                bound.bind(str(own.path / "listener-12345678"))
        finally:
            own.discard()


def test_where_every_place_is_too_long_that_is_said(tmp_path, monkeypatch):
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    monkeypatch.setattr("gateway.engines.own_directory.SHORTER", (tmp_path / "missing",))
    with pytest.raises(
        OSError, match=rf"x is too long for sockets in it: expected at most {MOST_PARENT_BYTES}"
    ):
        OwnDirectory()


def test_what_a_killed_process_has_left_is_removed_by_the_next_one(tmp_path, owner):
    process, left = owner
    assert sweep(tmp_path) == ()
    assert left.exists()
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert left.exists()
    own = OwnDirectory(tmp_path)
    assert not left.exists()
    assert own.path.exists()
    own.discard()


def test_a_directory_that_is_not_ours_or_is_being_made_is_left_alone(tmp_path):
    for name in ("legato-being-made", "another"):
        (tmp_path / name).mkdir()
    (tmp_path / "another" / LOCK).touch()
    assert sweep(tmp_path) == ()
    assert len(list(tmp_path.iterdir())) == 2


def test_a_lock_that_leads_elsewhere_is_not_followed(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.touch()
    (tmp_path / "legato-trap").mkdir()
    (tmp_path / "legato-trap" / LOCK).symlink_to(elsewhere)
    assert sweep(tmp_path) == ()
    assert (tmp_path / "legato-trap").exists()
