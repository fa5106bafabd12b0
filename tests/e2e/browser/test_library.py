"""The client library for browsers by itself: frames, codecs, fencing, errors, against a gateway that says what the test wants."""

import json

import pytest

from legato.faces.native_frames import audio_frame
from tests.e2e.browser.playground import Playground
from tests.e2e.browser.stage import KEY, stage
from tests.e2e.browser.told_gateway import ToldGateway

pytestmark = [pytest.mark.browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

READ_FRAME = """async ({ bytes, encoding }) => {
  const wire = await import("/static/wire.js");
  const frame = Uint8Array.from(bytes).buffer;
  const header = wire.readHeader(frame);
  return header && { header, samples: [...wire.readSamples(frame, wire.ENCODINGS[encoding])] };
}"""


async def read(page, frame, encoding="pcm_s16le"):
    return await page.evaluate(READ_FRAME, {"bytes": list(frame), "encoding": encoding})


async def test_a_frame_is_read_as_it_was_written(page, gateway):
    await Playground.visit(page, gateway)
    frame = audio_frame(7, 4_294_967_295, 3, 2**40 + 1, b"\x01\x00\xff\x7f\x00\x80")
    assert await read(page, frame) == {
        "header": {"ordinal": 7, "serverSeq": 4_294_967_295, "generation": 3, "sampleOffset": 2**40 + 1},
        "samples": [1, 32_767, -32_768],
    }


@pytest.mark.parametrize("start", [b"\x02\x01", b"\x01\x02", b""], ids=["version", "kind", "short"])
async def test_frames_of_another_time_are_passed_over(page, gateway, start):
    await Playground.visit(page, gateway)
    frame = start + bytes(22) if start else bytes(23)
    assert await read(page, frame) is None


async def test_g711_is_that_of_the_standard(page, gateway):
    await Playground.visit(page, gateway)
    for encoding, table in (("mulaw", MULAW), ("alaw", ALAW)):
        found = await read(page, audio_frame(1, 1, 0, 0, bytes(range(256))), encoding)
        assert {code: found["samples"][code] for code in table} == table
        assert len({abs(value) for value in found["samples"]}) == 128


# Code words and 16-bit values of ITU-T G.711, tables 1 and 2, at both ends and around each sign.
MULAW = {0x00: -32_124, 0x7F: 0, 0x80: 32_124, 0xFF: 0, 0x0F: -16_764, 0x8F: 16_764, 0xFE: 8, 0x7E: -8}
ALAW = {0x55: -8, 0xD5: 8, 0x2A: -32_256, 0xAA: 32_256, 0x54: -24, 0xD4: 24}


async def test_the_header_of_a_wav_utterance_is_not_sound(page, gateway):
    await Playground.visit(page, gateway)
    sized = (0xFFFF_FFFF).to_bytes(4, "little")
    fmt = b"fmt " + (16).to_bytes(4, "little") + bytes(16)
    extra = b"LIST" + (3).to_bytes(4, "little") + b"abc\0"
    head = b"RIFF" + sized + b"WAVE" + fmt + extra + b"data" + sized
    assert (await read(page, audio_frame(1, 1, 0, 0, head + b"\x05\x00"), "wav"))["samples"] == [5]
    assert (await read(page, audio_frame(1, 2, 0, 1, b"\x06\x00"), "wav"))["samples"] == [6]


async def test_tokens_of_the_typist_are_the_text(page, gateway):
    await Playground.visit(page, gateway)
    text = "  Ökonomisch, naïve… 12345.67 €\n\n日本語のテキスト 👩‍🚀!? extraordinarily "
    split = "async text => (await import('/static/typist.js')).tokens(text)"
    tokens = await page.evaluate(split, text)
    assert "".join(tokens) == text
    assert len(tokens) > 12


async def test_one_word_sounds_at_a_time_however_seldom_the_page_is_drawn(page, gateway):
    await Playground.visit(page, gateway)
    shown = await page.evaluate("""async () => {
      const { Transcript } = await import("/static/transcript.js");
      const text = "**a** b c, d e f g h";
      const shown = new Transcript("en");
      document.body.append(shown.element);
      shown.append(text);
      for (const [at, letter] of [...text].entries()) {
        if (!/[a-df-h]/.test(letter)) continue;
        shown.word({ sourceStart: at, sourceEnd: at + 1, startSample: 100 * at, endSample: 100 * at + 50 });
      }
      const told = [];
      for (const sample of [200, 1500, 1530, 1560]) {
        shown.light(sample);
        const all = (name) => [...shown.element.querySelectorAll(name)].map(one => one.textContent).join("");
        told.push([all(".now"), all(".spoken")]);
      }
      return told;
    }""")
    assert shown == [
        ["a", "**a"],
        ["f", "**a** b c, d e f"],
        ["f", "**a** b c, d e f"],
        ["", "**a** b c, d e f"],
    ]


OPENED = {
    "opened": {
        "streamId": "s",
        "format": {"encoding": "ENCODING_PCM_S16LE", "sampleRateHz": 24_000},
        "limits": {},
    }
}


def started(name, ordinal, generation, start):
    return {
        "utteranceStarted": {
            "utteranceId": name,
            "ordinal": ordinal,
            "track": 0,
            "generation": generation,
            "startSample": str(start),
        }
    }


class LateGateway(ToldGateway):
    """A gateway whose audio is on the way when a cancel reaches it."""

    def __init__(self, page, *, answers=True):
        super().__init__(page)
        self.answers = answers

    def answer(self, socket, request):
        sound = b"\x01\x00" * 10
        if "open" in request:
            self.tell(socket, OPENED)
        elif "ping" in request and self.answers:
            self.tell(socket, {"pong": request["ping"]})
        elif request.get("begin", {}).get("utteranceId") == "old":
            self.tell(socket, started("old", 1, 0, 0))
            socket.send(audio_frame(1, 3, 0, 0, sound))
        elif "cancel" in request:
            for n in range(1, 5):
                socket.send(audio_frame(1, 3 + n, 0, 10 * n, sound))
            told = {"utteranceId": "old", "heard": "a", "sentUnheard": "b", "neverSent": "c"}
            self.tell(socket, {"utteranceCancelled": {**told, "truncateAtSample": "4"}})
        elif request.get("begin", {}).get("utteranceId") == "new":
            self.tell(socket, started("new", 2, 1, 50))
            socket.send(audio_frame(2, 9, 1, 50, sound))
            socket.send(audio_frame(1, 10, 0, 60, sound))
            socket.send(audio_frame(3, 11, 1, 70, sound))
            self.tell(socket, {"utteranceFinished": {"utteranceId": "new", "receipt": {}}})


async def test_r7_nothing_of_what_was_cancelled_is_passed_on_however_late_it_comes(page, gateway):
    late = LateGateway(page)
    await late.stand()
    await Playground.visit(page, gateway)
    told = await page.evaluate("""async () => {
      const { connect } = await import("/static/legato.js");
      const speech = await connect();
      const told = [];
      for (const type of ["audio", "cancelled", "finished"]) {
        speech.addEventListener(type, ({ detail }) => told.push([type, detail.utterance.id, detail.sampleOffset ?? null]));
      }
      const comes = (target, type) => new Promise(done => target.addEventListener(type, done, { once: true }));
      const old = speech.begin({ id: "old" });
      await comes(old, "audio");
      speech.cancel({ playedSample: 4 });
      const next = speech.begin({ id: "new" });
      await comes(next, "finished");
      return { told, fenced: speech.fencedChunks, open: speech.open.length };
    }""")
    assert told["told"] == [
        ["audio", "old", 0],
        ["cancelled", "old", None],
        ["audio", "new", 50],
        ["finished", "new", None],
    ]
    assert told["fenced"] == 6
    assert told["open"] == 0
    assert {"cancel": {"track": 0, "playedSample": "4", "fadeMs": 0, "force": False}} in late.requests


async def test_a_gateway_that_answers_nothing_any_more_is_lost(page, gateway):
    """A cut network closes no socket: the silence is noticed by the clock, which is the test's own here."""
    mute = LateGateway(page, answers=False)
    await mute.stand()
    await page.clock.install()
    await Playground.visit(page, gateway)
    await page.evaluate("""async () => {
      const { connect } = await import("/static/legato.js");
      globalThis.speech = await connect();
      globalThis.told = [];
      for (const type of ["failed", "close"]) {
        speech.addEventListener(type, ({ detail }) => told.push([type, detail.error.reason, detail.error.retryable]));
      }
      speech.begin({ id: "unheard" });
    }""")
    await page.clock.run_for(10_000)
    assert {"ping": {"payload": ""}} in mute.requests
    assert await page.evaluate("told") == []
    await page.clock.run_for(10_000)
    assert await page.evaluate("told") == [
        ["failed", "connection_lost", True],
        ["close", "connection_lost", True],
    ]
    again = await page.evaluate(
        "(() => { try { speech.begin(); } catch (error) { return error.message; } })()"
    )
    assert again == "the stream is closed: connect again"


async def test_a_gateway_that_answers_is_not_lost(page, gateway):
    late = LateGateway(page)
    await late.stand()
    await page.clock.install()
    await Playground.visit(page, gateway)
    await page.evaluate("""async () => {
      const { connect } = await import("/static/legato.js");
      globalThis.speech = await connect();
      speech.begin({ id: "old" });
    }""")
    for asked in range(1, 4):
        await page.evaluate("""{
          globalThis.answer = new Promise(done => speech.addEventListener("pong", () => done(), { once: true }));
          null;
        }""")
        await page.clock.run_for(10_000)
        await page.evaluate("answer")
        assert late.requests.count({"ping": {"payload": ""}}) >= asked
    assert await page.evaluate("[speech.closed, speech.open.length]") == [False, 1]


@pytest.mark.parametrize("foreign", ["<html>502 Bad Gateway</html>", "null", "7", "[]", ""])
@pytest.mark.parametrize("opened", [True, False], ids=["open", "opening"])
async def test_r8_a_frame_that_is_no_message_ends_the_stream_by_name(page, gateway, foreign, opened):
    """It raised within the handler of the socket: utterances stayed open, and a stream that was opening waited 10 s."""

    async def serve(socket):
        def answer(request):
            if opened and "open" in json.loads(request):
                socket.send(json.dumps(OPENED))
            else:
                socket.send(foreign)

        socket.on_message(answer)

    await page.route_web_socket("**/v1/stream", serve)
    await Playground.visit(page, gateway)
    told = await page.evaluate("""async () => {
      const { connect, SpeechError } = await import("/static/legato.js");
      const brief = (error) => [error instanceof SpeechError, error.reason, error.retryable, error.message];
      let speech;
      try { speech = await connect(); } catch (error) { return [brief(error)]; }
      const told = [];
      const closed = new Promise(done => speech.addEventListener("close", done, { once: true }));
      speech.addEventListener("failed", ({ detail }) => told.push(brief(detail.error)));
      speech.addEventListener("close", ({ detail }) => told.push(brief(detail.error)));
      speech.begin({ id: "unheard" });
      await closed;
      return [...told, [speech.closed, speech.open.length]];
    }""")
    message = f"what answers there is no gateway: expected a message as JSON, got: {foreign}"
    error = [True, "bad_frame", False, message]
    assert told == ([error, error, [True, 0]] if opened else [error])


async def test_r8_sound_before_the_stream_is_open_ends_it_by_name(page, gateway):
    """It raised within the handler of the socket, and the stream waited 10 s to be opened."""

    async def serve(socket):
        socket.on_message(lambda request: socket.send(audio_frame(1, 1, 0, 0, bytes(20))))

    await page.route_web_socket("**/v1/stream", serve)
    await Playground.visit(page, gateway)
    told = await page.evaluate(REFUSED, {})
    assert (told["reason"], told["retryable"]) == ("bad_frame", False)
    assert told["message"].endswith("got: a binary frame before Opened")


async def test_a_field_that_is_null_is_one_that_is_not_there(page, gateway):
    """As JSON of a contract has it. It raised within the handler of the socket, and the message was lost."""

    async def serve(socket):
        def answer(request):
            if "open" in json.loads(request):
                socket.send(json.dumps({"words": None, "error": None, **OPENED}))

        socket.on_message(answer)

    await page.route_web_socket("**/v1/stream", serve)
    await Playground.visit(page, gateway)
    assert await page.evaluate(REFUSED, {}) is None


async def test_an_utterance_that_replaces_another_keeps_it_no_longer_than_that_is_open(page, gateway):
    """Each kept the one before it: in a conversation of barge-ins nothing was ever given back."""
    await Playground.visit(page, gateway)
    await page.evaluate("""async () => {
      const { connect } = await import("/static/legato.js");
      const speech = await connect();
      const kept = [];
      for (let number = 0; number < 10; number += 1) {
        globalThis.last = speech.begin({ position: "replace" });
        last.send("Seven calm swans swim by. ");
        kept.push(new WeakRef(last));
      }
      last.end();
      await new Promise(done => last.addEventListener("finished", done));
      globalThis.kept = () => kept.filter(one => one.deref()).length;
    }""")
    memory = await page.context.new_cdp_session(page)
    await memory.send("HeapProfiler.collectGarbage")
    assert await page.evaluate("kept()") == 1


async def test_what_may_not_be_interrupted_is_heard_past_a_cancel(page, gateway):
    await Playground.visit(page, gateway)
    heard = await page.evaluate("""async () => {
      const { connect } = await import("/static/legato.js");
      const speech = await connect();
      const utterance = speech.begin({ interruptible: false });
      let samples = 0;
      utterance.addEventListener("audio", ({ detail }) => { samples += detail.samples.length; });
      utterance.send("This is said whole. ");
      utterance.end();
      await new Promise(done => utterance.addEventListener("started", done, { once: true }));
      speech.cancel();
      const end = await new Promise(done => {
        utterance.addEventListener("finished", () => done("finished"));
        utterance.addEventListener("cancelled", () => done("cancelled"));
      });
      speech.close();
      return { samples, end };
    }""")
    assert heard == {"samples": len(gateway.door.audio()), "end": "finished"}


REFUSED = """async (options) => {
  const { connect, SpeechError } = await import("/static/legato.js");
  try { (await connect(options)).close(); } catch (error) {
    const { reason, retryable, message } = error;
    return error instanceof SpeechError ? { reason, retryable, message } : null;
  }
}"""


async def test_a_refused_key_is_told_as_such(page):
    """A browser hides why a WebSocket was refused: it was a lost connection, which a page would try again for ever."""
    async with stage(key=KEY) as guarded:
        await Playground.visit(page, guarded)
        for wrong in ("wrong", "wrong/="):  # the second one goes into the URL
            error = await page.evaluate(REFUSED, {"key": wrong})
            assert error == {
                "reason": "unauthenticated",
                "retryable": False,
                "message": "this gateway wants a key",
            }
        page.said.clear()  # the browser itself writes of the 401


async def test_a_stream_that_is_refused_where_requests_are_served_is_told_as_such(page, gateway):
    await Playground.visit(page, gateway)
    error = await page.evaluate(REFUSED, {"url": f"{gateway.url}/v1/no-stream"})
    page.said.clear()  # the browser itself writes of the 404
    assert (error["reason"], error["retryable"]) == ("connection_lost", True)
    assert "it answers requests" in error["message"]


async def test_a_gateway_that_cannot_be_reached_is_a_lost_connection(page, gateway):
    await Playground.visit(page, gateway)
    error = await page.evaluate(REFUSED, {"url": "http://127.0.0.1:9/v1/stream"})
    page.said.clear()  # the page's own policy, and the browser, write of it
    assert (error["reason"], error["retryable"]) == ("connection_lost", True)
    assert "it cannot be reached, or it refuses this page" in error["message"]


@pytest.mark.parametrize(
    ("options", "reason", "expected"),
    [
        ({"encoding": "mp3"}, "unknown_format", "pcm_s16le, wav, mulaw, alaw, opus"),
        ({"sampleRateHz": 8_000}, "bad_frame", 'no option "sampleRateHz"; known: url, key, voice'),
    ],
)
async def test_an_option_that_does_not_exist_is_refused_by_name(page, gateway, options, reason, expected):
    """They were ignored: the audio came in another format than the program had asked for."""
    await Playground.visit(page, gateway)
    refused = await page.evaluate(
        """async (options) => {
      const { connect } = await import("/static/legato.js");
      try { (await connect(options)).close(); } catch ({ reason, message }) { return { reason, message }; }
    }""",
        options,
    )
    assert refused["reason"] == reason
    assert expected in refused["message"]


async def test_an_open_that_is_refused_is_a_named_error_at_once(page, gateway):
    await Playground.visit(page, gateway)
    error, spoken = await page.evaluate("""async () => {
      const { connect, SpeechError } = await import("/static/legato.js");
      let refused = null;
      try { await connect({ sampleRate: 12345 }); } catch (error) {
        refused = { ours: error instanceof SpeechError, reason: error.reason };
      }
      try { await connect({ encoding: "mp3" }); } catch ({ reason, message }) { refused.mp3 = [reason, message]; }
      const speech = await connect({ sampleRate: 16000 });
      speech.begin({ voice: "ghost" });  // an error of an open stream is told, and ends nothing but what it is about
      const error = new Promise(done => speech.addEventListener("error", ({ detail }) => done(detail.reason), { once: true }));
      const spoken = await error;
      const alive = !speech.closed;
      speech.close();
      return [refused, [spoken, alive]];
    }""")
    expected = 'this library does not play the encoding "mp3": expected pcm_s16le, wav, mulaw, alaw, opus'
    assert error == {"ours": True, "reason": "unknown_format", "mp3": ["unknown_format", expected]}
    assert spoken == ["unknown_voice", True]


@pytest.mark.parametrize(
    ("begin", "reason"),
    [
        ({"voice": "ghost"}, "unknown_voice"),
        ({"language": "not a tag"}, "bad_frame"),
        ({"options": {"sped": 1}}, "bad_frame"),
    ],
)
async def test_r8_an_utterance_that_the_gateway_refuses_to_begin_fails(page, gateway, begin, reason):
    """It never ended: it stayed among the open ones, and the page asked every few seconds whether the gateway was alive."""
    await Playground.visit(page, gateway)
    told = await page.evaluate(
        """async (options) => {
      const { connect } = await import("/static/legato.js");
      const speech = await connect();
      const told = [];
      for (const type of ["error", "finished", "failed"]) {
        speech.addEventListener(type, ({ detail }) => told.push([type, detail.utterance?.id, (detail.error ?? detail).reason ?? null]));
      }
      const refused = speech.begin({ id: "refused", ...options });
      refused.addEventListener("failed", () => refused.send("More."));
      const other = speech.begin({ id: "other" });
      for (const utterance of [refused, other]) { utterance.send("Well."); utterance.end(); }
      await new Promise(done => other.addEventListener("finished", done));
      const open = speech.open.length;
      speech.close();
      return { told: told.filter(([, id]) => id), open };
    }""",
        begin,
    )
    assert told == {
        "told": [["error", "refused", reason], ["failed", "refused", reason], ["finished", "other", None]],
        "open": 0,
    }
    assert "More." not in "".join(gateway.voices.sent)


async def test_a_begin_that_is_refused_still_cuts_what_it_was_to_replace(page, gateway):
    """It was spoken on by the gateway, and nothing of it was heard."""
    await Playground.visit(page, gateway)
    ended = await page.evaluate("""async () => {
      const { connect } = await import("/static/legato.js");
      const speech = await connect();
      const there = speech.begin({ track: 1 });
      const old = speech.begin();
      old.send("Seven calm swans swim by. ".repeat(40));
      await new Promise(done => old.addEventListener("audio", done, { once: true }));
      const refused = speech.begin({ position: "replace", voice: "ghost" });
      const later = speech.begin({ id: "later" });
      const ended = [];
      for (const type of ["finished", "cancelled", "failed"]) {
        speech.addEventListener(type, ({ detail }) => ended.push([type, detail.utteranceId]));
      }
      const last = new Promise(done => later.addEventListener("finished", done));
      for (const one of [refused, later]) { one.send("Well."); one.end(); }
      await last;
      const open = speech.open.map(({ id }) => id);
      speech.close();
      return { ended, open, there: there.id };
    }""")
    assert ended["ended"] == [["failed", "u3"], ["cancelled", "u2"], ["finished", "later"]]
    assert ended["open"] == [ended["there"]], "another track goes on"


WRONG = """async ({ call, given }) => {
  const { connect, SpeechError } = await import("/static/legato.js");
  const speech = await connect();
  const utterance = speech.begin({ id: "a" });
  const told = [];
  speech.addEventListener("error", ({ detail }) => told.push(detail.message));
  const target = ["send", "flush"].includes(call) ? utterance : speech;
  let refused = null;
  try {
    await (call === "connect" ? connect(given[0]) : target[call](...given.map(one => one === "NaN" ? NaN : one)));
  } catch (error) {
    refused = [error instanceof SpeechError, error.reason, error.message];
  }
  const end = new Promise(done => ["finished", "failed", "cancelled"].forEach(
    type => utterance.addEventListener(type, () => done(type))));
  utterance.send("Well.");
  utterance.send(null);
  utterance.end();
  const ended = await end;
  speech.close();
  return { refused, ended, told };
}"""


@pytest.mark.parametrize(
    ("call", "given", "expected"),
    [
        (
            "connect",
            [{"sampleRate": "24000"}],
            'sampleRate must be an integer of at least 0; got the string "24000"',
        ),
        ("connect", [{"url": "/v1/stream"}], "url must be an absolute URL of http, https, ws or wss"),
        ("connect", [{"key": {"secret": 1}}], "key must be a string; got a value of type object"),
        ("connect", ["ws://127.0.0.1"], "connect takes an object of options; got the string"),
        ("begin", [{"position": 5}], "position must be one of append, next, replace; got 5"),
        ("begin", [{"track": 256}], "track must be an integer from 0 to 255; got 256"),
        ("begin", [{"interruptable": False}], 'no option "interruptable"; known: id, track, voice'),
        ("begin", [{"id": ""}], "id must be a string of 1 to 128 characters"),
        ("begin", [{"options": ["words"]}], "options must be an object; got an array"),
        ("cancel", [{"utterance": "a"}], "utterance must be an Utterance"),
        ("cancel", [{"fadeMs": 300}], "fadeMs must be an integer from 0 to 200; got 300"),
        ("cancel", [{"playedSample": -1}], "playedSample must be an integer of at least 0; got -1"),
        ("configure", [{"speed": 2}], 'configure has no option "speed"; known: voice, language'),
        ("played", ["NaN"], "sample must be an integer of at least 0; got NaN"),
        ("played", [], "sample must be an integer of at least 0; got NaN"),
        ("pause", ["0"], 'track must be an integer from 0 to 255; got the string "0"'),
        ("prewarm", [7], "voice must be a string; got 7"),
        ("ping", [7], "payload must be a string; got 7"),
        ("flush", [7], "flushId must be a string; got 7"),
        ("send", [7], "text must be a string; got 7"),
    ],
)
async def test_what_cannot_be_is_refused_by_name_at_the_call_and_ends_nothing(
    page, gateway, call, given, expected
):
    """`cancel({ utterance: "a" })` cut the whole track, a null track lost the audio, and a wrong position was a bare TypeError."""
    await Playground.visit(page, gateway)
    found = await page.evaluate(WRONG, {"call": call, "given": given})
    ours, reason, message = found["refused"]
    assert (ours, reason) == (True, "bad_frame")
    assert expected in message
    assert found["ended"] == "finished"
    assert found["told"] == []


async def test_a_text_may_be_cut_within_a_character(page, gateway):
    """A page that cuts by UTF-16 code units was refused both halves, and the word that they stood in was lost."""
    late = LateGateway(page)
    await late.stand()
    await Playground.visit(page, gateway)
    await page.evaluate("""async () => {
      const { connect } = await import("/static/legato.js");
      const speech = await connect();
      const [first, second] = [speech.begin({ id: "a" }), speech.begin({ id: "b" })];
      for (const token of ["So \\ud83d", null, "\\ude00 well\\ud83d", "b \\ud83d"]) first.send(token);
      second.send("\\ude00 😀");
      first.flush();
      first.send("\\ude00\\ud83d");
      first.end();
      const pong = new Promise(done => speech.addEventListener("pong", done, { once: true }));
      speech.ping();
      await pong;
      speech.close();
    }""")
    sent = [request for request in late.requests if "begin" not in request and "open" not in request][:-1]
    assert sent == [
        {"text": {"utteranceId": "a", "text": "So "}},
        {"text": {"utteranceId": "a", "text": "😀 well"}},
        {"text": {"utteranceId": "a", "text": "\ufffdb "}},
        {"text": {"utteranceId": "b", "text": "\ufffd 😀"}},
        {"text": {"utteranceId": "a", "text": "\ufffd"}},
        {"flush": {"utteranceId": "a", "flushId": ""}},
        {"text": {"utteranceId": "a", "text": "\ufffd"}},
        {"text": {"utteranceId": "a", "text": "\ufffd"}},
        {"end": {"utteranceId": "a"}},
    ]


async def test_null_means_that_an_option_is_not_given(page, gateway):
    await Playground.visit(page, gateway)
    told = await page.evaluate("""async () => {
      const { connect } = await import("/static/legato.js");
      const speech = await connect({ voice: null, sampleRate: null });
      const utterance = speech.begin({ track: null, position: null, voice: null });
      const end = new Promise(done => utterance.addEventListener("cancelled", () => done("cancelled")));
      speech.cancel({ utterance: null, track: null, playedSample: null });
      const told = [utterance.track, utterance.fenced, await end];
      speech.close();
      return told;
    }""")
    assert told == [0, True, "cancelled"]


async def test_a_context_of_another_rate_is_refused_as_it_would_play_at_another_pitch(page, gateway):
    await Playground.visit(page, gateway)
    told = await page.evaluate("""async () => {
      const { connect, Player } = await import("/static/legato.js");
      const speech = await connect({ sampleRate: 16000 });
      try { await Player.open(speech, { context: new AudioContext({ sampleRate: 48000 }) }); }
      catch ({ reason, message }) { return [reason, message]; }
      finally { speech.close(); }
    }""")
    assert told[0] == "no_audio"
    assert "the context plays 48000 Hz, the stream has 16000 Hz" in told[1]


async def test_an_id_that_is_open_cannot_be_begun_again(page, gateway):
    """The second utterance took the place of the first, which never ended."""
    await Playground.visit(page, gateway)
    reason, ended = await page.evaluate("""async () => {
      const { connect } = await import("/static/legato.js");
      const speech = await connect();
      const first = speech.begin({ id: "a" });
      let reason = null;
      try { speech.begin({ id: "a" }); } catch (error) { reason = error.reason; }
      const ended = new Promise(done => first.addEventListener("finished", ({ type }) => done(type)));
      first.send("Well.");
      first.end();
      return [reason, await ended];
    }""")
    assert (reason, ended) == ("bad_order", "finished")


async def test_a_silence_inside_an_utterance_is_counted(page, gateway):
    gateway.voices.scripts["joe"].speed = 0.5
    ground = await Playground.visit(page, gateway)
    await ground.speak("Slow.")
    await ground.becomes("finished")
    assert await ground.player("underruns") > 0
    assert await ground.player("underrunSamples") > 24_000 / 20


async def test_r7_what_the_browser_holds_is_not_told_as_heard(page, gateway):
    """Before the first click, or during a phone call, the context stands still: the gateway's clock went on, and all was heard."""
    await Playground.visit(page, gateway)
    told = await page.evaluate("""async () => {
      const { connect, Player } = await import("/static/legato.js");
      const speech = await connect({ finishWhenHeard: true });
      const player = await Player.open(speech);
      await player.wake();
      const told = [];
      const until = (holds) => new Promise(done => {
        const look = () => holds() ? done() : setTimeout(look, 10);
        look();
      });
      const utterance = speech.begin();
      const ended = new Promise(done => utterance.addEventListener("finished", () => { told.push("finished"); done(); }));
      let came = 0;
      utterance.addEventListener("audio", ({ detail }) => { came += detail.samples.length; });
      utterance.send("Seven calm swans.");
      utterance.end();
      await until(() => player.position > 0);
      await player.context.suspend();
      const from = performance.now();
      const length = () => came / speech.sampleRate * 1000;
      await until(() => performance.now() - from > 2 * length() + 500);
      told.push(player.ahead > 0 ? "held" : "heard");
      await player.wake();
      await ended;
      told.push(player.ahead < speech.sampleRate / 4 ? "heard" : "unheard");
      await player.close();
      speech.close();
      return told;
    }""")
    assert told == ["held", "finished", "heard"]


async def test_r8_a_player_that_cannot_sound_says_so_by_name(page, gateway):
    """The browser's own exceptions came out: the playground showed nothing."""
    await Playground.visit(page, gateway)
    told = await page.evaluate("""async () => {
      const { connect, Player, SpeechError } = await import("/static/legato.js");
      const speech = await connect();
      const told = [];
      const attempt = async (act) => {
        try { await act(); told.push(null); }
        catch (error) { told.push([error instanceof SpeechError && error.reason, error.retryable, error.message]); }
      };
      const player = await Player.open(speech);
      await player.context.suspend();
      player.context.resume = () => Promise.reject(new DOMException("interrupted", "InvalidStateError"));
      await attempt(() => player.wake());
      await player.close();
      await attempt(() => player.wake());
      globalThis.AudioContext = function () { throw new DOMException("too many contexts", "NotSupportedError"); };
      await attempt(() => Player.open(speech));
      delete globalThis.AudioContext; // as in a worker
      await attempt(() => Player.open(speech));
      speech.close();
      return told;
    }""")
    waking = "the browser has not started the sound: allow sound for this page, check the audio output, and press again"
    assert told == [
        ["no_audio", True, waking],
        ["no_audio", False, "the player is closed: open another one"],
        ["no_audio", True, "the player cannot be loaded: too many contexts"],
        ["no_audio", False, "there is no AudioContext here: open the player in a page, not in a worker"],
    ]


async def test_a_player_that_is_closed_can_be_closed_again(page, gateway):
    """A page closes its player before it connects again. Where that failed, the next try failed at closing, for ever."""
    await Playground.visit(page, gateway)
    state = await page.evaluate("""async () => {
      const { connect, Player } = await import("/static/legato.js");
      const speech = await connect();
      const player = await Player.open(speech);
      speech.close();
      await Promise.all([player.close(), player.close()]);
      await player.close();
      return player.context.state;
    }""")
    assert state == "closed"


async def test_a_closed_player_leaves_nothing_running_on_a_context_of_the_page(page, gateway):
    """Its processor ran on, and played what it had to nobody: one more with every connection, for as long as the page was open."""
    await Playground.visit(page, gateway)
    reports = await page.evaluate("""async () => {
      const { connect, Player } = await import("/static/legato.js");
      const speech = await connect();
      const context = new AudioContext({ sampleRate: speech.sampleRate });
      const player = await Player.open(speech, { context });
      await player.wake();
      const utterance = speech.begin();
      utterance.send("Seven calm swans swim by. ".repeat(6));
      utterance.end();
      const until = (holds) => new Promise(done => {
        const look = () => holds() ? done() : setTimeout(look, 10);
        look();
      });
      await until(() => player.position > 0 && player.ahead > 24000);
      await player.close();
      speech.close();
      const after = async (s) => { const from = context.currentTime; await until(() => context.currentTime > from + s); };
      await after(0.2); // what was on its way
      let reports = 0;
      player.node.port.onmessage = () => { reports += 1; };
      await after(0.3);
      await context.close();
      return reports;
    }""")
    assert reports == 0
