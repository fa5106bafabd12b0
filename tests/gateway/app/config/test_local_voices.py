import re
from pathlib import Path

import espeakng_loader
import pytest

from gateway.app.config.local_voices import ESPEAK_LANGUAGES, local_providers, local_voices
from gateway.app.config.voices import EngineName


def test_every_route_leads_to_a_local_engine():
    providers = local_providers()
    for voice in local_voices().values():
        for route in voice.routes:
            assert providers[route.provider].engine in EngineName
    assert all(provider.dialect is None for provider in providers.values())


def test_the_languages_are_named_once():
    assert len(set(ESPEAK_LANGUAGES)) == len(ESPEAK_LANGUAGES) >= 100


def test_languages_are_found_by_the_tag_that_most_clients_send():
    assert {"zh", "cmn", "no", "nb"} <= set(ESPEAK_LANGUAGES)


@pytest.mark.voice
def test_espeak_speaks_every_language_that_is_promised():
    spoken = set()
    for file in (Path(espeakng_loader.get_data_path()) / "lang").rglob("*"):
        if file.is_file():
            spoken |= set(re.findall(r"^language\s+(\S+)", file.read_text(encoding="utf-8"), re.MULTILINE))
    assert {tag.lower() for tag in ESPEAK_LANGUAGES} - {tag.lower() for tag in spoken} == set()
