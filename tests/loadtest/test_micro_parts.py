"""`make bench`, "parts": what is measured is what happens."""

import base64

from loadtest import micro_parts
from loadtest.micro_parts import SAMPLES, fenced, json_audio, leave, passed, read
from loadtest.micro_relay import Relay, pcm


def test_audio_in_json_is_read():
    assert json_audio(b"\1\2" * 10)() == base64.b64decode(base64.b64encode(b"\1\2" * 10))


async def test_frames_are_told_in_one_when_they_are_enough(monkeypatch):
    told = []
    gathering = micro_parts.Gathering
    monkeypatch.setattr(micro_parts, "Gathering", lambda _: gathering(told.append))
    put = micro_parts.gathered(pcm(20))
    for _ in range(8):
        put()
    assert [len(data) for data in told] == [4 * len(pcm(20))] * 2


async def test_audio_comes_to_who_leased_the_line(monkeypatch):
    heard = []
    monkeypatch.setattr(micro_parts._Nobody, "heard", lambda _, __, event: heard.append(event))
    came = read(pcm(40))
    came()
    came()
    assert [event.data for event in heard][-1] == pcm(40)


def test_chunks_pass_at_real_time(monkeypatch):
    through = leave()
    monkeypatch.setattr(micro_parts, "leave", lambda: through)
    step = passed()
    for _ in range(100):
        step()
    assert through._head.written == 101 * SAMPLES


def test_the_fence_never_shuts_for_who_answers(monkeypatch):
    made = []
    fence = micro_parts.Fence
    monkeypatch.setattr(micro_parts, "Fence", lambda *of: made.append(fence(*of)) or made[0])
    step = fenced()
    for _ in range(50):
        step()
    assert not made[0].shut
    assert made[0].beyond_ms <= 125


async def test_what_is_written_comes_to_the_client():
    relay = Relay()
    before = relay.client.frames[bytes]
    relay.write(pcm(40))
    assert relay.client.frames[bytes] == before + 1


async def test_every_step_can_be_done_again_and_again():
    for step in micro_parts.steps():
        for _ in range(60):
            step.run()
