"""Owns the clients' sockets: gRPC, HTTP, WebSocket, bare TCP, admin."""
