import asyncio

import pytest

from gateway.upstream.line_life import RunRest
from legato.domain.errors import Reason
from legato.domain.events import Audio, Failed, Finished, Lost, Marker, SaidAgain
from legato.domain.facts import BreakerMoved, LineLost, RunTimedOut
from legato.domain.text import Reading
from legato.domain.vendors import VendorLimits
from tests.gateway.upstream.stage import Asked, Ear, Notes, idle, lines_of, speak, turns
from tests.gateway.upstream.vendor import Dialect
from tests.gateway.upstream.virtual_vendor import VirtualVendor, lease, virtual_lines
from tests.virtual_time import on_virtual_time


async def leased(vendor, lines, ear, said="hello"):
    await vendor.until(lambda: idle(lines))
    line = Asked(lines, ear).now
    assert not isinstance(line, Failed | None), line
    if said:
        line.say(0, Reading(said))
    return line


async def told(vendor, *messages):
    """The vendor says something on every socket."""
    for socket in vendor.sockets:
        for message in messages:
            await socket.send(message)


# --- the end is heard once ----------------------------------------------------------------------------------------------


async def test_nothing_is_heard_after_a_cancel(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = vendor.confirms_late = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await told(vendor, b"1|\1\0")
        await ear.until(lambda ear: ear.audio)
        line.cancel()
        line.cancel()
        line.say(1, Reading("more"))
        line.end_input()
        line.pause()
        line.resume()
        await told(vendor, b"1|\1\0", "done 1")
        line.release(clean=True)
        line.release(clean=True)
        await vendor.until(lambda: idle(lines))
        assert [type(event) for event in ear.events] == [Audio]
        assert vendor.heard.count("cancel 1") == 1
        assert "say 1 1 more" not in vendor.heard


async def test_r2_a_cancelled_run_is_cleaned_up_behind_the_session_and_the_spare_is_there_at_once(vendor):
    async with lines_of(Dialect(vendor.url), floor=2, spare=1) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await vendor.until(lambda: len(vendor.sockets) == 2 and idle(lines))
        line.cancel()
        line.release(clean=True)
        assert lines.states()["cleaning"] == 1
        second = Asked(lines, Ear()).now
        assert second.reused
        await told(vendor, "cancelled 1")
        await vendor.until(lambda: lines.states()["cleaning"] == 0)
        assert len(vendor.knocks) == 2, "nothing was dialled for it"
        second.release(clean=True)


async def test_r9_a_cancel_that_is_never_confirmed_costs_the_connection(vendor):
    dialect = Dialect(vendor.url, VendorLimits(cancel_s=0.05))
    async with lines_of(dialect) as lines:
        vendor.mute = True
        line = await leased(vendor, lines, Ear())
        line.cancel()
        line.release(clean=True)
        await vendor.until(lambda: len(vendor.knocks) == 2)
        await vendor.until(lambda: idle(lines) == 1)
        assert len(vendor.sockets) == 1


async def test_a_confirmation_between_cancel_and_release_counts(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        line = await leased(vendor, lines, Ear())
        line.cancel()
        language = lines._dialect.made[0]
        await told(vendor, "cancelled 1")
        await vendor.until(lambda: not language.open_runs)
        line.release(clean=True)
        assert idle(lines) == 1


async def test_a_late_confirmation_that_never_came_before_the_release_spoils_the_connection(vendor):
    dialect = Dialect(vendor.url, VendorLimits(cancel_s=0.02))
    async with lines_of(dialect) as lines:
        vendor.mute = True
        line = await leased(vendor, lines, Ear())
        line.cancel()
        await asyncio.sleep(0)
        await vendor.until(lambda: line._rest is RunRest.SPOILT)
        line.release(clean=True)
        assert idle(lines) == 0
        await vendor.until(lambda: idle(lines))
        assert len(vendor.knocks) == 2


async def test_where_only_closing_stops_a_run_the_connection_is_replaced_and_not_called_lost(vendor):
    notes = Notes()
    async with lines_of(Dialect(vendor.url, cancels=False), notes) as lines:
        vendor.mute = True
        line = await leased(vendor, lines, Ear())
        line.cancel()
        line.release(clean=True)
        await vendor.until(lambda: len(vendor.knocks) == 2 and idle(lines))
        assert notes.of(LineLost) == []


async def test_a_lease_that_was_never_used_leaves_nothing_at_the_vendor(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        line = await leased(vendor, lines, Ear(), said="")
        line.release(clean=True)
        assert idle(lines) == 1
        await vendor.until(lambda: "hello" in vendor.heard)
        assert vendor.heard == ["hello"]


async def test_releasing_a_run_under_way_stops_it(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        line = await leased(vendor, lines, Ear())
        line.release(clean=True)
        await vendor.until(lambda: "cancel 1" in vendor.heard)


# --- failures -----------------------------------------------------------------------------------------------------------


async def test_r4_text_that_ends_without_sound_has_failed(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        line.end_input()
        await told(vendor, "done 1")
        assert (await ear.end()).reason is Reason.VENDOR_EMPTY
        line.release(clean=False)


@pytest.mark.parametrize("end", ["mark 1 0", "done 1"])
async def test_r4_text_that_ends_with_far_too_little_sound_has_failed(vendor, end):
    """A vendor that died in mid-sentence and said that it was done passed for one that had spoken."""
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear, said="A sentence of more than twenty letters.")
        line.end_input()
        await told(vendor, b"1|" + bytes(1_600), end)
        assert (await ear.end()).reason is Reason.VENDOR_EMPTY
        line.release(clean=False)


async def test_text_with_no_letter_may_end_without_sound(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear, said="… !")
        line.end_input()
        await told(vendor, "mark 1 0", "done 1")
        assert isinstance(await ear.end(), Finished)
        line.release(clean=True)


@pytest.mark.parametrize("awaited", ["first_audio", "between_audio", "finish"])
async def test_time_outs_of_every_kind_are_told_once_and_as_facts(vendor, awaited):
    notes = Notes()
    limits = VendorLimits(first_audio_s=0.05, between_audio_s=0.05, finish_s=0.05, cancel_s=0.02)
    async with lines_of(Dialect(vendor.url, limits), notes) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear, said="x" * 500)
        if awaited != "first_audio":
            await told(vendor, b"1|" + bytes(2 * 8_000 * (1 if awaited == "between_audio" else 20)))
            await ear.until(lambda ear: ear.audio)
        if awaited == "finish":
            line.end_input()
        assert (await ear.end()).reason is Reason.VENDOR_TIMEOUT
        line.release(clean=False)
        assert [fact.awaited for fact in notes.of(RunTimedOut)] == [awaited]
        await vendor.until(lambda: "cancel 1" in vendor.heard and len(vendor.knocks) == 2)


async def test_a_vendor_that_is_usually_quick_is_not_waited_for_as_long_as_any(vendor):
    """What is set is beyond any patience; what is usual there is a few milliseconds."""
    limits = VendorLimits(first_audio_s=600.0, first_audio_least_s=0.1)
    async with lines_of(Dialect(vendor.url, limits), floor=2) as lines:
        await vendor.until(lambda: idle(lines) == 2)
        for _ in range(20):
            await speak(lines)
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        assert (await ear.end()).reason is Reason.VENDOR_TIMEOUT
        line.release(clean=False)


async def test_what_came_while_the_loop_was_held_up_is_heard_before_a_run_is_called_late(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await vendor.until(lambda: "say 1 0 hello" in vendor.heard)
        line._watch._since -= (
            60  # the loop has done nothing for a minute, and the timer is the first to be served
        )
        line._alarm._at -= 60
        line._alarm._wake()
        assert not ear.over
        await told(vendor, b"1|" + bytes(640))
        await ear.until(lambda ear: ear.audio)
        assert not ear.over
        line.release(clean=True)


async def test_r1_a_half_open_line_is_found_when_its_first_audio_is_late_and_replaced_unheard(vendor):
    limits = VendorLimits(first_audio_s=0.2)
    async with lines_of(Dialect(vendor.url, limits)) as lines:
        await vendor.until(lambda: idle(lines) == 1)
        ear = Ear()
        line = Asked(lines, ear).now
        connection = line._connection
        connection._wire = Deaf()
        connection._answers_pings = True
        connection._heard_at -= 60
        line.say(0, Reading("hello"))
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        assert connection.went_silently
        line.release(clean=True)
        assert lines.view().routes[0].errors == {}


@pytest.fixture
def virtual_vendor(monkeypatch):
    """A vendor in the place of the network, who says what the test says."""
    vendor = VirtualVendor(mute=True)
    monkeypatch.setattr("gateway.upstream.place_pool.dial", vendor.dial)
    return vendor


@on_virtual_time
async def test_audio_in_time_moves_the_limit_on(virtual_vendor):
    async with virtual_lines(VendorLimits(between_audio_s=0.6, idle_s=600.0)) as lines:
        ear = Ear()
        line = await lease(lines, ear)
        line.say(0, Reading("x" * 2_000))
        await asyncio.sleep(0.1)
        for _ in range(8):
            virtual_vendor.says(b"1|" + bytes(6_400))
            await asyncio.sleep(0.59)
        assert len(ear.audio) == 8 * 6_400
        assert not ear.over
        await asyncio.sleep(0.1)
        assert ear.events[-1].reason is Reason.VENDOR_TIMEOUT
        line.release(clean=False)


@on_virtual_time
async def test_r4_a_vendor_that_never_stops_is_given_up(virtual_vendor):
    async with virtual_lines(VendorLimits(idle_s=600.0)) as lines:
        ear = Ear()
        line = await lease(lines, ear)
        line.say(0, Reading("hello"))
        await asyncio.sleep(0.1)
        second = bytes(2 * line.sample_rate_hz)
        for _ in range(200):
            virtual_vendor.says(b"1|" + second)
            await asyncio.sleep(0.5)
        assert 80 <= len(ear.audio) / len(second) <= 85
        assert ear.events[-1].reason is Reason.VENDOR_TIMEOUT
        assert "long after the end" in ear.events[-1].message
        line.release(clean=False)


@on_virtual_time
async def test_a_run_that_is_held_is_not_late(virtual_vendor):
    async with virtual_lines(VendorLimits(first_audio_s=3.0, idle_s=600.0)) as lines:
        ear = Ear()
        line = await lease(lines, ear)
        line.say(0, Reading("hello"))
        line.pause()
        await asyncio.sleep(60)
        assert ear.events == []
        line.resume()
        await asyncio.sleep(2.9)
        assert ear.events == []
        virtual_vendor.says(b"1|" + bytes(16))
        assert ear.audio
        line.release(clean=True)


@on_virtual_time
async def test_r8_a_run_that_stays_silent_after_it_was_held_is_given_up(virtual_vendor):
    async with virtual_lines(VendorLimits(first_audio_s=3.0, idle_s=600.0)) as lines:
        ear = Ear()
        line = await lease(lines, ear)
        line.say(0, Reading("hello"))
        line.pause()
        await asyncio.sleep(60)
        line.resume()
        await asyncio.sleep(3.1)
        assert [event.reason for event in ear.events] == [Reason.VENDOR_TIMEOUT]
        line.release(clean=False)


async def test_a_paused_connection_reads_again_for_the_next_one(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        line = await leased(vendor, lines, Ear(), said="")
        line.pause()
        line.release(clean=True)
        ear, _ = await speak(lines)
        assert ear.audio


async def test_what_the_vendor_refuses_is_told_and_the_connection_serves_the_next(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await told(vendor, "error 1 vendor_rejected")
        assert (await ear.end()).reason is Reason.VENDOR_REJECTED
        line.release(clean=False)
        assert idle(lines) == 1
        assert len(vendor.knocks) == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [("no_credit", "as told (no_credit)"), ("Hunter2", "as told"), ("bad_hunter2", "as told")],
)
async def test_why_a_run_was_refused_is_told_unless_that_quotes_the_text(vendor, code, message):
    notes = Notes()
    async with lines_of(Dialect(vendor.url), notes) as lines:
        vendor.mute = True
        for run in (1, 2, 3):
            ear = Ear()
            line = await leased(vendor, lines, ear, "My password is Hunter2.")
            await told(vendor, f"error {run} vendor_unreachable {code}")
            assert (await ear.end()).message == message
            line.release(clean=True)
        (failure,) = (route.last_failure for route in lines.view().routes)
        assert (failure.reason, failure.message) == ("vendor_unreachable", message)
        assert [(moved.state, moved.why) for moved in notes.of(BreakerMoved)] == [("shut", message)]


class Releaser(Ear):
    """Gives the line back as a session does: in the call that tells it of the end."""

    def heard(self, line, event):
        super().heard(line, event)
        if self.over:
            line.release(clean=False)


async def test_a_connection_on_which_a_run_was_refused_is_kept_by_a_session_that_releases_at_once(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Releaser()
        await leased(vendor, lines, ear)
        await told(vendor, "error 1 vendor_rejected")
        assert (await ear.end()).reason is Reason.VENDOR_REJECTED
        assert idle(lines) == 1
        assert len(vendor.knocks) == 1


async def test_an_empty_chunk_is_not_the_first_audio(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await told(vendor, b"1|", b"1|\1\0")
        await ear.until(lambda ear: ear.audio)
        assert [type(event) for event in ear.events] == [Audio]
        line.release(clean=True)


class Deaf:
    """A wire to nowhere: everything is sent, nothing comes back."""

    def send(self, frames):
        pass

    def ping(self):
        return True

    def resume(self):
        pass

    def close(self):
        pass


# --- lost connections ---------------------------------------------------------------------------------------------------


async def test_r1_a_warm_connection_that_dies_before_the_first_audio_is_replaced_unheard(vendor):
    notes = Notes()
    async with lines_of(Dialect(vendor.url), notes) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        line.say(1, Reading("world"))
        await vendor.until(lambda: "say 1 1 world" in vendor.heard)
        vendor.heard.clear()
        vendor.mute = False
        vendor.sockets[0].transport.abort()
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        assert vendor.heard == ["hello", "begin 1", "say 1 0 hello", "say 1 1 world", "end 1"]
        assert ear.events.pop(0) == SaidAgain(10)
        assert [type(event) for event in ear.events] == [Audio, Marker, Audio, Marker, Finished]
        assert len(notes.of(LineLost)) == 1
        line.release(clean=True)
        await vendor.until(lambda: idle(lines))
        assert lines.view().routes[0].errors == {}


async def test_r1_the_spare_takes_over_inside_the_call(vendor):
    async with lines_of(Dialect(vendor.url), floor=2) as lines:
        await vendor.until(lambda: idle(lines) == 2)
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await vendor.until(lambda: "say 1 0 hello" in vendor.heard)
        vendor.mute = False
        line._connection.ended(1006, "")
        assert line._connection is not None
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        line.release(clean=True)


async def test_text_that_comes_while_it_is_replaced_is_said_there(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        ear = Ear()
        line = await leased(vendor, lines, ear, said="")
        line._connection.ended(1006, "")
        line.say(0, Reading("late"))
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        assert ear.audio
        line.release(clean=True)


@pytest.mark.parametrize("ends", [True, False])
async def test_r5_a_connection_that_closes_while_nothing_is_owed_has_finished_its_run(vendor, ends):
    """It was a failure: the voice changed to the next route, and after three of them the breaker shut."""
    async with lines_of(Dialect(vendor.url)) as lines:
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await ear.until(lambda ear: Marker(0) in ear.events)
        if ends:
            vendor.mute = True
            line.end_input()
        await vendor.sockets[0].close()
        assert isinstance(await ear.end(), Finished)
        line.release(clean=True)
        await vendor.until(lambda: idle(lines))
        assert lines.view().routes[0].errors == {}


async def closed_behind_the_first_segment(vendor, line, ear):
    """The vendor speaks one of two segments and closes the connection; on others it answers."""
    line.say(1, Reading("world"))
    await vendor.until(lambda: "say 1 1 world" in vendor.heard)
    await told(vendor, b"1|\1\0", "mark 1 0")
    await ear.until(lambda ear: Marker(0) in ear.events)
    vendor.mute = False
    await vendor.sockets[0].close()


async def test_r3_a_connection_that_closes_behind_a_segment_is_replaced_for_the_others(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await closed_behind_the_first_segment(vendor, line, ear)
        line.end_input()
        await ear.end()
        kinds = [type(event) for event in ear.events]
        assert kinds == [Audio, Marker, SaidAgain, Audio, Marker, Finished]
        assert ear.events[2] == SaidAgain(len("world"))
        assert vendor.heard.count("say 1 0 hello") == 1
        line.release(clean=True)
        assert lines.view().routes[0].errors == {}


@pytest.mark.parametrize("kept", ["word_times", "keeps_context"])
async def test_a_run_whose_vendor_counts_from_its_beginning_is_not_replaced_in_the_middle(vendor, kept):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        setattr(line, kept, True)
        await closed_behind_the_first_segment(vendor, line, ear)
        assert isinstance(await ear.end(), Lost)
        line.release(clean=False)


async def test_a_vendor_that_closes_within_a_segment_is_not_replaced(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await told(vendor, b"1|\1\0", "mark 1 0", b"1|\1\0")
        await ear.until(lambda ear: len(ear.audio) == 4)
        await vendor.sockets[0].close()
        assert isinstance(await ear.end(), Lost)
        line.release(clean=False)


async def test_a_line_that_is_paused_stays_so_on_another_connection(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        line._connection.ended(1006, "")
        line.pause()
        vendor.mute = False
        await vendor.until(lambda: vendor.heard.count("say 1 0 hello") == 2)
        await turns()
        assert not ear.audio
        line.resume()
        await ear.until(lambda ear: ear.audio)
        line.release(clean=True)


@pytest.mark.parametrize("first", ["hello", ""])
async def test_only_what_a_vendor_was_handed_before_is_said_again(vendor, first):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear, said=first)
        vendor.mute = False
        line._connection.ended(1006, "")
        line.say(1, Reading("late"))
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        again = [event.chars for event in ear.events if isinstance(event, SaidAgain)]
        assert sum(again) == len(first)
        line.release(clean=True)


async def test_a_lease_that_said_nothing_is_moved_and_says_it_there(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        ear = Ear()
        line = await leased(vendor, lines, ear, said="")
        vendor.sockets[0].transport.abort()
        await vendor.until(lambda: len(vendor.knocks) == 2 and line._connection is not None)
        line.say(0, Reading("hello"))
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        line.release(clean=True)


async def test_a_cancel_while_it_is_replaced_takes_the_wish_back(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        ear = Ear()
        line = await leased(vendor, lines, ear, said="")
        line._connection.ended(1006, "")
        line.cancel()
        line.release(clean=True)
        await vendor.until(lambda: idle(lines))
        assert ear.events == []


async def test_a_cancel_takes_back_the_last_of_several_requests_for_another_connection(vendor):
    """The spare, granted within the request, was lost within that as well: what was left was the handle of the first request."""
    async with lines_of(Dialect(vendor.url), floor=2) as lines:
        await vendor.until(lambda: idle(lines) == 2)
        line = await leased(vendor, lines, Ear(), said="")
        line.say(0, Reading("hello"))
        (pool,) = lines._pools.values()
        (spare,) = [other for other in pool._connections.values() if other is not line._connection]
        spare.begin = lambda *_: spare.ended(1006, "")
        line._connection.ended(1006, "")
        assert len(pool._askers) == 1
        line.cancel()
        assert not pool._askers
        line.release(clean=True)
        await vendor.until(lambda: idle(lines) == 2)
        assert lines.states()["leased"] == 0


async def test_a_connection_that_cannot_be_replaced_is_told(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        vendor.refusal = (503, {})
        vendor.sockets[0].transport.abort()
        assert (await ear.end()).reason is Reason.VENDOR_UNREACHABLE
        line.release(clean=False)


async def test_r1_when_all_waiting_lines_were_dropped_together_a_fresh_one_is_dialled(vendor):
    """The vendor, or whatever stands before it, knows none of the lines any more; the gateway finds that out with each one's first text."""
    notes = Notes()
    async with lines_of(Dialect(vendor.url), notes, floor=6) as lines:
        await vendor.until(lambda: idle(lines) == 6)
        vendor.forgets = set(vendor.sockets)
        ear = Ear()
        line = Asked(lines, ear).now
        for connection in lines._pools[next(iter(lines._pools))]._connections.values():
            connection._heard_at -= 60  # they have waited in silence for a minute
        line.say(0, Reading("hello"))
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        assert ear.audio == vendor.audio
        assert line.reused
        assert vendor.heard.count("say 1 0 hello") == 3, "the first, another that was there, and a fresh one"
        line.release(clean=True)
        assert lines.view().routes[0].errors == {}, "no attempt counts against the route"
        await vendor.until(lambda: idle(lines) == 6)
        assert not vendor.forgets & set(vendor.sockets), "none that had waited with it was kept"


async def test_r1_a_line_that_was_half_open_casts_doubt_on_all_that_wait_in_silence(vendor):
    async with lines_of(Dialect(vendor.url), floor=3) as lines:
        await vendor.until(lambda: idle(lines) == 3)
        waited = set(vendor.sockets)
        ear = Ear()
        line = Asked(lines, ear).now
        for connection in lines._pools[next(iter(lines._pools))]._connections.values():
            connection._heard_at -= 60
        line._connection.went_silently = True
        line._connection.ended(1006, "")
        line.say(0, Reading("hello"))
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        line.release(clean=True)
        await vendor.until(lambda: idle(lines) == 3 and not waited & set(vendor.sockets))


async def test_r1_one_line_that_dies_casts_no_doubt_on_the_others(vendor):
    async with lines_of(Dialect(vendor.url), floor=3) as lines:
        await vendor.until(lambda: idle(lines) == 3)
        ear = Ear()
        line = Asked(lines, ear).now
        line._connection.ended(1006, "")
        line.say(0, Reading("hello"))
        line.end_input()
        assert isinstance(await ear.end(), Finished)
        line.release(clean=True)
        assert len(vendor.knocks) <= 4


async def test_a_connection_that_was_dialled_as_the_replacement_is_not_replaced(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        for count in range(1, 3):
            await vendor.until(lambda count=count: vendor.heard.count("say 1 0 hello") == count)
            vendor.sockets[-1].transport.abort()
        assert isinstance(await ear.end(), Lost)
        line.release(clean=False)


async def test_after_the_first_audio_a_loss_is_told_at_once(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await told(vendor, b"1|\1\0")
        await ear.until(lambda ear: ear.audio)
        vendor.sockets[0].transport.abort()
        assert isinstance(await ear.end(), Lost)
        line.release(clean=False)


async def test_a_connection_that_was_dialled_for_the_lease_is_not_replaced(vendor):
    async with lines_of(Dialect(vendor.url), warm=False) as lines:
        vendor.mute = True
        ear = Ear()
        line = await Asked(lines, ear).answer()
        assert not line.reused
        line.say(0, Reading("hello"))
        await vendor.until(lambda: "say 1 0 hello" in vendor.heard)
        vendor.sockets[0].transport.abort()
        assert isinstance(await ear.end(), Lost)
        line.release(clean=False)


async def test_a_close_that_names_a_quota_is_that(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        await vendor.until(lambda: "say 1 0 hello" in vendor.heard)
        await vendor.sockets[0].close(4029, "no credit")
        assert await ear.end() == Failed(Reason.VENDOR_QUOTA, "no credit")
        line.release(clean=False)


async def test_runs_share_a_connection_and_end_with_it(vendor):
    dialect = Dialect(vendor.url, VendorLimits(runs_per_line=3))
    async with lines_of(dialect) as lines:
        vendor.mute = True
        ears = [Ear() for _ in range(3)]
        held = []
        for ear in ears:
            await vendor.until(lambda: lines.states()["dialling"] == 0)
            line = Asked(lines, ear).now
            assert not line.can_pause
            line.pause()
            line.say(0, Reading("hello"))
            held.append(line)
        assert len(vendor.sockets) == 1
        await told(vendor, b"1|a!", b"2|b!", b"3|c!")
        for ear in ears:
            await ear.until(lambda ear: ear.audio)
        assert [ear.audio for ear in ears] == [b"a!", b"b!", b"c!"]
        held.pop(0).release(clean=True)
        await told(vendor, "bye")
        for ear in ears[1:]:
            assert (await ear.end()).reason is Reason.VENDOR_UNREACHABLE
        assert not ears[0].over
        for line in held:
            line.release(clean=False)


# --- audio that was put together on the way -----------------------------------------------------------------------------


class Gatherer:
    """Stands in for the wire of a line's connection: holds one frame until it is asked to gather no more."""

    def __init__(self, line):
        self.leaves, self.waiting, self._connection = [], b"", line._connection
        self._connection._gatherer = self

    def gather(self, size):
        self.leaves.append(size)
        if not size and self.waiting:
            waiting, self.waiting = self.waiting, b""
            self._connection.came(waiting)


async def test_what_was_put_together_is_told_before_the_run_is_cut(vendor):
    async with lines_of(Dialect(vendor.url)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear)
        gatherer = Gatherer(line)
        line.gather(960)
        gatherer.waiting = b"1|audio!"
        line.cut("elsewhere")
        assert gatherer.leaves[:2] == [960, 0]
        assert [type(event) for event in ear.events] == [Audio, Lost]
        line.gather(960)
        assert gatherer.leaves[-1] == 0, "nothing is gathered for a run that is over"
        line.release(clean=False)


async def test_audio_that_was_put_together_is_in_time(vendor):
    limits = VendorLimits(first_audio_s=0.05, between_audio_s=5.0)
    async with lines_of(Dialect(vendor.url, limits)) as lines:
        vendor.mute = True
        ear = Ear()
        line = await leased(vendor, lines, ear, said="x" * 500)
        gatherer = Gatherer(line)
        gatherer.waiting = b"1|audio!"
        await ear.until(lambda ear: ear.events)
        assert ear.audio == b"audio!"
        line.release(clean=True)
