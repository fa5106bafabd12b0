"""What an HTTP client is told that is not served: a face's refusal as a response, and the library's own refusals as named errors."""

from aiohttp import hdrs, web

from legato.domain.errors import Reason, SpeechError
from legato.ports import Refusal

# One for every port: who meets it may have taken the one for the other.
_NO_SUCH_PAGE = (
    "there is no such endpoint; docs/protocol.md and docs/dialects.md list those of server.http, where clients speak, "
    "docs/observability.md those of server.admin, such as /metrics"
)


def answer(refusal: Refusal, instead_of: web.HTTPException | None = None) -> web.Response:
    """Return a refusal as a response.

    Args:
        refusal: what a face says of it.
        instead_of: the library's own refusal, whose status and `Allow` are kept; `None` if it has not refused anything.
    """
    response = web.Response(status=refusal.status, headers=refusal.headers, body=refusal.body)
    if instead_of is not None:
        response.set_status(instead_of.status)
        if hdrs.ALLOW in instead_of.headers:
            response.headers[hdrs.ALLOW] = instead_of.headers[hdrs.ALLOW]
    return response


def named(request: web.Request, error: web.HTTPException) -> SpeechError | None:
    """Return the library's refusal as a named error; `None` if it does not refuse the request."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = " or ".join(sorted(error.allowed_methods - {hdrs.METH_HEAD}))
        return SpeechError(Reason.BAD_FRAME, f"expected {allowed} here; got {error.method[:20]}")
    if isinstance(error, web.HTTPNotFound):
        return SpeechError(Reason.BAD_FRAME, _NO_SUCH_PAGE)
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return SpeechError(
            Reason.TEXT_TOO_LONG, f"a request must have at most {request.client_max_size} bytes"
        )
    if isinstance(error, web.HTTPClientError):
        return SpeechError(Reason.BAD_FRAME, error.text or error.reason)
    return None
