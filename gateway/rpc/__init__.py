"""A gRPC server: HTTP/2 on the loop's own sockets, calls as grpc's own handlers take them. It knows nothing of speech."""
