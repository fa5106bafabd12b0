"""The voices and languages, in the messages of the native contract; the HTTP pages are the same messages as JSON."""

from legato.domain.languages import in_range, language_tag
from legato.faces.native_formats import write_format
from legato.faces.native_json import write
from legato.ports import VoiceDirectory, VoiceInfo
from legato.v1 import speech_pb2


def list_voices(directory: VoiceDirectory, language: str = "") -> speech_pb2.ListVoicesResponse:
    """All voices, or those that speak a language: `en` finds `en-GB` too."""
    return speech_pb2.ListVoicesResponse(
        voices=[_voice(info) for info in directory.voices() if _speaks(info, language)],
        default_voice=directory.default_voice(),
        formats=[write_format(one) for one in directory.formats()],
    )


def list_languages(directory: VoiceDirectory) -> speech_pb2.ListLanguagesResponse:
    """The languages that at least one voice speaks, sorted, each with its voices."""
    speakers: dict[str, list[str]] = {}
    for info in directory.voices():
        for tag in info.voice.languages:
            speakers.setdefault(tag, []).append(info.voice.name)
    return speech_pb2.ListLanguagesResponse(
        languages=[speech_pb2.Language(tag=tag, voices=names) for tag, names in sorted(speakers.items())]
    )


def voices_json(directory: VoiceDirectory, language: str = "") -> str:
    """`list_voices` as JSON."""
    return write(list_voices(directory, language))


def languages_json(directory: VoiceDirectory) -> str:
    """`list_languages` as JSON."""
    return write(list_languages(directory))


def _voice(info: VoiceInfo) -> speech_pb2.Voice:
    voice = info.voice
    return speech_pb2.Voice(
        name=voice.name, languages=voice.languages, description=voice.description, ready=info.ready
    )


def _speaks(info: VoiceInfo, language: str) -> bool:
    asked = language_tag(language)
    return not asked or any(in_range(tag, asked) for tag in info.voice.languages)
