"""The gateway as several processes: a parent that carries no stream, and workers that share its ports.

    legato serve --workers 2
      parent      ports held, engine process, seats lent, admin port: /metrics of all, /healthz of each
      worker 1    the shared ports, its own ports, streams
      worker 2    the same

The kernel gives each connection to one of the workers. A worker that dies is restarted. SIGTERM: no worker is ready any more, each
finishes what it is saying within the grace period, exit 0. A second signal ends everything at once. Workers leave when their parent
is gone.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Coroutine, Iterable, Mapping
from functools import partial
from pathlib import Path

from gateway.app.config.sections import split_address
from gateway.app.config.settings import Settings
from gateway.app.engine_room import EngineRoom
from gateway.app.groups import told_as
from gateway.app.house import CLOCK, new_name
from gateway.app.link.hub import Hub
from gateway.app.link.post import Post
from gateway.app.listeners import cannot_serve, server_settings
from gateway.app.process import Departure
from gateway.app.serve import LAST_FRAMES_S, CannotServeError, at, no_directory
from gateway.app.systemd import Systemd
from gateway.app.workers.admin import Admin
from gateway.app.workers.broker import Broker
from gateway.app.workers.envoy import endpoints, write
from gateway.app.workers.main import work
from gateway.app.workers.ports import Ports
from gateway.app.workers.process import WorkerFailedError, WorkerProcess, end_fork_server, fork_server
from gateway.app.workers.share import share
from gateway.app.workers.staff import Staff
from gateway.app.workers.vigil import Vigil
from gateway.engines.own_directory import OwnDirectory
from gateway.engines.supervisor import EngineFailedError, VoicesMissingError
from gateway.telemetry.logs import Logs, logger

_LOOK_S = 5.0
"""How often to look whether the folder of the sockets is still there."""
_END_S = 3.0
"""Time beyond the grace period, for a worker to close what it has open."""
_REPORT_S = 2.0
"""How long the process that workers are forked from may take to report that workers have ended."""


async def serve_with_workers(settings: Settings, env: Mapping[str, str], logs: Logs) -> None:
    """Run the parent and its workers until it is told to leave.

    Args:
        settings: the configuration.
        env: for secrets and the standard `OTEL_*` variables.
        logs: the parent's log.

    Raises:
        CannotServeError: an address or a voice is not available, or a worker does not start.
    """
    with told_as(_cannot_serve, VoicesMissingError, EngineFailedError, WorkerFailedError):
        async with contextlib.AsyncExitStack() as stack:
            await _Parent(settings, env, logs).run(stack)
    logger("legato.serve").info("stopped")


def _cannot_serve(error: Exception) -> CannotServeError:
    return CannotServeError(str(error))


class _Parent:
    def __init__(self, settings: Settings, env: Mapping[str, str], logs: Logs) -> None:
        self._settings = settings
        self._env = env
        self._logs = logs
        self._log = logger("legato.serve")
        self._systemd = Systemd(env)

    async def run(self, stack: contextlib.AsyncExitStack) -> None:
        departure = Departure()
        departure.listen()
        stack.callback(departure.close)
        stack.enter_context(self._systemd)
        try:
            folder = OwnDirectory()
        except OSError as error:
            raise no_directory(error) from None
        stack.callback(folder.discard)
        departure.last_words = folder.discard
        stack.callback(end_fork_server)  # it may be starting a worker, which would find nobody
        posts = self._posts(stack.enter_context(Ports()), folder)
        engines = self._settings.engines
        socket = engines.socket or posts[0].engine
        room = await stack.enter_async_context(
            EngineRoom(
                self._settings.model_copy(update={"engines": engines.model_copy(update={"socket": socket})})
            )
        )
        broker = Broker(CLOCK)
        hub = await stack.enter_async_context(Hub(posts[0].hub, broker))
        staff = Staff(posts, self._workers(posts, hub), hub)
        admin = Admin(staff, broker, self._settings.server.admin, self._logs, lambda: room.restarts)
        stack.push_async_callback(admin.stop)
        hub.on_change = partial(self._changed, staff, admin)
        hub.on_engine_hangs = room.replace
        try:
            await admin.start()
        except OSError as error:
            raise CannotServeError(cannot_serve(error)) from None
        departure.last_words = partial(_last_words, staff, room, folder)
        vigil = Vigil(hub, staff.workers, self._settings.server.worker_silence_s)
        guard = _guard(folder, hub, room, staff)
        await self._live(staff, room, departure, (vigil.keep(), guard))

    def _posts(self, ports: Ports, folder: OwnDirectory) -> list[Post]:
        server = self._settings.server
        (http_host, http), (grpc_host, grpc) = split_address(server.http), split_address(server.grpc)
        try:
            server_settings(server)
            shared_http, shared_grpc = ports.hold(http_host, http), ports.hold(grpc_host, grpc)
            wyoming = ports.hold(*split_address(server.wyoming)) if server.wyoming else 0
            posts, gateway = [], new_name()
            for number in range(1, server.workers + 1):
                first = server.worker_ports and server.worker_ports + 2 * (number - 1)
                own = ports.hold(http_host, first), ports.hold(grpc_host, first and first + 1)
                posts.append(Post(number, *own, wyoming, shared_http, shared_grpc, folder.path, gateway))
            if server.envoy_endpoints is not None:
                every = {"http": [post.http for post in posts], "grpc": [post.grpc for post in posts]}
                _tell_envoy(server.envoy_endpoints, endpoints({"http": http_host, "grpc": grpc_host}, every))
        except ssl.SSLError as error:
            raise CannotServeError(f"server.tls: {error.reason or error}") from error
        except OSError as error:
            raise CannotServeError(cannot_serve(error)) from error
        return posts

    def _workers(self, posts: list[Post], hub: Hub) -> list[WorkerProcess]:
        context, env = fork_server(posts[0].folder), dict(self._env)

        def worker(post: Post) -> WorkerProcess:
            mine = share(self._settings, post, len(posts))
            make = partial(context.Process, target=work, args=(mine, env, post), name=f"worker-{post.number}")
            return WorkerProcess(post.number, make, CLOCK, partial(hub.were_ready.__contains__, post.number))

        return [worker(post) for post in posts]

    def _changed(self, staff: Staff, admin: Admin) -> None:
        if staff.all_listen_now():
            server, post = self._settings.server, staff.posts[0]
            self._log.info(
                "listening",
                http=at(server.http, post.shared_http),
                grpc=at(server.grpc, post.shared_grpc),
                admin=at(server.admin, admin.port) if server.admin else "",
                wyoming=at(server.wyoming, post.wyoming) if server.wyoming else "",
                workers=len(staff.posts),
                own_http=[post.http for post in staff.posts],
                own_grpc=[post.grpc for post in staff.posts],
            )
        if staff.all_ready_now():
            self._log.info("ready")
            self._systemd.ready()

    async def _live(
        self,
        staff: Staff,
        room: EngineRoom,
        departure: Departure,
        watches: Iterable[Coroutine[object, object, None]],
    ) -> None:
        async with asyncio.TaskGroup() as group:
            keeping = [
                group.create_task(worker.keep(), name=f"worker-{worker.number}") for worker in staff.workers
            ]
            engine = group.create_task(_engine(room), name="engine")
            watching = [group.create_task(watch, name="watch") for watch in watches]
            try:
                await departure.asked.wait()
                grace_s = self._settings.server.shutdown_grace_s
                self._log.info("leaving", workers=len(staff.workers), grace_s=grace_s)
                self._systemd.leaving()
                staff.leave()
                late = await _late(keeping, staff, grace_s + LAST_FRAMES_S + _END_S)
                if late:
                    await self._cut_off(staff, late)
            finally:
                staff.kill()
                engine.cancel()
                for watch in watching:
                    watch.cancel()

    async def _cut_off(self, staff: Staff, late: Iterable[asyncio.Task[None]]) -> None:
        if staff.present:
            self._log.warning("workers cut off", workers=staff.present)
        staff.kill()
        _, unreported = await asyncio.wait(late, timeout=_REPORT_S)
        if unreported:
            self._log.error("the process that workers are forked from hangs; it is killed")
            end_fork_server()


async def _guard(folder: OwnDirectory, hub: Hub, room: EngineRoom, staff: Staff) -> None:
    """Make the folder of the sockets again if somebody has removed it, and replace everybody whose socket was in it."""
    log = logger("legato.workers")
    while True:
        await asyncio.sleep(_LOOK_S)
        if hub.is_reachable or staff.leaving:
            continue
        try:
            folder.restore()
            await hub.reopen()
        except OSError as error:
            log.warning("the folder of the sockets was removed and cannot be made again", why=str(error))
            continue
        log.error("the folder of the sockets was removed; it is made again, and all processes are replaced")
        room.replace_unreachable()
        end_fork_server()  # its socket is gone too: workers begun by another one follow these


async def _late(
    keeping: Iterable[asyncio.Task[None]], staff: Staff, patience_s: float
) -> set[asyncio.Task[None]]:
    """Wait for all workers to end; stop when they have ended and that is not reported. Return those still waited for."""
    late, until = set(keeping), CLOCK() + patience_s
    while late and (left_s := until - CLOCK()) > 0:
        were_gone = staff.gone
        _, late = await asyncio.wait(late, timeout=min(left_s, _REPORT_S))
        if were_gone:
            break
    return late


def _tell_envoy(folder: Path, responses: Mapping[str, Mapping[str, object]]) -> None:
    try:
        write(folder, responses)
    except OSError as error:
        said = (error.strerror or str(error)).lower()
        raise CannotServeError(f"server.envoy_endpoints: cannot write to {folder}: {said}") from None


async def _engine(room: EngineRoom) -> None:
    await room.start()
    await room.watch()


def _last_words(staff: Staff, room: EngineRoom, folder: OwnDirectory) -> None:
    staff.kill()
    end_fork_server()  # one that hangs would stay
    room.discard()
    folder.discard()
