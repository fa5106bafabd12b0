"""ElevenLabs' text-to-dialogue WebSocket with one dialogue per socket: that with contexts, without their names.

Rules:
- The first message has the `voices`. No message has a `context_id`, in either direction; one that a client sends means nothing.
- `close_socket` ends the text: what is left is spoken, then comes `is_final`, and the socket closes with 1000.
- Every error ends the dialogue, since there is no other to go on: it is sent, and the socket closes with its code.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from legato.domain import replies
from legato.domain.replies import Reply
from legato.faces.elevenlabs_dialogue import ElevenLabsDialogue

_ONLY = "dialogue"


class ElevenLabsDialogueStream(ElevenLabsDialogue):
    """`GET /v1/text-to-dialogue/stream-input`, one object per connection."""

    def _context(self, message: Mapping[str, Any]) -> str:
        del message
        return _ONLY

    def _told(self, reply: Reply) -> Sequence[Mapping[str, object]]:
        messages = super()._told(reply)
        if messages and isinstance(reply, replies.StreamError | replies.UtteranceFailed):
            self._answers.failed, messages = reply.error, messages[:1]
        return [{name: told for name, told in one.items() if name != "context_id"} for one in messages]
