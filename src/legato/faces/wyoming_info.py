"""What Wyoming's clients are told about the voices, and which voice they mean."""

from collections.abc import Collection, Mapping

from legato.domain.errors import Reason, SpeechError
from legato.domain.languages import language_tag
from legato.faces.errors import bad_frame, unknown_voice
from legato.faces.wyoming_frames import VERSION
from legato.ports import VoiceDirectory, VoiceInfo

_MAKER = {"name": "Legato", "url": ""}
_OTHER_TRADES = ("asr", "handle", "intent", "wake", "mic", "snd")


def info(directory: VoiceDirectory) -> Mapping[str, object]:
    """The answer to `describe`: one program that speaks with every voice, and takes text as it comes."""
    program = {
        "name": "legato",
        "attribution": _MAKER,
        "installed": True,
        "description": "Streaming text to speech",
        "version": VERSION,
        "voices": [_voice(one) for one in directory.voices()],
        "supports_synthesize_streaming": True,
    }
    return {"tts": [program], **{trade: [] for trade in _OTHER_TRADES}}


def voice_for(
    directory: VoiceDirectory, asked: object, names: Collection[str] | None = None
) -> tuple[str, str]:
    """The voice and the language that a `voice` object means; empty for the default voice and for the voice's own language.

    For a language it is the default voice if that speaks it, else the first that does; voices that are ready come first.

    Args:
        directory: what can be spoken.
        asked: the client's `voice`.
        names: voices that may be asked for; `None` for those of the directory.

    Raises:
        SpeechError: `unknown_voice`, or `bad_frame` if it is not an object.
    """
    if asked is None:
        return "", ""
    if not isinstance(asked, Mapping):
        raise bad_frame("voice must be an object with a name or a language")
    name, language = asked.get("name"), asked.get("language")
    if isinstance(name, str) and name:
        known = directory.names() if names is None else names
        return _named(known, name), ""
    if isinstance(language, str) and language:
        tag = language_tag(language)
        return _speaker(directory, tag), tag
    return "", ""


def _named(names: Collection[str], name: str) -> str:
    if name not in names:
        raise unknown_voice(name, names)
    return name


def _speaker(directory: VoiceDirectory, language: str) -> str:
    able = [one for one in directory.voices() if one.voice.speaks(language)]
    default = directory.default_voice()
    if not able:
        raise SpeechError(Reason.UNKNOWN_VOICE, f"no voice here speaks {language[:80]!r}")
    return min(able, key=lambda one: (one.voice.name != default, not one.ready)).voice.name


def _voice(one: VoiceInfo) -> Mapping[str, object]:
    return {
        "name": one.voice.name,
        "attribution": _MAKER,
        "installed": one.ready,
        "description": one.voice.description or one.voice.name,
        "version": None,
        "languages": list(one.voice.languages),
    }
