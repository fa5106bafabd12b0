from gateway.engines.control_groups import groups


def told(proc, cgroup, mountinfo):
    proc.mkdir(exist_ok=True)
    (proc / "cgroup").write_text(cgroup)
    (proc / "mountinfo").write_text(mountinfo)
    return proc


def test_the_groups_from_the_inside_out(tmp_path):
    proc = told(tmp_path / "proc", "0::/a/b\n", "31 22 0:27 / /sys/fs/cgroup ro - cgroup2 cgroup rw\n")
    assert [str(group) for group in groups(proc, "memory")] == [
        "/sys/fs/cgroup/a/b",
        "/sys/fs/cgroup/a",
        "/sys/fs/cgroup",
    ]


def test_each_controller_of_version_1_has_its_own(tmp_path):
    proc = told(
        tmp_path / "proc",
        "9:memory:/m\n4:cpu,cpuacct:/c\n",
        "33 32 0:30 / /cg/memory rw - cgroup cgroup rw,memory\n34 32 0:30 / /cg/cpu rw - cgroup cgroup rw,cpu,cpuacct\n",
    )
    assert [str(group) for group in groups(proc, "memory")] == ["/cg/memory/m", "/cg/memory"]
    assert [str(group) for group in groups(proc, "cpu")] == ["/cg/cpu/c", "/cg/cpu"]
    assert list(groups(proc, "pids")) == []


def test_a_system_without_them_has_none(tmp_path):
    assert list(groups(tmp_path / "nowhere", "cpu")) == []
