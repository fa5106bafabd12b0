import asyncio
import contextlib
import time

import pytest

from legato.domain.errors import SpeechError
from legato.domain.events import Begin
from legato.domain.replies import GoAway, UtteranceCancelled, UtteranceFinished, Warned
from legato.domain.speech import Position, UtteranceOptions
from legato.v1 import speech_pb2
from legato_client import ConnectionLostError, Retry, Tuning, connect


def quick(**changes):
    return Tuning(retry=Retry(attempts=3, base_s=0.0), **changes)


async def test_speak_gives_all_audio_of_a_text_or_of_a_source(gateway):
    async def tokens():
        for token in ("Well", " then"):
            yield token

    async with gateway() as running, connect(running.url) as speech:
        assert (await speech.speak("Well")).decode("utf-16-le") == "Well"
        assert (await speech.speak(tokens())).decode("utf-16-le") == "Well then"
        await speech.speak("Well", options=UtteranceOptions(speed=2.0), track=2)
    last = [request.begin for request in running.visits[0].seen if request.HasField("begin")][-1]
    assert (last.options.speed, last.track) == (2.0, 2)


@pytest.mark.parametrize("text", [None, b"Well", ["Well"]])
async def test_what_is_no_text_is_refused_where_it_is_given(gateway, text):
    async with gateway() as running, connect(running.url) as speech:
        with pytest.raises(TypeError, match=f"got {type(text).__name__}"):
            speech.say(text)
        assert await speech.speak("Well")


@pytest.mark.parametrize("token", [None, b"Well"])
async def test_a_token_that_no_message_could_carry_ends_its_utterance_alone(gateway, token):
    async def tokens():
        yield "Well"
        yield token

    async with gateway() as running, connect(running.url) as speech:
        with pytest.raises(TypeError, match="expected a str to say"):
            await speech.speak(tokens())
        assert await speech.speak("the stream goes on")


async def test_what_no_message_could_carry_is_refused_where_it_is_told(gateway):
    async with gateway() as running, connect(running.url) as speech:
        with pytest.raises(TypeError, match=r"fade_ms cannot be 1\.5"):
            await speech.cancel(fade_ms=1.5)
        with pytest.raises(ValueError, match="sample cannot be -1"):
            await speech.played(-1)
        with pytest.raises(TypeError, match="options must be UtteranceOptions"):
            speech.begin(options={"words": True})
        with pytest.raises(TypeError, match="got NoneType"):
            await speech.begin().send(None)
        assert await speech.speak("the stream goes on")


async def test_none_is_refused_where_the_gateway_would_take_it_for_a_default(gateway):
    """It spoke on track 0, but a barge-in on track 0 did not fence it here, nor one whose `interruptible` was `None`."""
    async with gateway() as running, connect(running.url) as speech:
        for wrong in ({"track": None}, {"interruptible": None}):
            with pytest.raises(TypeError, match=f"{next(iter(wrong))} cannot be None"):
                speech.begin(**wrong)
        for position in ("next", None, "POSITION_REPLACE"):
            with pytest.raises(TypeError, match=r"position must be a Position such as Position\.NEXT, got"):
                speech.begin(position=position)
        for tell in (speech.pause, speech.resume, speech.played):
            with pytest.raises(TypeError, match="cannot be None"):
                await tell(None)
        with pytest.raises(TypeError, match="track cannot be None"):
            await speech.played(1, None)
        await speech.cancel(None)
        assert await speech.speak("the stream goes on")
    begins = [request.begin for request in running.visits[0].seen if request.HasField("begin")]
    assert len(begins) == 1


@pytest.mark.parametrize("use", ["say", "begin"])
def test_nothing_can_be_said_before_the_conversation_is_entered(use):
    speech = connect("ws://127.0.0.1:9")
    with pytest.raises(RuntimeError, match="async with connect"):
        speech.say("Well") if use == "say" else speech.begin()


@pytest.mark.parametrize("what", ["opened", "audio_format"])
def test_what_the_gateway_opened_is_asked_for_inside_the_conversation(what):
    with pytest.raises(RuntimeError, match="async with connect"):
        getattr(connect("ws://127.0.0.1:9"), what)


async def test_nothing_can_be_said_after_the_conversation_was_left(gateway):
    async with gateway() as running:
        async with connect(running.url) as speech:
            assert speech.connected
        assert not speech.connected
        for use in (speech.begin, lambda: speech.say("Well")):
            with pytest.raises(RuntimeError, match="after the block"):
                use()
        with pytest.raises(RuntimeError, match="after the block"):
            await speech.ping()


@pytest.mark.parametrize("use", ["say", "begin", "speak", "ping", "cancel", "pause", "send"])
async def test_a_call_from_another_event_loop_is_refused(gateway, use):
    """It waited for ever: nothing woke the tasks of the conversation's own loop."""

    async def elsewhere(call):
        async def bounded():
            async with asyncio.timeout(5):
                return await call

        return await asyncio.to_thread(asyncio.run, bounded())

    async with gateway() as running, connect(running.url) as speech:
        utterance = speech.begin()
        uses = {
            "say": lambda: asyncio.to_thread(speech.say, "Well"),
            "begin": lambda: asyncio.to_thread(speech.begin),
            "send": lambda: elsewhere(utterance.send("Well")),
            "speak": lambda: elsewhere(speech.speak("Well")),
        }
        call = uses.get(use) or (lambda: elsewhere(getattr(speech, use)()))
        with pytest.raises(RuntimeError, match="run_coroutine_threadsafe"):
            await call()
        assert await speech.speak("Well", track=1)


def test_a_conversation_goes_on_when_its_loop_runs_again(scripted):
    with asyncio.Runner() as runner:
        stack = contextlib.AsyncExitStack()
        running = runner.run(stack.enter_async_context(scripted.WIRES["websocket"]()))
        speech = runner.run(stack.enter_async_context(connect(running.url)))
        utterance = speech.say("Well")
        assert isinstance(runner.run(utterance.wait()), UtteranceFinished)
        runner.run(stack.aclose())


async def test_a_conversation_is_entered_once(gateway):
    async with gateway() as running:
        speech = connect(running.url)
        async with speech:
            assert await speech.speak("Well")
        with pytest.raises(RuntimeError, match="entered only once"):
            async with speech:
                pytest.fail("entered")


@pytest.mark.timeout(20)
@pytest.mark.parametrize("wish", ["wait", "flushed"])
async def test_who_waits_for_an_utterance_when_the_block_is_left_by_an_error_is_told(gateway, wish):
    async def sounds(visit):
        await visit.open()
        await visit.start((await visit.until("text")).utterance_id)
        await visit.audio("u1", b"ab")
        await visit.until("ping")

    async with gateway(sounds) as running:
        with contextlib.suppress(LookupError):
            async with connect(running.url) as speech:
                utterance = speech.begin()
                await utterance.send("Well")
                await anext(utterance)
                wait = utterance.wait() if wish == "wait" else utterance.flushed("never asked for")
                waiting = asyncio.get_running_loop().create_task(wait)
                await asyncio.sleep(0)
                raise LookupError
        with pytest.raises(ConnectionLostError, match="was closed"):
            await waiting


async def test_a_notice_that_its_callback_cannot_bear_ends_nothing(gateway):
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, what: told.append(what["exception"]))

    def bad(notice):
        raise LookupError(notice.code)

    async def warns(visit):
        await visit.open()
        ping = await visit.until("ping")
        await visit.send(warning=speech_pb2.Warning(code="odd", message="so"))
        await visit.send(pong=speech_pb2.Pong(payload=ping.payload))

    async with gateway(warns) as running, connect(running.url, tuning=quick(on_notice=bad)) as speech:
        assert await speech.ping() > 0
    # grpc's poller may report a loop here that an earlier test has closed
    assert [str(error) for error in told if isinstance(error, LookupError)] == ["odd"]


async def test_a_cancel_while_the_block_is_left_lets_go_of_everything_all_the_same(scripted):
    half_closed = asyncio.Event()

    async def deaf(visit):
        await visit.open()
        with contextlib.suppress(scripted.GoneError):
            await visit.read()
        half_closed.set()
        await asyncio.Event().wait()

    async def converse(url):
        async with connect(url, tuning=quick(close_timeout_s=30.0)):
            pass

    async with scripted.over_grpc(deaf) as running:
        leaving = asyncio.get_running_loop().create_task(converse(running.url))
        await half_closed.wait()
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "legato-client-supervisor"]


async def test_a_source_that_breaks_cancels_and_is_heard_of(gateway):
    async def tokens():
        yield "Well"
        raise LookupError("the model is gone")

    async with gateway() as running, connect(running.url) as speech:
        utterance = speech.say(tokens())
        with pytest.raises(LookupError, match="the model is gone"):
            await utterance.wait()
        assert await speech.speak("the stream goes on")
        assert isinstance(utterance.ending, UtteranceCancelled)


@pytest.mark.timeout(20)
async def test_a_source_whose_own_task_was_cancelled_is_heard_of(gateway):
    async def tokens():
        yield "Well"
        model = asyncio.get_running_loop().create_task(asyncio.Event().wait())
        model.cancel()
        await model

    async with gateway() as running, connect(running.url) as speech:
        with pytest.raises(RuntimeError, match="the source of the text was cancelled"):
            await speech.speak(tokens())
        assert await speech.speak("the stream goes on")


async def test_a_speak_that_is_given_up_is_cancelled(gateway):
    async with gateway() as running, connect(running.url) as speech:
        asked = asyncio.Event()

        async def tokens():
            yield "Well"
            asked.set()
            await asyncio.Event().wait()

        speaking = asyncio.get_running_loop().create_task(speech.speak(tokens()))
        await asked.wait()
        await speech.ping()
        speaking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await speaking
        await speech.ping()
        (visit,) = running.visits
        assert visit.seen[-2].cancel == speech_pb2.Cancel(utterance_id="u1", force=True)


async def test_a_source_is_left_when_its_utterance_is_over(gateway):
    given, begun = [], asyncio.Event()

    async def tokens():
        while True:
            given.append("x")
            begun.set()
            yield "x"
            await asyncio.sleep(0)

    async with gateway() as running, connect(running.url) as speech:
        utterance = speech.say(tokens())
        await begun.wait()
        await utterance.cancel()
        for _ in range(3):
            await asyncio.sleep(0)
        count = len(given)
        await speech.ping()
        assert len(given) == count


class Slow:
    """A source whose next token is long in coming, as a model's is while it thinks."""

    def __init__(self, ending=None):
        self.asked, self.ended, self._ending = asyncio.Event(), asyncio.Event(), ending

    async def tokens(self):
        try:
            yield "Well"
            self.asked.set()
            await asyncio.Event().wait()
        finally:
            self.ended.set()
            if self._ending is not None:
                await self._ending()


@pytest.mark.timeout(20)
async def test_r7_a_source_that_waits_is_stopped_by_a_barge_in(gateway):
    """It waited for its next token, and the model behind it went on."""
    async with gateway() as running, connect(running.url) as speech:
        for barge_in in (lambda _: speech.cancel(), lambda utterance: utterance.cancel()):
            slow, other = Slow(), Slow()
            utterance, goes_on = speech.say(slow.tokens()), speech.say(other.tokens(), interruptible=False)
            await slow.asked.wait()
            await other.asked.wait()
            await barge_in(utterance)
            await slow.ended.wait()
            assert [audio async for audio in utterance] == []
            assert not other.ended.is_set()
            goes_on.abandon()
            await other.ended.wait()
        assert await speech.speak("the stream goes on")


async def test_a_source_is_stopped_by_what_replaces_its_utterance(gateway):
    """It was stopped a round trip later, and for as long as there was no connection not at all."""
    async with gateway() as running, connect(running.url) as speech:
        slow = Slow()
        utterance = speech.say(slow.tokens())
        await slow.asked.wait()
        feeders = [
            one for one in asyncio.all_tasks() if one.get_name() == f"legato-client-feeder-{utterance.id}"
        ]
        speech.begin(position=Position.REPLACE)
        assert [one.cancelling() for one in feeders] == [1]
        await slow.ended.wait()
        assert [audio async for audio in utterance] == []


@pytest.mark.timeout(20)
async def test_a_source_that_waits_is_stopped_when_its_utterance_fails(gateway):
    async def script(visit):
        await visit.open()
        await visit.until("text")
        await visit.start("u1")
        await visit.audio("u1", b"Well")
        await visit.hang_up()

    async with gateway(script) as running, connect(running.url, tuning=quick()) as speech:
        slow = Slow()
        utterance = speech.say(slow.tokens())
        await slow.asked.wait()
        with pytest.raises((ConnectionLostError, SpeechError)):
            await utterance.wait()
        await slow.ended.wait()


async def test_a_generator_that_waits_to_be_asked_again_is_closed(gateway):
    closed = []

    async def tokens():
        try:
            yield None
        finally:
            closed.append(True)

    async with gateway() as running, connect(running.url) as speech:
        source = tokens()  # held here: it is not the garbage collection that closes it
        with pytest.raises(TypeError, match="expected a str to say"):
            await speech.speak(source)
        await speech.ping()
        assert closed == [True]


@pytest.mark.timeout(20)
async def test_what_a_stopped_source_raises_is_no_error_of_the_utterance(gateway):
    async def breaks():
        raise LookupError("the model would not stop")

    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with gateway() as running, connect(running.url) as speech:
        slow = Slow(breaks)
        utterance = speech.say(slow.tokens())
        await slow.asked.wait()
        assert isinstance(await utterance.cancel(), UtteranceCancelled)
        await slow.ended.wait()
        assert [audio async for audio in utterance] == []
    assert [str(context["exception"]) for context in told] == ["the model would not stop"]


@pytest.mark.timeout(20)
async def test_a_stopped_source_may_take_its_time_to_end_even_as_the_block_is_left(gateway):
    ended, may_end, loop = [], asyncio.Event(), asyncio.get_running_loop()

    async def says_goodbye():
        await may_end.wait()
        ended.append(True)

    async with gateway() as running, connect(running.url) as speech:
        slow = Slow(says_goodbye)
        utterance = speech.say(slow.tokens())
        await slow.asked.wait()
        await utterance.cancel()
        loop.call_soon(loop.call_soon, may_end.set)  # a second cancel would come before it
    assert ended == [True]


async def test_begin_and_say_take_every_setting(gateway):
    settings = {
        "voice": "anna",
        "language": "de",
        "options": UtteranceOptions(speed=2.0),
        "track": 2,
        "position": Position.NEXT,
        "interruptible": False,
    }
    async with gateway() as running, connect(running.url) as speech:
        first = speech.begin(**settings)
        second = speech.begin_as(Begin("mine", traceparent="00-a-b-01"))
        third = speech.say("Well", **settings)
        await speech.ping()
        assert (first.track, second.id) == (2, "mine")
        with pytest.raises(ValueError, match="mine"):
            speech.begin_as(Begin("mine"))
    begins = [request.begin for request in running.visits[0].seen if request.HasField("begin")]

    for begin, utterance in ((begins[0], first), (begins[2], third)):
        assert begin == speech_pb2.Begin(
            utterance_id=utterance.id,
            voice="anna",
            language="de",
            options=speech_pb2.UtteranceOptions(speed=2.0),
            track=2,
            position=speech_pb2.POSITION_NEXT,
            interruptible=False,
        )
    assert begins[1].traceparent == "00-a-b-01"


async def test_speak_takes_every_setting_of_one_text(gateway):
    async with gateway() as running, connect(running.url) as speech:
        options = UtteranceOptions(speed=2.0)
        await speech.speak("Well", voice="anna", language="de", options=options, track=2)
        await speech.ping()
    (begin,) = [request.begin for request in running.visits[0].seen if request.HasField("begin")]
    assert (begin.voice, begin.language, begin.options.speed, begin.track) == ("anna", "de", 2.0, 2)


async def test_steering_says_what_it_is_asked(gateway):
    async with gateway() as running, connect(running.url) as speech:
        await speech.pause()
        await speech.resume(1)
        await speech.played(480, track=1)
        await speech.configure(voice="anna", language="de", max_lead_ms=0)
        await speech.prewarm("anna")
        await speech.cancel(1, fade_ms=20, force=True, played_sample=480)
        await speech.ping()
        (visit,) = running.visits

    said = [str(request).split("{", 1) for request in visit.seen[1:7]]
    assert [kind.strip() for kind, _ in said] == [
        "pause",
        "resume",
        "played",
        "configure",
        "prewarm",
        "cancel",
    ]
    assert visit.seen[6].cancel == speech_pb2.Cancel(track=1, fade_ms=20, force=True, played_sample=480)
    assert visit.seen[4].configure == speech_pb2.Configure(
        voice="anna", language="de", options=speech_pb2.UtteranceOptions(), max_lead_ms=0
    )


async def test_ping_measures_the_way_there_and_back(gateway):
    async with gateway() as running, connect(running.url) as speech:
        began = time.monotonic()
        assert 0 < await speech.ping() <= time.monotonic() - began


async def test_r3_a_connection_that_breaks_before_the_first_audio_is_not_noticed(gateway, scripted):
    async def breaks(visit):
        await visit.open()
        await visit.until("end")
        await visit.hang_up()

    async with gateway(breaks, scripted.say_all) as running, connect(running.url, tuning=quick()) as speech:
        first, second = speech.say("Well"), speech.say("then")
        heard = [
            b"".join([audio.data async for audio in utterance]).decode("utf-16-le")
            for utterance in (first, second)
        ]

        assert heard == ["Well", "then"]
        assert len(running.visits) == 2
        assert speech.opened.stream_id == "s2"


async def test_an_idle_connection_that_breaks_is_replaced(gateway, scripted):
    async def breaks(visit):
        await visit.open()
        await visit.until("ping")
        await visit.hang_up()

    async with gateway(breaks, scripted.say_all) as running, connect(running.url, tuning=quick()) as speech:
        with pytest.raises(ConnectionLostError):
            await speech.ping()
        assert await speech.ping() > 0
        assert speech.connected
        assert len(running.visits) == 2


async def test_a_stream_that_was_closed_for_idleness_comes_back_when_it_is_wanted(gateway, scripted):
    async def idles(visit):
        await visit.open()
        await visit.send(go_away=speech_pb2.GoAway(in_s=0, reason="idle_timeout"))

    noticed = []
    tuning = quick(on_notice=noticed.append)
    async with gateway(idles, scripted.say_all) as running, connect(running.url, tuning=tuning) as speech:
        await speech._link.bell.until(lambda: not speech.connected)
        for _ in range(10):
            await asyncio.sleep(0)
        assert len(running.visits) == 1
        assert await speech.speak("Well")
        assert len(running.visits) == 2

    assert noticed == [GoAway(0.0, "idle_timeout")]
    assert list(speech.notices) == noticed


async def test_r30_a_gateway_that_goes_away_finishes_and_the_rest_is_said_elsewhere(gateway, scripted):
    went = asyncio.Event()

    async def goes(visit):
        await visit.open()
        await visit.until("end")
        await visit.start("u1")
        await visit.send(go_away=speech_pb2.GoAway(in_s=9, reason="shutting_down"))
        await visit.audio("u1", b"Well")
        await went.wait()
        await visit.finish("u1")
        with pytest.raises(scripted.GoneError):
            await visit.read()

    async with gateway(goes, scripted.say_all) as running, connect(running.url, tuning=quick()) as speech:
        first = speech.say("Well")
        assert (await anext(first)).data == b"Well"
        second = speech.say("then")
        went.set()
        assert (await first.wait()).receipt
        assert b"".join([audio.data async for audio in second]).decode("utf-16-le") == "then"

    assert not running.errors
    assert [request.WhichOneof("request") for request in running.visits[0].seen].count("begin") == 1


async def test_leaving_cancels_what_is_being_said_and_says_goodbye(gateway, scripted):
    ended = asyncio.Event()

    async def script(visit):
        await visit.open()
        await visit.until("begin")
        await visit.start("u1")
        await visit.audio("u1", b"Well")
        cancel = await visit.until("cancel")
        assert cancel.force
        with contextlib.suppress(scripted.GoneError):  # over the WebSocket leaving is the end of both ways
            await visit.cancelled("u1")
        with pytest.raises(scripted.GoneError):
            await visit.read()
        ended.set()

    async with gateway(script) as running:
        async with connect(running.url) as speech:
            await anext(speech.say("Well"))
        await ended.wait()

    assert not running.errors


async def test_leaving_does_not_wait_for_a_gateway_that_is_stuck(gateway):
    left = asyncio.Event()

    async def script(visit):
        await visit.open()
        await left.wait()

    tuning = Tuning(close_timeout_s=0.01)
    async with gateway(script) as running:
        async with asyncio.timeout(30), connect(running.url, tuning=tuning) as speech:
            await speech.begin().send("Well")
        left.set()


async def test_what_the_block_raises_leaves_it_as_it_is(gateway):
    async def work(url):
        async with connect(url) as speech:
            speech.begin()
            raise LookupError("mine")

    async with gateway() as running:
        with pytest.raises(LookupError, match="mine"):
            await work(running.url)


async def test_a_block_that_is_cancelled_lets_go(gateway):
    async with gateway() as running:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2), connect(running.url) as speech:
                await anext(speech.begin())


async def test_warnings_of_the_stream_are_told_as_they_come(gateway):
    async def script(visit):
        await visit.open()
        await visit.send(warning=speech_pb2.Warning(code="played_clamped", message="m"))
        ping = await visit.until("ping")
        await visit.send(pong=speech_pb2.Pong(payload=ping.payload))
        await visit.read()

    noticed = []
    tuning = Tuning(on_notice=noticed.append)
    async with gateway(script) as running, connect(running.url, tuning=tuning) as speech:
        await speech.ping()

    assert noticed == [Warned("played_clamped", "m")]


async def test_a_ping_that_is_given_up_leaves_nothing_behind(gateway):
    answered = asyncio.Event()

    async def slow(visit):
        await visit.open()
        payloads = [(await visit.until("ping")).payload]
        payloads.append((await visit.until("ping")).payload)
        for payload in payloads:
            await visit.send(pong=speech_pb2.Pong(payload=payload))
        answered.set()

    async with gateway(slow) as running, connect(running.url) as speech:
        given_up = asyncio.get_running_loop().create_task(speech.ping())
        await asyncio.sleep(0)
        given_up.cancel()
        assert await speech.ping() > 0
        await answered.wait()
        assert speech._conversation.unanswered == set()
