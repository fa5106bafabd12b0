"""`legato text`: shows what the text front end makes of tokens, as it becomes known.

Input is the arguments, or standard input, line by line. There, a line that is a JSON object `{"tokens": [...], "lang": "en"}` is one
utterance, its tokens fed one by one. From the first other line on, every line is a token of one utterance that ends with the input.
"""

import enum
import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, BinaryIO, TypeVar

import click
import orjson

from gateway.app.config.local_voices import ESPEAK_LANGUAGES
from gateway.app.text_data import readable, text_data
from gateway.app.text_preview import check_language, known
from legato.domain.errors import SpeechError
from legato.domain.languages import language_tag, primary_subtag
from legato.domain.text import PreviewedSegment, Segment, TextLevel
from legato.text.frontend import FrontEnd
from legato.text.readings import transcript
from legato.text.settings import Emoji, Fences, MathsStyle, TextSettings, Thresholds

_READABLE = frozenset({*readable(), *map(primary_subtag, ESPEAK_LANGUAGES)})
"""Primary subtags: there is no gateway to ask here, so these are what the package itself reads or speaks."""
_EXAMPLES = """
\b
legato text "Dr. Smith paid $5."
legato text "Dr. Smith paid $5." --explain      with the rules that decided it
legato text --language de "Am 3.5. um 9:30 Uhr"
legato text - < answer.md
"""
F = TypeVar("F", bound=Callable[..., Any])


def _choice(name: str, usual: enum.StrEnum, about: str) -> Callable[[F], F]:
    """Make an option that takes one of the values that `usual` is among."""
    values = [choice.value for choice in type(usual)]
    return click.option(name, type=click.Choice(values), default=usual.value, show_default=True, help=about)


@click.command("text", epilog=_EXAMPLES, short_help="Print how a text would be spoken, and why.")
@click.argument("words", nargs=-1, metavar="[TEXT]...")
@click.option(
    "-l",
    "--language",
    "--lang",
    "language",
    default="en",
    show_default=True,
    metavar="TAG",
    help="Language of the text; a JSON line may name its own.",
)
@_choice("--style", MathsStyle.NATURAL, "How formulas are spoken.")
@_choice("--emoji", Emoji.DROP, "Whether emoji are dropped or named.")
@_choice("--fences", Fences.SKIP, "Whether fenced code is skipped or announced.")
@_choice("--level", TextLevel.SPOKEN, "How far the text is turned into words.")
@click.option("--ssml", is_flag=True, help="The text is SSML.")
@click.option(
    "--min-chars",
    type=click.IntRange(min=0),
    metavar="N",
    help="Length of the shortest sentence that becomes a segment of its own.",
)
@click.option("--explain", is_flag=True, help="Also print each segment, with the rule of each rewriting.")
def text(words: tuple[str, ...], **options: str | int | bool | None) -> None:
    """Print how TEXT, or standard input (-), is split into segments and spoken, as JSON: one line per utterance."""
    settings = _settings(options)
    level, explain = TextLevel(str(options["level"])), bool(options["explain"])
    try:
        for tokens, written in _asked(words, settings.language):
            language = language_tag(written)
            _check(language)
            for line in shown(tokens, replace(settings, language=language), level, explain=explain):
                click.echo(line)
    except UnicodeDecodeError as error:
        raise click.ClickException(f"standard input: expected UTF-8; {error.reason}") from None


def _check(language: str) -> None:
    try:
        check_language(
            language, _READABLE, frozenset(ESPEAK_LANGUAGES), "nothing here reads", "`legato languages` lists"
        )
    except SpeechError as error:
        raise click.ClickException(f"--language: {error.message}") from None


def shown(tokens: Iterable[str], settings: TextSettings, level: TextLevel, *, explain: bool) -> Iterator[str]:
    """Yield the lines to print for one utterance.

    Args:
        tokens: its text as it came.
        settings: how it is read.
        level: which reading.
        explain: first yield a line for every segment, as soon as it is known, with the rule of each rewriting.
    """
    front = FrontEnd(text_data(settings.language), settings)
    segments: list[Segment] = []
    for number, found in enumerate(known(tokens, front)):
        segments += (one.segment for one in found)
        if explain:
            yield from (_explained(one, level, number) for one in found)
    said = [segment.at(level).text for segment in segments]
    whole = {"spoken": transcript(segments, level), "segments": [one for one in said if one]}
    yield orjson.dumps(whole).decode()


def _explained(shown: PreviewedSegment, level: TextLevel, token: int) -> str:
    segment = shown.segment
    rules = [{"rule": one.rule, "from": shown.written(one), "to": one.spoken} for one in shown.rewritings]
    row = {
        "token": token,
        "raw": segment.raw,
        "says": segment.at(level).text,
        "ends": segment.ends_with.name.lower(),
    }
    return orjson.dumps({**row, "rules": rules}).decode()


def _settings(options: Mapping[str, str | int | bool | None]) -> TextSettings:
    least = options["min_chars"]
    defaults = Thresholds()
    thresholds = (
        defaults if least is None else replace(defaults, first_min_chars=int(least), min_chars=int(least))
    )
    return TextSettings(
        language=str(options["language"]),
        maths_style=MathsStyle(str(options["style"])),
        emoji=Emoji(str(options["emoji"])),
        fences=Fences(str(options["fences"])),
        ssml=bool(options["ssml"]),
        thresholds=thresholds,
    )


def _lines(file: BinaryIO) -> Iterator[str]:
    """Decode lines strictly, whatever the environment says: a character that cannot be decoded must not be left out."""
    return (line.decode().replace("\r\n", "\n") for line in file)


def _asked(words: tuple[str, ...], language: str) -> Iterator[tuple[Iterable[str], str]]:
    if words and words != ("-",):
        return iter([([" ".join(words)], language)])
    return _utterances(_lines(sys.stdin.buffer), language)


def _utterances(lines: Iterator[str], language: str) -> Iterator[tuple[Iterable[str], str]]:
    for line in lines:
        row = _object(line)
        if row is None:
            yield itertools.chain([line], lines), language
            return
        tokens = row["tokens"]
        if not isinstance(tokens, list) or not all(isinstance(token, str) for token in tokens):
            raise click.ClickException("tokens: expected a list of strings")
        yield tokens, str(row.get("lang", language))


def _object(line: str) -> dict[str, object] | None:
    if not line.lstrip().startswith("{"):
        return None
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return row if isinstance(row, dict) and "tokens" in row else None
