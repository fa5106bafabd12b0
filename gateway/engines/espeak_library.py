"""libespeak-ng by ctypes: its voices, and one synthesis at a time with a callback. GPL code: engine process only.

- The library keeps its state in globals: `EspeakLibrary` is made once per process and holds a lock while it speaks.
- In synchronous mode `espeak_Synth` returns when all is said; no thread of the library's own, nothing to poll.
- The structures are those of `speak_lib.h` 1.52.
"""

import ctypes
import functools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import espeakng_loader

_SYNCHRONOUS = 2
_BUFFER_MS = 40  # the library rounds it up to 60
_DO_NOT_EXIT = 0x8000
_BY_CHARACTER = 1
_UTF8 = 1
_END_PAUSE = 0x1000
_RATE, _VOLUME, _PITCH = 1, 2, 3
_AS_IPA = 2
SSML, PHONEMES = 0x10, 0x100
"""What a text may hold besides words: SSML, and the library's own phonemes in double square brackets."""

END, WORD, END_OF_CLAUSE = 0, 1, 5


class EspeakEvent(ctypes.Structure):
    """`espeak_EVENT`: what happens at which sample."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


class _Voice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.POINTER(ctypes.c_char)),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("reserved", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


_Samples = Any  # ctypes pointers have no public type
_Events = Any
_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_char), ctypes.c_int, ctypes.POINTER(EspeakEvent)
)


@dataclass(frozen=True, slots=True)
class LibraryVoice:
    """One voice of the library.

    Args:
        name: for people.
        identifier: unique; what the library loads.
        languages: tags in lower case, the one it speaks best first.
        priority: of its first language; lower is preferred among voices of one language.
    """

    name: str
    identifier: str
    languages: tuple[str, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class WordEvent:
    """Something begins in the text, or a clause ends.

    Args:
        type: `WORD`, `END_OF_CLAUSE`; others mean nothing here.
        position: first character, counting from 0.
        length: characters.
        sample: where in the sound.
    """

    type: int
    position: int
    length: int
    sample: int


@dataclass(frozen=True, slots=True)
class Setting:
    """How the library speaks.

    Args:
        identifier: of the voice; a variant may follow after a plus sign.
        words_per_minute: 80 to 450.
        pitch: 0 to 100; 50 is the voice's own.
        volume: 0 to 200; 100 is the voice's own.
    """

    identifier: str
    words_per_minute: int = 175
    pitch: int = 50
    volume: int = 100


Heard = Callable[[bytes, tuple[WordEvent, ...]], bool]
"""Takes samples (s16le) with the events that begin in them; answers whether to go on."""


class EspeakError(Exception):
    """The library refused."""


class EspeakLibrary:
    """The library, loaded. Use `espeak_library`: there is one per process.

    Raises:
        EspeakError: the library does not find its data.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: Heard | None = None
        self._broken: BaseException | None = None
        self._callback = _CALLBACK(self._called)  # kept: the library holds only its address
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_Voice))
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        data = espeakng_loader.get_data_path()
        rate: int = self._library.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, data.encode(), _DO_NOT_EXIT)
        if rate <= 0:
            raise EspeakError(f"libespeak-ng cannot find its data in {data}")
        self.sample_rate_hz = rate
        self.variants = frozenset(path.name for path in (Path(data) / "voices" / "!v").iterdir())
        self._library.espeak_SetSynthCallback(self._callback)

    def voices(self) -> tuple[LibraryVoice, ...]:
        """All voices, without their variants."""
        listed = self._library.espeak_ListVoices(None)
        voices = []
        for voice in _until_null(listed):
            languages = _languages(voice.languages)
            tags = tuple(tag.lower() for _, tag in languages)
            voices.append(LibraryVoice(voice.name.decode(), voice.identifier.decode(), tags, languages[0][0]))
        return tuple(voices)

    def phonemes(self, identifier: str, text: str) -> str:
        """How a voice would say a text, in IPA; the text may hold phonemes of the library's own in double square brackets.

        Raises:
            EspeakError: there is no such voice.
        """
        data = ctypes.c_char_p(text.replace("\0", " ").encode())
        with self._lock:
            self._set(Setting(identifier))
            self._heard = None
            # Whether brackets hold phonemes is a global of the library that only speaking sets.
            self._library.espeak_Synth(b"", 1, 0, _BY_CHARACTER, 0, _UTF8 | PHONEMES, None, None)
            place = ctypes.pointer(ctypes.cast(data, ctypes.c_void_p))
            told = []
            while place.contents.value:
                told.append(self._library.espeak_TextToPhonemes(place, _UTF8, _AS_IPA) or b"")
        return b" ".join(told).decode(errors="ignore").strip()

    def speak(self, text: str, setting: Setting, heard: Heard, *, pause: bool, flags: int = 0) -> None:
        """Speak a text; return when all of it is said or `heard` wants no more.

        Args:
            text: what to say.
            setting: how.
            heard: called from this thread, while nobody else can speak.
            pause: end with the silence that follows a sentence.
            flags: what the text holds besides words: `SSML`, `PHONEMES`, both, or neither.

        Raises:
            EspeakError: there is no such voice.
        """
        data = text.replace("\0", " ").encode()
        with self._lock:
            self._set(setting)
            self._heard, self._broken = heard, None
            flags |= _UTF8 | (_END_PAUSE if pause else 0)
            self._library.espeak_Synth(data, len(data) + 1, 0, _BY_CHARACTER, 0, flags, None, None)
            self._heard, broken = None, self._broken
        if broken is not None:
            raise broken

    def _set(self, setting: Setting) -> None:
        if self._library.espeak_SetVoiceByName(setting.identifier.encode()) != 0:
            raise EspeakError(f"libespeak-ng has no voice {setting.identifier!r}")
        for parameter, value in (
            (_RATE, setting.words_per_minute),
            (_PITCH, setting.pitch),
            (_VOLUME, setting.volume),
        ):
            self._library.espeak_SetParameter(parameter, value, 0)

    def _called(self, samples: _Samples, count: int, events: _Events) -> int:
        if self._heard is None:
            return 1
        try:
            data = ctypes.string_at(samples, 2 * count) if count else b""
            return 0 if self._heard(data, _read(events)) else 1
        except BaseException as error:  # noqa: BLE001 - nothing may pass through C: raised again by speak()
            self._broken = error
            return 1


@functools.cache
def espeak_library() -> EspeakLibrary:
    """The one library of this process, loaded at the first call."""
    return EspeakLibrary()


def _read(events: _Events) -> tuple[WordEvent, ...]:
    read = []
    index = 0
    while (event := events[index]).type != END:
        # The library counts characters from 1.
        read.append(WordEvent(event.type, event.text_position - 1, event.length, event.sample))
        index += 1
    return tuple(read)


def _until_null(listed: Any) -> list[_Voice]:  # noqa: ANN401 - an array of pointers that ends with a null
    voices: list[_Voice] = []
    while listed[len(voices)]:
        voices.append(listed[len(voices)].contents)
    return voices


def _languages(listed: Any) -> list[tuple[int, str]]:  # noqa: ANN401 - (priority byte, tag, null)*, null
    languages = []
    at = 0
    while (priority := ord(listed[at])) != 0:
        end = at + 1
        while listed[end] != b"\0":
            end += 1
        languages.append((priority, listed[at + 1 : end].decode()))
        at = end + 1
    return languages
