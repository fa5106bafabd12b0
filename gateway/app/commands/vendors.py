"""`legato vendors` and `legato route`: what the gateway's vendors and local voices are doing, and how operators control the routes."""

import json
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import click

from gateway.app.commands.admin_client import LOCAL_ADMIN, OperatorError, control, vendors
from gateway.app.commands.client_options import run
from gateway.app.commands.table import MOST, some, table
from legato.core.breaker import BreakerState

T = TypeVar("T")
_STATES = ("idle", "leased", "dialling", "cleaning", "draining")

_ADMIN = click.option(
    "--admin",
    default=LOCAL_ADMIN,
    envvar="LEGATO_ADMIN_URL",
    metavar="URL",
    help=f"Admin port of the gateway [env: LEGATO_ADMIN_URL; default: {LOCAL_ADMIN}].",
)


@click.command("vendors", short_help="Show the state of vendors and local voices.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as JSON.")
@click.option("--all", "every", is_flag=True, help="Also list each of many routes that were not used yet.")
@_ADMIN
def vendors_command(as_json: bool, every: bool, admin: str) -> None:  # noqa: FBT001 - click calls it
    """Show a gateway's vendors and local voices: their lines, and the state of each route.

    Of more than 20 routes only those are listed that were used, have failed or are not admitting.
    """
    found = _done(vendors(admin))
    if as_json:
        click.echo(json.dumps(found, indent=2))
    elif not found:
        click.echo("No vendors and no local voices are configured.")
    else:
        click.echo(
            table(
                ("PROVIDER", *map(str.upper, _STATES), "CEILING", "WAITING", "RUNS", "LEARNT"),
                map(_provider, found),
            )
        )
        routes = [route for vendor in found for route in vendor["routes"]]
        _show_routes(routes, every=every)
        _show_failures(routes, every=every)
        _show_troubles(found, every=every)


@click.command("route", short_help="Drain, eject, pin or reset a route.")
@click.argument("action", type=click.Choice(["drain", "pin", "eject", "reset"]))
@click.argument("name", metavar="PROVIDER/VOICE")
@_ADMIN
def route_command(action: str, name: str, admin: str) -> None:
    """Drain, eject, pin or reset a route.

    All voices of a local engine are one route: 'PROVIDER/*', in quotes.

    drain: start nothing new there. eject: also move utterances under way to another route. pin: use it whatever its breaker
    says. reset: let the breaker decide again.
    """
    _done(control(admin, name, action))
    click.echo(f"{name}: {action}")


def _done(work: Coroutine[Any, Any, T]) -> T:
    try:
        return run(work)
    except OperatorError as error:
        raise click.ClickException(str(error)) from None


def _provider(vendor: Mapping[str, Any]) -> tuple[str, ...]:
    places = vendor["places"]
    counts = [_sum(place["lines"].get(state, 0) for place in places) for state in _STATES]
    ceiling, waiting = (_sum(place[what] for place in places) for what in ("ceiling", "waiting"))
    allowed = vendor["runs_allowed"]
    return (
        vendor["provider"],
        *counts,
        ceiling,
        waiting,
        f"{vendor['runs']}/{allowed}" if allowed else str(vendor["runs"]),
        str(vendor["runs_learnt"] or "-"),
    )


def _sum(counts: Iterable[int]) -> str:
    """Add up counts; a local engine has none, since it has no lines of its own."""
    known = tuple(counts)
    return str(sum(known)) if known else "-"


def _show_routes(routes: Sequence[Mapping[str, Any]], *, every: bool) -> None:
    """Show the routes; of many those that tell something."""
    shown = routes if every or len(routes) <= MOST else [route for route in routes if _tells(route)]
    if shown:
        click.echo()
        click.echo(table(("ROUTE", "STATE", "QUALITY", "REUSED", "P50", "P95", "ERRORS"), map(_route, shown)))
    if unused := len(routes) - len(shown):
        click.echo(f"\n{unused} routes were not used yet; --all lists them.")


def _tells(route: Mapping[str, Any]) -> bool:
    """Whether there is anything to tell of a route."""
    return bool(
        route["leases"] or route["errors"] or route["control"] or route["breaker"] != BreakerState.ADMITTING
    )


def _route(route: Mapping[str, Any]) -> tuple[str, ...]:
    reused = route["reused_share"]
    errors = ", ".join(f"{reason} {count}" for reason, count in route["errors"].items())
    return (
        route["route"],
        route["control"] or _breaker(route),
        f"{route['quality']:.2f}",
        "-" if reused is None else f"{reused:.1%}",
        _ms(route["ttfb_p50_s"]),
        _ms(route["ttfb_p95_s"]),
        errors or "-",
    )


def _show_failures(routes: Iterable[Mapping[str, Any]], *, every: bool) -> None:
    """Show why runs have failed last; of many routes the latest for each reason."""
    failed = [(route["last_failure"], route["route"]) for route in routes if route.get("last_failure")]
    failed.sort(key=lambda one: one[0]["ago_s"])
    why: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for failure, route in failed:
        ago = f"{failure['ago_s']:.0f} s ago"
        why.setdefault((failure["reason"], failure["message"]), []).append((ago, route))
    if every or len(failed) <= MOST:
        rows = [(route, ago, *told) for told, those in why.items() for ago, route in those]
    else:
        rows = [(some([route for _, route in those], 1), those[0][0], *told) for told, those in why.items()]
    if rows:
        click.echo()
        click.echo(table(("ROUTE", "LAST RUN FAILED", "REASON", "MESSAGE"), rows))


def _show_troubles(found: Sequence[Mapping[str, Any]], *, every: bool) -> None:
    """Show the dials that have failed; of many one place for each reason."""
    troubles: dict[tuple[str, str], list[str]] = {}
    for vendor in found:
        for place in vendor["places"]:
            if place["trouble"]:
                troubles.setdefault((vendor["provider"], place["trouble"]), []).append(place["place"])
    if not troubles:
        return
    if every or sum(map(len, troubles.values())) <= MOST:
        rows = [(*why, place) for why, places in troubles.items() for place in places]
    else:
        rows = [(*why, some(places, 1)) for why, places in troubles.items()]
    click.echo()
    click.echo(table(("PROVIDER", "LAST DIAL FAILED", "PLACE"), rows))


def _breaker(route: Mapping[str, Any]) -> str:
    wait_s = route["retry_after_s"]
    return f"{route['breaker']}, {wait_s:.0f} s" if wait_s > 0 else route["breaker"]


def _ms(seconds: float | None) -> str:
    return "-" if seconds is None else f"{1000 * seconds:.0f} ms"
