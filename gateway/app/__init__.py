"""Configuration, wiring, lifecycle, command line."""

import os

# Read when gRPC is imported, so it is set before everything else. The engine process is started by exec: gRPC need not handle that
# fork, and would complain about its own threads on stderr.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
# What gRPC would say on stderr about each failed TLS handshake, the error says anyway, and the log once.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
