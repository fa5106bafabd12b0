"""What every vendor's language must keep, on every transcript of it."""

import dataclasses

import pytest

from gateway.app.vendors import VENDORS
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker
from legato.domain.text import Reading
from legato.ports import Provider, VendorDialect
from tests.conformance.stage import Stage, frame_of, renumbered, story, transcripts

ALL = list(transcripts())
ids = [transcript.name for transcript in ALL]
FINISHED = [transcript for transcript in ALL if transcript.ends == "finished"]
REUSABLE = [transcript for transcript in ALL if transcript.ends in {"finished", "cancelled", "failed"}]


def frames(transcript):
    return [line["in"] for line in transcript.lines if "in" in line]


def is_cut_anywhere(transcript):
    return any(isinstance(frame_of(frame), bytes) for frame in frames(transcript)) and not any(
        "proto" in frame for frame in frames(transcript)
    )


def test_every_vendor_has_transcripts():
    lacking = set(VENDORS) - {transcript.vendor for transcript in ALL}
    assert not lacking, f"expected transcripts/NAME_….jsonl, as stage.py describes them, of {sorted(lacking)}"


@pytest.mark.parametrize("transcript", ALL, ids=ids)
def test_the_transcript_is_spoken_and_understood(transcript):
    Stage(transcript).whole()


@pytest.mark.volume
@pytest.mark.parametrize("transcript", [t for t in ALL if is_cut_anywhere(t)], ids=lambda t: t.name)
def test_r17_bytes_may_be_cut_anywhere(transcript):
    def byte_by_byte(frame):
        return (
            [frame[i : i + 1] for i in range(len(frame))] if isinstance(frame, bytes) and frame else [frame]
        )

    whole = Stage(transcript).whole().story()
    fine = Stage(transcript)
    for line in transcript.lines:
        play_loosely(fine, line, byte_by_byte)
    assert fine.story() == whole
    for frame in [frame_of(spec) for spec in frames(transcript)]:
        length = len(frame) if isinstance(frame, bytes) else 0
        for offset in range(1, length, 1 + length // 400):

            def at_offset(other, offset=offset, frame=frame):
                return (other[:offset], other[offset:]) if other == frame else (other,)

            stage = Stage(transcript)
            for line in transcript.lines:
                play_loosely(stage, line, at_offset)
            assert stage.story() == whole


def play_loosely(stage, line, cut=None):
    """Events are looked at in the end; frames to be sent are checked elsewhere."""
    stage.sent.clear()
    stage.events.clear()
    if "event" not in line and "out" not in line:
        stage.play(line, cut)


@pytest.mark.parametrize("transcript", ALL, ids=ids)
def test_markers_come_in_order_behind_their_audio_and_there_is_one_end(transcript):
    stage = Stage(transcript).whole()
    for run in {run for run, _ in stage.heard if run}:
        events = [event for r, event in stage.heard if r == run]
        markers = [event.segment for event in events if isinstance(event, Marker)]
        assert markers == sorted(set(markers))
        for place, event in enumerate(events):
            if isinstance(event, Joined):
                told = [other.segment for other in events[:place] if isinstance(other, Marker)]
                assert event.segment > max(told, default=-1), "joined before anything of it has ended"
        ends = [i for i, event in enumerate(events) if isinstance(event, Finished | Failed | Lost)]
        assert ends in ([], [len(events) - 1])
        if ends and isinstance(events[-1], Finished):
            said = [
                line["segment"]
                for line in transcript.lines
                if line.get("do") == "say" and line.get("run", 1) == run
            ]
            assert markers == said, "every segment has its marker before the end"


@pytest.mark.parametrize("transcript", FINISHED, ids=lambda t: t.name)
def test_audio_leaves_in_whole_samples(transcript):
    stage = Stage(transcript).whole()
    assert all(
        len(event.data) % 2 == 0 and event.data for _, event in stage.heard if isinstance(event, Audio)
    )


@pytest.mark.parametrize("transcript", FINISHED, ids=lambda t: t.name)
def test_r7_nothing_is_heard_after_a_cancel_whenever_it_comes(transcript):
    for moment in range(len(transcript.lines) + 1):
        stage = Stage(transcript)
        begun = False
        for line in transcript.lines[:moment]:
            begun = begun or line.get("do") == "begin"
            play_loosely(stage, line)
        if not begun:
            continue
        ended = any(isinstance(event, Finished) for _, event in stage.heard)
        frames_sent = stage.provider.cancel(stage.run, stage.now)
        assert not (ended and frames_sent), "an ended run is not cancelled at the vendor"
        count = len(stage.heard)
        assert not stage.provider.cancel(stage.run, stage.now), "a second cancel says nothing"
        for line in transcript.lines[moment:]:
            if "in" in line:
                stage.hear(frame_of(renumbered(line["in"], stage.run)))
        assert [event for run, event in stage.heard[count:] if run == stage.run] == []
        assert not stage.provider.say(stage.run, 99, Reading("Late."), stage.now), (
            "a cancelled run says no more"
        )
        assert not stage.provider.end_input(stage.run, stage.now)


@pytest.mark.parametrize("first", REUSABLE, ids=lambda t: t.name)
def test_a_second_run_follows_on_the_same_connection(first):
    for second in [t for t in FINISHED if alike(t, first)]:
        opening = Stage(first).whole()
        if opening.provider.open_runs:
            continue
        again = Stage(second, opening.provider, run=3).whole()
        alone = Stage(second, run=3).whole()
        assert again.story() == alone.story()


def alike(one, other):
    def frozen(t):
        return (
            t.vendor,
            t.voice,
            t.language,
            repr(t.options),
            repr(t.switches),
            repr(t.limits),
            t.speed,
            t.url,
        )

    return frozen(one) == frozen(other)


@pytest.mark.volume
@pytest.mark.parametrize("transcript", ALL, ids=ids)
def test_unknown_garbage_huge_and_truncated_frames_never_raise(transcript):
    nonsense = [
        "",
        "{",
        "[]",
        "null",
        '{"type":"Unheard"}',
        "é" * 10,
        '{"a":' * 5_000,
        '{"type":' + "9" * 6_000 + "}",
    ]
    raw = [b"", b"\xff" * 9, b"\n" * 4, b'{"type":1}\n', b"x" * 200_000]
    every = (*nonsense, *raw)
    half = len(transcript.lines) // 2
    turn_by_turn = [(moment, every[moment % len(every)]) for moment in range(len(transcript.lines))]
    for moment, frame in (*((half, frame) for frame in every), *turn_by_turn):
        stage = Stage(transcript)
        for line in transcript.lines[:moment]:
            play_loosely(stage, line)
        stage.provider.hear(frame, stage.now)
        for spec in frames(transcript):
            stage.provider.hear(frame_of(renumbered(spec, 1)), stage.now)


@pytest.mark.parametrize("transcript", ALL, ids=ids)
def test_truncated_frames_never_raise(transcript):
    for index, spec in enumerate(frames(transcript)):
        whole = frame_of(spec)
        for keep in (1, 2, 5, 20) if isinstance(whole, str | bytes) else ():
            stage = Stage(transcript)
            for line in transcript.lines:
                play_loosely(stage, line)
                if "in" in line and line["in"] is spec:
                    break
            stage.provider.hear(whole[:-keep], stage.now)
            for later in frames(transcript)[index:]:
                stage.provider.hear(frame_of(later), stage.now)


@pytest.mark.parametrize("vendor", sorted(VENDORS))
def test_limits_are_data_that_a_configuration_overrides(vendor):
    usual = VENDORS[vendor](None, {}, {}).traits.limits
    other = VENDORS[vendor](None, {"runs_per_line": 7, "idle_s": 1.5}, {}).traits.limits
    assert (other.runs_per_line, other.idle_s) == (7, 1.5)
    assert dataclasses.replace(other, runs_per_line=usual.runs_per_line, idle_s=usual.idle_s) == usual


@pytest.mark.parametrize("transcript", ALL, ids=ids)
def test_the_plugs_fit(transcript):
    dialect: VendorDialect = transcript.dialect
    provider: Provider = transcript.connect()
    assert dialect.credentials("") == {}
    assert any("secret-key" in value for value in dialect.credentials("secret-key").values()) or (
        transcript.vendor == "wyoming"
    )
    assert "secret-key" not in repr(transcript.place)
    assert provider.open_runs == 0
    assert story(provider.hear("", 0.0))[0] == {}
