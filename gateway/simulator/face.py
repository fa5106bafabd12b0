"""A dialect's face with two things more: it can cut a frame in half, and mark the place behind everything that was written."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any

from gateway.simulator.connection import KNOCK, Knock
from legato.domain.replies import Pong, Reply
from legato.ports import DialectFace

MARK = Pong("simulator: nothing follows")
"""Renders as an empty frame. It fills an outlet that waits for its writer, so that `drained` tells when all before it is gone."""
_JSON = (b"{", b"[", b"data:")


class SimulatedFace:
    """Implements `ports.DialectFace`, and whatever else the dialect's own face offers its server.

    Args:
        face: the dialect's own.
        knock: the request that it serves.
    """

    def __init__(self, face: DialectFace, knock: Knock) -> None:
        self._face = face
        self._knock = knock

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 whatever the face has
        return getattr(self._face, name)

    def render(self, reply: Reply) -> Sequence[bytes | str]:
        """The face's own frames, one of them cut where a fault says so."""
        if reply is MARK:
            return (b"",)
        frames = self._face.render(reply)
        return [self._cut(frame) for frame in frames] if self._knock.cut_json else frames

    def _cut(self, frame: bytes | str) -> bytes | str:
        if not self._knock.cut_json or not (isinstance(frame, str) or frame.startswith(_JSON)):
            return frame
        self._knock.cut_json = False
        return frame[: len(frame) // 2]


class EveryVoice(Collection[str]):
    """A catalogue in which there is every name."""

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def face_maker(
    make_face: Callable[[str, Collection[str]], DialectFace], voices: Collection[str]
) -> Callable[[str, Collection[str]], Any]:
    """Makes simulated faces for the request that the calling task serves.

    Args:
        make_face: makes the dialect's own.
        voices: that are known; none for all.
    """

    def make(request_id: str, _: Collection[str]) -> SimulatedFace:
        return SimulatedFace(make_face(request_id, voices or EveryVoice()), KNOCK.get())

    return make
