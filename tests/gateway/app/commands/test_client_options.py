import asyncio

import click
import pytest
from click.testing import CliRunner

from gateway.app.commands.client_options import LOCAL, access, access_options, run
from gateway.app.commands.own_gateway import OwnGatewayError
from gateway.app.commands.players import PlayerError
from gateway.app.config.errors import ConfigError, Problem
from legato.domain.errors import Reason, SpeechError
from legato_client.errors import ConnectionLostError


@click.command()
@access_options
def probe(server, key, ca):
    where = access(server, key, ca)
    click.echo(f"{where.url} {where.key} {where.ca_pem}")


@pytest.mark.parametrize(
    ("arguments", "env", "expected"),
    [
        ([], {}, f"{LOCAL}  None"),
        (["--server", "grpc://a", "--key", "k"], {}, "grpc://a k None"),
        (["--url", "grpc://a"], {"LEGATO_KEY": "k"}, "grpc://a k None"),
        ([], {"LEGATO_SERVER_URL": "wss://b"}, "wss://b  None"),
    ],
)
def test_where_and_with_which_key(arguments, env, expected):
    assert CliRunner().invoke(probe, arguments, env=env).output == expected + "\n"


def test_certificates_are_read(tmp_path):
    path = tmp_path / "ca.pem"
    path.write_text("PEM")

    assert CliRunner().invoke(probe, ["--ca", str(path)]).output == f"{LOCAL}  b'PEM'\n"
    assert CliRunner().invoke(probe, ["--ca", "nowhere"]).exit_code == 2


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (SpeechError(Reason.OVERLOADED, "full", retry_after_s=2.5), "overloaded: full (try again in 2.5 s)"),
        (
            SpeechError(Reason.OVERLOADED, "full", retry_after_s=6.72052),
            "overloaded: full (try again in 6.8 s)",
        ),
        (SpeechError(Reason.UNKNOWN_VOICE, "no"), "unknown_voice: no"),
        (ConnectionLostError("gone"), "gone"),
        (PlayerError("mute"), "mute"),
        (OwnGatewayError("no voices"), "no voices"),
        (ConfigError([Problem("", (), "typo")]), "typo"),
        (ValueError("no URL"), "no URL"),
        (OSError("no such folder: /a"), "no such folder: /a"),
        (OSError(28, "No space left on device", "/a/b.wav"), "/a/b.wav: no space left on device"),
    ],
)
def test_what_a_user_can_mend_is_a_message(error, message):
    async def fail():
        raise error

    with pytest.raises(click.ClickException) as caught:
        run(fail())

    assert (caught.value.message, caught.value.exit_code) == (message, 1)


def test_a_bug_is_loud():
    async def fail():
        raise AssertionError("bug")

    with pytest.raises(AssertionError, match="bug"):
        run(fail())


def test_an_interrupt_is_130():
    async def interrupted():
        raise KeyboardInterrupt

    with pytest.raises(click.exceptions.Exit) as caught:
        run(interrupted())

    assert caught.value.exit_code == 130


def test_who_reads_no_further_is_told_nothing():
    async def cut_off():
        raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(click.exceptions.Exit) as caught:
        run(cut_off())

    assert caught.value.exit_code == 1


def test_a_result_is_given_back():
    assert run(asyncio.sleep(0, "done")) == "done"


@pytest.mark.parametrize(
    ("said", "more"),
    [
        ("cannot connect to 127.0.0.1:8080: connection refused", "; `legato serve` starts a gateway there"),
        (
            "cannot connect to h:1: [SSL: CERTIFICATE_VERIFY_FAILED] failed",
            "; name the certificate to trust with --ca FILE",
        ),
        ("cannot connect to 127.0.0.1:8081: connection refused", ""),
        ("cannot connect to 127.0.0.1:50051: connection refused", "; `legato serve` starts a gateway there"),
        ("cannot connect to localhost:8080: connection refused", "; `legato serve` starts a gateway there"),
        ("cannot connect to 10.127.0.0.1:8080: connection refused", ""),
        ("cannot connect to 127.0.0.1:8080: it speaks something else", ""),
    ],
)
def test_where_the_usual_gateway_is_not_there_it_is_told_what_starts_it(said, more):
    async def ask():
        raise ConnectionLostError(said)

    with pytest.raises(click.ClickException) as caught:
        run(ask())
    assert caught.value.message == said + more
