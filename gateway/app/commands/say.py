"""`legato say`."""

import functools
import json
import os
import sys
import time
from collections.abc import AsyncIterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from gateway.app.commands.client_options import LOCAL, Access, access, access_options, run, said
from gateway.app.commands.own_gateway import answers, with_own_gateway
from gateway.app.commands.receipt_text import as_json, waterfall
from gateway.app.commands.sinks import note_on, open_sink, usual_format
from gateway.app.commands.speaking import Spoken, Wish, speak
from gateway.app.commands.token_source import tokens_of
from legato.domain.audio import AudioFormat, Encoding
from legato_client.address import parse_address
from legato_client.errors import Trouble

_EXAMPLES = """
\b
legato say "Good morning."
llm "Tell me a story" | legato say -            spoken as it is generated
legato say "Good morning." -o morning.wav
legato say "Good morning." -o morning.opus      also .mp3, .flac and .aac
legato say "Good morning." -o - | ffmpeg -i - morning.m4a
legato say "Good morning." --json -o /dev/null  one JSON object: ttfb_ms, stages, audio_ms, …

Ctrl-C stops at once, like a barge-in, prints what was heard, and exits with 130.
"""


_WORTH_TELLING_S = 1.0
"""Nobody wonders at a shorter wait for another attempt."""


@dataclass(frozen=True, slots=True)
class SayOptions:
    """The options of `say`, as click gives them."""

    text: tuple[str, ...]
    voice: str
    language: str
    asked_format: AudioFormat | None
    output: str
    stats: bool
    as_json: bool
    server: str
    key: str
    ca: Path | None

    @property
    def audio_format(self) -> AudioFormat:
        """The format that was asked for, or else the one that suits the output."""
        return self.asked_format or usual_format(self.output)

    @property
    def access(self) -> Access:
        """How to reach the gateway."""
        return access(self.server, self.key, self.ca)


def parse_format(
    _: click.Context | None, parameter: click.Parameter | None, value: str
) -> AudioFormat | None:
    """Parse `ENCODING` or `ENCODING@HZ`; `None` if empty. `wav` means raw PCM here: the sink writes the header.

    Raises:
        click.BadParameter: the format is not offered; the message lists what is.
    """
    if not value:
        return None
    name, _at, rate = value.partition("@")
    if _at and not (rate.isdecimal() and int(rate)):
        raise click.BadParameter(f"expected ENCODING or ENCODING@HZ, got {value!r}", param=parameter)
    name = Encoding.PCM_S16LE.value if name == Encoding.WAV.value else name
    try:
        return AudioFormat.named(name, int(rate or 0))
    except ValueError as error:
        raise click.BadParameter(str(error), param=parameter) from None


@click.command("say", epilog=_EXAMPLES, short_help="Speak a text as it arrives.")
@click.argument("text", nargs=-1)
@click.option("-v", "--voice", default="", metavar="NAME", help="Voice to use, from `legato voices`.")
@click.option(
    "-l",
    "--language",
    default="",
    metavar="TAG",
    help="Language of the text, from `legato languages`: en, de-AT.",
)
@click.option(
    "-f",
    "--format",
    "asked_format",
    default="",
    show_default="by FILE's extension, else pcm_s16le@24000",
    callback=parse_format,
    metavar="ENCODING[@HZ]",
    help="Audio format: pcm_s16le, mulaw or alaw; for a file also mp3, opus, flac or aac.",
)
@click.option(
    "-o",
    "--output",
    default="",
    metavar="FILE",
    help="Write the audio instead of playing it: a WAV file (only samples for .raw, .pcm, .ulaw and .alaw; "
    "encoded for .mp3, .opus, .ogg, .flac and .aac), or - for standard output.",
)
@click.option("--stats", is_flag=True, help="Print where the time went to stderr, as a waterfall.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print a JSON summary at the end (with -o -, to stderr)."
)
@access_options
def say_command(**options: Any) -> None:  # noqa: ANN401 - click's values, typed by SayOptions
    """Speak TEXT, or standard input (-), as it arrives.

    If --server is not given and no gateway runs on this machine, one is started for this command alone.
    """
    say = SayOptions(**options)
    spoken = Spoken(time.monotonic)
    try:
        run(_say(say, spoken))
    finally:
        _conclude(say, spoken)


async def _say(say: SayOptions, spoken: Spoken) -> None:
    access = say.access
    parse_address(access.url)  # a mistyped address is told before a player is looked for
    sink = open_sink(say.output, say.audio_format, may_be_silent=say.as_json or say.stats)
    if note := note_on(say.output, say.audio_format):
        click.echo(f"note: {note}", err=True)
    lead_ms = None if say.output in {"", "-"} else -1  # a file has no listener to keep pace with
    wish = Wish(
        _text(say.text),
        say.audio_format,
        say.voice,
        say.language,
        key=access.key,
        ca_pem=access.ca_pem,
        max_lead_ms=lead_ms,
        on_retry=_show_retry,
    )
    progress = functools.partial(_show_progress, audio_format=say.audio_format)

    async def work(url: str) -> None:
        await speak(url, wish, sink, spoken, progress)

    try:
        await sink.begin()
        if say.server or await answers(LOCAL):
            await work(access.url)
        else:
            click.echo(f"no gateway at {LOCAL}: starting one for this command", err=True)
            await with_own_gateway(work, os.environ, encodes=say.audio_format.lags)
    except BaseException:
        await sink.stop()
        raise


def _text(words: tuple[str, ...]) -> str | AsyncIterable[str]:
    if words and words != ("-",):
        return " ".join(words)
    if sys.stdin.isatty():
        click.echo("reading from the terminal; press Ctrl-D to end", err=True)
    return tokens_of(sys.stdin.fileno())


def _show_retry(error: Trouble, delay_s: float) -> None:
    if delay_s >= _WORTH_TELLING_S:
        click.echo(f"{said(error)}; trying again in {delay_s:.0f} s", err=True)


def _show_progress(spoken: Spoken, *, audio_format: AudioFormat) -> None:
    if sys.stderr.isatty():
        click.echo(f"\r{audio_format.ms(spoken.samples) / 1000:6.1f} s of speech", nl=False, err=True)


def _conclude(say: SayOptions, spoken: Spoken) -> None:
    if spoken.samples and sys.stderr.isatty():
        click.echo(err=True)
    for warning in spoken.warnings:
        click.echo(f"note: {warning}", err=True)
    if spoken.cancelled is not None:
        click.echo(f"heard: {spoken.cancelled.heard.strip() or '(nothing)'}", err=True)
    if spoken.receipt is None:
        return
    if say.stats:
        click.echo(waterfall(spoken.receipt, spoken.client_ttfb_s), err=True)
    if say.as_json:
        click.echo(json.dumps(_summary(spoken)), err=say.output == "-")


def _summary(spoken: Spoken) -> dict[str, object]:
    assert spoken.receipt is not None, "asked for only then"
    summary = as_json(spoken.receipt, spoken.client_ttfb_s)
    if spoken.cancelled is None:
        return {"outcome": "finished" if spoken.receipt.no_audio in {"", "empty"} else "failed", **summary}
    cancelled = spoken.cancelled
    return {
        "outcome": "cancelled",
        "heard": cancelled.heard,
        "sent_unheard": cancelled.sent_unheard,
        "never_sent": cancelled.never_sent,
        **summary,
    }
