"""Owns the clients' sockets: gRPC, HTTP, WebSocket, admin."""
