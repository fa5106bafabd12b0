"""What a message of ElevenLabs' text-to-dialogue WebSocket says: the voices of a context, and the inputs they speak."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from legato.domain.errors import listed
from legato.faces import elevenlabs_requests as requests
from legato.faces.errors import bad_frame
from legato.faces.numbers import is_set
from legato.faces.shown import shown


@dataclass(frozen=True, slots=True)
class DialogueInput:
    """What one voice is to say; `new_turn` ends what it has said before."""

    text: str
    voice_id: str
    new_turn: bool = False


def voices_of(asked: object, known: Collection[str]) -> Mapping[str, str]:
    """The gateway's voice for each id in the first message of a context.

    Raises:
        SpeechError: `bad_frame`, `unknown_voice`.
    """
    if not isinstance(asked, list) or not asked or not all(isinstance(one, str) for one in asked):
        raise bad_frame("the first message of a context must have its voices, a list of voice ids")
    return {one: requests.voice_named(one, known) for one in asked}


def objects_in(inputs: object) -> Sequence[Mapping[str, object]]:
    """The objects that `inputs` lists.

    Raises:
        SpeechError: `bad_frame`.
    """
    if not isinstance(inputs, list) or not all(isinstance(one, dict) for one in inputs):
        raise bad_frame("inputs must be a list of objects with text and voice_id")
    return inputs


def inputs_of(inputs: object, voices: Collection[str]) -> Sequence[DialogueInput]:
    """The inputs of a message, for a context with these voices.

    Raises:
        SpeechError: `bad_frame`.
    """
    return () if inputs is None else [_input(one, voices) for one in objects_in(inputs)]


def _input(said: Mapping[str, object], voices: Collection[str]) -> DialogueInput:
    text, voice_id = said.get("text"), said.get("voice_id")
    if not isinstance(text, str):
        raise bad_frame("inputs[].text must be a string")
    if voice_id is None:
        voice_id = next(iter(voices))
    if not isinstance(voice_id, str) or voice_id not in voices:
        raise bad_frame(
            f"inputs[].voice_id must be one of the context's voices, {listed(voices)}; got {shown(voice_id)}"
        )
    return DialogueInput(text, voice_id, is_set(said.get("new_turn")))
