import json

from gateway.telemetry.log_rendering import name_exception, rendering


def test_what_json_has_not_is_told_as_text():
    line = rendering(as_text=False, colours=False)(None, "info", {"event": "ready", "kind": OSError})
    assert json.loads(line) == {"event": "ready", "kind": "<class 'OSError'>"}


def test_for_people_a_line_is_text():
    line = rendering(as_text=True, colours=False)(None, "info", {"event": "ready", "port": 80})
    assert line.split() == ["ready", "port=80"]


def test_an_exception_without_a_place_is_told_by_its_kind():
    event = name_exception(None, "error", {"event": "it broke", "exc_info": ValueError("my diary")})
    assert event == {"event": "it broke", "exception": "ValueError at no place"}
    assert name_exception(None, "error", {"event": "well", "exc_info": None}) == {"event": "well"}
