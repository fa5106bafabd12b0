import asyncio
import ssl

import pytest

from gateway.app.self_signed import CertificateError, certificate, server_context


async def test_a_client_that_trusts_it_comes_in(tmp_path):
    path = await certificate(tmp_path)

    async def serve(reader, writer):
        writer.write(await reader.readline())
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server_context(path))
    async with server:
        port = server.sockets[0].getsockname()[1]
        trusting = ssl.create_default_context(cafile=path)
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting)
        writer.write(b"hello\n")
        assert await reader.read() == b"hello\n"
        writer.close()


async def test_without_the_program_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CertificateError, match="needs openssl"):
        await certificate(tmp_path)


async def test_a_program_that_cannot_be_run_is_named(tmp_path, monkeypatch):
    """`simulate` said that it could not listen."""
    (tmp_path / "openssl").touch(0o644)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CertificateError, match="openssl, which cannot be run: Permission denied"):
        await certificate(tmp_path)


async def test_what_openssl_says_is_told(tmp_path):
    with pytest.raises(CertificateError, match="openssl: "):
        await certificate(tmp_path / "nowhere")
