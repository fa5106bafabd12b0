"""The playground in a real browser, against real servers and sessions: what it plays, shows and tells the gateway."""

import numpy as np
import pytest

from legato.domain import events, replies
from legato.domain.audio import Encoding
from legato.domain.speech import StreamLimits
from tests.e2e.browser.playground import Playground, trimmed
from tests.e2e.browser.stage import KEY, VOICES, stage

pytestmark = [pytest.mark.browser, pytest.mark.e2e, pytest.mark.asyncio(loop_scope="module")]

SENTENCE = "Seven calm swans swim by. "
TENTH = 2_400
"""A tenth of a second, in samples."""


@pytest.mark.alone  # a browser that waits for a core plays a gap
async def test_what_is_heard_is_what_was_written_with_no_gap(page, gateway):
    ground = await Playground.visit(page, gateway, tape=True)
    await ground.speak(SENTENCE * 2)
    await ground.becomes("finished")

    written = gateway.door.audio()
    assert np.array_equal(await ground.tape(), trimmed(written))
    assert len(written) > 24_000
    assert await ground.player("underrunSamples") == 0


@pytest.mark.alone  # the text goes on at its pace, however late the browser plays
async def test_audio_plays_while_text_is_still_being_written(page, gateway):
    ground = await Playground.visit(page, gateway, tape=True)
    await page.get_by_text("As an LLM writes it").click()
    await page.get_by_label("Tokens per second").fill("12")
    await ground.speak(SENTENCE + "They come again. " + SENTENCE)
    await ground.past(2_400)
    assert not gateway.door.told(events.End), "the text was whole before a sound was heard"
    assert await page.locator(".caret").count() == 1

    await ground.becomes("finished")
    assert "".join(one.text for one in gateway.door.told(events.Text)) == await ground.text.input_value()
    assert len(gateway.door.told(events.Text)) > 10
    assert np.array_equal(without_silence(await ground.tape()), without_silence(gateway.door.audio()))


def without_silence(samples):
    """A voice that waits for its text is silent; what it says is whole all the same."""
    return samples[samples != 0].astype(np.int32)


async def test_words_light_up_as_they_are_spoken(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.speak(SENTENCE * 3)
    await page.locator(".word.now").first.wait_for()
    # Right behind the page's own drawing, however seldom a busy machine draws.
    look = "[document.querySelectorAll('.word.spoken').length, playground.player.position]"
    lit, position = await page.evaluate(f"new Promise(done => requestAnimationFrame(() => done({look})))")
    words = [word for word in gateway.door.of(replies.WordSpoken) if word.start_sample <= position]
    assert abs(len(words) - lit) <= 1
    assert lit < 15
    await ground.becomes("finished")
    assert (await page.locator(".heard").inner_text()).strip() == (SENTENCE * 3).strip()


async def test_the_gateway_is_told_what_was_played(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.speak(SENTENCE * 2)
    await ground.becomes("finished")

    told = [event.sample for event in gateway.door.told(events.Played)]
    assert told == sorted(told)
    assert len(set(told)) >= 4
    assert not gateway.door.of(replies.Warned)
    assert gateway.door.told(events.Open)[0].finish_when_heard


async def test_stop_is_silence_and_tells_what_was_heard(page, gateway):
    ground = await Playground.visit(page, gateway, tape=True)
    await ground.speak(SENTENCE * 8)
    await ground.past(24_000)
    before = await ground.mark()
    await ground.press("Stop")
    stopped = await ground.mark()
    await ground.becomes("cancelled")

    (told,) = gateway.door.of(replies.UtteranceCancelled)
    (cancel,) = gateway.door.told(events.Cancel)
    assert told.method is replies.HeardMethod.PLAYED
    assert told.truncate_at_sample == cancel.played_sample
    assert told.heard.strip()
    assert told.never_sent.strip()
    first = next(reply for reply in gateway.door.of(replies.UtteranceStarted)).start_sample
    tenths = int((told.truncate_at_sample - first) / 2_400)
    assert (await page.locator(".clock").first.inner_text()).startswith(
        f"0:{tenths // 10:02}.{tenths % 10} / "
    )
    shown = [
        (await page.locator(f".transcript .{name}").inner_text()).strip()
        for name in ("heard", "sent-unheard", "never-sent")
    ]
    assert shown == [told.heard.strip(), told.sent_unheard.strip(), told.never_sent.strip()]
    recorded, written = await ground.recorded(), gateway.door.audio()
    assert not np.any(recorded[stopped + TENTH :]), "more than 100 ms after the stop"
    # A busy machine may add silence, and be slow to press the button; where the stop cuts is the matter here.
    position = cancel.played_sample - leading_silence(written)
    assert np.count_nonzero(recorded[:before]) - TENTH <= position
    assert position <= np.count_nonzero(recorded) + TENTH
    heard, written = without_silence(recorded), without_silence(written)
    assert np.array_equal(heard[:-256], written[: len(heard) - 256])


def leading_silence(samples):
    return int(np.flatnonzero(samples)[0])


async def test_what_is_said_after_a_stop_is_heard_and_nothing_of_before(page, gateway):
    ground = await Playground.visit(page, gateway, tape=True)
    await ground.speak(SENTENCE * 8)
    await ground.past(12_000)
    await page.keyboard.press("Escape")
    stopped = await ground.mark()
    await ground.speak("Anew it is.")
    await ground.becomes("finished")

    last = gateway.door.of(replies.UtteranceStarted)[-1]
    data = b"".join(c.data for c in gateway.door.of(replies.AudioChunk) if c.ordinal == last.ordinal)
    recorded = (await ground.recorded())[stopped:]
    new = without_silence(np.frombuffer(data, dtype="<i2"))
    begins = np.flatnonzero(recorded)[-len(new)]
    assert np.array_equal(without_silence(recorded[begins:]), new)
    assert begins > TENTH, "silence between the old and the new is what is looked at"
    assert not np.any(recorded[TENTH:begins]), "old audio after the stop"


async def test_pause_holds_and_resume_goes_on_at_the_exact_sample(page, gateway):
    ground = await Playground.visit(page, gateway, tape=True)
    await ground.speak(SENTENCE * 4)
    await ground.past(12_000)
    await ground.press("Pause")
    await ground.becomes("paused")
    await ground.until("tape.slice(-20).every(block => block.every(value => value === 0))")
    held = await ground.player("position")
    assert await ground.player("position") == held
    await ground.press("Resume")
    await ground.becomes("finished")

    recorded = await ground.recorded()
    assert len(gateway.door.told(events.Pause)) == len(gateway.door.told(events.Resume)) == 1
    # A busy machine may add silence; what sounds on both sides of the pause is the matter here.
    heard, written = without_silence(recorded), without_silence(gateway.door.audio())
    first = int(np.argmin(heard[: len(written)] == written))
    rest = len(written) - int(np.argmin(heard[::-1][: len(written)] == written[::-1]))
    assert first >= 12_000 - TENTH
    assert rest <= first, "samples were lost between the pause and the resume"
    assert await ground.player("underrunSamples") < longest_silence(recorded), "a pause is no underrun"


async def test_resume_goes_on_where_the_browser_has_stopped_the_sound_meanwhile(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.speak(SENTENCE * 4)
    await ground.past(12_000)
    await ground.press("Pause")
    await ground.becomes("paused")
    await page.evaluate("playground.player.context.suspend()")
    await ground.press("Resume")
    await ground.becomes("finished")


def longest_silence(samples):
    """Between the first sound and the last."""
    return int(np.diff(np.flatnonzero(samples)).max()) - 1


async def test_audio_that_has_run_dry_is_told(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.speak(SENTENCE * 4)
    await ground.past(12_000)
    await page.evaluate("playground.speech.pause()")  # the page does not know: to it the gateway is silent
    await ground.becomes("starved")
    assert await ground.take.locator(".badge").text_content() == "Waiting for audio"
    await page.evaluate("playground.speech.resume()")
    await ground.becomes("speaking")
    await ground.becomes("finished")


SLOW = """() => {
  const pace = document.getElementById("pace");
  Object.assign(pace, {min: 0.1, step: "any", value: 0.1});
  pace.dispatchEvent(new Event("input"));
}"""
"""One token in ten seconds, which no user can choose: so the audio runs dry however slow the machine is."""


async def test_a_text_that_is_not_written_on_is_what_is_waited_for(page, gateway):
    ground = await Playground.visit(page, gateway)
    await page.get_by_text("As an LLM writes it").click()
    await page.get_by_label("Tokens per second").fill("12")
    await ground.speak(SENTENCE * 4)
    await ground.past(2_400)
    await page.evaluate(SLOW)
    await ground.becomes("starved")
    assert await ground.take.locator(".badge").text_content() == "Waiting for text"
    await ground.press("Stop")
    await ground.becomes("cancelled")


async def test_a_pasted_text_that_is_too_long_stays_whole_and_is_told(page):
    """It was cut without a word, in units of UTF-16: of 20,000 emoji half was lost, although the gateway takes them."""
    async with stage(limits=StreamLimits(max_utterance_chars=70, max_pending_chars=60)) as strict:
        ground = await Playground.visit(page, strict)
        await ground.text.fill("")
        await ground.paste("🎉" * 60 + "ten more. ")
        await ground.speak()
        await ground.notice.get_by_text(
            "at most 60 are taken at once: shorten it, or let it arrive"
        ).wait_for()
        count = page.locator("#count")
        assert await ground.text.input_value() == "🎉" * 60 + "ten more. "
        assert await count.inner_text() == "70 characters, 10 too many"
        assert await ground.text.get_attribute("aria-invalid") == "true"
        assert await page.evaluate("document.activeElement.id") == "text"
        assert await page.get_by_role("article").count() == 0, (
            "nothing is begun that the gateway would refuse"
        )

        await page.get_by_text("As an LLM writes it", exact=True).click()
        assert await count.inner_text() == "70 characters"
        await ground.paste("!")
        await ground.speak()
        await ground.notice.get_by_text(
            "The text has 71 characters, and at most 70 are taken: shorten it."
        ).wait_for()
        await page.get_by_text("All at once").click()
        await ground.text.fill("🎉" * 60)
        assert await ground.text.get_attribute("aria-invalid") == "false"
        await ground.speak()
        await ground.becomes("finished")
        assert [told.text for told in strict.door.told(events.Text)] == ["🎉" * 60]


async def test_a_pause_that_runs_out_is_a_stop(page):
    async with stage(limits=StreamLimits(pause_max_ms=300)) as hasty:
        ground = await Playground.visit(page, hasty)
        await ground.speak(SENTENCE * 4)
        await ground.past(12_000)
        await ground.press("Pause")
        await ground.becomes("cancelled")
        assert await page.get_by_role("button", name="Pause", exact=True).is_disabled()
        await ground.speak("And on.")
        await ground.becomes("finished")


async def test_an_example_is_spoken_as_a_language_model_would_write_it(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.press("A language model answers")
    assert (await ground.text.input_value()).startswith("Legato is how")
    assert await page.get_by_label("As an LLM writes it").is_checked()
    await page.keyboard.press("Enter")
    await ground.becomes("speaking")
    assert await page.locator(".caret").count() == 1


async def test_an_utterance_that_fails_is_told_as_an_error(page, gateway):
    ground = await Playground.visit(page, gateway)
    await page.get_by_label("Voice", exact=True).select_option("mute")
    await ground.speak("Nobody says this.")
    await ground.becomes("failed")

    (failed,) = gateway.door.of(replies.UtteranceFailed)
    assert failed.error.reason.value.replace("_", " ") in (await ground.notice.inner_text()).lower()
    assert await page.locator(".never-sent").inner_text() == "Nobody says this."
    await page.get_by_label("Voice", exact=True).select_option("joe")
    await ground.speak("But this is said.")
    await ground.becomes("finished")


async def test_a_text_too_long_behind_another_is_refused_by_name(page):
    async with stage(limits=StreamLimits(max_pending_chars=200)) as strict:
        ground = await Playground.visit(page, strict)
        await ground.speak("Seven calm swans swim by, and by. " * 5)
        await ground.becomes("speaking")
        await ground.speak("x" * 199)
        await ground.notice.get_by_text("Text too long").wait_for()
        await ground.becomes("finished")
        assert await ground.take.locator(".badge").inner_text() == "Nothing said"
        await page.locator("#announcer").get_by_text("Nothing was said.").wait_for()
        assert await ground.notice.get_by_text("can be spoken").count() == 0
        await ground.notice.get_by_role("button").click()
        assert await ground.notice.get_by_text("Text too long").count() == 0


async def test_a_lost_gateway_is_told_and_found_again(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.speak(SENTENCE * 4)
    await ground.past(4_800)
    gateway.servers.streams.abandon()
    await ground.becomes("failed")
    await ground.notice.get_by_text("Shutting down").wait_for()
    assert await page.locator(".word.now").count() == 0, "nothing sounds that could be pointed at"
    await ground.speak("Here again.")
    await ground.becomes("finished")
    assert len(gateway.door.sessions) == 2


async def test_the_receipt_is_a_waterfall(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.speak("A receipt, please.")
    await ground.becomes("finished")

    (finished,) = gateway.door.of(replies.UtteranceFinished)
    rows = page.get_by_role("table").get_by_role("row")
    assert await rows.count() == len(finished.receipt.stages) + 1
    widths = await page.locator(".bar").evaluate_all(
        "bars => bars.map(bar => parseFloat(bar.style.getPropertyValue('--share')))"
    )
    assert sum(widths) == pytest.approx(100, abs=0.1)
    shares = [100 * s / finished.receipt.ttfb_s for _, s in finished.receipt.stages]
    assert widths == pytest.approx(shares, abs=0.1)
    owners = page.get_by_label("Whose time it was").get_by_role("listitem")
    for owner, name in enumerate(["The voice", "The gateway", "Your text and its turn"]):
        assert (await owners.nth(owner).inner_text()).startswith(name)


async def test_the_receipt_tells_what_came_from_the_audio_cache(page):
    """It said "Characters to the voice: 0", and not who had spoken."""
    greeting = "This was said before."
    async with stage(recorded={greeting}) as repeating:
        ground = await Playground.visit(page, repeating)
        figure = page.locator("dt", has_text="Characters from the cache").locator("+ dd")
        await ground.speak("This was not said before.")
        await ground.becomes("finished")
        assert await figure.count() == 0
        await ground.speak(greeting)
        await ground.becomes("finished")
        assert await figure.inner_text() == str(len(greeting))


async def test_a_beginning_from_the_audio_cache_is_no_failed_attempt(page):
    """The route was told with "(attempt 2)", although nothing had failed."""
    async with stage(recorded={"This was said before."}) as repeating:
        ground = await Playground.visit(page, repeating)
        await ground.speak("This was said before. And this was not.")
        await ground.becomes("finished")
        (finished,) = repeating.door.of(replies.UtteranceFinished)
        assert finished.receipt.attempts == 2
        assert await ground.figure("Lines asked for") == "2"
        assert "attempt" not in await ground.take.inner_text()


async def test_the_sound_can_be_kept_as_wav(page, gateway, tmp_path):
    ground = await Playground.visit(page, gateway)
    await ground.speak("Keep this.")
    await ground.becomes("finished")
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="Download WAV of utterance 1").click()
    path = tmp_path / "kept.wav"
    await (await coming.value).save_as(path)

    written = gateway.door.audio()
    data = path.read_bytes()
    assert data[:4] + data[8:16] == b"RIFFWAVEfmt "
    assert int.from_bytes(data[24:28], "little") == 24_000
    assert np.array_equal(np.frombuffer(data[44:], dtype="<i2"), written)


@pytest.mark.parametrize(
    ("choice", "encoding", "rate"),
    [
        ("mulaw/8000", Encoding.MULAW, 8_000),
        ("alaw/8000", Encoding.ALAW, 8_000),
        ("wav/16000", Encoding.WAV, 16_000),
        ("pcm_s16le/48000", Encoding.PCM_S16LE, 48_000),
    ],
)
async def test_other_formats_are_played_at_their_rate(page, gateway, choice, encoding, rate):
    ground = await Playground.visit(page, gateway)
    choices = (
        await page.get_by_label("Audio").locator("option").evaluate_all("them => them.map(one => one.value)")
    )
    assert {one.partition("/")[0] for one in choices} == {"pcm_s16le", "wav", "mulaw", "alaw", "opus"}, (
        "what the page can play"
    )
    await page.get_by_label("Audio").select_option(choice)
    await ground.speak("Eight of one.")
    await ground.becomes("finished")

    opened = gateway.door.told(events.Open)[-1]
    assert (opened.audio_format.encoding, opened.audio_format.sample_rate_hz) == (encoding, rate)
    data = b"".join(chunk.data for chunk in gateway.door.of(replies.AudioChunk))
    samples = await page.evaluate("[...playground.takes[0].samples]")
    expected = (
        (len(data) - 44) // 2
        if encoding is Encoding.WAV
        else len(data) // opened.audio_format.bytes_per_sample
    )
    assert len(samples) == expected
    assert 1_800 < max(map(abs, samples)) < 2_200, "this voice sings at 2,000"
    assert await page.evaluate("playground.player.context.sampleRate") == rate


async def test_another_format_while_speaking_ends_what_was_spoken_and_begins_anew(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.speak(SENTENCE * 6)
    await ground.past(12_000)
    await page.get_by_label("Audio").select_option("mulaw/8000")
    await ground.speak("In another format.")
    await ground.becomes("finished")
    newest, oldest = await page.evaluate("playground.takes.map(take => take.state)")
    assert newest == "finished"
    assert oldest == "cancelled", "it was told what of it was heard"
    assert await ground.notice.inner_text() == ""
    assert len(gateway.door.told(events.Open)) == 2


async def test_a_gateway_that_is_being_stopped_says_what_it_began(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.speak(SENTENCE * 4)
    await ground.past(4_800)
    gateway.door.shut = True
    gateway.servers.drain(60.0 + gateway.voices.clock.now)
    await ground.until("playground.speech.leaving")
    await ground.speak("Nobody lets this in.")
    await ground.notice.get_by_text("Shutting down").wait_for()
    page.said.clear()  # the browser itself writes of the 503
    assert await page.evaluate("playground.takes.map(take => take.state)") == ["speaking"]


async def test_the_text_outlives_a_reload_and_a_look_at_how_it_is_read(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.text.fill("Written with $5 worth of care.")
    await page.get_by_role("link", name="How text is read").click()
    await page.locator(".said", has_text="five dollars").wait_for()
    await page.go_back()
    await Playground.visit(page, gateway)
    assert await ground.text.input_value() == "Written with $5 worth of care."
    assert await page.locator("#count").inner_text() == "30 characters"


async def test_one_example_can_be_heard_after_another(page, gateway):
    ground = await Playground.visit(page, gateway)
    await ground.press("Numbers and money")
    await ground.speak()
    await ground.becomes("speaking")
    await ground.press("Stop")
    await ground.press("A little mathematics")
    assert "square root" in await ground.text.input_value()


async def test_voice_and_language_are_those_that_were_chosen(page, gateway):
    ground = await Playground.visit(page, gateway)
    await page.get_by_label("Voice", exact=True).select_option("many")
    offered = await page.get_by_label("Language").locator("option").all_inner_texts()
    assert [name for name in offered if "Chinese" in name] == ["Chinese (cmn)", "Chinese (zh)"]
    await page.get_by_label("Language").select_option("de")
    await ground.speak("Guten Tag.")
    await ground.becomes("finished")
    (begin,) = gateway.door.told(events.Begin)
    assert (begin.voice, begin.language) == ("many", "de")
    assert await page.locator(".transcript").get_attribute("lang") == "de"


async def test_a_voice_that_warms_up_is_shown_as_ready_once_it_is(page, gateway):
    """A page that was opened as the gateway started called its voice not ready until it was loaded again."""
    gateway.directory.warming = {"joe", "many"}
    await Playground.visit(page, gateway)
    about = page.locator("#voice-about")
    assert await about.inner_text() == "Calm and clear. It is not ready yet."
    await page.get_by_label("Voice", exact=True).select_option("many")
    await page.get_by_label("Language", exact=True).select_option("fr")
    gateway.directory.warming = set()
    await about.get_by_text("Speaks six languages.", exact=True).wait_for()
    assert await page.get_by_label("Voice", exact=True).locator("option").all_inner_texts() == list(VOICES)
    assert await page.get_by_label("Language", exact=True).input_value() == "fr"


async def test_utterances_follow_one_another(page, gateway):
    ground = await Playground.visit(page, gateway, tape=True)
    await ground.speak(SENTENCE * 2)
    await ground.speak("Second of two.")
    await ground.until("document.querySelectorAll('article[data-state=finished]').length === 2")
    assert np.array_equal(without_silence(await ground.tape()), without_silence(gateway.door.audio()))


@pytest.mark.parametrize("key", [KEY, "aB3/x+9 yQ=="])
async def test_a_key_is_asked_for_where_one_is_needed(page, key):
    async with stage(key=key) as guarded:
        ground = await Playground.visit(page, guarded)
        await ground.notice.get_by_text("Unauthenticated").wait_for()
        page.said.clear()  # the browser itself writes of the 401
        await page.get_by_label("API key", exact=True).fill("clé ouverte")
        await page.get_by_label("API key", exact=True).press("Tab")
        await ground.notice.get_by_text("printable ASCII").wait_for()
        await page.get_by_label("API key", exact=True).fill(key)
        await page.get_by_label("API key", exact=True).press("Tab")
        await ground.until("!document.getElementById('voice').disabled")
        await ground.speak("Open.")
        await ground.becomes("finished")


async def test_keys_that_are_switched_on_while_the_page_is_open_are_asked_for(page):
    """A browser does not say that a WebSocket was refused for its key: it was "connection lost", and there was no field for the key."""
    async with stage() as gateway:
        ground = await Playground.visit(page, gateway)
        gateway.door.key = KEY
        await ground.speak("Who is there?")
        await ground.notice.get_by_text("Unauthenticated").wait_for()
        page.said.clear()  # the browser itself writes of the 401
        await page.get_by_label("API key", exact=True).fill(KEY)
        await page.get_by_label("API key", exact=True).press("Tab")
        await ground.speak("It is me.")
        await ground.becomes("finished")


@pytest.mark.parametrize(
    ("status", "body"), [(200, "<h1>Log in</h1>"), (200, "null"), (200, "[]"), (502, "null"), (502, '"down"')]
)
async def test_an_answer_that_is_not_the_gateways_is_told(page, gateway, status, body):
    """A proxy that asks for a login answers with a page of its own, and 200: no voice was listed, and no word said why."""
    await page.route("**/v1/voices", lambda route: route.fulfill(status=status, body=body))
    ground = Playground(page, gateway)
    await page.goto(gateway.url)
    await ground.notice.get_by_text("is not the gateway").wait_for()
    assert await page.locator("#connection").inner_text() == "Not connected"
    assert [line for line in page.said if str(status) not in line] == []
    page.said.clear()  # the browser itself writes of the 502


async def test_a_format_chosen_while_the_page_connects_is_the_one_that_is_heard(page, gateway):
    """The stream that was being opened for the format before was taken."""
    ground = await Playground.visit(page, gateway)
    await page.evaluate("""() => {
      document.getElementById("text").focus();  // connects ahead of time
      const format = document.getElementById("format");
      format.value = "mulaw/8000";
      return playground.speak();
    }""")
    await ground.becomes("finished")
    assert await page.evaluate("playground.speech.sampleRate") == 8_000
    assert await page.evaluate("playground.takes.length") == 1


async def test_a_key_that_is_held_down_speaks_once(page, gateway):
    """A keyboard repeats what is held: after half a second, thirty utterances a second."""
    ground = await Playground.visit(page, gateway)
    await ground.text.fill("Once.")
    await page.keyboard.down("Control")
    for _ in range(4):
        await page.keyboard.down("Enter")
    await page.keyboard.up("Control")
    await ground.becomes("finished")
    assert len(gateway.door.told(events.Begin)) == 1


async def test_an_escape_that_belongs_to_an_input_method_stops_nothing(page, gateway):
    """Who writes Japanese drops a wrong conversion with Escape, while the text before it sounds."""
    ground = await Playground.visit(page, gateway)
    await ground.speak(SENTENCE)
    await ground.becomes("speaking")
    await ground.text.dispatch_event("keydown", {"key": "Escape", "isComposing": True})
    await ground.becomes("finished")
    assert gateway.door.told(events.Cancel) == []
