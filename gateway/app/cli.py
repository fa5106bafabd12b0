"""`legato`: the command line. One module per command, with its options."""

import io
import os
import sys

import click

from gateway.app.commands.client_options import in_words
from gateway.app.commands.config import config_command
from gateway.app.commands.health import health_command
from gateway.app.commands.languages import languages_command
from gateway.app.commands.say import say_command
from gateway.app.commands.serve import serve_command
from gateway.app.commands.simulate import simulate_command
from gateway.app.commands.text import text
from gateway.app.commands.vendors import route_command, vendors_command
from gateway.app.commands.voices import voices_command
from gateway.app.descriptors import stand_in

_EXAMPLES = """
\b
Start a gateway:             legato serve
Speak a text:                legato say "Hello, world."
Speak a model's output
as it is generated:          llm "Tell me a story" | legato say -
Write a file:                legato say "Hello." -o hello.wav
Show where the time went:    legato say "Hello." --stats

Commands that talk to a gateway take --server (or LEGATO_SERVER_URL) and --key (or LEGATO_KEY);
vendors and route talk to its admin port and take --admin (or LEGATO_ADMIN_URL).
"""


@click.group(epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="legato", prog_name="legato")
def legato() -> None:
    """A real-time TTS gateway: text in as it is generated, audio out as it is spoken."""


for command in (
    serve_command,
    say_command,
    text,
    voices_command,
    vendors_command,
    route_command,
    languages_command,
    health_command,
    config_command,
    simulate_command,
):
    legato.add_command(command)


def main() -> None:
    """Run the command line."""
    stand_in()
    if isinstance(sys.stdout, io.TextIOWrapper):  # a terminal that lacks a letter still gets the answer
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        legato(prog_name="legato")
    except OSError as error:
        # From standard output, as on a full disk: commands report errors of what they open themselves.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # flushing what is still buffered would fail again
        sys.stderr.write(f"Error: {in_words(error, 'standard output')}\n")
        sys.exit(1)
