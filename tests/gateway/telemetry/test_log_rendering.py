import json

from gateway.telemetry.log_rendering import name_exception, rendering


def test_what_json_has_not_is_told_as_text():
    line = rendering(as_text=False, colours=False)(None, "info", {"event": "ready", "kind": OSError})
    assert json.loads(line) == {"event": "ready", "kind": "<class 'OSError'>"}


def test_for_people_a_line_is_text():
    line = rendering(as_text=True, colours=False)(None, "info", {"event": "ready", "port": 80})
    assert line.split() == ["ready", "port=80"]


def test_a_terminal_is_told_nothing_that_it_would_obey():
    said = "a\x1b]0;mine\x07\x9b31m\r\nb\u202e"
    line = rendering(as_text=True, colours=True)(None, "info", {"event": said, "utterance_id": said, "n": 1})
    shown = r"a\x1b]0;mine\x07\x9b31m\r\nb\u202e"
    assert line.count(shown) == 2
    assert "\n" not in line
    assert set(line.replace("\x1b[", "").splitlines()[0]) <= set(map(chr, range(32, 127)))
    assert "grüße 🎉" in rendering(as_text=True, colours=False)(None, "info", {"event": "grüße 🎉"})


def test_an_exception_without_a_place_is_told_by_its_kind():
    event = name_exception(None, "error", {"event": "it broke", "exc_info": ValueError("my diary")})
    assert event == {"event": "it broke", "exception": "ValueError at no place"}
    assert name_exception(None, "error", {"event": "well", "exc_info": None}) == {"event": "well"}
