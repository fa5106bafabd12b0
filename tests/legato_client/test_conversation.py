"""The conversation as a play: what the program says, what the gateway says, what is on the wire."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from legato.domain.audio import AudioFormat, Encoding
from legato.domain.errors import Reason, SpeechError
from legato.domain.events import (
    Begin,
    Cancel,
    Configure,
    End,
    Flush,
    Open,
    Pause,
    Ping,
    Played,
    Prewarm,
    Resume,
    Text,
)
from legato.domain.receipt import Receipt
from legato.domain.replies import (
    AudioChunk,
    GoAway,
    HeardMethod,
    Opened,
    Pong,
    StreamError,
    UtteranceCancelled,
    UtteranceFinished,
    Warned,
)
from legato.domain.speech import Position, StreamLimits, UtteranceOptions
from legato_client.bounds import Bounds
from legato_client.conversation import Conversation
from legato_client.errors import ConnectionLostError
from legato_client.replies import StreamEnded

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)
OPENED = Opened("s1", PCM, StreamLimits())
LOST = ConnectionLostError("lost")


def sound(utterance_id="u1", data=b"ab"):
    return AudioChunk(utterance_id, 1, 0, 0, data)


def finished(utterance_id="u1"):
    return UtteranceFinished(utterance_id, Receipt())


def cancelled(utterance_id="u1"):
    return UtteranceCancelled(utterance_id, "a", "b", "c", 1, HeardMethod.PLAYED, Receipt())


def refused(reason, utterance_id=""):
    return StreamError(SpeechError(reason, "no", utterance_id=utterance_id))


class Talk:
    """A conversation with a connection that is `Opened`."""

    def __init__(self, *, opened=True, bounds=None, opening=None):
        self.conversation = Conversation(opening or Open("joe", PCM), bounds or Bounds())
        if opened:
            self.connect()

    def connect(self):
        self.conversation.reopen(1.0)
        sent = self.wire()
        self.hear(OPENED)
        return sent

    def begin(self, utterance_id="u1", text="", **begin):
        record = self.conversation.begin(Begin(utterance_id, **begin))
        if text:
            self.tell(Text(utterance_id, text))
        return record

    def tell(self, *commands):
        for command in commands:
            self.conversation.tell(command)

    def hear(self, *replies, now=1.0):
        for reply in replies:
            self.conversation.hear(reply, now)

    def wire(self):
        """Everything that now goes out."""
        sent = []
        while command := self.conversation.next_command():
            sent.append(command)
        return sent

    def taken(self, record):
        taken = []
        while chunk := self.conversation.take(record):
            taken.append(chunk.data)
        return taken


def test_commands_leave_in_the_order_in_which_they_were_told():
    talk = Talk(opened=False)
    assert talk.connect() == [Open("joe", PCM)]
    talk.begin(text="Well")
    talk.tell(Flush("u1", "f1"), Ping("p"), End("u1"))

    assert talk.wire() == [Begin("u1"), Text("u1", "Well"), Flush("u1", "f1"), Ping("p"), End("u1")]


def test_audio_is_handed_out_until_the_end():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.hear(sound(data=b"one"), sound(data=b"two"), finished())

    assert record.over
    assert talk.taken(record) == [b"one", b"two"]
    assert not talk.conversation.knows("u1")


def test_time_to_first_byte_from_the_first_text_sent_to_the_first_audio_read():
    talk = Talk()
    record = talk.begin()
    for now, command in (
        (1.0, Text("u1", "")),
        (2.0, Text("u1", "a")),
        (3.0, Text("u1", "b")),
        (4.0, Text("u9", "c")),
    ):
        talk.conversation.sent(command, now)
    talk.hear(sound(), now=2.25)
    talk.hear(sound(), now=9.0)

    assert (record.first_text_at, record.first_audio_at) == (2.0, 2.25)


def test_ids_are_fresh_and_an_open_one_cannot_be_begun_again():
    talk = Talk()
    assert talk.conversation.fresh_id() != talk.conversation.fresh_id()
    talk.begin("mine")
    with pytest.raises(ValueError, match="mine"):
        talk.begin("mine")


def test_r7_after_a_cancel_nothing_of_the_utterance_is_handed_out():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.hear(sound(data=b"waits"))
    talk.tell(Cancel("u1"))
    talk.hear(sound(data=b"was on its way"), cancelled())

    assert talk.taken(record) == []
    assert record.ending == cancelled()
    talk.hear(sound(), finished())
    assert talk.conversation.late_replies == 2


def test_with_a_fade_the_tail_is_handed_out():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.hear(sound(data=b"waits"))
    talk.tell(Cancel("u1", fade_ms=20))
    talk.hear(sound(data=b"tail"), cancelled())

    assert talk.taken(record) == [b"waits", b"tail"]


def test_a_cancel_of_a_track_fences_what_was_begun_on_it_and_not_what_comes_later():
    talk = Talk()
    old, other, firm = (
        talk.begin("old"),
        talk.begin("other", track=1),
        talk.begin("firm", interruptible=False),
    )
    talk.tell(Cancel(track=0))
    new = talk.begin("new")
    for name in ("old", "other", "firm", "new"):
        talk.hear(sound(name))

    assert [len(talk.taken(record)) for record in (old, other, firm, new)] == [0, 1, 1, 1]


def test_force_and_no_track_fence_everything():
    talk = Talk()
    records = [talk.begin("a"), talk.begin("b", track=1), talk.begin("c", interruptible=False)]
    talk.tell(Cancel(force=True))

    assert all(record.fenced for record in records)


def test_an_utterance_that_replaces_others_fences_them():
    talk = Talk()
    old = talk.begin("old")
    new = talk.begin("new", position=Position.REPLACE)

    assert (old.fenced, new.fenced) == (True, False)
    assert (old.cancelled, new.cancelled) == (True, False), "no more of its text is wanted"


def test_what_was_replaced_before_it_could_be_sent_is_over_and_never_sent():
    talk = Talk(opened=False)
    old = talk.begin("old", text="Well")
    talk.begin("new", position=Position.REPLACE)

    assert old.ending.never_sent == "Well"
    assert [getattr(one, "utterance_id", "") for one in talk.connect()] == ["", "new"]


def test_what_is_replaced_while_the_connection_is_going_away_is_cancelled_on_it():
    """The new one waits for the next connection, and waited there until all of the old one had been said, unheard."""
    talk = Talk()
    talk.begin("old", text="Well")
    talk.hear(sound("old"), GoAway(10.0, "shutting_down"))
    talk.begin("new", position=Position.REPLACE)

    assert talk.wire() == [Begin("old"), Text("old", "Well"), Cancel(track=0)]
    talk.hear(cancelled("old"))
    assert talk.conversation.wants_to_move


@pytest.mark.parametrize("reason", [Reason.UNKNOWN_VOICE, Reason.SHUTTING_DOWN, Reason.BAD_FRAME])
def test_a_begin_that_is_refused_still_cuts_what_it_was_to_replace(reason):
    """The gateway went on saying it, at the cost of its whole text, and nothing of it was heard."""
    talk = Talk()
    talk.begin("there", track=1)
    talk.begin("old", text="Well")
    talk.begin("kept", interruptible=False)
    talk.begin("new", position=Position.REPLACE, voice="ghost")
    later = talk.begin("later")
    talk.wire()
    talk.hear(refused(reason, "new"))

    assert Cancel("old") in (told := talk.wire())
    assert [one.utterance_id for one in told] == ["old"] + ["new"] * (reason is Reason.BAD_FRAME)
    assert not later.cancelled


def test_an_utterance_that_replaces_others_leaves_the_other_tracks_alone():
    talk = Talk()
    there, here = talk.begin("there", track=1), talk.begin("here")
    talk.hear(sound("there"), sound("here"))
    talk.begin("new", position=Position.REPLACE)

    assert (talk.taken(there), talk.taken(here)) == ([b"ab"], [])


def test_text_is_over_with_its_end_and_what_comes_after_the_first_sound_is_not_kept():
    """It could only be said again on another connection, and what has sounded is not."""
    talk = Talk()
    record = talk.begin(text="Well")
    talk.hear(sound())
    talk.tell(Text("u1", " then"))
    assert (record.told, record.text_ended) == ([], False)
    talk.tell(End("u1"), Flush("u1", "f1"))
    assert record.text_ended
    assert talk.wire() == [Begin("u1"), Text("u1", "Well"), Text("u1", " then"), End("u1"), Flush("u1", "f1")]


def test_text_of_a_cancelled_or_unknown_utterance_is_dropped():
    talk = Talk()
    talk.begin()
    talk.tell(Cancel("u1"), Text("u1", "more"), End("u1"), Text("never", "begun"))

    assert talk.wire() == [Begin("u1"), Cancel("u1")]


def test_too_much_unread_audio_is_full_until_half_of_it_is_taken():
    talk = Talk(bounds=Bounds(unread_bytes=4))
    record = talk.begin()
    talk.hear(sound(), sound())
    assert talk.conversation.full
    talk.conversation.take(record)
    assert not talk.conversation.full


@pytest.mark.parametrize("end", [finished(), cancelled(), StreamEnded(SpeechError(Reason.INTERNAL, "x"))])
def test_an_utterance_that_is_over_fills_nothing(end):
    talk = Talk(bounds=Bounds(unread_bytes=4))
    record = talk.begin()
    talk.hear(sound(), sound(), end)
    if isinstance(end, StreamEnded):
        talk.conversation.lost(end.error)
    assert not talk.conversation.full
    assert talk.taken(record) == [b"ab", b"ab"]
    talk.begin("u2")
    talk.hear(sound("u2", b"abc"))
    assert not talk.conversation.full


def test_r8_audio_that_crosses_a_cancel_fills_nothing():
    """Nobody takes it: the connection would never be read again."""
    talk = Talk(bounds=Bounds(unread_bytes=8))
    talk.begin()
    talk.tell(Cancel("u1"))
    talk.hear(sound(data=b"x" * 8))

    assert not talk.conversation.full


def test_what_is_taken_of_an_utterance_that_is_over_makes_no_room_for_another():
    talk = Talk(bounds=Bounds(unread_bytes=8))
    over, _ = talk.begin("over"), talk.begin("other")
    talk.hear(sound("over", b"abcd"), finished("over"), sound("other", b"x" * 8))
    assert talk.conversation.full

    assert talk.taken(over) == [b"abcd"]
    assert talk.conversation.full


def test_a_cancel_frees_what_waits():
    talk = Talk(bounds=Bounds(unread_bytes=4))
    talk.begin()
    talk.hear(sound(), sound())
    talk.tell(Cancel("u1"))

    assert not talk.conversation.full


def test_too_much_unsent_text_leaves_no_room():
    talk = Talk(bounds=Bounds(unsent_chars=100))
    talk.begin(text="x" * 100)
    assert not talk.conversation.room
    talk.wire()
    assert talk.conversation.room


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reason", [Reason.UNKNOWN_VOICE, Reason.TOO_MANY_UTTERANCES, Reason.UNKNOWN_UTTERANCE]
)
def test_an_utterance_that_was_refused_is_over_and_its_text_stays_unsaid(reason):
    talk = Talk()
    record = talk.begin()
    talk.wire()
    talk.tell(Text("u1", "more"))
    talk.hear(refused(reason, "u1"))

    assert isinstance(record.trouble, SpeechError)
    assert record.trouble.reason is reason
    assert talk.wire() == []


@pytest.mark.parametrize("reason", [Reason.TEXT_TOO_LONG, Reason.TEXT_AFTER_END])
def test_a_message_that_was_refused_ends_nothing(reason):
    talk = Talk()
    record = talk.begin(text="Well")
    talk.hear(refused(reason, "u1"))

    assert not record.over
    assert record.refused.reason is reason


def test_a_refusal_of_what_already_sounds_ends_nothing():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.hear(sound(), refused(Reason.QUOTA_EXCEEDED, "u1"))

    assert not record.over


def test_a_begin_that_was_not_understood_is_cancelled_lest_its_text_begins_another():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.wire()
    talk.hear(refused(Reason.BAD_FRAME, "u1"))

    assert record.over
    assert talk.wire() == [Cancel("u1", force=True)]


def test_an_open_that_was_refused_is_the_end():
    talk = Talk(opened=False)
    talk.conversation.reopen(1.0)
    talk.hear(refused(Reason.UNKNOWN_VOICE))

    assert talk.conversation.ended_with.reason is Reason.UNKNOWN_VOICE


def test_a_refusal_of_an_utterance_that_is_over_does_not_refuse_the_stream():
    talk = Talk(opened=False)
    talk.conversation.reopen(1.0)
    talk.hear(refused(Reason.UNKNOWN_UTTERANCE, "gone"))

    assert talk.conversation.ended_with is None


def test_the_last_hundred_notices_are_kept():
    talk = Talk()
    talk.hear(*(Warned("c", str(number)) for number in range(150)))

    assert [notice.message for notice in talk.conversation.notices] == [
        str(number) for number in range(50, 150)
    ]


def test_what_concerns_the_stream_is_noticed():
    talk = Talk()
    talk.tell(Ping("p"))
    assert talk.conversation.unanswered == {"p"}
    talk.hear(
        Warned("c", "m"), refused(Reason.UNKNOWN_VOICE), Warned("c", "m", "gone"), Pong("p"), Pong("late")
    )

    assert [type(notice) for notice in talk.conversation.notices] == [Warned, StreamError, Warned]
    assert talk.conversation.ended_with is None
    assert talk.conversation.unanswered == set()


def test_a_warning_of_an_utterance_is_the_utterances():
    talk = Talk()
    record = talk.begin()
    talk.hear(Warned("c", "m", "u1"))

    assert record.warnings == [Warned("c", "m", "u1")]
    assert not talk.conversation.notices


# --- connections ----------------------------------------------------------------------------------------------------


def test_before_a_connection_everything_waits_and_is_said_when_there_is_one():
    talk = Talk(opened=False)
    talk.begin(text="Well")
    talk.tell(Text("u1", " then."), End("u1"), Ping("p"))
    assert talk.wire() == [Ping("p")]
    talk.tell(Ping("q"))
    assert talk.conversation.wants_connection

    assert talk.connect() == [
        Open("joe", PCM),
        Begin("u1", voice="joe"),
        Text("u1", "Well then."),
        End("u1"),
        Ping("q"),
    ]
    assert not talk.conversation.wants_connection


def test_a_connection_does_not_end_as_the_one_before_did():
    talk = Talk()
    talk.hear(StreamEnded(SpeechError(Reason.SHUTTING_DOWN, "later")))
    assert talk.conversation.ended_with is not None
    talk.conversation.lost(LOST)
    talk.connect()

    assert talk.conversation.ended_with is None


@pytest.mark.parametrize("command", [Ping("p"), Prewarm()])
def test_a_command_of_the_stream_is_reason_enough_for_a_connection(command):
    talk = Talk()
    talk.conversation.lost(LOST)
    assert not talk.conversation.wants_connection
    talk.tell(command)

    assert talk.conversation.wants_connection
    assert talk.connect() == [Open("joe", PCM), command]


@pytest.mark.parametrize("crossed_go_away", [True, False])
def test_text_that_is_to_be_said_again_leaves_no_room_until_then(crossed_go_away):
    """A program that goes on writing would otherwise gather text without bound."""
    talk = Talk(bounds=Bounds(unsent_chars=100))
    talk.begin(text="x" * 100)
    talk.wire()
    assert talk.conversation.room
    if crossed_go_away:
        talk.hear(refused(Reason.SHUTTING_DOWN, "u1"))
    else:
        talk.conversation.lost(LOST)
    assert not talk.conversation.room

    talk.connect()
    assert talk.conversation.room


def test_r3_what_has_not_sounded_is_said_again_whole():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.tell(Flush("u1", "f1"), Text("u1", " then"))
    talk.wire()
    assert talk.conversation.lost(LOST) == []
    talk.tell(Text("u1", "."), End("u1"))

    assert talk.connect()[1:] == [
        Begin("u1", voice="joe"),
        Text("u1", "Well"),
        Flush("u1", "f1"),
        Text("u1", " then."),
        End("u1"),
    ]
    talk.hear(sound(), finished())
    assert talk.taken(record) == [b"ab"]


def test_what_has_sounded_ends_with_its_connection():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.hear(sound())

    assert talk.conversation.lost(LOST) == ["u1"]
    assert record.trouble is LOST
    assert talk.taken(record) == [b"ab"]
    assert talk.connect() == [Open("joe", PCM)]


def test_an_utterance_is_told_to_two_connections_at_most():
    talk = Talk()
    record = talk.begin(text="Well")
    assert talk.conversation.lost(LOST) == []
    talk.connect()
    assert talk.conversation.lost(LOST) == ["u1"]
    assert record.trouble is LOST


def test_a_connection_that_never_opened_does_not_count():
    talk = Talk(opened=False)
    talk.begin(text="Well")
    for _ in range(5):
        talk.conversation.reopen(1.0)
        assert talk.conversation.lost(LOST) == []


def test_what_was_cancelled_and_never_sounded_ends_as_cancelled():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.tell(Cancel("u1"))
    talk.conversation.lost(LOST)

    assert isinstance(record.ending, UtteranceCancelled)
    assert (record.ending.heard, record.ending.sent_unheard, record.ending.never_sent) == ("", "", "Well")


def test_what_was_cancelled_after_it_sounded_is_lost_for_what_was_heard_is_not_known():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.hear(sound())
    talk.tell(Cancel("u1"))
    talk.conversation.lost(LOST)

    assert record.trouble is LOST


def test_a_cancel_with_no_connection_is_carried_out_at_once():
    talk = Talk(opened=False, bounds=Bounds(unsent_chars=50))
    record = talk.begin(text="x" * 100)
    assert not talk.conversation.room
    talk.tell(Cancel("u1"))

    assert record.ending.never_sent == "x" * 100
    assert talk.conversation.room
    assert talk.connect() == [Open("joe", PCM)]


def test_defaults_and_pauses_are_told_again_but_positions_are_not():
    talk = Talk()
    frozen = UtteranceOptions(speed=2.0)
    talk.tell(Configure(options=frozen))
    talk.begin(text="Well")
    talk.tell(
        Configure(voice="anna", options=UtteranceOptions(speed=1.0)), Pause(1), Pause(2), Resume(2), Played(5)
    )
    talk.conversation.lost(LOST)
    talk.tell(Played(9), Prewarm())

    assert talk.connect() == [
        Open("anna", PCM, options=UtteranceOptions(speed=1.0)),
        Pause(1),
        Begin("u1", voice="joe", options=frozen),
        Text("u1", "Well"),
        Prewarm(),
    ]


def test_what_waits_ends_when_no_connection_can_be_had():
    talk = Talk(opened=False)
    record = talk.begin(text="Well")
    talk.tell(Ping("p"))

    assert talk.conversation.abandon(LOST) == ["u1"]
    assert record.trouble is LOST
    assert not talk.conversation.wants_connection


def test_after_go_away_what_begins_waits_for_the_next_connection():
    talk = Talk()
    talk.begin("old", text="Well")
    talk.wire()
    talk.hear(GoAway(10.0, "shutting_down"))
    talk.begin("new", text="then")
    assert talk.wire() == []
    assert not talk.conversation.wants_to_move
    talk.hear(sound("old"), finished("old"))
    assert talk.conversation.wants_to_move
    talk.conversation.lost(LOST)

    assert talk.connect()[1:] == [Begin("new", voice="joe"), Text("new", "then")]


def test_after_go_away_a_connection_is_kept_until_something_waits_for_the_next_one():
    talk = Talk()
    talk.hear(GoAway(10.0, "shutting_down"))
    assert not talk.conversation.wants_to_move
    talk.begin()
    assert talk.conversation.wants_to_move


def test_a_pause_that_has_lasted_as_long_as_it_may_is_not_told_to_the_next_connection():
    lasts_s = OPENED.limits.pause_max_ms / 1000
    for waited_s, told in ((lasts_s - 1, [Pause(0)]), (lasts_s + 1, [])):
        talk = Talk()
        talk.tell(Pause(0))
        for command in talk.wire():
            talk.conversation.sent(command, 10.0)
        talk.conversation.lost(LOST)
        talk.conversation.reopen(10.0 + waited_s)
        assert talk.wire()[1:] == told


def test_a_begin_that_crosses_go_away_waits_too():
    talk = Talk()
    record = talk.begin(text="Well")
    talk.wire()
    talk.hear(refused(Reason.SHUTTING_DOWN, "u1"))
    assert not record.over
    talk.tell(End("u1"))
    assert talk.wire() == []
    assert talk.conversation.wants_to_move
    talk.conversation.lost(LOST)

    assert talk.connect()[1:] == [Begin("u1", voice="joe"), Text("u1", "Well"), End("u1")]


def test_text_that_crosses_go_away_behind_its_begin_waits_too():
    """The gateway refuses each of these messages, and the second refusal ended the utterance: nothing of it was said."""
    talk = Talk()
    record = talk.begin(text="Well")
    talk.tell(End("u1"))
    talk.wire()
    talk.hear(refused(Reason.SHUTTING_DOWN, "u1"), refused(Reason.UNKNOWN_UTTERANCE, "u1"))
    assert not record.over
    talk.conversation.lost(LOST)

    assert talk.connect()[1:] == [Begin("u1", voice="joe"), Text("u1", "Well"), End("u1")]


def test_what_was_cancelled_before_its_begin_crossed_go_away_is_over_at_once():
    """It was over only when the connection ended, which may be as long as another utterance goes on."""
    talk = Talk()
    talk.begin("old", text="Once")
    record = talk.begin(text="Well")
    talk.tell(Cancel("u1"))
    talk.wire()
    talk.hear(refused(Reason.SHUTTING_DOWN, "u1"))

    assert record.ending.never_sent == "Well"
    assert not talk.conversation.knows("u1")


@pytest.mark.parametrize("replaced", [True, False])
def test_a_pause_that_a_barge_in_has_ended_is_not_told_to_the_next_connection(replaced):
    """What was said there was silent, and cancelled when the pause had lasted too long."""
    talk = Talk()
    talk.begin(text="Well")
    talk.tell(Pause(0))
    if replaced:
        talk.begin("new", text="then", position=Position.REPLACE)
    else:
        talk.tell(Cancel())
    talk.wire()
    talk.hear(cancelled())
    talk.conversation.lost(LOST)

    assert Pause(0) not in talk.connect()


def test_go_away_for_idleness_is_taken_back_by_a_new_utterance():
    talk = Talk()
    talk.hear(GoAway(10.0, "idle_timeout"))
    assert talk.conversation.idle
    talk.begin(text="Well")

    assert not talk.conversation.idle
    assert talk.wire() == [Begin("u1"), Text("u1", "Well")]


IDS = st.sampled_from(["a", "b", "c"])
STEPS = st.one_of(
    st.tuples(st.just("begin"), IDS),
    st.builds(lambda name, text: ("tell", Text(name, text)), IDS, st.text(max_size=9)),
    st.builds(lambda name: ("tell", End(name)), IDS),
    st.builds(lambda name: ("tell", Cancel(name)), IDS),
    st.just(("tell", Cancel(track=0))),
    st.builds(lambda name: ("hear", sound(name)), IDS),
    st.builds(lambda name: ("hear", finished(name)), IDS),
    st.builds(lambda name: ("hear", cancelled(name)), IDS),
    st.builds(lambda name, reason: ("hear", refused(reason, name)), IDS, st.sampled_from(list(Reason))),
    st.sampled_from(
        [("hear", GoAway(1.0, "shutting_down")), ("lost", None), ("abandon", None), ("wire", None)]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(STEPS, max_size=40))
def test_whatever_happens_in_any_order_no_utterance_is_left_behind_and_nothing_goes_out_of_balance(steps):
    talk = Talk(bounds=Bounds(unsent_chars=64, unread_bytes=8))
    conversation, records = talk.conversation, []
    for kind, what in steps:
        if kind == "begin" and not conversation.knows(what):
            records.append(talk.begin(what))
        elif kind == "tell":
            talk.tell(what)
        elif kind == "hear" and conversation.connected:
            talk.hear(what)
        elif kind == "wire":
            talk.wire()
        elif kind == "lost":
            conversation.lost(LOST)
            talk.connect()
        elif kind == "abandon":
            conversation.lost(LOST)
            conversation.abandon(LOST)
            talk.connect()
    talk.wire()
    conversation.lost(LOST)
    conversation.abandon(LOST)

    assert all(record.over for record in records)
    assert conversation._unread.amount == 0
    assert conversation._outbox._level.amount == 0
    assert conversation.room
    assert not conversation.full
