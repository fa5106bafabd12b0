"""Strict proto3 JSON of the native contract, driven by its descriptors.

The library's own reader refuses an unknown field without a hint and takes three times as long; this one names the place, what
was expected there, and for an unknown name the nearest known one. Both spellings of a name are read; camelCase is written.
"""

import difflib
import json
import math
import re
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict
from google.protobuf.message import Message

from legato.domain.audio import EXTRAS
from legato.domain.errors import SpeechError
from legato.faces.errors import bad_frame
from legato.faces.extras import Installed
from legato.faces.native_formats import unknown_format
from legato.faces.native_requests import MAX_ID_CHARS
from legato.faces.shown import shown
from legato.faces.surrogates import without_surrogates
from legato.v1 import audio_pb2, speech_pb2

_INTEGER = re.compile(r"-?\d{1,20}")
_NUMBER = re.compile(r"-?\d{1,32}(\.\d{1,32})?([eE][+-]?\d{1,3})?")
_WIDTHS: Final = {
    FieldDescriptor.CPPTYPE_UINT32: "an integer from 0 to 4294967295",
    FieldDescriptor.CPPTYPE_INT32: "an integer from -2147483648 to 2147483647",
    FieldDescriptor.CPPTYPE_UINT64: "an integer from 0 to 18446744073709551615, as a number or a string",
    FieldDescriptor.CPPTYPE_INT64: "a 64-bit integer, as a number or a string",
}
_fields: dict[str, dict[str, FieldDescriptor]] = {}


def decoded(text: str, name: str) -> object:
    """Decode the JSON of a message.

    Args:
        text: the JSON.
        name: the message's name, for the error.

    Raises:
        SpeechError: `bad_frame`, naming the place.
    """
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        expected = f"expected {name} as a JSON object: {_short(error)}"
        raise bad_frame(expected) from None


def request_of(value: object, installed: Installed = None) -> speech_pb2.StreamRequest:
    """A `StreamRequest` from its decoded JSON.

    Args:
        value: the decoded JSON.
        installed: the encodings that can be made of those that need an extra.

    Raises:
        SpeechError: `bad_frame` (or `unknown_format` for an encoding's name), naming the place and what was expected, and for a
            `Begin` its utterance: otherwise the text that follows would begin that with the stream's defaults.
    """
    request = speech_pb2.StreamRequest()
    try:
        _read(request, value, "")
    except _UnknownEncodingError as error:
        raise unknown_format(str(error), installed) from None
    except SpeechError as error:
        raise SpeechError(error.reason, error.message, utterance_id=_begun(value)) from None
    return request


def read_speak(body: str) -> speech_pb2.SpeakRequest:
    """A `SpeakRequest` from its JSON.

    Raises:
        SpeechError: as in `decoded` and `request_of`.
    """
    request = speech_pb2.SpeakRequest()
    try:
        _read(request, decoded(body, "SpeakRequest"), "")
    except _UnknownEncodingError as error:
        raise unknown_format(str(error), EXTRAS) from None
    return request


def write(message: Message) -> str:
    """A message as compact proto3 JSON in camelCase; fields with default values are included."""
    fields = MessageToDict(message, always_print_fields_with_no_presence=True)
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a field is given twice in one object")
    return value


_DECODER = json.JSONDecoder(object_pairs_hook=_object)
"""Made once: `json.loads` would make one for every message."""


def _short(error: Exception) -> str:
    # The decoder's message names places, never content; it is cut all the same.
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)[:120]


def _read(message: Message, value: object, path: str) -> None:
    if not isinstance(value, dict):
        raise bad_frame(f"{path.rstrip('.') or 'the message'} must be a JSON object")
    known = _known(message)
    for name, item in value.items():
        field = known.get(name)
        if field is None:
            raise _unknown_name(name, path, known)
        if item is not None:
            _refuse_second(message, field, path)
            _set(message, field, item, f"{path}{field.json_name}")


def _begun(value: object) -> str:
    """The utterance that a refused message would begin; empty if it would begin none, or its id cannot be read."""
    begin = value.get("begin") if isinstance(value, dict) else None
    if not isinstance(begin, dict):
        return ""
    name = begin.get("utteranceId", begin.get("utterance_id"))
    if not isinstance(name, str) or len(name) > MAX_ID_CHARS:
        return ""
    return name if name == without_surrogates(name) else ""


def _known(message: Message) -> dict[str, FieldDescriptor]:
    descriptor: Any = message.DESCRIPTOR
    known = _fields.get(descriptor.full_name)
    if known is None:
        known = {field.json_name: field for field in descriptor.fields}
        known.update((field.name, field) for field in descriptor.fields)
        _fields[descriptor.full_name] = known
    return known


def _unknown_name(name: str, path: str, known: dict[str, FieldDescriptor]) -> SpeechError:
    names = sorted({field.json_name for field in known.values()})
    near = difflib.get_close_matches(name[:64], names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(names)}"
    return bad_frame(f"{path}{ascii(name[:64])[1:-1]} is not a field; {hint}")


def _refuse_second(message: Message, field: FieldDescriptor, path: str) -> None:
    group = field.containing_oneof
    if group is not None:
        other = message.WhichOneof(group.name)
        if other == field.name:
            raise bad_frame(f"{path}{field.json_name} is given in both spellings")
        if other is not None:
            raise bad_frame(
                f"a message must hold exactly one request; this one holds {other} and {field.name}"
            )


def _set(message: Message, field: FieldDescriptor, item: object, path: str) -> None:
    if field.message_type is not None:
        part = getattr(message, field.name)
        part.SetInParent()
        _read(part, item, f"{path}.")
        return
    try:
        setattr(message, field.name, _scalar(field, item, path))
    except UnicodeEncodeError:
        raise bad_frame(f"{path} must be Unicode text: it holds half of a surrogate pair") from None
    except ValueError:
        raise bad_frame(f"{path} must be {_WIDTHS[field.cpp_type]}") from None


def _scalar(field: FieldDescriptor, item: object, path: str) -> object:
    kind = field.cpp_type
    if kind == FieldDescriptor.CPPTYPE_STRING:
        return _is(str, item, f"{path} must be a string")
    if kind == FieldDescriptor.CPPTYPE_BOOL:
        return _is(bool, item, f"{path} must be true or false")
    if kind == FieldDescriptor.CPPTYPE_DOUBLE:
        return _double(item, path)
    if kind == FieldDescriptor.CPPTYPE_ENUM:
        return _enum(field, item, path)
    return _integer(field, item, path)


def _is(kind: type, item: object, told: str) -> object:
    if not isinstance(item, kind):
        raise bad_frame(told)
    return item


def _integer(field: FieldDescriptor, item: object, path: str) -> int:
    if isinstance(item, int) and not isinstance(item, bool):
        return item
    if isinstance(item, float) and item.is_integer():
        return int(item)
    if isinstance(item, str) and _INTEGER.fullmatch(item):
        return int(item)
    raise bad_frame(f"{path} must be {_WIDTHS[field.cpp_type]}")


def _double(item: object, path: str) -> float:
    if isinstance(item, str) and _NUMBER.fullmatch(item):
        item = float(item)
    if isinstance(item, bool) or not isinstance(item, int | float):
        raise bad_frame(f"{path} must be a number")
    try:
        number = float(item)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise bad_frame(f"{path} must be a finite number")
    return number


def _enum(field: FieldDescriptor, item: object, path: str) -> int:
    kind: Any = field.enum_type
    values = kind.values_by_name
    if isinstance(item, str) and item in values:
        return int(values[item].number)
    if isinstance(item, int) and not isinstance(item, bool) and item in kind.values_by_number:
        return item
    told = f"{path} must be one of {', '.join(values)}; got {shown(item)}"
    if kind.full_name == audio_pb2.Encoding.DESCRIPTOR.full_name:
        raise _UnknownEncodingError(told)
    raise bad_frame(told)


class _UnknownEncodingError(Exception):
    """There is no encoding of that name or number."""
