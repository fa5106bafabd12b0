"""`make live`: calls every vendor whose key is in the environment, with less than 200 characters each, records what went over the wire
in var/live/VENDOR.jsonl, compares it with what the simulator sends, and reports which facts that sources leave open are now known.

A vendor without a key is skipped. NAME_URL (as OPENAI_URL) overrides a vendor's address; Wyoming has no key, and needs WYOMING_URL.
"""

import asyncio
import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

from gateway.app.simulation import NAMES, simulator
from gateway.app.vendors import VENDORS
from legato.domain.events import Finished
from legato.domain.speech import Route, UtteranceOptions
from tests.live.calls import MOST_CHARS, SAID, VENDORS_TO_CALL, call
from tests.live.facts import verdicts

FOLDER = Path("var/live")


async def main(env, folder=FOLDER, write=print):
    """Call all vendors; return how many calls went wrong."""
    assert sum(map(len, SAID)) <= MOST_CHARS, "nobody is charged more than was promised"
    folder.mkdir(parents=True, exist_ok=True)
    failed = 0
    for name, vendor in VENDORS_TO_CALL.items():
        url, secret = env.get(f"{name.upper()}_URL"), env.get(vendor.key, "")
        if not secret and (vendor.key or not url):
            write(f"{name}: skipped, {vendor.key or name.upper() + '_URL'} is not set")
            continue
        live = await call(name, vendor, url, secret)
        (folder / f"{name}.jsonl").write_text("".join(f"{line}\n" for line in live.recording.lines()))
        if not isinstance(live.end, Finished) or not live.audio_bytes:
            failed += 1
            write(f"{name}: FAILED, {live.end}")
            continue
        write(
            f"{name}: {live.audio_bytes} bytes of audio, the first after {1000 * live.first_audio_s:.0f} ms"
        )
        for line in await _differences(name, vendor, live):
            write(f"  {line}")
        for fact, verdict in verdicts(name, live.recording).items():
            write(f"  {verdict}: {fact}")
    return failed


async def _differences(name, vendor, live):
    if name not in NAMES:
        return ["no simulator to compare it with"]
    async with simulator([name]) as running:
        simulated = await call(name, vendor, simulated_url(name, vendor, running), "key")
    told = []
    for way in ("out", "in"):
        here, there = live.recording.shapes(way), simulated.recording.shapes(way)
        told += [f"only the vendor, {way}: {shape}" for shape in sorted(here - there)]
        told += [f"only the simulator, {way}: {shape}" for shape in sorted(there - here)]
    return told or ["the simulator sends and takes the same kinds of frames"]


def simulated_url(name, vendor, running):
    """Return the address where a running simulator speaks as this vendor."""
    place = VENDORS[name](None, {}, {}).place(
        Route(name, vendor.voice, vendor.options), "en", UtteranceOptions()
    )
    usual = urlsplit(place.url)
    if usual.scheme == "tcp":
        return running.tcp_url
    if usual.scheme.startswith("grpc"):
        return running.grpc_url
    base = running.websocket_url if usual.scheme.startswith("ws") else running.url
    host_only = name.startswith("elevenlabs")
    path = "" if host_only else usual.path
    return base + ("/v1" if name == "openai" else path)


if __name__ == "__main__":
    sys.exit(min(asyncio.run(main(os.environ)), 1))
