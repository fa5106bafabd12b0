import json

import pytest

from gateway.app.directory import Directory
from gateway.app.health import ProcessHealth, version, versions
from legato.domain.speech import Catalogue, Route, Voice


class World:
    now, engine, streams = 100.0, True, 3


@pytest.fixture
def world():
    return World()


@pytest.fixture
def health(world):
    voice = Voice("joe", ("en", "en-US"), (Route("joe", ""),))
    directory = Directory(Catalogue({"joe": voice}, "joe"), lambda provider: world.engine)
    return ProcessHealth(
        directory, {"engine": lambda: world.engine}, lambda: world.streams, lambda: world.now
    )


def test_it_is_ready_from_warm_to_leaving(health):
    assert (health.live(), health.ready()) == (True, False)
    assert health.report()["status"] == health.hindrance() == "starting"
    health.warmed_up()
    assert health.ready()
    assert health.hindrance() == ""
    assert health.report()["status"] == "ready"
    health.leave()
    assert (health.live(), health.ready()) == (True, False)
    assert health.report()["status"] == "leaving"
    assert health.hindrance() == "shutting down"


def test_it_is_not_ready_while_something_it_needs_is_unwell(health, world):
    health.warmed_up()
    world.engine = False
    assert not health.ready()
    assert health.report()["status"] == "unwell"
    assert health.hindrance() == "unwell: engine"
    assert health.report()["dependencies"] == {"engine": "unwell"}
    world.engine = True
    assert health.ready()


def test_the_report_is_json_and_tells_what_people_ask(health, world):
    world.now = 160.0
    report = json.loads(json.dumps(health.report()))
    assert report["uptime_s"] == 60.0
    assert report["streams"] == 3
    assert report["voices"] == {"joe": {"ready": True, "languages": 2}}
    assert report["versions"]["grpcio"]
    assert report["cpu"]["cores"] >= 1
    assert report["memory"]["process_bytes"] > 1_000_000
    assert report["disk"]["free_bytes"] > 0


def test_a_folder_that_was_removed_since_is_no_bug(health, tmp_path, monkeypatch):
    """As the folder of an old release is, beneath a gateway that still runs in it."""
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert health.report()["disk"]["total_bytes"] > 0


def test_versions_are_named_even_where_nothing_is_installed():
    assert version()
    assert versions()["legato"] == version()


def test_what_is_not_installed_has_no_version(monkeypatch):
    monkeypatch.setattr("gateway.app.health._LIBRARIES", ("no-such-library",))
    versions.cache_clear()
    assert versions()["no-such-library"] == ""
    versions.cache_clear()
