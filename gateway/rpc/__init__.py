"""A gRPC server that frames HTTP/2 on the event loop's own sockets and runs ordinary grpc handlers. It knows nothing of speech."""
