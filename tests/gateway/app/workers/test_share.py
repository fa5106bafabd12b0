import pickle

import pytest

from gateway.app.config.settings import Settings
from gateway.app.workers.share import part, share
from tests.gateway.app.workers_stage import post

SETTINGS = Settings(
    server={"workers": 2},
    voices={"v": {"routes": [{"provider": "d", "voice": "a"}]}},
    providers={
        "d": {"dialect": "deepgram", "credential": "env:K", "pool": {"floor": 1, "ceiling": 5, "spare": 1}},
        "e": {"dialect": "openai", "credential": "env:K", "pool": {"floor": 0, "ceiling": 1}},
    },
)


@pytest.mark.parametrize(("whole", "workers"), [(5, 2), (10, 3), (1, 2), (0, 2), (7, 7)])
def test_the_parts_make_the_whole(whole, workers):
    parts = [part(whole, number, workers) for number in range(1, workers + 1)]
    assert sum(parts) == whole
    assert max(parts) - min(parts) <= 1


def test_lines_are_divided_and_everybody_has_one(tmp_path):
    shares = [share(SETTINGS, post(tmp_path, number), 2) for number in (1, 2)]
    assert [each.providers["d"].pool.ceiling for each in shares] == [3, 2]
    assert [each.providers["d"].pool.floor for each in shares] == [1, 1]
    assert [each.providers["e"].pool.ceiling for each in shares] == [1, 1]
    assert [each.providers["e"].pool.floor for each in shares] == [0, 0]


def test_of_a_floor_of_several_lines_each_has_its_part(tmp_path):
    settings = Settings(
        voices=SETTINGS.voices,
        providers={
            "d": {"dialect": "deepgram", "credential": "env:K", "pool": {"floor": 4, "ceiling": 5}},
        },
    )
    shares = [share(settings, post(tmp_path, number), 3) for number in (1, 2, 3)]
    pools = [each.providers["d"].pool for each in shares]
    assert [(pool.floor, pool.ceiling) for pool in pools] == [(2, 2), (1, 2), (1, 1)]


def test_the_engine_is_the_parents_and_so_is_the_admin_port(tmp_path):
    mine = share(SETTINGS, post(tmp_path), 2)
    assert mine.engines.socket == tmp_path / "engine.sock"
    assert (mine.server.workers, mine.server.admin) == (1, None)
    chosen = SETTINGS.model_copy(
        update={"engines": SETTINGS.engines.model_copy(update={"socket": tmp_path / "mine"})}
    )
    assert share(chosen, post(tmp_path), 2).engines.socket == tmp_path / "mine"


def test_it_can_be_sent_to_another_process(tmp_path):
    mine = share(SETTINGS, post(tmp_path), 2)
    assert pickle.loads(pickle.dumps(mine)) == mine
