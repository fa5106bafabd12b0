"""Local voices: one engine process per host, shared by the gateway's workers over a Unix socket."""
