"""Opus in the client library: the browser decodes it, and everything else is as with PCM."""

import asyncio
import io

import av
import numpy as np
import pytest

from legato.audio.opus import OpusEncoder
from legato.domain import events, replies
from legato.domain.audio import AudioFormat, Encoding
from legato.faces.native_frames import audio_frame
from tests.e2e.browser.playground import Playground
from tests.e2e.browser.told_gateway import ToldGateway
from tests.legato.audio.encoded import tone

pytestmark = [pytest.mark.browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SENTENCE = "Seven calm swans swim by. "
ROUNDED = 2
"""By how much two decoders may differ, of 32,768."""

EMPTY_PAGE = 27
"""The bytes of a page that only says that the stream is over."""

OPENED = """
  const { connect, Player, SpeechError } = await import("/static/legato.js");
  const made = { decoders: [], sounds: 0 };
  const Native = globalThis.AudioDecoder;
  globalThis.AudioDecoder = class extends Native {
    constructor({ output, error }) {
      super({ error, output: (data) => {
        made.sounds += 1;
        const close = data.close.bind(data);
        data.close = () => { made.sounds -= 1; close(); };
        output(data);
      } });
      made.decoders.push(this);
    }
  };
  const ends = (utterance) => new Promise(done => ["finished", "cancelled", "failed"].forEach(
    type => utterance.addEventListener(type, ({ detail }) => done({ type, ...detail, utterance: undefined }), { once: true })));
  const left = () => ({ sounds: made.sounds, decoders: made.decoders.map(({ state }) => state) });
  const until = (holds) => new Promise(done => {
    const look = () => holds() ? done() : setTimeout(look, 10);
    look();
  });
"""
"""What the scripts below begin with: `made` sees each decoder, and what of its sound is not given back."""


def script(body):
    return f"async (given) => {{ {OPENED} {body} }}"


SPEAK = script("""
  const speech = await connect({ encoding: "opus", ...given });
  const told = [];
  const utterances = ["Seven calm swans swim by.", "They come again, slowly, and leave."].map(text => {
    const utterance = speech.begin();
    const one = { text, samples: [], chunks: [], after: 0 };
    let over = false;
    utterance.addEventListener("audio", ({ detail }) => {
      if (over) one.after += 1;
      one.chunks.push([detail.sampleOffset, detail.samples.length]);
      one.samples.push(...detail.samples);
    });
    utterance.send(text);
    utterance.end();
    told.push(one);
    return ends(utterance).then(end => { over = true; Object.assign(one, { end: end.type, count: end.receipt.audioSamples }); });
  });
  await Promise.all(utterances);
  const rate = speech.sampleRate;
  speech.close();
  return { told, rate, left: left() };
""")


def libopus(data):
    """Return what the reference decoder makes of a file; FFmpeg's own shifts the phase of low bit rates a little."""
    with av.open(io.BytesIO(data), format="ogg") as file:
        codec = av.CodecContext.create("libopus", "r")
        codec.extradata = file.streams.audio[0].codec_context.extradata
        frames = [frame for packet in file.demux() if packet.size for frame in codec.decode(packet)]
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]).astype(np.int32)


@pytest.mark.parametrize("rate", [8_000, 24_000, 48_000])
async def test_utterances_are_decoded_to_the_last_sample(page, gateway, rate):
    """What libopus finds in the same bytes is what is passed on, each message at its place: where it has waited, silence lies in between."""
    await Playground.visit(page, gateway)
    found = await page.evaluate(SPEAK, {"sampleRate": rate} if rate != 48_000 else {})
    assert found["rate"] == rate
    for ordinal, one in enumerate(found["told"], 1):
        chunks = [
            chunk
            for chunk in gateway.door.of(replies.AudioChunk)
            if chunk.ordinal == ordinal and len(chunk.data) > EMPTY_PAGE
        ]
        assert one["end"] == "finished"
        assert one["after"] == 0
        assert len(one["chunks"]) == len(chunks), "one event for each message, as with PCM"
        assert [offset for offset, _ in one["chunks"]] == [chunk.sample_offset for chunk in chunks]
        ends = [offset + samples for offset, samples in one["chunks"]]
        silence = [end - chunk.sample_offset for end, chunk in zip(ends, chunks[1:], strict=False)]
        silence.append(ends[-1] - chunks[0].sample_offset - int(one["count"]))
        assert all(0 <= samples <= rate * 26 // 1000 for samples in silence)
        assert len(one["samples"]) - sum(silence) == int(one["count"]) > rate
        expected = libopus(b"".join(chunk.data for chunk in chunks))[:: 48_000 // rate]
        assert np.abs(np.array(one["samples"]) - expected).max() <= ROUNDED
    assert found["left"] == {"sounds": 0, "decoders": ["closed", "closed"]}


async def test_it_plays_as_pcm_does_and_tells_what_was_played(page, gateway):
    ground = await Playground.visit(page, gateway)
    await page.get_by_label("Audio").select_option("opus/16000")
    await ground.start_tape()
    await ground.speak(SENTENCE)
    await ground.becomes("finished")
    receipt = gateway.door.of(replies.UtteranceFinished)[-1].receipt
    samples = np.array(await page.evaluate("[...playground.takes[0].samples]"))
    assert 0 <= len(samples) - receipt.audio_samples <= 16_000 * 2 * 26 // 1000
    heard = await ground.recorded()
    assert np.array_equal(heard[heard != 0], samples[samples != 0])
    assert await page.evaluate("playground.player.context.sampleRate") == 16_000
    told = [event.sample for event in gateway.door.told(events.Played)]
    assert told == sorted(told)
    assert len(set(told)) >= 4
    assert not gateway.door.of(replies.Warned)


BARGE_IN = script("""
  const speech = await connect({ encoding: "opus", finishWhenHeard: true });
  const player = await Player.open(speech);
  await player.wake();
  const old = speech.begin();
  const ended = ends(old);
  let [after, cut] = [0, false];
  old.addEventListener("audio", () => { after += cut; });
  old.send(given.text);
  old.end();
  await until(() => player.position > 24000);
  const playedSample = player.stop();
  speech.cancel({ playedSample });
  cut = true;
  const cancelled = await ended;
  const next = speech.begin();
  let first = null;
  next.addEventListener("started", ({ detail }) => { first = detail.startSample; });
  next.send("Anew.");
  next.end();
  const finished = await ends(next);
  await until(() => player.ahead === 0); // the device may hold the last milliseconds
  const position = player.position;
  await player.close();
  speech.close();
  return { playedSample, after, cancelled, finished, first, position, left: left() };
""")


async def test_a_barge_in_drops_what_is_not_heard_and_tells_what_was(page, gateway):
    await Playground.visit(page, gateway)
    found = await page.evaluate(BARGE_IN, {"text": SENTENCE * 8})
    (told,) = gateway.door.of(replies.UtteranceCancelled)
    assert told.method is replies.HeardMethod.PLAYED
    assert told.truncate_at_sample == found["playedSample"] > 24_000
    assert told.heard.strip()
    assert told.never_sent.strip()
    assert found["after"] == 0
    assert found["cancelled"]["type"] == "cancelled"
    assert found["finished"]["type"] == "finished"
    assert found["position"] == found["first"] + int(found["finished"]["receipt"]["audioSamples"])
    assert found["left"] == {"sounds": 0, "decoders": ["closed", "closed"]}


PAUSED = script("""
  const speech = await connect({ encoding: "opus", finishWhenHeard: true });
  const player = await Player.open(speech);
  await player.wake();
  const [warned, flushed] = [[], []];
  speech.addEventListener("warning", ({ detail }) => warned.push(detail.message));
  const utterance = speech.begin();
  const ended = ends(utterance);
  utterance.addEventListener("flushed", ({ detail }) => flushed.push(detail.endSample));
  let position = 0;
  for (const text of ["Seven swans. ", "They come again. ", "And leave."]) {
    utterance.send(text);
    utterance.flush();
    await until(() => flushed.length > 0);
    const end = Number(flushed.shift());
    await until(() => player.position >= end);
    speech.played(player.position);
  }
  utterance.end();
  const { type } = await ended;
  const gaps = player.underruns;
  await player.close();
  speech.close();
  return { type, gaps, warned };
""")


async def test_silence_of_the_encoder_before_a_pause_is_no_false_report(page, gateway):
    """A decoder gives it, and offsets do not count it: it must not be told as a position beyond what was sent, nor hide the pause."""
    await Playground.visit(page, gateway)
    found = await page.evaluate(PAUSED, {})
    assert found["type"] == "finished"
    assert found["warned"] == []
    assert found["gaps"] >= 1


STUCK = script("""
  const flush = AudioDecoder.prototype.flush;
  const asked = new Promise(done => {
    AudioDecoder.prototype.flush = function () {
      AudioDecoder.prototype.flush = flush;
      done();
      return new Promise(() => {});
    };
  });
  const speech = await connect({ encoding: "opus" });
  const first = ends(speech.begin({ id: "2" }));
  const second = ends(speech.begin({ id: "4" }));
  globalThis.both = Promise.all([first, second]).then(([{ type, error }, next]) => {
    speech.close();
    return { type, reason: error?.reason, message: error?.message, next: next.type, left: left() };
  });
  await asked;
""")


async def test_a_decoder_that_never_gives_the_rest_ends_its_utterance_and_holds_up_no_other(page, gateway):
    """All that came behind it waited for ever, even the end of the stream. The clock is the test's own."""
    await OpusGateway(page, {"2": messages(), "4": messages()}).stand()
    await page.clock.install()
    await Playground.visit(page, gateway)
    await page.evaluate(STUCK, {})
    await page.clock.run_for(10_000)
    found = await page.evaluate("both")
    assert (found["type"], found["reason"]) == ("failed", "no_audio")
    assert "it gives nothing any more" in found["message"]
    assert found["next"] == "finished"
    assert found["left"]["decoders"] == ["closed", "closed"]


LOST = "3"
"""Utterance in which the connection is lost."""

FINISHED = {"2", "4"}
"""Utterances of which the gateway tells the end by itself."""


class OpusGateway(ToldGateway):
    """A gateway that sends what the test wants as Opus."""

    def __init__(self, page, frames, tasks=None):
        super().__init__(page)
        self.frames, self.tasks = frames, tasks

    def answer(self, socket, request):
        if "open" in request:
            form = {"encoding": "ENCODING_OPUS", "sampleRateHz": 48_000}
            self.tell(socket, {"opened": {"streamId": "s", "format": form, "limits": {}}})
        elif "begin" in request:
            name = request["begin"]["utteranceId"]
            start = {"ordinal": int(name), "track": 0, "generation": 0, "startSample": "0"}
            self.tell(socket, {"utteranceStarted": {"utteranceId": name, **start}})
            for number, (offset, data) in enumerate(self.frames[name]):
                socket.send(audio_frame(int(name), number, 0, offset, data))
            if name == LOST:
                self.tasks.create_task(socket.close(code=1011))
            elif name in FINISHED:
                self.tell(socket, {"utteranceFinished": {"utteranceId": name, "receipt": {}}})
        elif "cancel" in request:
            told = {"utteranceId": "1", "heard": "a", "sentUnheard": "b", "neverSent": "c"}
            self.tell(socket, {"utteranceCancelled": {**told, "truncateAtSample": "0"}})


def messages(packets=10):
    """Return Opus as the gateway sends it, a message for each packet: its offset and its bytes."""
    encoder, sent, given = OpusEncoder(AudioFormat(Encoding.OPUS, 48_000)), [], 0
    for piece in np.split(tone(AudioFormat(Encoding.OPUS, 48_000), packets / 50), packets):
        offset = encoder.sent(given)
        data = encoder.encode(piece)
        given += len(piece)
        if data:
            sent.append((offset, data))
    return [*sent, (encoder.sent(given), encoder.finish())]


def damaged(data):
    """Return a page whose last packet is of a code that libopus refuses: three frames of one size in a number of bytes that is no multiple of it."""
    head = 27 + data[26]
    return data[:head] + bytes((data[head] | 3, 3)) + data[head + 2 :]


BROKEN = script("""
  const speech = await connect({ encoding: "opus" });
  const told = [];
  const tell = (type) => speech.addEventListener(type, ({ detail }) => told.push([type, detail.utteranceId]));
  ["finished", "cancelled", "failed"].forEach(tell);
  const count = { 1: 0, 2: 0 };
  speech.addEventListener("audio", ({ detail }) => { count[detail.utteranceId] += detail.samples.length; });
  const first = await ends(speech.begin({ id: "1" }));
  await ends(speech.begin({ id: "2" }));
  speech.close();
  const { error, unspoken } = first;
  return {
    told, count, unspoken, ours: error instanceof SpeechError, reason: error.reason, message: error.message, retryable: error.retryable,
    left: left(),
  };
""")


@pytest.mark.parametrize(
    ("harm", "reason", "says"),
    [
        (damaged, "no_audio", "could not decode Opus any further"),
        (lambda data: data[:20], "bad_frame", "a page that is cut off"),
        (lambda data: b"RIFF" + data[4:], "bad_frame", "found no page"),
    ],
    ids=["packet", "cut", "foreign"],
)
async def test_sound_that_cannot_be_decoded_ends_its_utterance_by_name_and_nothing_else(
    page, gateway, harm, reason, says
):
    sent = messages()
    harmed = [(offset, harm(data) if at == 5 else data) for at, (offset, data) in enumerate(sent)]
    opus = OpusGateway(page, {"1": harmed, "2": sent})
    await opus.stand()
    await Playground.visit(page, gateway)
    found = await page.evaluate(BROKEN, {})
    assert found["told"] == [["failed", "1"], ["finished", "2"]]
    assert (found["ours"], found["reason"]) == (True, reason)
    assert says in found["message"]
    assert found["retryable"] is (reason == "no_audio")
    assert found["unspoken"] == "bc"
    assert found["count"]["2"] == 10 * 960
    (cancel,) = [request["cancel"] for request in opus.requests if "cancel" in request]
    assert cancel == {"utteranceId": "1", "playedSample": str(found["count"]["1"]), "force": True}
    assert found["count"]["1"] <= sent[5][0]
    assert found["left"] == {"sounds": 0, "decoders": ["closed", "closed"]}


LOSE = script("""
  const speech = await connect({ encoding: "opus" });
  const told = [];
  let samples = 0;
  const closed = new Promise(done => speech.addEventListener("close", done));
  for (const type of ["failed", "close"]) speech.addEventListener(type, () => told.push(type));
  const utterance = speech.begin({ id: "3" });
  utterance.addEventListener("audio", ({ detail }) => { samples += detail.samples.length; });
  await closed;
  return { told, samples, open: speech.open.length, left: left() };
""")


async def test_a_connection_that_is_lost_leaves_no_decoder(page, gateway):
    await Playground.visit(page, gateway)
    async with asyncio.TaskGroup() as tasks:
        await OpusGateway(page, {LOST: messages()}, tasks).stand()
        found = await page.evaluate(LOSE, {})
    assert found["told"] == ["failed", "close"]
    assert found["samples"] == 10 * 960, "what had come was passed on before"
    assert found["open"] == 0
    assert found["left"] == {"sounds": 0, "decoders": ["closed"]}


CAN = """async () => {
  const { canPlay, connect } = await import("/static/legato.js");
  const can = [];
  for (const name of ["pcm_s16le", "wav", "mulaw", "alaw", "opus", "mp3", "", "toString"]) if (await canPlay(name)) can.push(name);
  let told = null;
  try { (await connect({ encoding: "opus" })).close(); } catch ({ reason, message }) { told = [reason, message]; }
  return { can, told };
}"""
RAW = ["pcm_s16le", "wav", "mulaw", "alaw"]


async def test_a_page_can_ask_whether_it_can_play_opus(page, gateway):
    await Playground.visit(page, gateway)
    assert await page.evaluate(CAN) == {"can": [*RAW, "opus"], "told": None}


@pytest.mark.parametrize(
    "lacks",
    [
        "delete globalThis.AudioDecoder",
        "AudioDecoder.isConfigSupported = async (config) => ({ supported: false, config })",
    ],
    ids=["WebCodecs", "Opus"],
)
async def test_where_the_browser_cannot_decode_opus_that_is_told_before_anything_is_sent(
    page, gateway, lacks
):
    await page.add_init_script(lacks)
    await Playground.visit(page, gateway)
    found = await page.evaluate(CAN)
    assert found["can"] == RAW
    reason, message = found["told"]
    assert reason == "unknown_format"
    assert "it needs AudioDecoder" in message
    assert message.endswith("expected pcm_s16le, wav, mulaw, alaw")
    offered = (
        await page.get_by_label("Audio").locator("option").evaluate_all("them => them.map(one => one.value)")
    )
    assert not [one for one in offered if one.startswith("opus")]


READ_PAGES = """async (pages) => {
  const { readPages } = await import("/static/ogg.js");
  return pages.map((page) => {
    try {
      return readPages(Uint8Array.from(page)).map(({ packets, position }) => [position, packets.map(({ length }) => length)]);
    } catch ({ name, reason, message }) {
      return [name, reason, message.split("found ")[1]];
    }
  });
}"""


def ogg(lacing, data, *, capture=b"OggS", flags=0, position=960):
    """Return a page whose lacing and data need not fit."""
    head = capture + bytes((0, flags)) + position.to_bytes(8, "little", signed=True) + bytes(12)
    return head + bytes((len(lacing),)) + bytes(lacing) + data


async def test_pages_are_read_as_they_are_laced(page, gateway):
    await Playground.visit(page, gateway)
    two = ogg([255, 10, 0, 5], bytes(270), position=2**40)
    read = await page.evaluate(
        READ_PAGES,
        [list(two + ogg([255] * 254 + [0], bytes(254 * 255))), [], list(ogg([], b"", position=-1))],
    )
    assert read == [[[2**40, [265, 0, 5]], [960, [254 * 255]]], [], [[-1, []]]]


async def test_what_is_no_whole_page_is_refused_by_name(page, gateway):
    await Playground.visit(page, gateway)
    whole = ogg([10], bytes(10))
    cut, foreign = "a page that is cut off", "no page"
    cases = [
        (whole[:26], cut),
        (whole[:27], cut),
        (whole[:-1], cut),
        (whole + b"O", cut),
        (ogg([255] * 254 + [254], bytes(99)), cut),
        (ogg([10], bytes(10), capture=b"OggX"), foreign),
        (whole + bytes(40), foreign),
        (ogg([10], bytes(10), flags=1), "a packet that began on an earlier page"),
        (ogg([255] * 255, bytes(255 * 255)), "a packet that goes on on the next page"),
    ]
    read = await page.evaluate(READ_PAGES, [list(data) for data, _ in cases])
    assert read == [["SpeechError", "bad_frame", why] for _, why in cases]


async def test_damage_is_read_or_refused_and_no_packet_reaches_past_its_message(page, gateway):
    await Playground.visit(page, gateway)
    sound = np.random.default_rng(7)
    stream = b"".join(data for _, data in messages(4))
    harmed = []
    for _ in range(300):
        data = np.frombuffer(stream, np.uint8)[: sound.integers(1, len(stream) + 1)].copy()
        data[sound.integers(0, len(data), 3)] = sound.integers(0, 256, 3)
        harmed.append(data.tolist())
    for data, read in zip(harmed, await page.evaluate(READ_PAGES, harmed), strict=True):
        if read and read[0] == "SpeechError":
            assert read[1] == "bad_frame"
        else:
            assert sum(sum(lengths) for _, lengths in read) < len(data)


async def test_what_comes_behind_an_end_that_waits_is_done_in_its_order(page, gateway):
    """Also where that waits itself, and where something between them goes wrong, which is told as an error of the page."""
    await Playground.visit(page, gateway)
    done = await page.evaluate("""async () => {
      const { Turns } = await import("/static/turns.js");
      const [turns, done, open] = [new Turns(), [], []];
      const decoded = () => new Promise(give => open.push(give));
      const note = (name) => () => done.push(name);
      const over = (event) => { event.preventDefault(); done.push(event.error.message); };
      addEventListener("error", over);
      turns.take(note(1));
      turns.take(() => turns.after(decoded(), note("a")));
      turns.take(note(2));
      turns.take(() => { throw new Error("wrong"); });
      turns.take(() => turns.after(decoded(), note("b")));
      turns.take(note(3));
      done.push("|");
      open[0]();
      await 0; await 0;
      turns.take(note(4));
      done.push("|");
      open[1]();
      await 0; await 0;
      turns.take(note(5));
      removeEventListener("error", over);
      return done;
    }""")
    assert done == [1, "|", "a", 2, "wrong", "|", "b", 3, 4, 5]
