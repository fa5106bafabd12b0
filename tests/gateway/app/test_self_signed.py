import asyncio
import ssl
import subprocess
import sys

from gateway.app.self_signed import certificate, context_with


async def test_a_client_that_trusts_it_comes_in(tmp_path):
    path = certificate(tmp_path)

    async def serve(reader, writer):
        writer.write(await reader.readline())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context_with(path))
    async with server:
        port = server.sockets[0].getsockname()[1]
        trusting = ssl.create_default_context(cafile=path)
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
        writer.write(b"hello\n")
        assert await reader.read() == b"hello\n"
        writer.close()


def test_nobody_else_may_read_the_key(tmp_path):
    certificate(tmp_path)
    assert (tmp_path / "key.pem").stat().st_mode & 0o777 == 0o600


def test_openssl_finds_nothing_wrong_with_it(tmp_path):
    path = str(certificate(tmp_path))
    command = ["openssl", "verify", "-x509_strict", "-CAfile", path, path]
    subprocess.run(command, check=True, capture_output=True, timeout=30)


def test_it_is_loaded_only_where_it_is_needed():
    asks = "import sys, gateway.app.cli, gateway.app.serve; sys.exit('cryptography' in sys.modules)"
    subprocess.run([sys.executable, "-c", asks], check=True, timeout=60)
