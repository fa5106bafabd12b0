"""The playground as its user sees it, and a tape that records the output of its player."""

import numpy as np

SILENT_BLOCKS = 20
"""After this many blocks of 128 samples without a sound the player has ended, and no more is on its way."""


class Playground:
    def __init__(self, page, stage):
        self.page, self.stage = page, stage
        self.text = page.get_by_label("Text", exact=True)
        self.take = page.get_by_role("article").first
        self.notice = page.get_by_role("alert")

    @classmethod
    async def visit(cls, page, stage, *, tape=False):
        """Open the page, and wait until its stream is open."""
        await page.goto(stage.url)
        ground = cls(page, stage)
        await ground.until("globalThis.playground?.ready")
        await page.evaluate("playground.ready")
        if tape:
            await ground.start_tape()
        return ground

    async def start_tape(self):
        """Connect in the format that is chosen, and record the player from here on."""
        await self.text.focus()
        await self.until("playground.player !== null")
        await self.page.evaluate(_START_TAPE)

    async def speak(self, text=None):
        if text is not None:
            await self.text.fill(text)
        await self.page.get_by_role("button", name="Speak", exact=True).click()

    async def paste(self, text):
        """Put a text in by hand, as a paste or a keyboard does: unlike `fill`, it meets what the field does not take."""
        await self.text.focus()
        await self.page.keyboard.insert_text(text)

    async def press(self, name):
        await self.page.get_by_role("button", name=name, exact=True).click()

    async def becomes(self, state):
        """Wait until the newest take is in this state."""
        await self.page.locator(f"article[data-state={state}]").first.wait_for(timeout=20_000)

    async def past(self, samples):
        """Wait until the listener has heard this many samples."""
        await self.until(f"playground.player?.position > {samples}")

    async def until(self, condition):
        """Wait for a JavaScript condition; the page's own policy forbids the library's way of waiting, which is `eval`."""
        look = f"(() => {{ const look = () => {condition} ? done() : setTimeout(look, 10); look(); }})()"
        await self.page.evaluate(f"new Promise(done => {look})")

    async def mark(self):
        """Return a place on the tape, in samples: commands that the player got before this have taken effect there, give or take a few blocks.

        The page learns of audio late, and on a busy machine very late, so the mark is set on the audio thread.
        """
        return await self.page.evaluate("mark()")

    async def recorded(self):
        """Return everything that came out of the player, until it is silent for good."""
        mark = await self.mark()
        last = f"tape.slice(Math.max({mark} / 128, tape.length - {SILENT_BLOCKS}))"
        silent = f"{last}.every(block => block.every(value => value === 0))"
        await self.until(f"{last}.length === {SILENT_BLOCKS} && {silent}")
        values = await self.page.evaluate("tape.flatMap(block => [...block])")
        return np.round(np.array(values) * 32768).astype(np.int32)

    async def tape(self):
        """Return what `recorded` does, from the first sample that is not silence to the last."""
        return trimmed(await self.recorded())

    async def figure(self, name):
        """Return what the receipt of the newest utterance has under a name."""
        return await self.take.locator("dt", has_text=name).locator("+ dd").inner_text()

    async def player(self, name):
        return await self.page.evaluate(f"playground.player.{name}")


_START_TAPE = """async () => {
  const { context, node } = playground.player;
  await context.audioWorklet.addModule("/static/recorder.js");
  const recorder = new AudioWorkletNode(context, "recorder");
  const marks = [];
  globalThis.tape = [];
  globalThis.mark = () => new Promise(done => {
    marks.push(done);
    recorder.port.postMessage(null);
  });
  recorder.port.onmessage = ({ data }) => data ? tape.push(data) : marks.shift()(tape.length * 128);
  node.connect(recorder).connect(context.destination);
}"""


def trimmed(samples):
    """Return samples without the silence before and after."""
    sounding = np.flatnonzero(samples)
    return samples[sounding[0] : sounding[-1] + 1].astype(np.int32) if len(sounding) else samples[:0]
