import gc

import pytest

from gateway.app.commands.players import FilePlayer, Player, PlayerCommand, PlayerError, find_player
from legato.domain.audio import AudioFormat, Encoding
from tests.gateway.app.cli_stage import PLAY, fake_player

PCM = AudioFormat(Encoding.PCM_S16LE, 24_000)
WAITS = "import time\nopen(folder + '/started', 'w').close()\ntime.sleep(600)"


@pytest.mark.parametrize(
    ("name", "audio_format", "expected"),
    [
        ("aplay", PCM, ["-f", "S16_LE", "-r", "24000"]),
        ("aplay", AudioFormat(Encoding.MULAW, 8_000), ["-f", "MU_LAW", "-r", "8000"]),
        ("aplay", AudioFormat(Encoding.ALAW, 8_000), ["A_LAW"]),
        ("paplay", PCM, ["--format=s16le", "--rate=24000"]),
        ("ffplay", AudioFormat(Encoding.ALAW, 8_000), ["-f", "alaw", "-ar", "8000"]),
    ],
)
def test_each_player_is_told_the_format_in_its_own_words(tmp_path, name, audio_format, expected):
    program = fake_player(tmp_path, PLAY, name)

    command = find_player(audio_format, str(tmp_path))

    assert command.arguments[0] == str(program)
    assert not command.takes_file
    assert [part for part in command.arguments if part in expected] == expected


def test_the_first_player_wins_and_a_file_player_is_the_last_resort(tmp_path):
    assert find_player(PCM, str(tmp_path)) is None
    fake_player(tmp_path, PLAY, "afplay")
    assert find_player(PCM, str(tmp_path)).takes_file
    fake_player(tmp_path, PLAY, "ffplay")
    assert "ffplay" in find_player(PCM, str(tmp_path)).arguments[0]


async def test_it_plays_what_it_is_given(tmp_path):
    player = Player(PlayerCommand((str(fake_player(tmp_path, PLAY)),)))
    for piece in (b"one", b"two"):
        await player.write(piece)
    await player.finish()

    assert (tmp_path / "played").read_bytes() == b"onetwo"


async def test_a_player_that_never_started_ends_well():
    player = Player(PlayerCommand(("/nowhere/aplay",)))
    await player.finish()
    await player.stop()


async def test_a_player_that_fails_says_why(tmp_path):
    program = fake_player(tmp_path, "sys.exit('cannot open audio device')")
    player = Player(PlayerCommand((str(program),)))

    async def play():
        for _ in range(1000):
            await player.write(b"x" * 4096)
        await player.finish()

    with pytest.raises(PlayerError, match="aplay: cannot open audio device"):
        await play()


async def test_a_player_that_cannot_play_is_known_before_there_is_audio(tmp_path):
    program = fake_player(tmp_path, "sys.exit('cannot open audio device')")
    player = Player(PlayerCommand((str(program),)))

    async def begin_twice():
        await player.begin()  # which may find it ended already
        await player._process.wait()
        await player.begin()

    with pytest.raises(PlayerError, match="aplay: cannot open audio device"):
        await begin_twice()
    await player.stop()


async def test_a_player_that_fails_in_silence(tmp_path):
    player = Player(PlayerCommand((str(fake_player(tmp_path, "sys.stdin.read(); sys.exit(3)")),)))
    await player.write(b"x")
    with pytest.raises(PlayerError, match="exit status 3"):
        await player.finish()


async def test_a_player_that_leaves_early_although_it_did_not_fail(tmp_path):
    player = Player(PlayerCommand((str(fake_player(tmp_path, "sys.exit(0)")),)))

    async def play():
        for _ in range(1000):
            await player.write(b"x" * 4096)

    with pytest.raises(PlayerError, match="ended too early"):
        await play()


async def test_stopped_it_is_gone_at_once(tmp_path):
    player = Player(PlayerCommand((str(fake_player(tmp_path, WAITS)),)))
    await player.write(b"x")
    await player.stop()
    await player.stop()

    assert player._process.returncode == -9


async def test_a_file_player_plays_a_whole_wav(tmp_path):
    body = "open(folder + '/played', 'wb').write(open(arguments[0], 'rb').read())"
    command = PlayerCommand((str(fake_player(tmp_path, body, "afplay")),), takes_file=True)
    player = FilePlayer(command, PCM)
    await player.begin()
    await player.write(b"ab")
    await player.write(b"cd")
    await player.finish()
    await player.stop()

    played = (tmp_path / "played").read_bytes()
    assert played[:4] == b"RIFF"
    assert played[44:] == b"abcd"


async def test_a_file_player_that_fails(tmp_path):
    command = PlayerCommand((str(fake_player(tmp_path, "sys.exit(4)", "afplay")),), takes_file=True)
    with pytest.raises(PlayerError, match="exit status 4"):
        await FilePlayer(command, PCM).finish()
    await FilePlayer(command, PCM).stop()


async def without_end(player):
    while True:
        await player.write(bytes(100_000))


async def test_a_player_that_breaks_is_told_of_once(caplog):
    player = Player(PlayerCommand(("false",)))
    with pytest.raises(PlayerError, match="exit status 1"):
        await without_end(player)
    await player.stop()
    del player
    gc.collect()  # asyncio tells of errors that nobody has asked for when it forgets them
    assert not caplog.records
