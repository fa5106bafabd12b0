"""Configuration, wiring, lifecycle, command line."""

import os

# Read when gRPC is imported, so it stands before everything else. The engine process is started by exec: gRPC need not be told of
# that fork, and would complain of its own threads on stderr.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")
# What it would tell on stderr of each TLS handshake that fails, the error says anyway, and the log once.
os.environ.setdefault("GRPC_VERBOSITY", "ERROR")
