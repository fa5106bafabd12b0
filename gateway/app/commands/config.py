"""`legato config`: check a configuration, show what is in force, print its schema."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import click

from gateway.app.commands.table import some
from gateway.app.config.errors import ConfigError
from gateway.app.config.settings import Settings, load, schema, show
from gateway.app.safety import check, shut_out, unbuilt

_file = click.argument(
    "file", type=click.Path(dir_okay=False, path_type=Path), required=False, envvar="LEGATO_CONFIG"
)

_EXAMPLES = """\b
legato config check legato.yaml
legato config show legato.yaml
legato config schema > legato.schema.json
"""


@click.group("config", epilog=_EXAMPLES)
def config_command() -> None:
    """Check a configuration, or print it."""


@config_command.command("check", short_help="Check FILE and the LEGATO_ variables, as `serve` would.")
@_file
@click.option("--insecure", is_flag=True, help="Check as for `serve --insecure`.")
def check_command(file: Path | None, insecure: bool) -> None:  # noqa: FBT001 - click calls it
    """Check FILE and the LEGATO_ variables that override it, as `serve` would. Every problem is listed with its place."""
    settings = _loaded(file)
    _or_fail(lambda: check(settings, os.environ, insecure=insecure))
    for provider in unbuilt(settings):
        click.echo(
            f"note: the dialect of provider {provider!r} is not built in; its routes are skipped",
            err=True,
        )
    if said := shut_out(settings, os.environ):
        click.echo(f"note: {said}", err=True)
    voices = some(settings.voices)
    click.echo(
        f"{file or 'the defaults'}: ok; voices: {voices}; default: {settings.catalogue().default_voice}"
    )


@config_command.command("show", short_help="Print the configuration in force, as YAML.")
@_file
def show_command(file: Path | None) -> None:
    """Print the configuration in force as YAML, including defaults and LEGATO_ variables, with secrets masked."""
    click.echo(show(_loaded(file)), nl=False)


@config_command.command("schema")
def schema_command() -> None:
    """Print the JSON schema of the file, for editors."""
    click.echo(json.dumps(schema(), indent=2))


def _loaded(file: Path | None) -> Settings:
    settings: list[Settings] = []
    _or_fail(lambda: settings.append(load(file, os.environ)))
    return settings[0]


def _or_fail(work: Callable[[], None]) -> None:
    try:
        work()
    except ConfigError as error:
        raise click.ClickException(str(error)) from None
