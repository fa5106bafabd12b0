import json
from dataclasses import replace

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Route, Voice
from legato.faces.cartesia_voices import status_json, voice_json, voices_json
from legato.ports import RequestHead, VoiceInfo


class Directory:
    def voices(self):
        route = (Route("p", "v"),)
        return [
            VoiceInfo(Voice(name, ("en-GB", "cy"), route, description=f"Calm {name}."), ready=True)
            for name in ("anna", "bernd", "c d", "dora", "eve")
        ]

    def formats(self):
        return ()

    def default_voice(self):
        return "bernd"


def page(**query):
    return json.loads(voices_json(Directory(), RequestHead("GET", "/voices", query, {})))


def names(**query):
    return [voice["id"] for voice in page(**query)["data"]]


def test_a_voice_has_every_field_that_the_vendors_client_reads():
    assert page()["data"][1] == {
        "id": "bernd",
        "name": "bernd",
        "tagline": "",
        "description": "Calm bernd.",
        "language": "en",
        "locales": [{"locale": "en-GB", "is_native": True}, {"locale": "cy", "is_native": False}],
        "is_owner": False,
        "is_public": True,
        "access": "public",
        "visibility": "all",
        "gender": None,
        "created_at": "1970-01-01T00:00:00Z",
    }


def test_a_voice_is_found_by_its_name_or_its_description():
    described = Directory().voices()
    described[0] = replace(described[0], voice=replace(described[0].voice, description="Low."))

    class Described(Directory):
        def voices(self):
            return described

    def found(text):
        head = RequestHead("GET", "/voices", {"q": text}, {})
        return [voice["id"] for voice in json.loads(voices_json(Described(), head))["data"]]

    assert (found("Anna"), found("low"), found("calm b")) == (["anna"], ["anna"], ["bernd"])


def test_a_client_that_asks_for_the_next_page_comes_to_an_empty_one():
    seen, after = [], {}
    while found := names(limit="2", **after):
        seen += found
        after = {"starting_after": found[-1]}
    assert seen == ["anna", "bernd", "c d", "dora", "eve"]
    assert names(starting_after="nobody") == []


def test_an_older_client_is_told_what_to_go_on_behind():
    assert [page(limit="2", **more)["next_page"] for more in ({}, {"starting_after": "dora"})] == [
        "bernd",
        None,
    ]


def test_a_client_may_go_backwards_and_search():
    assert names(ending_before="dora", limit="2") == ["bernd", "c d"]
    assert names(ending_before="anna") == names(ending_before="nobody") == []
    assert names(q="BERN") == names(q="calm bern") == ["bernd"]
    assert names(q="calm") == names()
    assert [page(**query)["has_more"] for query in ({}, {"limit": "2"}, {"ending_before": "dora"})] == [
        False,
        True,
        False,
    ]


@pytest.mark.parametrize(
    "limit", ["0", "000", "101", "-1", "x", "²", "000000001000", "1" * 5_000, "000000001" + "0" * 5_000]
)
def test_a_limit_is_a_number(limit):
    with pytest.raises(SpeechError, match="limit must be a whole number from 1 to 100; got"):
        page(limit=limit)


def test_a_limit_is_from_one_to_a_hundred():
    assert (names(limit="1"), len(names(limit="100")), names(limit="0" * 5_000 + "2")) == (
        ["anna"],
        5,
        ["anna", "bernd"],
    )


def test_one_voice_by_its_name():
    def found(path):
        return json.loads(voice_json(Directory(), RequestHead("GET", path, {}, {})))

    told = found("/voices/c%20d")
    assert (told["id"], told["language"], told["description"]) == ("c d", "en", "Calm c d.")
    assert told["locales"][0] == {"locale": "en-GB", "is_native": True}
    vendors = "694f9389-aac1-45b6-b726-9d9369183238"
    assert found(f"/voices/{vendors}") == {**found("/voices/bernd"), "id": vendors}
    with pytest.raises(SpeechError) as refused:
        found("/voices/nobody")
    assert refused.value.reason is Reason.UNKNOWN_VOICE


def test_the_status_has_what_the_vendors_client_reads():
    status = json.loads(status_json(Directory(), RequestHead("GET", "/", {}, {})))
    assert status["ok"] is True
    assert isinstance(status["version"], str)
