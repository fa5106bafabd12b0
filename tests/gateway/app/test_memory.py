"""What a process may still use is what its container has left, not what its machine has."""

from types import SimpleNamespace

import psutil
import pytest

from gateway.app.memory import memory

GIB = 1 << 30
NO_LIMIT_1 = 9_223_372_036_854_771_712
"""What version 1 says where there is no limit."""


@pytest.fixture
def proc(tmp_path, monkeypatch):
    """The kernel's files about a process on a machine of 64 GiB."""
    machine = SimpleNamespace(available=50 * GIB, total=64 * GIB)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: machine)
    folder = tmp_path / "proc"
    folder.mkdir()
    return folder


def version_2(proc, mount, path):
    (proc / "cgroup").write_text(f"0::{path}\n")
    (proc / "mountinfo").write_text(f"31 22 0:27 / {mount} ro shared:9 - cgroup2 cgroup rw\n")


def group_2(folder, limit, used=0, spare=0):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "memory.max").write_text(f"{limit}\n")
    (folder / "memory.current").write_text(f"{used}\n")
    (folder / "memory.stat").write_text(f"anon 5\ninactive_file {spare}\nactive_file 7\n")


def test_the_limit_of_a_container_is_its_memory(proc, tmp_path):
    version_2(proc, tmp_path / "group", "/")
    group_2(tmp_path / "group", GIB, used=GIB // 2, spare=GIB // 4)
    assert memory(proc) == (GIB - GIB // 4, GIB)


def test_the_tightest_group_on_the_way_up_decides_and_none_has_less_than_nothing(proc, tmp_path):
    version_2(proc, tmp_path / "group", "/pod/legato")
    group_2(tmp_path / "group/pod/legato", 4 * GIB, used=GIB)
    group_2(tmp_path / "group/pod", 2 * GIB, used=3 * GIB)
    group_2(tmp_path / "group", "max")
    assert memory(proc) == (0, 2 * GIB)


@pytest.mark.parametrize(("limit", "expected"), [(GIB, (GIB // 2, GIB)), (NO_LIMIT_1, (50 * GIB, 64 * GIB))])
def test_version_1_of_the_groups_limits_likewise(proc, tmp_path, limit, expected):
    (proc / "cgroup").write_text("4:cpu:/elsewhere\n9:memory:/docker/4711\n0::/\n")
    (proc / "mountinfo").write_text(f"33 32 0:30 / {tmp_path}/memory rw - cgroup cgroup rw,memory\n")
    group = tmp_path / "memory/docker/4711"
    group.mkdir(parents=True)
    (group / "memory.limit_in_bytes").write_text(f"{limit}\n")
    (group / "memory.usage_in_bytes").write_text(f"{GIB}\n")
    (group / "memory.stat").write_text(f"inactive_file 3\ntotal_inactive_file {GIB // 2}\n")
    assert memory(proc) == expected


def test_a_system_that_tells_nothing_limits_nothing(proc, tmp_path):
    assert memory(proc) == (50 * GIB, 64 * GIB)
    version_2(proc, tmp_path / "group", "/")
    group_2(tmp_path / "group", "max")
    assert memory(proc) == (50 * GIB, 64 * GIB)
    (tmp_path / "group/memory.max").write_text("1\n")
    (tmp_path / "group/memory.stat").write_text("what\n")
    assert memory(proc) == (50 * GIB, 64 * GIB)
