import json

from gateway.app.simulation import NAMES, simulator
from tests.live.__main__ import main, simulated_url
from tests.live.calls import VENDORS_TO_CALL
from tests.live.facts import verdicts
from tests.live.recording import Recording, plain, shape

SECRET = "a-key-that-nobody-must-see"


async def test_without_a_key_every_vendor_is_skipped_and_that_is_said(tmp_path):
    told = []
    assert await main({}, tmp_path, told.append) == 0
    assert len(told) == len(VENDORS_TO_CALL)
    assert all("skipped" in line for line in told)
    assert list(tmp_path.iterdir()) == []


async def test_vendors_are_called_recorded_and_compared(tmp_path):
    names = [name for name in VENDORS_TO_CALL if name in NAMES]
    told = []
    async with simulator(names) as running:
        env = {vendor.key: SECRET for vendor in VENDORS_TO_CALL.values() if vendor.key}
        env |= {f"{name.upper()}_URL": simulated_url(name, VENDORS_TO_CALL[name], running) for name in names}
        assert await main(env, tmp_path, told.append) == 0, told
    text = "\n".join(told)
    assert "FAILED" not in text
    assert text.count("the simulator sends and takes the same kinds of frames") == len(names), text
    assert "confirmed: every flush is answered by Flushed" in text
    for name in names:
        lines = [json.loads(line) for line in (tmp_path / f"{name}.jsonl").read_text().splitlines()]
        assert {next(iter(line)) for line in lines} == {"in", "out"}
        assert SECRET not in (tmp_path / f"{name}.jsonl").read_text()


async def test_a_call_that_fails_is_counted(tmp_path):
    told = []
    env = {"WYOMING_URL": "tcp://127.0.0.1:1"}
    assert await main(env, tmp_path, told.append) == 1
    assert any("wyoming: FAILED" in line for line in told)


def test_sound_and_long_texts_are_not_written_down():
    assert plain(b"\1\2" * 500)["bytes"] == 1000
    assert plain('{"audio": "' + "A" * 500 + '"}') == {"audio": "<500 characters>"}
    assert plain("no JSON") == {"text": 7}
    assert shape({"bytes": 3}) == "bytes"
    assert shape({"type": "Flushed", "sequence_id": 1, "x": None}) == "Flushed(sequence_id,type)"


def test_what_was_seen_decides_what_was_open():
    recording = Recording([("in", {"type": "SpeechMetadata"}), ("in", {"type": "Flushed"})])
    assert verdicts("deepgram_v2", recording) == {
        "Flushed comes before SpeechMetadata": "refuted",
        "a turn ends with SpeechMetadata": "confirmed",
    }
    assert set(verdicts("elevenlabs", Recording()).values()) == {"not seen"}
    assert set(verdicts("google", Recording([("in", {"call_ended": "OK"})])).values()) == {"confirmed"}
