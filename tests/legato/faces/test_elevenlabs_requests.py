import json

import pytest

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import UtteranceOptions
from legato.faces import elevenlabs_requests as requests
from legato.faces.elevenlabs_requests import ElevenLabsSwitches
from legato.ports import RequestHead

SWITCHES = ElevenLabsSwitches()


def head(path="/v1/text-to-speech/joe", query=None, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return RequestHead("POST", path, query or {}, named)


def test_every_reason_has_its_row_its_answer_its_message_and_its_farewell():
    assert set(requests.ERRORS) == set(Reason)
    for reason in Reason:
        error = SpeechError(reason, "why", retry_after_s=0.2)
        answer = requests.refusal(error, "r-1")
        detail = json.loads(answer.body)["detail"]
        assert 400 <= answer.status < 600
        assert (answer.headers["request-id"], answer.headers["retry-after"]) == ("r-1", "1")
        assert answer.headers["content-type"] == "application/json"
        if reason is Reason.BAD_FRAME:
            assert detail == [{"loc": ["body"], "msg": "why", "type": "value_error"}]
        else:
            assert detail == {"status": requests.ERRORS[reason][1], "message": "why"}
        message = requests.error_message(error)
        assert requests.farewell(error) == (message["code"], "why")
        assert message["code"] in {1008, 1011}
        assert message["error"]
    assert requests.farewell(None) == (1000, "")


@pytest.mark.parametrize(
    ("status", "reasons"),
    [
        (400, {Reason.UNKNOWN_FORMAT, Reason.TEXT_TOO_LONG, Reason.BAD_ORDER}),
        (401, {Reason.UNAUTHENTICATED}),
        (403, {Reason.FORBIDDEN}),
        (404, {Reason.UNKNOWN_VOICE}),
        (422, {Reason.BAD_FRAME}),
        (429, {Reason.TOO_MANY_UTTERANCES, Reason.QUOTA_EXCEEDED, Reason.OVERLOADED}),
        (500, {Reason.INTERNAL}),
        (502, {Reason.VENDOR_REJECTED, Reason.VENDOR_EMPTY, Reason.VENDOR_LOST}),
        (503, {Reason.VENDOR_UNREACHABLE, Reason.ALL_ROUTES_FAILED, Reason.SHUTTING_DOWN}),
        (504, {Reason.VENDOR_TIMEOUT}),
    ],
)
def test_a_status_tells_whose_mistake_it_is(status, reasons):
    """The vendor's client raises another class of error for each."""
    assert {requests.refusal(SpeechError(reason, "why"), "r-1").status for reason in reasons} == {status}


def test_what_may_be_asked_again_has_a_status_on_which_the_vendors_client_asks_again():
    """It takes a 401 for a wrong key, and gives up."""
    for reason in Reason:
        error = SpeechError(reason, "why")
        if error.properties.may_retry:
            status = requests.refusal(error, "r-1").status
            assert status in {408, 409, 429} or status >= 500, reason


@pytest.mark.parametrize(
    ("knock", "key"),
    [
        (head(xi_api_key=" abc "), "abc"),
        (head(authorization="bearer abc"), "abc"),
        (head(query={"xi-api-key": "abc"}), "abc"),
        (head(query={"authorization": "Bearer abc"}), "abc"),
        (head(query={"authorization": "abc"}), "abc"),
        (head(query={"single_use_token": "abc"}), "abc"),
        (head(), ""),
    ],
)
def test_where_the_key_is(knock, key):
    assert requests.client_key(knock) == key


@pytest.mark.parametrize("name", ["xi-api-key", "xi_api_key", "authorization", "single_use_token"])
def test_the_first_message_may_bring_the_key(name):
    assert requests.message_key(json.dumps({"text": " ", name: "abc"})) == "abc"
    assert requests.message_key(json.dumps({"text": " ", name: "Bearer abc"})) == "abc"
    assert requests.message_key(json.dumps({"text": " ", name: 1})) == ""
    assert requests.message_key(b"\xff") == ""


def test_which_voice_a_path_names():
    assert requests.voice_of(head("/v1/text-to-speech/joe/stream"), {"joe"}) == "joe"
    assert requests.voice_of(head("/v1/text-to-speech/big%20joe"), {"big joe"}) == "big joe"
    assert requests.voice_of(head("/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM/stream"), {"joe"}) == ""
    for path in ("/v1/text-to-speech/ann", "/elsewhere"):
        with pytest.raises(SpeechError, match="joe") as refused:
            requests.voice_of(head(path), {"joe"})
        assert refused.value.reason is Reason.UNKNOWN_VOICE


def test_formats_that_are_built_and_those_that_are_refused_by_name():
    def asked(name, switches=SWITCHES):
        return requests.format_of({"output_format": name} if name else {}, switches)

    assert asked("pcm_16000") == AudioFormat(Encoding.PCM_S16LE, 16_000)
    assert asked("pcm_32000") == AudioFormat(Encoding.PCM_S16LE, 32_000)
    assert asked("ulaw_8000") == AudioFormat(Encoding.MULAW, 8_000)
    assert asked("alaw_8000") == AudioFormat(Encoding.ALAW, 8_000)
    for name in ("mp3_44100_128", "opus_48000_32", "pcm_12000", ""):
        with pytest.raises(SpeechError, match=name or "mp3_44100_128") as refused:
            asked(name)
        assert "pcm_24000" in refused.value.message
        assert refused.value.reason is Reason.UNKNOWN_FORMAT
    assert asked("", ElevenLabsSwitches(default_format="pcm_24000")).sample_rate_hz == 24_000
    assert {requests.content_type(one) for one in requests.FORMATS.values()} == {
        "audio/pcm",
        "audio/basic",
        "audio/x-alaw-basic",
    }


@pytest.mark.parametrize(
    ("name", "rate", "kbps"),
    [
        ("mp3_22050_32", 22_050, 32),
        ("mp3_24000_48", 24_000, 48),
        ("mp3_44100_192", 44_100, 192),
        ("", 44_100, 128),
    ],
)
def test_mp3_and_the_vendors_default_where_it_can_be_made(name, rate, kbps):
    switches = ElevenLabsSwitches(installed={Encoding.MP3})
    found = requests.format_of({"output_format": name}, switches)
    assert found == AudioFormat(Encoding.MP3, rate, kbps)
    assert requests.content_type(found) == "audio/mpeg"
    with pytest.raises(SpeechError, match=r"alaw_8000, mp3_22050_32.*mp3_44100_192$"):
        requests.format_of({"output_format": "opus_48000_33"}, switches)


@pytest.mark.parametrize("kbps", [32, 64, 96, 128, 192])
def test_opus_where_it_can_be_made(kbps):
    asked = {"output_format": f"opus_48000_{kbps}"}
    found = requests.format_of(asked, ElevenLabsSwitches(installed={Encoding.OPUS}))
    assert found == AudioFormat(Encoding.OPUS, 48_000, kbps)
    assert requests.content_type(found) == "audio/opus"
    default = ElevenLabsSwitches(asked["output_format"], installed={Encoding.OPUS})
    assert requests.format_of({}, default) == found


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "opus_48000_32",
            "opus_48000_32 is not supported without an extra of the gateway (pip install 'legato[codecs]')",
        ),
        (
            "",
            "mp3_44100_128 (the default) is not supported without an extra of the gateway (pip install 'legato[mp3]')",
        ),
        ("ogg", "ogg is not supported"),
    ],
)
def test_who_needs_an_extra_is_told_which(name, told):
    with pytest.raises(SpeechError) as refused:
        requests.format_of({"output_format": name}, ElevenLabsSwitches(installed=()))
    assert refused.value.message == f"output_format {told}; supported: {', '.join(requests.FORMATS)}"


def test_settings_leniently():
    assert requests.speed_of(None) == requests.speed_of({}) == UtteranceOptions()
    assert requests.speed_of({"speed": None, "stability": 0.5}) == UtteranceOptions()
    assert requests.speed_of({"speed": 1.1}).speed == requests.speed_of({"speed": "1.1"}).speed == 1.1
    for wrong in ([], {"speed": True}, {"speed": "fast"}, {"speed": 9}, {"speed": [1]}, {"speed": 10**400}):
        with pytest.raises(SpeechError):
            requests.speed_of(wrong)


def test_ssml_is_read_only_where_it_was_asked_for():
    options = requests.options_of({"enable_ssml_parsing": "True"}, words=True)
    assert (options.ssml, options.words) == (True, True)
    assert requests.options_of({}, words=False) == UtteranceOptions()


def test_who_is_one_of_its_clients():
    assert requests.is_elevenlabs(head(xi_api_key=""))
    assert requests.is_elevenlabs(head(query={"xi-api-key": "abc"}))
    assert not requests.is_elevenlabs(head(authorization="Bearer abc"))


def test_an_unknown_voice_is_told_with_some_of_the_others():
    with pytest.raises(SpeechError, match=r"v118, v119 and 180 more$") as raised:
        requests.voice_named("n" * 5_000, {f"v{number}" for number in range(100, 300)})
    assert len(raised.value.message) < 300


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000])
def test_a_wav_file_is_the_same_samples_after_a_header(rate):
    found, header = requests.file_format_of({"output_format": f"wav_{rate}"}, SWITCHES)
    assert found == AudioFormat(Encoding.PCM_S16LE, rate)
    assert (header[:4], int.from_bytes(header[24:28], "little")) == (b"RIFF", rate)
    assert requests.content_type(found, header) == "audio/wav"


def test_only_samples_have_a_wav_file():
    for name in ("wav_12000", "ulaw_8000_wav"):
        with pytest.raises(SpeechError, match="wav_24000"):
            requests.file_format_of({"output_format": name}, SWITCHES)
    assert requests.file_format_of({"output_format": "ulaw_8000"}, SWITCHES)[1] == b""


def test_a_handshake_hands_on_its_language_and_its_trace():
    parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    query = {"output_format": "pcm_16000", "language_code": "de"}
    asked = head(query=query, traceparent=parent, tracestate="a=b")
    opened = requests.opening(asked, {"joe"}, SWITCHES)
    assert (opened.language, opened.traceparent, opened.tracestate) == ("de", parent, "a=b")
    without = requests.opening(head(query={"output_format": "pcm_16000"}), {"joe"}, SWITCHES)
    assert (without.language, without.traceparent) == ("", "")


def test_an_empty_key_in_the_first_message_does_not_hide_the_next():
    assert requests.message_key(json.dumps({"xi-api-key": "", "authorization": "Bearer abc"})) == "abc"
