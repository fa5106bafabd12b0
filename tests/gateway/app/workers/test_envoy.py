import errno
import json
import os

import pytest

from gateway.app.workers.envoy import endpoints, write


def told(hosts):
    return {
        cluster: [
            (where["endpoint"]["address"]["socket_address"]["address"],
             where["endpoint"]["address"]["socket_address"]["port_value"])
            for where in response["resources"][0]["endpoints"][0]["lb_endpoints"]
        ]
        for cluster, response in endpoints(hosts, {"http": [1, 2], "grpc": [3, 4]}).items()
    }  # fmt: skip


def test_each_cluster_has_every_workers_own_port():
    assert told({"http": "10.0.0.7", "grpc": "127.0.0.1"}) == {
        "legato_http": [("10.0.0.7", 1), ("10.0.0.7", 2)],
        "legato_grpc": [("127.0.0.1", 3), ("127.0.0.1", 4)],
    }


def test_every_interface_is_reached_by_loopback():
    assert told({"http": "0.0.0.0", "grpc": "::"})["legato_grpc"][0] == ("::1", 3)


def test_each_file_is_put_in_place_whole(tmp_path):
    folder = tmp_path / "envoy"
    for content in ({"resources": []}, {"resources": [1]}):
        write(folder, {"legato_http": content})
        assert [each.name for each in folder.iterdir()] == ["legato_http.json"]
        assert json.loads((folder / "legato_http.json").read_text()) == content
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="exists"):
        write(tmp_path / "file", {})


def test_nothing_is_left_of_a_file_that_cannot_be_written(tmp_path, monkeypatch):
    write(tmp_path, {"legato_http": {"resources": [1]}})

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(json, "dump", full)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path, {"legato_http": {"resources": [2]}})
    assert [each.name for each in tmp_path.iterdir()] == ["legato_http.json"]
    assert json.loads((tmp_path / "legato_http.json").read_text()) == {"resources": [1]}


def test_envoy_can_read_what_was_made_whatever_the_umask(tmp_path):
    """The unit of systemd has 0077, and Envoy is another user."""
    mine, folder = tmp_path / "mine", tmp_path / "mine/run/envoy"
    mine.mkdir(mode=0o700)
    before = os.umask(0o077)
    try:
        write(folder, {"legato_http": {}})
    finally:
        os.umask(before)
    modes = [
        path.stat().st_mode & 0o777 for path in (mine, mine / "run", folder, folder / "legato_http.json")
    ]
    assert modes == [0o700, 0o755, 0o755, 0o644]
