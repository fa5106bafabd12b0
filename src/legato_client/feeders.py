"""The tasks that feed utterances from their sources."""

import asyncio

from legato_client.record import UtteranceRecord


class Feeders:
    """Stops a feeder, and the source that it waits for, once nothing of that source can be said any more.

    A feeder is cancelled once at most: what its source does to end well, such as closing a connection, is not interrupted.
    """

    def __init__(self) -> None:
        self._records: dict[asyncio.Task[None], UtteranceRecord] = {}

    def add(self, feeder: asyncio.Task[None], record: UtteranceRecord) -> None:
        """Watch over a feeder until it is done."""
        self._records[feeder] = record
        feeder.add_done_callback(self._records.pop)

    def stop_unwanted(self) -> None:
        """Stop those whose utterance is over, or was cancelled by the program."""
        for feeder, record in self._records.items():
            if record.over or record.cancelled:
                _stop(feeder)

    def stop_all(self) -> None:
        """Stop all: the program leaves."""
        for feeder in self._records:
            _stop(feeder)


def _stop(feeder: asyncio.Task[None]) -> None:
    if not feeder.cancelling():
        feeder.cancel()
