import errno
import json
import os
import tempfile

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
    seen = told({"http": "0.0.0.0", "grpc": "::"})
    assert (seen["legato_http"][0], seen["legato_grpc"][0]) == (("127.0.0.1", 1), ("::1", 3))


def test_localhost_is_told_as_an_address_since_envoy_asks_no_resolver_for_endpoints():
    assert told({"http": "localhost", "grpc": "10.0.0.7"})["legato_http"] == [
        ("127.0.0.1", 1),
        ("127.0.0.1", 2),
    ]


def test_a_response_names_its_type_and_its_cluster():
    """Envoy drops a file without a word to us if it is not of the type that it subscribed to."""
    for cluster, response in endpoints(
        {"http": "10.0.0.7", "grpc": "10.0.0.7"}, {"http": [1], "grpc": [2]}
    ).items():
        (resource,) = response["resources"]
        assert resource["@type"] == "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment"
        assert resource["cluster_name"] == cluster


def test_each_file_is_put_in_place_whole(tmp_path):
    folder = tmp_path / "envoy"
    for content in ({"resources": []}, {"resources": [1]}):
        write(folder, {"legato_http": content})
        assert [each.name for each in folder.iterdir()] == ["legato_http.json"]
        assert json.loads((folder / "legato_http.json").read_text()) == content
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="exists"):
        write(tmp_path / "file", {})


def test_a_file_is_made_on_the_disk_of_its_folder_where_it_can_be_put_in_place(tmp_path, monkeypatch):
    """The folder for temporary files is often another file system, or only the gateway's own, as systemd has it."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "elsewhere"))
    write(tmp_path, {"legato_http": {}})
    assert [each.name for each in tmp_path.iterdir()] == ["legato_http.json"]


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
