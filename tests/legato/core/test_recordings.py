"""What is kept of a run, where its requests end, and for how long. Promise R27."""

from dataclasses import replace

import pytest

from legato.core.recordings import Recording, Recordings, key_of
from legato.domain.delivery import PLAIN
from legato.domain.events import Audio, Finished, Joined, Lost, Marker, Overtaken, SaidAgain, Words, WordTime
from legato.domain.speech import LineRequest, Principal, Route, UtteranceOptions

RATE = 8_000
REQUEST = LineRequest(Route("p", "v", {"model": "m"}), "en", UtteranceOptions(), Principal(), "s", "u", 10.0)


def wording(text):
    return text, (), PLAIN, (), 0


def pcm(seconds, level=1):
    return bytes([level, 0]) * int(seconds * RATE)


def recording(*texts, flows=False, keeps_context=True, ended=True, marks=None):
    made = Recording(RATE, keeps_context, flows, 0.0, wording(texts[0]), marks=marks)
    for number, text in enumerate(texts):
        made.say(number * 2 + 1, wording(text))  # indexes of segments need not follow each other
    if ended:
        made.input_ended = True
    return made


def heard(made, *told):
    for event in told:
        made.hear(event)
    return [text for text, *_ in made.script]


def word(segment, start_s, end_s):
    return WordTime(segment, 0, 1, start_s * 1000, end_s * 1000)


def audio_of(made):
    """The audio of each request that is kept."""
    at, found = 0, []
    for request in made.requests[: len(made.script)]:
        found.append(
            b"".join(event for event in made.events[at : request.ends_at] if isinstance(event, bytes))
        )
        at = request.ends_at
    return found


def test_each_request_has_the_audio_that_came_before_its_marker():
    made = recording("one.", "two.")
    told = [Audio(pcm(0.5, 1)), Marker(1), Audio(pcm(0.25, 2)), Marker(3), Finished()]
    assert heard(made, *told) == ["one.", "two."]
    assert audio_of(made) == [pcm(0.5, 1), pcm(0.25, 2)]
    assert made.size == len(pcm(0.75))


def test_where_segments_do_not_flow_the_marker_is_the_border_whatever_the_word_times_say():
    made = recording("one.", "two.", keeps_context=False)
    made.word_times = True
    told = [Audio(pcm(0.5, 1)), Marker(1), Audio(pcm(0.5, 2)), Words((word(1, 0.0, 0.3), word(3, 0.4, 0.9)))]
    assert heard(made, *told, Marker(3), Finished()) == ["one.", "two."]
    assert audio_of(made) == [pcm(0.5, 1), pcm(0.5, 2)]


def test_a_marker_right_after_another_says_that_the_audio_belongs_to_both():
    """As a vendor does that ends all requests with its context: nobody knows where the first one ended."""
    made = recording("one.", "two.")
    assert heard(made, Audio(pcm(1.0)), Marker(1), Marker(3), Finished()) == []
    made = recording("one.", "two.", "three.")
    told = [Audio(pcm(0.5)), Marker(1), Audio(pcm(1.0)), Marker(3), Marker(5), Finished()]
    assert heard(made, *told) == ["one."]


def test_the_end_of_the_run_ends_a_single_request_without_a_marker():
    assert heard(recording("one."), Audio(pcm(0.5)), Finished()) == ["one."]
    assert heard(recording("one.", "two."), Audio(pcm(0.5)), Finished()) == []


def test_where_segments_flow_the_first_word_of_the_next_request_is_the_border():
    made = recording("one.", "two.", flows=True)
    told = [
        Audio(pcm(0.5, 1)),
        Words((word(1, 0.0, 0.4),)),
        Audio(pcm(0.25, 2)),
        Marker(1),  # late: some of the next request has come
        Audio(pcm(0.25, 2)),
        Words((word(3, 0.5, 0.9),)),
        Marker(3),
        Finished(),
    ]
    assert heard(made, *told) == ["one.", "two."]
    assert audio_of(made) == [pcm(0.5, 1), pcm(0.5, 2)]
    assert [word.segment for event in made.events if isinstance(event, Words) for word in event.words] == [
        0,
        1,
    ]


@pytest.mark.parametrize("joined", [False, True])
def test_where_segments_flow_a_request_whose_border_is_unknown_ends_the_recording(joined):
    made = recording("one.", "two.", "three.", flows=True)
    told = [Joined(5)] * joined + [Audio(pcm(1.5)), Words((word(1, 0.0, 0.4), word(3, 0.5, 0.9))), Finished()]
    assert heard(made, *told) == ["one."]


@pytest.mark.parametrize(
    "told",
    [
        [Audio(pcm(1.0))],
        [Audio(pcm(0.4)), Words((word(1, 0.0, 0.4), word(3, 0.5, 0.9)))],
        [Audio(pcm(1.0)), Words((word(1, 0.0, 0.01), word(3, 0.01, 0.9)))],
    ],
    ids=["no word times", "times ahead of the audio", "too little of the first request"],
)
def test_where_segments_flow_nothing_is_kept_unless_the_first_request_is_whole(told):
    made = recording("one.", "two.", flows=True)
    heard(made, *told, Marker(3))
    made.close()
    made.trim()
    assert (made.script, made.size, made.requests) == ((), 0, [])


@pytest.mark.parametrize("end", [Lost("gone"), None], ids=["lost", "barge-in"])
@pytest.mark.parametrize("texts", [["one."], ["one.", "two."]])
def test_r27_where_segments_flow_a_marker_does_not_tell_that_the_last_word_has_sounded(texts, end):
    made = recording(*texts, flows=True)
    words = Words(
        tuple([word(number * 2 + 1, number * 0.5, number * 0.5 + 0.4) for number in range(len(texts))])
    )
    heard(
        made,
        Audio(pcm(0.5 * len(texts) - 0.2)),
        words,
        *[Marker(number * 2 + 1) for number in range(len(texts))],
    )
    if end is not None:
        made.hear(end)
    made.close()
    assert [text for text, *_ in made.script] == texts[:-1]


def test_what_comes_after_the_last_marker_belongs_to_no_request():
    made = recording("one.")
    assert heard(made, Audio(pcm(0.5)), Marker(1), Audio(pcm(0.1, 2)), Finished()) == ["one."]
    assert audio_of(made) == [pcm(0.5)]


@pytest.mark.parametrize("end", [Finished(), Lost("gone")])
@pytest.mark.parametrize("behind", [[200], [2, 200, 2]], ids=["at once", "after a pause"])
@pytest.mark.parametrize("last", ["two.", "..."])
def test_r27_sound_behind_the_marker_of_all_that_was_asked_for_shows_that_it_came_too_early(
    last, behind, end
):
    """The request was kept without its end."""
    texts = ["one.", "two.", last][: 2 + (last == "...")]
    made = recording(*texts)
    told = [Audio(pcm(0.5)), Marker(1), Audio(pcm(0.5)), *[Marker(at) for at in range(3, 2 * len(texts), 2)]]
    assert heard(made, *told, *[Audio(pcm(0.1, level)) for level in behind], end) == ["one."]
    assert audio_of(made) == [pcm(0.5)]


def test_a_barge_in_leaves_what_was_known_to_be_complete():
    made = recording("one.", "two.")
    heard(made, Audio(pcm(0.5)), Marker(1), Audio(pcm(0.1)))
    made.close()
    assert [text for text, *_ in made.script] == ["one."]
    flows = recording("one.", "two.", flows=True)
    heard(flows, Audio(pcm(0.8)), Words((word(1, 0.0, 0.4), word(3, 0.5, 0.7))))
    flows.close()
    assert audio_of(flows) == [pcm(0.5)]


@pytest.mark.parametrize(
    "end",
    [Lost("gone"), Joined(3), Overtaken(Route("q", "v"), word_times=True, can_pause=True)],
)
def test_what_comes_after_the_run_went_astray_is_not_kept(end):
    made = recording("one.", "two.")
    told = [Audio(pcm(0.5)), Marker(1), Audio(pcm(0.2)), end, Audio(pcm(0.5)), Marker(3), Finished()]
    assert heard(made, *told) == ["one."]
    assert not made.is_open


def test_text_that_is_said_again_on_another_line_is_still_the_same_run():
    made = recording("one.", "two.")
    told = [SaidAgain(8), Audio(pcm(0.5)), Marker(1), SaidAgain(4), Audio(pcm(0.5)), Marker(3), Finished()]
    assert heard(made, *told) == ["one.", "two."]


@pytest.mark.parametrize("texts", [("one.", "...", "two."), ("...", "one.", "two."), ("one.", "two.", "...")])
@pytest.mark.parametrize("audio_first", [False, True])
def test_a_request_with_nothing_to_say_has_no_audio(texts, audio_first):
    """Its marker comes right after another, or after the audio of the one behind it."""
    made, told = recording(*texts), []
    for number, text in enumerate(texts):
        told += [Audio(pcm(0.5, len(text)))] * (text != "...") + [Marker(number * 2 + 1)]
    assert heard(made, *told, Finished()) == [*texts]
    assert audio_of(made) == [b"" if text == "..." else pcm(0.5, 4) for text in texts]


def test_what_is_not_worth_keeping_is_heard_to_its_end_by_those_who_repeat_it():
    made = recording("four words are here.", "two.", keeps_context=False)
    heard(made, Audio(pcm(0.1)), Marker(1), Audio(pcm(0.5)), Marker(3), Finished())
    assert made.script == ()
    assert [request.ends_at for request in made.requests] == [1, 2]
    made.trim()
    assert (made.requests, made.events, made.size) == ([], [], 0)


@pytest.mark.parametrize(
    "data", [b"", pcm(0.05), pcm(0.5) + b"\0"], ids=["nothing", "too little", "an odd byte"]
)
def test_a_request_without_the_sound_that_it_takes_is_not_kept(data):
    assert heard(recording("four words are here."), Audio(data), Marker(1), Finished()) == []


MARKUP = '<prosody rate="fast" volume="+6dB"><emphasis level="strong">Yes.</emphasis></prosody>'


@pytest.mark.parametrize(
    ("text", "seconds"),
    [(MARKUP, 0.3), ("https://example.com/?link=" + "x" * 400, 1.0)],
    ids=["markup", "a link"],
)
def test_a_request_of_which_much_is_not_spoken_is_kept(text, seconds):
    assert heard(recording(text), Audio(pcm(seconds)), Marker(1), Finished()) == [text]


@pytest.mark.parametrize(
    ("asked", "rates", "is_kept"),
    [(4.0, (0.25, 4.0), True), (4.0, (0.7, 1.2), False), (4.0, None, False), (None, (0.25, 4.0), False)],
    ids=["quick", "no quicker than the voice can", "the voice has one speed", "at its own speed"],
)
def test_how_much_sound_a_request_takes_depends_on_how_fast_it_is_spoken(asked, rates, is_kept):
    made = recording("four words are here.")
    made.options, made.rates = UtteranceOptions(speed=asked), rates
    assert bool(heard(made, Audio(pcm(0.2)), Marker(1), Finished())) is is_kept


@pytest.mark.parametrize(
    ("told", "held_s"),
    [
        ([Audio(pcm(0.5)), Marker(1), Audio(pcm(0.5)), Lost("gone")], 0.5),
        ([Audio(pcm(0.01)), Marker(1), Audio(pcm(0.5)), Lost("gone")], 0.0),
    ],
    ids=["broken off", "too little of the first request"],
)
def test_r27_no_audio_is_held_that_does_not_count(told, held_s):
    made = recording("one.", "two.")
    heard(made, *told)
    assert not made.is_open
    made.trim()
    assert sum(map(len, made.events)) == made.size == len(pcm(held_s))


def test_what_is_being_recorded_is_repeated_only_if_its_audio_needs_no_more_text():
    assert heard(recording("one.", ended=False, marks=True)) == []
    assert heard(recording("one.", ended=False, keeps_context=False, marks=True)) == ["one."]
    assert heard(recording("one.", "two.", marks=True)) == ["one.", "two."]
    assert heard(recording("one.", flows=True)) == ["one."]
    assert heard(recording("one.", flows=True, ended=False)) == []
    assert heard(recording("one.", "two.", flows=True)) == []
    assert heard(recording("one.", "two.", flows=True, marks=True)) == []
    assert heard(recording("one.", "two.", ended=False), Audio(pcm(0.5)), Marker(1), Audio(pcm(0.1))) == [
        "one."
    ]


def test_what_is_being_recorded_is_repeated_only_if_it_will_be_known_where_it_ends():
    assert heard(recording("one.", ended=False, keeps_context=False)) == []
    assert heard(recording("one.", "two.")) == []
    assert heard(recording("one.", "two."), Audio(pcm(0.5)), Marker(1), Audio(pcm(0.1))) == ["one.", "two."]
    assert heard(recording("one.")) == ["one."]


def test_a_provider_that_was_seen_to_mark_ends_is_known_to_do_so():
    store = Recordings(10**6, 60.0)
    for key, marks in ((("p", "v"), None), (("p", "w"), True), (("q", "v"), None)):
        made = recording("one.", "two.")
        store.add(key, made)
        assert made.marks is marks
        if key[0] == "p":
            heard(made, Audio(pcm(0.5)), Marker(1), Audio(pcm(0.1)))
        store.grown(key, made, made.size)


def test_a_provider_that_was_seen_to_join_requests_is_not_trusted_to_mark_ends_again():
    store = Recordings(10**6, 60.0)
    for told, known in (
        ([Audio(pcm(0.5)), Marker(1), Audio(pcm(0.1))], None),
        ([Audio(pcm(0.5)), Joined(3)], True),
        ([Audio(pcm(0.5)), Marker(1), Audio(pcm(0.1))], False),
        ([], False),
    ):
        made = recording("one.", "two.")
        store.add(("p",), made)
        assert made.marks is known
        heard(made, *told)
        made.close()
        store.grown(("p",), made, made.size)


def full(text, seconds=1.0):
    made = recording(text)
    heard(made, Audio(pcm(seconds)), Marker(1), Finished())
    return made


def added(store, key, made):
    assert store.add(key, made)
    store.grown(key, made, made.size)


def test_a_recording_is_found_by_its_key_and_its_first_request():
    store, made = Recordings(10**6, 60.0), full("one.")
    added(store, ("k",), made)
    assert store.find(("k",), wording("one."), 1.0) is made
    assert store.find(("k",), wording("two."), 1.0) is None
    assert store.find(("l",), wording("one."), 1.0) is None
    assert store.find(("k",), wording("one."), 60.0) is None
    assert (len(store), store.size) == (0, 0)


def test_one_that_is_being_made_is_not_replaced_and_one_that_came_to_nothing_is_forgotten():
    store, making = Recordings(10**6, 60.0), recording("one.")
    assert store.add(("k",), making)
    assert not store.add(("k",), full("one."))
    making.close()
    store.grown(("k",), making, 0)
    assert len(store) == 0
    added(store, ("k",), full("one."))


def test_one_of_which_nothing_can_be_repeated_yet_is_not_found():
    store, making = Recordings(10**6, 60.0), recording("one.", ended=False)
    store.add(("k",), making)
    assert store.find(("k",), wording("one."), 1.0) is None
    making.input_ended = True
    assert store.find(("k",), wording("one."), 1.0) is making


def test_what_takes_the_place_of_another_and_what_was_forgotten_while_it_was_made_are_not_counted():
    store = Recordings(10**6, 60.0)
    added(store, ("k",), full("one.", 2.0))
    added(store, ("k",), full("one.", 1.0))
    assert store.size == len(pcm(1.0))
    making = recording("two.")
    store.add(("k",), making)
    assert store.find(("k",), wording("two."), 60.0) is None, "it is too old"
    heard(making, Audio(pcm(1.0)), Marker(1), Finished())
    store.grown(("k",), making, making.size)
    assert store.size == len(pcm(1.0))


def test_a_recording_that_is_over_stays_as_it_is_although_it_is_closed_again():
    made = recording("one.", "two.", flows=True)
    heard(made, Audio(pcm(1.0)), Words((word(1, 0.0, 0.4), word(3, 0.5, 0.9))), Marker(3), Finished())
    before = audio_of(made)
    made.close()
    assert audio_of(made) == before == [pcm(0.5), pcm(0.5)]


def test_what_was_not_asked_for_longest_goes_first():
    store = Recordings(len(pcm(10.0)), 60.0)
    for number in range(10):
        added(store, ("k",), full(f"{number}."))
    store.find(("k",), wording("0."), 1.0)
    added(store, ("k",), full("new."))
    assert store.size == len(pcm(10.0))
    assert store.find(("k",), wording("0."), 1.0) is not None
    assert store.find(("k",), wording("1."), 1.0) is None


def test_one_recording_cannot_take_the_whole_cache():
    store, made = Recordings(len(pcm(8.0)), 60.0), recording("one.", "two.", "three.", keeps_context=False)
    store.add(("k",), made)
    for number in range(3):
        for told in (Audio(pcm(0.4)), Marker(number * 2 + 1)):
            before = made.size
            made.hear(told)
            store.grown(("k",), made, made.size - before)
    assert [text for text, *_ in made.script] == ["one.", "two."]
    assert made.is_spoilt
    before = made.size
    made.close()
    made.trim()
    store.grown(("k",), made, made.size - before)
    assert store.size == made.size == len(pcm(0.8))


def test_in_a_large_cache_a_long_run_becomes_several_recordings():
    store, made = Recordings(10**9, 60.0), recording("one.", "two.", keeps_context=False)
    store.add(("k",), made)
    for told in (Audio(pcm(200.0)), Marker(1), Audio(pcm(60.0))):
        before = made.size
        made.hear(told)
        store.grown(("k",), made, made.size - before)
    assert made.is_spoilt
    assert [text for text, *_ in made.script] == ["one."]


def test_what_is_still_being_spoken_takes_room_too():
    store, making = Recordings(len(pcm(8.0)), 60.0), recording("one.", "two.", flows=True)
    added(store, ("k",), full("kept."))
    store.add(("k",), making)
    heard(making, Audio(pcm(0.9)))
    store.grown(("k",), making, making.size)
    assert store.size == len(pcm(1.9))
    for number in range(7):
        store.find(("k",), wording("kept."), 1.0)
        added(store, ("k",), full(f"{number}."))
    assert making.is_spoilt
    assert store.size == len(pcm(8.0))


@pytest.mark.parametrize(
    "changed",
    [
        {"route": Route("q", "v", {"model": "m"})},
        {"route": Route("p", "w", {"model": "m"})},
        {"route": Route("p", "v", {"model": "n"})},
        {"language": "de"},
        {"options": UtteranceOptions(speed=1.1)},
        {"pronunciations": (("Anna", "ˈana"),)},
        {"principal": Principal(tenant="other")},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_r27_the_key_covers_all_that_a_voice_is_given(changed):
    assert key_of(replace(REQUEST, **changed)) != key_of(REQUEST)
    assert key_of(replace(REQUEST, stream_id="t", utterance_id="w", deadline=9.0)) == key_of(REQUEST)
