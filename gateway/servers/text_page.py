"""`POST /v1/text`: how a text would be said, segment by segment. The loop runs other tasks between two pieces of it."""

import asyncio
from dataclasses import replace

from aiohttp import web

from gateway.servers.bodies import in_time
from legato.domain.errors import Reason, SpeechError
from legato.domain.speech import Principal
from legato.domain.text import PreviewedSegment
from legato.faces.native_text import MOST_CHARS, read_text_request, text_json
from legato.ports import TextPreview

TEXT_PATH = "/v1/text"
_MOST_BYTES = 16 * MOST_CHARS
"""More than `MOST_CHARS` take, even if each is written as two escapes."""


async def read_text(
    request: web.Request, preview: TextPreview, principal: Principal, body_s: float
) -> web.Response:
    """Answer a request that was let in; its body must come within `body_s` seconds.

    Raises:
        SpeechError: `bad_frame`, `text_too_long`, `unknown_voice` or `idle_timeout`.
    """
    explain = _wants_rules(request)
    async with in_time(body_s):
        body = await _body(request)
    asked = replace(read_text_request(body), tenant=principal.tenant)
    segments: list[PreviewedSegment] = []
    for found in preview.preview(asked):
        segments += found
        await asyncio.sleep(0)
    answer = text_json(preview.transcript(segments), segments, explain=explain)
    return web.Response(text=answer, content_type="application/json")


def _wants_rules(request: web.Request) -> bool:
    asked = request.query.get("explain", "false")
    if asked not in {"true", "false"}:
        raise SpeechError(Reason.BAD_FRAME, "explain must be true or false")
    return asked == "true"


async def _body(request: web.Request) -> str:
    data = bytearray()
    async for piece in request.content.iter_any():
        data += piece
        if len(data) > _MOST_BYTES:
            raise SpeechError(Reason.TEXT_TOO_LONG, f"text must have at most {MOST_CHARS:,} characters")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise SpeechError(Reason.BAD_FRAME, "expected a body in UTF-8") from None
