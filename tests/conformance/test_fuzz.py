"""What a vendor sends never raises, whatever it is: frames of its own language in any order, bent and cut, between any calls."""

import json
import os

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.app.vendors import VENDORS
from legato.domain.events import Audio, Failed, Finished, Joined, Lost, Marker, Warned, Words
from legato.domain.text import Reading
from legato.domain.vendors import CallEnded, HalfClose, HttpRequest, ResponseEnd, ResponseHead
from tests.conformance.stage import frame_of, transcripts

BY_VENDOR = {name: [t for t in transcripts() if t.vendor == name] for name in VENDORS}
EXAMPLES = int(os.environ.get("LEGATO_FUZZ_EXAMPLES", "150"))
EVENTS = Audio | Words | Marker | Joined | Finished | Warned | Failed | Lost
SENT = str | bytes | HttpRequest | HalfClose

values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**20) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def bent(draw, frame):
    """A frame as it is, cut off, or with a field that is something else."""
    if isinstance(frame, str | bytes) and len(frame) > 1 and draw(st.booleans()):
        return frame[: draw(st.integers(0, len(frame)))]
    if isinstance(frame, str) and frame.startswith("{") and draw(st.booleans()):
        message = json.loads(frame)
        if message:
            message[draw(st.sampled_from(sorted(message)))] = draw(values)
        return json.dumps(message)
    return frame


@st.composite
def stories(draw):
    name = draw(st.sampled_from(sorted(VENDORS)))
    transcript = draw(st.sampled_from(BY_VENDOR[name]))
    own = [frame_of(line["in"]) for t in BY_VENDOR[name] for line in t.lines if "in" in line]
    other = st.one_of(
        st.text(max_size=20),
        st.binary(max_size=40),
        st.builds(ResponseHead, st.integers(100, 599), st.just({"content-type": "audio/wav"})),
        st.just(ResponseEnd()),
        st.builds(CallEnded, st.text(max_size=12), st.text(max_size=5)),
        st.builds(
            json.dumps, st.dictionaries(st.sampled_from(("type", "audio", "context_id", "error")), values)
        ),
    )
    frames = st.sampled_from(own).flatmap(bent) | other
    calls = st.sampled_from(("begin", "say", "end_input", "cancel", "keep_alive")).map(
        lambda call: ("call", call)
    )
    # Half of the stories begin with text that is answered as in a transcript: otherwise hardly any audio or marker is ever heard.
    said = draw(st.sampled_from(([], [("call", "begin"), ("call", "say")])))
    told = draw(st.sampled_from(BY_VENDOR[name])) if said else transcript
    answers = [frame_of(line["in"]) for line in told.lines if "in" in line] if said else []
    return transcript, [*said, *answers, *draw(st.lists(calls | frames, max_size=30))]


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories())
def test_hear_never_raises_and_keeps_its_promises(told):
    transcript, steps = told
    provider = transcript.connect()
    run, segment, live, ended, marked = 0, 0, set(), set(), {}
    for step in steps:
        if isinstance(step, tuple):
            run, segment = carried_out(provider, transcript, step[1], run, segment)
            if step[1] == "begin":
                live.add(run)
            elif step[1] == "cancel":
                live.discard(run)
            continue
        for of, event in provider.hear(step, 0.0):
            assert isinstance(event, EVENTS)
            assert of == 0 or of in live, "what was cancelled or has ended is not heard"
            if of == 0:
                assert isinstance(event, Failed | Lost)
                continue
            assert of not in ended
            if isinstance(event, Marker):
                assert event.segment > marked.get(of, -1)
                marked[of] = event.segment
            if isinstance(event, Audio):
                assert event.data
                assert len(event.data) % 2 == 0
            if isinstance(event, Finished | Failed | Lost):
                ended.add(of)
        assert 0 <= provider.open_runs <= run
        assert isinstance(provider.refused(ResponseHead(400), b"{}"), Failed)


def carried_out(provider, transcript, call, run, segment):
    if call == "begin":
        if provider.open_runs and transcript.dialect.traits.transport in {"http", "grpc"}:
            return run, segment
        run, segment = run + 1, 0
        frames = provider.begin(run, transcript.request, 0.0)
    elif call == "say":
        frames = provider.say(run, segment, Reading(f"Segment {segment}."), 0.0)
        segment += 1
    elif call == "keep_alive":
        frames = provider.keep_alive(0.0)
    else:
        frames = getattr(provider, call)(run, 0.0)
    assert all(isinstance(frame, SENT) for frame in frames)
    return run, segment


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.sampled_from(sorted(VENDORS)), st.integers(0, 5_000), st.text(max_size=80))
def test_closes_and_refusals_are_reasons_whatever_they_say(name, code, words):
    provider = BY_VENDOR[name][0].connect()
    assert isinstance(provider.broke(code, words), Failed | Lost)
    failed = provider.refused(ResponseHead(code, {"retry-after": words}), words.encode())
    assert isinstance(failed, Failed)
    assert len(failed.message) < 200
