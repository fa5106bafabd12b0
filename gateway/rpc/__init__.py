"""gRPC with HTTP/2 framed on the event loop's own sockets: a server that runs ordinary grpc handlers, and a client. It knows nothing of speech."""
