"""A dialect's face with two additions: it can cut a frame in half, and mark the end of everything written so far."""

import weakref
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

from gateway.simulator.connection import CURRENT_REQUEST, SimulatedRequest
from legato.domain.replies import Pong, Reply
from legato.ports import Accepted, DialectFace, Refusal, RequestHead

MARK = Pong("simulator: nothing follows")
"""Renders as an empty frame. `drained` then tells when everything before it has been written."""
F = TypeVar("F", bound=DialectFace)
_JSON = (b"{", b"[", b"data:")


def simulated(face: F, request: SimulatedRequest) -> F:
    """Make a face's frames cuttable, in place: servers look at the methods of a face, so it cannot be wrapped.

    Args:
        face: of one request.
        request: that request.
    """
    # The face will have these functions: with the face in them it would stay until a full garbage collection.
    kept, render, opened = weakref.ref(face), type(face).render, type(face).open

    def opening(head: RequestHead) -> Accepted | Refusal:
        answer = opened(_own(kept), head)
        request.eager = getattr(kept(), "eager", False)  # most dialects have no such option
        return answer

    def cutting(reply: Reply) -> Sequence[bytes | str]:
        if reply is MARK:
            return (b"",)
        frames = render(_own(kept), reply)
        if request.wrote is not None:
            for frame in frames:
                request.wrote(frame)
        return [_cut(frame, request) for frame in frames] if request.cut_json else frames

    face.render = cutting  # type: ignore[method-assign] # on purpose, see above
    face.open = opening  # type: ignore[method-assign] # likewise
    return face


def _own(kept: "weakref.ref[F]") -> F:
    face = kept()
    assert face is not None, "it is called by one who has it"
    return face


def _cut(frame: bytes | str, request: SimulatedRequest) -> bytes | str:
    if not request.cut_json or not (isinstance(frame, str) or frame.startswith(_JSON)):
        return frame
    request.cut_json = False
    return frame[: len(frame) // 2]


class EveryVoice(Collection[str]):
    """A catalogue that contains every name."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def face_maker(
    make_face: Callable[[str, Collection[str]], F], voices: Collection[str]
) -> Callable[[str, Collection[str]], F]:
    """Make simulated faces for the request that the calling task serves.

    Args:
        make_face: makes the dialect's own face.
        voices: the known voices; empty for all names.
    """

    def make(request_id: str, _: Collection[str]) -> F:
        return simulated(make_face(request_id, voices or EveryVoice()), CURRENT_REQUEST.get())

    return make
