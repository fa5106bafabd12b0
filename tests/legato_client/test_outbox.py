from legato.domain.events import Cancel, End, Ping, Text
from legato_client.outbox import Outbox


def test_first_in_first_out():
    outbox = Outbox(1000)
    for command in (Text("u1", "a"), End("u1"), Ping("p")):
        outbox.put(command)

    assert len(outbox) == 3
    assert [outbox.take() for _ in range(4)] == [Text("u1", "a"), End("u1"), Ping("p"), None]


def test_no_room_from_the_mark_until_half_of_it_is_gone():
    outbox = Outbox(100)
    for _ in range(3):
        outbox.put(Text("u1", "x" * 20))
    assert not outbox.room
    outbox.take()
    assert not outbox.room
    outbox.take()
    assert outbox.room


def test_what_is_held_elsewhere_weighs_here():
    outbox = Outbox(50)
    told = [Text("u1", "x" * 40)]
    outbox.hold(told)
    assert (outbox.room, len(outbox)) == (False, 0)
    outbox.unhold(told)
    assert outbox.room


def test_a_purged_utterance_leaves_its_neighbours_and_their_weight():
    outbox = Outbox(60)
    outbox.put(Text("u1", "x" * 40))
    outbox.put(Cancel("u2"))
    outbox.purge("u1")

    assert outbox.room
    assert outbox.take() == Cancel("u2")
    assert outbox.take() is None


def test_emptied_it_gives_what_was_in_it():
    outbox = Outbox(20)
    outbox.put(Ping("a"))
    outbox.hold([Text("u1", "x" * 90)])

    assert outbox.empty() == [Ping("a")]
    assert outbox.room
