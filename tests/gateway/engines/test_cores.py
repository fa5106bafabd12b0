import os

import pytest

from gateway.engines.bench import Bench
from gateway.engines.cores import cores


@pytest.fixture
def proc(tmp_path, monkeypatch):
    """The kernel's files about a process on a machine of 64 cores."""
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(64)))
    folder = tmp_path / "proc"
    folder.mkdir()
    return folder


def version_2(proc, mount, *, path, root="/"):
    (proc / "cgroup").write_text(f"0::{path}\n")
    (proc / "mountinfo").write_text(
        "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw\n"
        f"31 22 0:27 {root} {mount} ro,nosuid shared:9 - cgroup2 cgroup rw,nsdelegate\n"
    )


def version_1(proc, mount, *, path, root="/"):
    (proc / "cgroup").write_text(f"9:memory:/elsewhere\n4:cpu,cpuacct:{path}\n0::/unified\n")
    (proc / "mountinfo").write_text(
        f"33 32 0:30 / {mount.parent}/memory rw - cgroup cgroup rw,memory\n"
        f"34 32 0:30 {root} {mount} rw - cgroup cgroup rw,cpu,cpuacct\n"
        f"35 32 0:31 / {mount.parent}/unified rw - cgroup2 cgroup2 rw\n"
    )


def limit(group, text):
    group.mkdir(parents=True, exist_ok=True)
    (group / "cpu.max").write_text(f"{text}\n")


def limit_1(group, quota_us, period_us=100_000):
    group.mkdir(parents=True, exist_ok=True)
    (group / "cpu.cfs_quota_us").write_text(f"{quota_us}\n")
    (group / "cpu.cfs_period_us").write_text(f"{period_us}\n")


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("max 100000", 64),
        ("200000 100000", 2),
        ("150000 100000", 2),
        ("50000 100000", 1),
        ("1000 1000000", 1),
    ],
)
def test_the_limit_of_a_container_is_the_number_of_its_cores(proc, tmp_path, told, expected):
    version_2(proc, tmp_path / "group", path="/")
    limit(tmp_path / "group", told)
    assert cores(proc) == expected


def test_no_more_cores_than_the_process_may_run_on(proc, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5})
    version_2(proc, tmp_path / "group", path="/")
    limit(tmp_path / "group", "800000 100000")
    assert cores(proc) == 2


def test_the_tightest_group_on_the_way_up_decides(proc, tmp_path):
    version_2(proc, tmp_path / "group", path="/system.slice/legato.service")
    limit(tmp_path / "group/system.slice/legato.service", "800000 100000")
    limit(tmp_path / "group/system.slice", "300000 100000")
    limit(tmp_path / "group/user.slice", "100000 100000")
    assert cores(proc) == 3


def test_a_container_that_sees_its_own_group_alone_is_limited_by_it(proc, tmp_path):
    version_2(proc, tmp_path / "group", path="/docker/4711/legato", root="/docker/4711")
    limit(tmp_path / "group", "500000 100000")
    limit(tmp_path / "group/legato", "max 100000")
    assert cores(proc) == 5
    version_2(proc, tmp_path / "group", path="/docker/4711", root="/docker/47")
    assert cores(proc) == 5


@pytest.mark.parametrize(("quota_us", "expected"), [(-1, 64), (200_000, 2), (250_000, 3)])
def test_version_1_of_the_groups_limits_likewise(proc, tmp_path, quota_us, expected):
    version_1(proc, tmp_path / "cpu", path="/docker/4711")
    limit_1(tmp_path / "cpu/docker/4711", quota_us)
    limit_1(tmp_path / "memory/elsewhere", 100_000)
    assert cores(proc) == expected


def test_a_system_that_tells_nothing_limits_nothing(proc, tmp_path):
    assert cores(proc) == 64
    version_2(proc, tmp_path / "missing", path="/a")
    assert cores(proc) == 64
    (proc / "cgroup").write_text("what\n")
    (proc / "mountinfo").write_text("is\n\n1 2 - cgroup2\n")
    assert cores(proc) == 64


def test_the_bench_has_a_thread_for_each_core_it_may_use(monkeypatch):
    monkeypatch.setattr("gateway.engines.bench.cores", lambda: 3)
    bench = Bench()
    try:
        assert len(bench._threads) == 3
    finally:
        bench.close()
