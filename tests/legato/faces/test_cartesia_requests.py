import json

import pytest

from legato.domain.errors import Reason, SpeechError
from legato.faces.cartesia_requests import (
    ERRORS,
    NEWEST,
    caller_of,
    client_key,
    is_cartesia,
    read_request,
    refusal,
    transcript_of,
    voice_of,
)
from legato.ports import RequestHead

RAW = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24000}
UUID = "a0e99841-438c-4a64-b679-ae501e7d6091"


def head(query=None, **headers):
    return RequestHead("GET", "/tts/websocket", query or {}, headers)


def request(**more):
    return read_request({"voice": "joe", "output_format": RAW, **more}, {"joe", "ann"}, ("raw",))


def refused(call, *arguments, **more):
    with pytest.raises(SpeechError) as error:
        call(*arguments, **more)
    return error.value.reason


def test_the_key_is_found_wherever_clients_put_it():
    assert client_key(head(authorization="bearer a b")) == "a b"
    assert client_key(head(**{"x-api-key": "k"})) == "k"
    assert client_key(head({"api_key": "q"})) == "q"
    assert client_key(head({"access_token": "t"})) == "t"
    assert client_key(head()) == ""


def test_the_version_in_the_query_goes_over_the_header_and_the_newest_over_none():
    assert caller_of(head({"cartesia_version": "2025-04-16"}, **{"cartesia-version": NEWEST})).version == (
        "2025-04-16"
    )
    assert caller_of(head(**{"cartesia-version": "2025-04-16"})).version == "2025-04-16"
    assert caller_of(head()).version == caller_of(head({"cartesia_version": "latest"})).version == NEWEST


@pytest.mark.parametrize("voice", ["joe", {"id": "joe"}, {"mode": "id", "id": "joe"}])
def test_a_voice_comes_in_three_shapes(voice):
    assert voice_of(voice, {"joe"}) == "joe"


def test_an_id_of_the_vendors_own_means_the_default_voice_and_any_other_is_an_error():
    assert voice_of(UUID, {"joe"}) == ""
    assert voice_of(UUID, {UUID}) == UUID
    assert refused(voice_of, "nobody", {"joe"}) is Reason.UNKNOWN_VOICE
    for nonsense in (None, "", {"mode": "embedding", "embedding": [0.1]}, 3):
        assert refused(voice_of, nonsense, {"joe"}) is Reason.BAD_FRAME


def test_speed_volume_language_and_word_times():
    options = request(generation_config={"speed": 1.5, "volume": 0.5, "emotion": "calm"}).options
    assert options.speed == 1.5
    assert options.volume == pytest.approx(-6.02, abs=0.01)
    words = [request(speed=word).options.speed for word in ("slow", "normal", "fast")]
    assert words == [0.8, 1.0, 1.25]
    assert request(speed="1.2").options.speed == request(speed=1.2).options.speed == 1.2
    assert request(generation_config={"speed": "1.5"}).options.speed == 1.5
    assert request(speed="fast", generation_config={"speed": 1}).options.speed == 1
    assert request().options.speed is None
    assert (request(add_timestamps=True).options.words, request().options.words) == (True, False)
    assert (request(language="de").language, request(language="de", locale="de-AT").language) == (
        "de",
        "de-AT",
    )
    for wrong in (
        {"generation_config": []},
        {"generation_config": {"speed": 9}},
        {"generation_config": {"speed": True}},
        {"generation_config": {"volume": "loud"}},
        {"speed": "blazing"},
        {"speed": True},
        {"speed": 9},
        {"language": 3},
    ):
        assert refused(request, **wrong) is Reason.BAD_FRAME


def test_transcripts_are_text():
    assert transcript_of({"transcript": "a\ud83d"}) == "a\ufffd"
    assert transcript_of({}) == transcript_of({"transcript": None}) == ""
    assert refused(transcript_of, {"transcript": 1}) is Reason.BAD_FRAME


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_http_answer_in_both_shapes(reason):
    assert set(ERRORS) == set(Reason)
    error = SpeechError(reason, "why", retry_after_s=0.2)
    new = refusal(error, "r-1", caller_of(head()))
    told = json.loads(new.body)
    assert (told["message"], told["request_id"]) == ("why", "r-1")
    assert {"title", "error_code"} < set(told)
    assert new.headers["retry-after"] == "1"
    old = refusal(error, "r-1", caller_of(head({"cartesia_version": "2025-04-16"})))
    assert old.status == new.status
    assert 400 <= old.status < 600
    assert old.body.decode() == f"{told['title']}: why"
    assert new.headers["content-type"] == "application/json"
    assert old.headers["content-type"] == "text/plain; charset=utf-8"
    assert new.headers["x-request-id"] == old.headers["x-request-id"] == "r-1"


def test_who_is_one_of_its_clients():
    """On paths that others use too."""
    assert is_cartesia(head(**{"cartesia-version": NEWEST}))
    assert is_cartesia(head({"cartesia_version": NEWEST}))
    assert not is_cartesia(head(authorization="Bearer abc"))


@pytest.mark.parametrize(
    ("version", "objects"), [("2026-02-28", False), ("2026-03-01", True), ("2026-03-02", True)]
)
def test_errors_are_objects_from_the_version_on_that_has_them(version, objects):
    assert caller_of(head({"cartesia_version": version})).reads_objects is objects
