"""Clients' languages, each dialect in its own files: bytes to events, replies to bytes. Pure; the state is that of one connection."""
