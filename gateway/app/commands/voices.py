"""`legato voices`."""

from pathlib import Path

import click
from google.protobuf import json_format

from gateway.app.commands.client_options import access, access_options, run
from gateway.app.commands.table import some, table
from legato_client.catalogue import list_voices


@click.command("voices", short_help="List the voices of a gateway.")
@click.option(
    "-l", "--language", default="", metavar="TAG", help="List only voices that speak this language."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the audio formats offered.")
@access_options
def voices_command(language: str, as_json: bool, server: str, key: str, ca: Path | None) -> None:  # noqa: FBT001 - click calls it
    """List the voices of a gateway. The default voice is marked *."""
    where = access(server, key, ca)
    found = run(list_voices(where.url, language=language, key=where.key, ca_pem=where.ca_pem))
    if as_json:
        click.echo(
            json_format.MessageToJson(
                found, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
            )
        )
        return
    rows = [
        (
            "*" if voice.name == found.default_voice else "",
            voice.name,
            "ready" if voice.ready else "down",
            some(voice.languages, 4),
            voice.description,
        )
        for voice in found.voices
    ]
    if not rows:
        click.echo(
            f"No voice speaks {language!r}; `legato languages` lists the languages that are spoken."
            if language
            else "No voices."
        )
        return
    click.echo(table(("", "VOICE", "STATE", "LANGUAGES", ""), rows))
