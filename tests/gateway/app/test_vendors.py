"""Vendors' languages by name."""

from dataclasses import fields
from pathlib import Path

import pytest

from gateway.app.vendors import VENDORS
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Route, UtteranceOptions

ROUTE = Route("p", "v")


def test_a_dialect_is_built_from_url_limits_and_switches():
    dialect = VENDORS["deepgram"]("ws://localhost:1/v1/speak", {"flushes": 3}, {"clears": False})
    assert dialect.traits.limits.flushes == 3
    assert not dialect.traits.cancels


@pytest.mark.parametrize("name", sorted(VENDORS))
def test_every_dialect_is_built_without_a_word(name):
    assert VENDORS[name](None, {}, {}).traits.limits.runs_per_line >= 1


@pytest.mark.parametrize(
    ("limits", "switches", "words"),
    [
        ({"flush": 3}, {}, "unknown deepgram limit 'flush'; did you mean 'flushes'?"),
        ({"idle_s": "x"}, {}, "deepgram limit 'idle_s' must be a number"),
        ({"flushes": True}, {}, "deepgram limit 'flushes' must be a whole number"),
        ({}, {"clear": True}, "unknown deepgram switch 'clear'; did you mean 'clears'?"),
        ({}, {"clears": "yes"}, "deepgram switch 'clears' must be true or false"),
    ],
)
def test_an_unknown_or_wrong_setting_is_named(limits, switches, words):
    with pytest.raises(SpeechError) as caught:
        VENDORS["deepgram"](None, limits, switches)
    assert (caught.value.reason, caught.value.message) == (Reason.VENDOR_REJECTED, words)


def test_a_choice_is_one_of_its_values():
    assert (
        "wav"
        in VENDORS["deepgram_rest"](None, {}, {"container": "wav"}).place(ROUTE, "en", UtteranceOptions()).url
    )
    with pytest.raises(SpeechError, match="'container' must be one of 'none', 'wav'"):
        VENDORS["deepgram_rest"](None, {}, {"container": "ogg"})


def test_every_dialect_and_switch_stands_in_the_guide():
    rows = (Path(__file__).parents[3] / "docs" / "vendors.md").read_text().splitlines()
    for name, build in VENDORS.items():
        row = "".join(row for row in rows if row.startswith(f"| `{name}` |"))
        switches = [field.name for field in fields(build(None, {}, {}).switches)]
        assert [switch for switch in switches if f"`{switch}`" not in row] == []


@pytest.mark.parametrize(
    "url", ["not a url", "localhost:9000", "ftp://host", "http://", "http://host:x", "http://[::1"]
)
def test_an_address_that_is_none_is_refused_and_not_told(url):
    with pytest.raises(SpeechError, match="must be an address such as") as caught:
        VENDORS["openai"](url, {}, {})
    assert url not in caught.value.message


def test_schemes_of_one_kind_stand_for_one_another():
    assert VENDORS["riva"]("grpcs://host:1", {}, {})
    assert VENDORS["deepgram"]("ws://[::1]:80/v1/speak", {}, {})
    with pytest.raises(SpeechError, match="with the scheme tcp"):
        VENDORS["wyoming"]("http://host:1", {}, {})


@pytest.mark.parametrize(
    ("name", "url", "expected"),
    [("openai", "wss://host/v1", "http, https"), ("deepgram", "https://host/v1/speak", "ws, wss")],
)
def test_the_scheme_of_another_transport_is_refused(name, url, expected):
    """Every dial failed, and the log said `WSInvalidURL` or `ServerDisconnectedError`."""
    with pytest.raises(SpeechError, match=f"with the scheme {expected}$"):
        VENDORS[name](url, {}, {})


def test_wyoming_has_no_usual_port():
    """Port 0 was dialled."""
    assert VENDORS["wyoming"]("tcp://host:10200", {}, {})
    with pytest.raises(SpeechError, match="such as 'tcp://"):
        VENDORS["wyoming"]("tcp://host", {}, {})
