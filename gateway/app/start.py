"""The `legato` script: loads the command line, and runs it."""

import signal
from importlib import import_module


def main() -> None:
    """Run the command line; the `legato` script calls this.

    Loading it takes a second. Until then Ctrl-C ends the process as SIGTERM does: Python would print at which import it was.
    Where it is ignored, as after `nohup legato serve &` in a script, it stays so.
    """
    is_usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_usual:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    cli = import_module("gateway.app.cli")  # takes a second
    if is_usual:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    cli.main()
