"""`legato languages`."""

from pathlib import Path

import click
from google.protobuf import json_format

from gateway.app.commands.client_options import access, access_options, run
from gateway.app.commands.table import some, table
from legato_client.catalogue import list_languages


@click.command("languages", short_help="List the languages that a gateway speaks.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@access_options
def languages_command(as_json: bool, server: str, key: str, ca: Path | None) -> None:  # noqa: FBT001 - click calls it
    """List the languages that at least one voice of a gateway speaks."""
    where = access(server, key, ca)
    found = run(list_languages(where.url, key=where.key, ca_pem=where.ca_pem))
    if as_json:
        click.echo(json_format.MessageToJson(found, preserving_proto_field_name=True))
        return
    rows = [(language.tag, some(language.voices)) for language in found.languages]
    click.echo(table(("LANGUAGE", "VOICES"), rows))
