"""The calls that list what can be spoken, and those that report the health of the process."""

import asyncio
from collections.abc import AsyncIterator

import grpc
from google.protobuf.message import DecodeError
from grpc_health.v1.health_pb2 import HealthCheckRequest, HealthCheckResponse

from gateway.rpc.context import Context
from gateway.servers.admission import admit
from gateway.servers.grpc_errors import end_with
from gateway.servers.grpc_stream import request_head
from gateway.servers.rendered import Rendered
from gateway.servers.streams import Streams
from legato.domain.errors import Reason, SpeechError
from legato.faces.native_catalogue import list_languages, list_voices
from legato.ports import Health, VoiceDirectory
from legato.v1.speech_pb2 import ListLanguagesRequest, ListVoicesRequest

_WATCH_S = 0.25


class CatalogueCalls:
    """The handlers of `ListVoices` and `ListLanguages`, on raw bytes.

    Args:
        streams: its reception lets clients in.
        directory: what can be spoken.
    """

    def __init__(self, streams: Streams, directory: VoiceDirectory) -> None:
        self._streams = streams
        self._directory = directory
        self._rendered: Rendered[bytes] = Rendered(directory)

    async def list_voices(self, request: bytes, context: Context) -> bytes:
        """List the voices, or those of one language."""
        await self._admit("/legato.v1.SpeechService/ListVoices", context)
        try:
            language = ListVoicesRequest.FromString(request).language.lower()
        except DecodeError:
            await end_with(context, _unread("ListVoicesRequest"))
        return self._rendered.answer(
            ("voices", language), lambda: list_voices(self._directory, language).SerializeToString()
        )

    async def list_languages(self, request: bytes, context: Context) -> bytes:
        """List the languages, and the voices that speak them."""
        await self._admit("/legato.v1.SpeechService/ListLanguages", context)
        try:
            ListLanguagesRequest.FromString(request)
        except DecodeError:
            await end_with(context, _unread("ListLanguagesRequest"))
        return self._rendered.answer("languages", lambda: list_languages(self._directory).SerializeToString())

    async def _admit(self, method: str, context: Context) -> None:
        try:
            admit(self._streams, request_head(method, context))
        except SpeechError as error:
            await end_with(context, error)


class HealthCalls:
    """The handlers of `grpc.health.v1.Health`: they report what `ports.Health` says at the moment.

    Args:
        health: answers the probes.
        services: names of the known services; "", the whole process, is always known.
    """

    def __init__(self, health: Health, services: tuple[str, ...]) -> None:
        self._health = health
        self._services = ("", *services)

    async def check(self, request: HealthCheckRequest, context: Context) -> HealthCheckResponse:
        """Return the current state; NOT_FOUND for an unknown service."""
        if request.service not in self._services:
            known = ", ".join(repr(name) for name in self._services)
            await context.abort(grpc.StatusCode.NOT_FOUND, f"unknown service; known: {known}")
        return self._answer(request.service)

    async def watch(
        self, request: HealthCheckRequest, context: Context
    ) -> AsyncIterator[HealthCheckResponse]:
        """Yield the current state, and then every change of it."""
        del context
        told = HealthCheckResponse()
        while True:
            answer = self._answer(request.service)
            if answer != told:
                told = answer
                yield answer
            await asyncio.sleep(_WATCH_S)

    def _answer(self, service: str) -> HealthCheckResponse:
        if service not in self._services:
            return HealthCheckResponse(status=HealthCheckResponse.SERVICE_UNKNOWN)
        ready = self._health.ready()
        return HealthCheckResponse(
            status=HealthCheckResponse.SERVING if ready else HealthCheckResponse.NOT_SERVING
        )


def _unread(name: str) -> SpeechError:
    return SpeechError(Reason.BAD_FRAME, f"expected the bytes of a legato.v1.{name}")
