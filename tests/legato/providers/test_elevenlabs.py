"""ElevenLabs beyond its transcripts: the place, the traits, the refusals."""

import base64
import json

import pytest

from legato.core.run_watch import RunWatch
from legato.domain.delivery import Delivery, Takes
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import Lost, Marker
from legato.domain.speech import Principal, Route, UtteranceOptions
from legato.domain.stage_directions import ANY_DIRECTION
from legato.domain.text import Reading
from legato.domain.vendors import ResponseHead, VendorLimits
from legato.ports import LineRequest
from legato.providers.elevenlabs import ElevenLabs, Switches
from tests.conformance.stage import played
from tests.legato.providers.asking import sent, takes


def place(dialect=None, language="en-GB", **options):
    return (dialect or ElevenLabs()).place(Route("p", "a/b", options), language, UtteranceOptions())


def test_voice_model_and_format_are_the_connections():
    assert place(model_id="eleven_flash_v2_5", sample_rate=16_000, seed=3).url == (
        "wss://api.elevenlabs.io/v1/text-to-speech/a%2Fb/multi-stream-input?model_id=eleven_flash_v2_5"
        "&output_format=pcm_16000&language_code=en&inactivity_timeout=180&auto_mode=true&sync_alignment=true&seed=3"
    )
    assert "language_code" not in place(model_id="eleven_turbo_v2").url
    assert "language_code=fr" in place(language_code="fr").url
    assert "enable_ssml_parsing=true" in place(model_id="eleven_flash_v2").url
    mute = ElevenLabs(switches=Switches(ssml_phonemes=False))
    assert "ssml" not in place(mute, model_id="eleven_flash_v2").url
    assert "ssml" not in place(model_id="eleven_flash_v2_5").url
    other = ElevenLabs(
        "ws://h:1/", VendorLimits(context_idle_s=20), Switches(auto_mode=False, sync_alignment=False)
    )
    assert place(other).url.endswith("inactivity_timeout=20&auto_mode=false&sync_alignment=false")
    assert place(other).url.startswith("ws://h:1/v1/text-to-speech/")


def test_an_option_of_another_vendor_is_refused():
    with pytest.raises(SpeechError, match="elevenlabs has no option 'mip_opt_out'"):
        place(mip_opt_out=True)


@pytest.mark.parametrize("model", ["eleven_v3", "eleven_v3_conversational", "eleven_v4_turbo"])
def test_a_model_that_the_vendor_serves_elsewhere_is_refused_by_name_at_its_own_place(model):
    with pytest.raises(SpeechError, match=f"{model}.*elevenlabs_rest"):
        place(model_id=model)
    assert f"model_id={model}" in place(ElevenLabs("ws://gateway:8080"), model_id=model).url


def test_the_traits():
    traits = ElevenLabs().traits
    assert (traits.keeps_context, traits.word_times, traits.cancels, traits.limits.runs_per_line) == (
        True,
        True,
        True,
        5,
    )
    assert ElevenLabs().credentials("k") == {"xi-api-key": "k"}


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (401, "invalid_api_key", Reason.VENDOR_REJECTED),
        (401, "quota_exceeded", Reason.VENDOR_QUOTA),
        (400, "voice_not_found", Reason.VENDOR_REJECTED),
        (403, "only_for_creator+", Reason.VENDOR_REJECTED),
        (429, "too_many_concurrent_requests", Reason.VENDOR_QUOTA),
        (429, "system_busy", Reason.VENDOR_QUOTA),
    ],
)
def test_a_failed_handshake(status, code, reason):
    provider = ElevenLabs().connect(place())
    body = b'{"detail":{"status":"%s","message":"m"}}' % code.encode()
    assert provider.refused(ResponseHead(status, {"retry-after": "2"}), body).reason is reason


def test_close_codes():
    provider = ElevenLabs().connect(place())
    assert provider.broke(1008, "input_timeout_exceeded").reason is Reason.VENDOR_TIMEOUT
    assert provider.broke(1008, "quota_exceeded: more words").reason is Reason.VENDOR_QUOTA
    assert isinstance(provider.broke(1006, ""), Lost)


def test_its_transcripts_are_spoken_and_understood():
    assert played("elevenlabs") > 3


def test_a_context_has_its_runs_speed_and_pauses_go_with_the_text():
    assert takes(ElevenLabs(), model_id="eleven_flash_v2_5") == Takes(
        (0.7, 1.2), language=True, pause_s=3.0, by_run=True
    )
    acts = takes(ElevenLabs(), model_id="eleven_v3")
    assert (acts.pause_s, acts.directions) == (0.0, ANY_DIRECTION)
    assert (
        takes(ElevenLabs(), model_id="eleven_flash_v2_5").directions
        == takes(ElevenLabs()).directions
        == frozenset()
    )
    reading = Reading("Wait.", delivery=Delivery(rate=0.5), pause_ms=5_000)
    opening, said = sent(ElevenLabs(), reading, speaking=UtteranceOptions(speed=0.9))
    assert opening["voice_settings"] == {"speed": 0.9}
    assert said["text"] == 'Wait. <break time="3s" /> '
    _, escaped = sent(ElevenLabs(), Reading("a & b", pause_ms=500), options={"model_id": "eleven_flash_v2"})
    assert escaped["text"] == 'a &amp; b <break time="0.5s" /> '
    for other in ({"model_id": "eleven_v3"}, {}):
        dialect = ElevenLabs("ws://gateway:8080", switches=Switches(breaks=bool(other)))
        assert sent(dialect, reading, options=other)[1]["text"] == "Wait. "


def test_every_context_knows_the_dictionaries_of_its_route():
    locators = [{"pronunciation_dictionary_id": "d", "version_id": "v"}]
    opening, _ = sent(ElevenLabs(), "Hi.", options={"pronunciation_dictionary_locators": locators})
    assert opening["pronunciation_dictionary_locators"] == locators
    assert "pronunciation_dictionary_locators" not in sent(ElevenLabs(), "Hi.")[0]


def test_a_route_with_a_language_of_its_own_follows_no_other():
    assert takes(ElevenLabs(), model_id="eleven_flash_v2_5").language
    assert not takes(ElevenLabs(), model_id="eleven_flash_v2_5", language_code="fr").language
    assert not takes(ElevenLabs(), model_id="eleven_turbo_v2").language


def test_r8_an_utterance_left_open_is_not_waited_for_where_the_last_mark_has_no_time():
    """The vendor times "Hello", and says nothing of the full stop: nothing more would come, and the run would be taken for stalled."""
    dialect = ElevenLabs()
    connection = dialect.connect(dialect.place(Route("p", "v"), "en", UtteranceOptions()))
    request = LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 0.0)
    watch = RunWatch(dialect.traits.limits, marks=True)
    connection.begin(1, request, 0.0)
    connection.say(1, 0, Reading("Hello."), 0.0)
    watch.said(0.0, 0, 6)
    message = {
        "contextId": "run-1-1",
        "audio": base64.b64encode(bytes(48_000)).decode(),
        "alignment": {
            "chars": list("Hello"),
            "charStartTimesMs": [0, 100, 200, 300, 400],
            "charDurationsMs": [100] * 5,
        },
    }
    told = [event for _, event in connection.hear(json.dumps(message), 0.2)]
    assert told[-1] == Marker(0)
    watch.audio(0.2, 1.0)
    watch.marker(0.2, 0)
    assert watch.deadline() is None


REQUEST = LineRequest(Route("p", "v"), "en", UtteranceOptions(), Principal(), "s", "u", 9.0)


def said(**message):
    return json.dumps(message)


def test_only_contexts_that_wait_for_text_are_kept_alive():
    provider = ElevenLabs().connect(place())
    for run in (1, 2, 3, 4):
        provider.begin(run, REQUEST, 0.0)
        provider.say(run, 0, Reading("One."), 0.0)
    provider.end_input(2, 0.0)
    provider.cancel(3, 0.0)
    provider.hear(said(audio="AAAA" * 10_000, contextId="run-4-1", isFinal=True), 0.0)
    kept = [json.loads(frame) for frame in provider.keep_alive(1.0)]
    assert kept == [{"text": "", "context_id": "run-1-1"}]


def test_an_error_of_a_context_that_is_over_hurts_no_other_one():
    """It ended the connection, and with it four runs of others."""
    provider = ElevenLabs().connect(place())
    for run in (1, 2):
        provider.begin(run, REQUEST, 0.0)
        provider.say(run, 0, Reading("One."), 0.0)
    provider.end_input(1, 0.0)
    provider.hear(said(audio="AAAA", contextId="run-1-1", isFinal=True), 0.0)
    late = {"error": "context_not_found", "code": 1008}
    assert provider.hear(said(**late, contextId="run-1-1"), 0.0) == ()
    assert provider.hear(said(**late, context_id="somebody's"), 0.0) == ()
    provider.hear(said(audio="AAAA" * 10_000, contextId="run-2-1", isFinal=True), 0.0)
    provider.say(2, 1, Reading("Two."), 0.0)
    assert provider.hear(said(**late, contextId="run-2-1"), 0.0) == (), "the run has gone on in another"
    assert [run for run, _ in provider.hear(said(**late, contextId="run-2-2"), 0.0)] == [2]
    assert [run for run, _ in provider.hear(said(**late), 0.0)] == [0], "nobody knows whose it is"
