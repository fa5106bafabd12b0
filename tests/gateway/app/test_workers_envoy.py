import json

import pytest

from gateway.app.workers_envoy import endpoints, write


def told(hosts):
    return {
        resource["cluster_name"]: [
            (where["endpoint"]["address"]["socket_address"]["address"],
             where["endpoint"]["address"]["socket_address"]["port_value"])
            for where in resource["endpoints"][0]["lb_endpoints"]
        ]
        for resource in endpoints(hosts, {"http": [1, 2], "grpc": [3, 4]})["resources"]
    }  # fmt: skip


def test_each_cluster_has_every_workers_own_port():
    assert told({"http": "10.0.0.7", "grpc": "127.0.0.1"}) == {
        "legato_http": [("10.0.0.7", 1), ("10.0.0.7", 2)],
        "legato_grpc": [("127.0.0.1", 3), ("127.0.0.1", 4)],
    }


def test_every_interface_is_reached_by_loopback():
    assert told({"http": "0.0.0.0", "grpc": "::"})["legato_grpc"][0] == ("::1", 3)


def test_the_file_is_put_in_place_whole(tmp_path):
    path = tmp_path / "endpoints.json"
    path.write_text("old")
    write(path, {"resources": []})
    assert json.loads(path.read_text()) == {"resources": []}
    assert [each.name for each in tmp_path.iterdir()] == ["endpoints.json"]
    with pytest.raises(OSError, match="No such file"):
        write(tmp_path / "nowhere" / "file", {})
