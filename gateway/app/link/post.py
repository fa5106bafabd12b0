"""A worker's post among the others: its number, its own ports, and where its parent is."""

from dataclasses import dataclass, replace
from pathlib import Path

from gateway.servers.settings import Address, ServerSettings


@dataclass(frozen=True, slots=True)
class Post:
    """A worker's place. Values only: it is sent to the worker's process.

    Args:
        number: from 1.
        http: this worker's own port for HTTP and WebSocket.
        grpc: its own port for gRPC.
        wyoming: the shared port for bare TCP; 0 for none.
        shared_http: the port that all workers share.
        shared_grpc: the same for gRPC.
        folder: a private folder of the parent's, where the sockets are.
        gateway: the name of the gateway, the same for all workers.
    """

    number: int
    http: int
    grpc: int
    wyoming: int
    shared_http: int
    shared_grpc: int
    folder: Path
    gateway: str = ""

    @property
    def hub(self) -> Path:
        """The parent's socket."""
        return self.folder / "hub.sock"

    @property
    def admin(self) -> Path:
        """The socket of this worker's admin pages."""
        return self.folder / f"worker-{self.number}.sock"

    @property
    def engine(self) -> Path:
        """The socket of the engine that all workers share."""
        return self.folder / "engine.sock"

    def settings(self, asked: ServerSettings) -> ServerSettings:
        """Return the settings of this worker's servers.

        Args:
            asked: what is configured for all workers.
        """
        assert asked.http is not None, "it is always configured"
        assert asked.grpc is not None, "the same"
        return replace(
            asked,
            http=Address(asked.http.host, self.shared_http),
            grpc=Address(asked.grpc.host, self.shared_grpc),
            own_http=Address(asked.http.host, self.http),
            own_grpc=Address(asked.grpc.host, self.grpc),
            tcp=None if asked.tcp is None else Address(asked.tcp.host, self.wyoming),
            admin=None,
            admin_socket=self.admin,
            reuse_port=True,
        )
