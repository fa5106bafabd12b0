"""The sections of the configuration that say how text is read and audio is made, and the settings that the core takes from them."""

from typing import Annotated

from pydantic import Field, model_validator

from gateway.app.config.sections import COMMAS, PathOption, Section
from gateway.engines.engine_link import SILENCE_S
from legato.core.recordings import Recordings
from legato.core.sizer import ChunkSettings
from legato.core.state import CoreSettings
from legato.domain.speech import UtteranceOptions
from legato.text.settings import Emoji, Fences, IdleTimes, LexiconEntry, MathsStyle, TextSettings

Marks = Annotated[str, Field(pattern=r"^[^\s<]\S{0,7} \S{1,8}$")]

_IDLE = IdleTimes()
_CHUNKS = ChunkSettings()


class IdleSection(Section):
    """How long held text waits for the next token before it is spoken, in milliseconds."""

    sentence_ms: int = Field(default=_IDLE.sentence_ms, ge=1)
    """Wait after a sentence mark, or after text that is complete before one."""
    comma_ms: int = Field(default=_IDLE.comma_ms, ge=1)
    """Wait after a comma or a clause mark."""
    word_ms: int = Field(default=_IDLE.word_ms, ge=1)
    """Wait after a plain word."""
    anything_ms: int = Field(default=_IDLE.anything_ms, ge=1)
    """Longest wait, after any text at all; twice as long after a mark alone."""


class TextSection(Section):
    """How text is read unless a client says otherwise."""

    code: Fences = Fences.SKIP
    """Fenced code blocks: `skip` them, or `announce` that there is one."""
    inline_code: bool = True
    """Whether to speak `code` inside a sentence."""
    emoji: Emoji = Emoji.DROP
    """Emoji: `drop` or `name` them."""
    maths: MathsStyle = MathsStyle.NATURAL
    """How much of a formula's grouping is spoken: `natural`, `explicit` or `brief`."""
    idle: IdleSection = IdleSection()
    """How long held text waits for the next token before it is spoken."""
    lexicon: dict[str, str] = Field(default_factory=dict)
    """How words or phrases are said: `{Nginx: engine x}`. An entry with a capital does not match the word in lower case. More in `lexicons`."""
    protect: Annotated[tuple[Marks, ...], COMMAS] = ()
    """Pairs of marks, with a space between the two: `["[[ ]]"]`. Text between them is spoken as it is written, without the marks."""

    def of(
        self, language: str, options: UtteranceOptions, words: tuple[LexiconEntry, ...] = ()
    ) -> TextSettings:
        """Return how one utterance is read: the client's options, and these settings for the rest.

        Args:
            language: BCP 47 tag.
            options: the client's.
            words: of its voice and its tenant; they come before `lexicon`.
        """
        return TextSettings(
            language=language,
            speak_inline_code=self.inline_code,
            fences=Fences(options.code) if options.code is not None else self.code,
            emoji=Emoji(options.emoji) if options.emoji is not None else self.emoji,
            maths_style=MathsStyle(options.maths) if options.maths is not None else self.maths,
            ssml=bool(options.ssml),
            idle=IdleTimes(**self.idle.model_dump()),
            lexicon=words
            + tuple(
                LexiconEntry(written, spoken, match_case=not written.islower())
                for written, spoken in self.lexicon.items()
            ),
            protected=tuple((opened, closed) for opened, closed in map(str.split, self.protect)),
        )


class AudioSection(Section):
    """Sizes of the chunks in which audio is sent."""

    frame_ms: float = Field(default=_CHUNKS.frame_ms, ge=1, le=1_000)
    """Smallest chunk aimed at; the first chunk is sent at once, whatever its size."""
    max_chunk_ms: float = Field(default=_CHUNKS.max_ms, ge=1, le=10_000)
    """Largest chunk."""
    safety_ms: float = Field(default=_CHUNKS.safety_ms, ge=0, le=10_000)
    """While the listener has less audio than this ahead, nothing is held back to make larger chunks, nor silence that might be cut."""

    @model_validator(mode="after")
    def _ordered(self) -> "AudioSection":
        if self.frame_ms > self.max_chunk_ms:
            raise ValueError(f"frame_ms {self.frame_ms:g} is above max_chunk_ms {self.max_chunk_ms:g}")
        return self

    def core(self) -> CoreSettings:
        """Return the core's settings."""
        return CoreSettings(chunks=ChunkSettings(self.frame_ms, self.max_chunk_ms, self.safety_ms))


class CacheSection(Section):
    """Audio of what was said before, kept in memory to be said again without asking the voice."""

    audio_mb: int = Field(default=0, ge=0, le=1_000_000)
    """Megabytes of audio that each process keeps; 0 to keep none. 24 kHz takes 2.9 MB a minute."""
    keep_s: float = Field(default=86_400.0, gt=0)
    """How long a recording is repeated: what a vendor changes about its voice is heard after that at the latest."""

    def recordings(self) -> Recordings:
        """Return the place for the recordings."""
        return Recordings(self.audio_mb * 1_000_000, self.keep_s)


class EnginesSection(Section):
    """The process of the local voices."""

    threads: int = Field(default=0, ge=0, le=1_024)
    """Voices that speak at once; 0 for one per core, counting only the CPU time that the container is allowed."""
    voices: PathOption | None = None
    """Directory of prepared voices; none for the one that `make setup` fills."""
    socket: PathOption | None = None
    """Unix socket of the process; none for a private one."""
    start_timeout_s: float = Field(default=60.0, gt=0)
    """How long loading and warming may take."""
    first_audio_s: float = Field(default=10.0, ge=0)
    """Text without audio after this time has failed, and so has speech that stops for this long; the voice's next route is used. 0 for no limit."""
    silence_s: float = Field(default=SILENCE_S, gt=0)
    """How long the process may be silent while it owes an answer: after this time, and before twice that, it is restarted."""
