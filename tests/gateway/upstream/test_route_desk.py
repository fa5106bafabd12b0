import pytest

from gateway.upstream.route_desk import RETURN_S, Control, RouteDesk
from gateway.upstream.view import FailureView
from legato.domain.errors import Reason
from legato.domain.events import Failed, Lost
from legato.domain.facts import BreakerMoved, RunTimedOut
from legato.domain.vendors import VendorLimits
from tests.gateway.upstream.stage import Notes


class Run:
    def __init__(self):
        self.words = []

    def cut(self, words):
        self.words.append(words)


def desk():
    notes = Notes()
    return RouteDesk("v/voice", 0.0, lambda: 0.99, notes), notes


def failure(reason):
    return Failed(reason, "the vendor answered 500 (busy)")


def shut(one):
    for _ in range(3):
        one.failed(failure(Reason.VENDOR_LOST), "", 1.0, probe=False)


def test_it_lets_in_from_the_start():
    one, _ = desk()
    assert one.refusal(0.0, returning=False) is None
    assert not one.admitted(0.0)


def test_a_shut_route_says_when_to_come_back():
    one, notes = desk()
    shut(one)
    refused = one.refusal(1.0, returning=False)
    assert refused.reason is Reason.VENDOR_UNREACHABLE
    assert refused.retry_after_s == pytest.approx(0.99)
    assert notes.facts == [BreakerMoved("v/voice", "shut", "the vendor answered 500 (busy)")]


def test_who_has_no_other_route_is_let_in_all_the_same():
    one, _ = desk()
    shut(one)
    assert one.refusal(1.0, returning=False, last_resort=True) is None
    assert not one.admitted(1.0), "the probe is another one"


@pytest.mark.parametrize("control", [Control.DRAINED, Control.EJECTED])
def test_not_even_the_last_resort_goes_where_an_operator_forbids_it(control):
    one, _ = desk()
    one.control = control
    assert one.refusal(0.0, returning=False, last_resort=True)


def test_rule_13_who_has_left_comes_back_when_it_has_been_well_for_long_enough():
    one, _ = desk()
    assert one.refusal(RETURN_S - 1, returning=True).retry_after_s
    assert one.refusal(RETURN_S, returning=True) is None


def test_rule_13_where_nobody_else_asks_who_has_left_is_the_probe_of_a_shut_route():
    """With streams that last for hours and no new ones, a route that had shut was never asked again."""
    one, _ = desk()
    shut(one)
    over = 1.0 + one.view(1.0).retry_after_s
    assert one.refusal(over + RETURN_S - 0.01, returning=True)
    assert one.refusal(over + RETURN_S, returning=True) is None
    assert one.admitted(over + RETURN_S)
    assert one.refusal(over + RETURN_S, returning=True), "one at a time"
    one.failed(failure(Reason.VENDOR_LOST), "", 40.0, probe=True)
    assert one.refusal(40.0 + RETURN_S, returning=True), (
        "and not before it has been well for long enough again"
    )


@pytest.mark.parametrize("control", [Control.DRAINED, Control.EJECTED])
def test_what_an_operator_has_taken_out_is_refused(control):
    one, _ = desk()
    one.control = control
    refused = one.refusal(0.0, returning=False)
    assert control.value in refused.message
    assert refused.retry_after_s > 1, "whoever waits for it does not ask at every turn"


def test_what_an_operator_has_pinned_is_asked_and_is_no_probe():
    one, _ = desk()
    shut(one)
    one.control = Control.PINNED
    assert one.refusal(1.0, returning=False) is None
    assert not one.admitted(1.0)
    one.sounded(0.1, 1.0)
    one.succeeded(1.1)
    assert one.view(1.1).breaker == "shut"


def test_the_probe_alone_decides():
    one, _ = desk()
    shut(one)
    assert one.admitted(2.0)
    one.failed(failure(Reason.VENDOR_LOST), "", 2.0, probe=False)
    one.called_off(probe=False)
    assert one.refusal(2.0, returning=False)
    one.called_off(probe=True)
    assert one.refusal(2.0, returning=False) is None
    assert one.admitted(2.0)
    one.failed(failure(Reason.VENDOR_LOST), "", 2.5, probe=True)
    assert one.view(2.5).breaker == "shut"


@pytest.mark.parametrize("shows", ["sounded", "succeeded"])
def test_a_route_is_well_again_as_soon_as_its_probe_shows_it(shows):
    """Not only when the whole utterance of the probe has been spoken: until then nobody else would be let in."""
    one, notes = desk()
    shut(one)
    assert one.admitted(2.0)
    assert one.refusal(2.5, returning=False)
    if shows == "sounded":
        one.sounded(0.5, 2.5)
    else:
        one.succeeded(2.5)
    assert one.refusal(2.5, returning=False) is None
    assert [(fact.state, fact.why) for fact in notes.facts[1:]] == [("probing", ""), ("admitting", "")]


def test_first_audio_alone_does_not_make_up_for_failures():
    """A route that breaks off each time after its first audio is given up."""
    one, _ = desk()
    for _ in range(3):
        one.sounded(0.1, 1.0)
        one.failed(failure(Reason.VENDOR_LOST), "", 1.0, probe=False)
    assert one.refusal(1.0, returning=False)


def test_runs_that_end_well_make_up_for_failures():
    one, _ = desk()
    for _ in range(3):
        one.failed(failure(Reason.VENDOR_LOST), "", 1.0, probe=False)
        one.succeeded(1.0)
    assert one.refusal(1.0, returning=False) is None
    low = one.view(1.0).quality
    for _ in range(20):
        one.succeeded(1.0)
    assert low < one.view(1.0).quality < 1


def test_what_sounded_long_ago_is_in_no_figure_and_every_wait_teaches_patience():
    one, _ = desk()
    limits = VendorLimits()
    patient_s = one.patience.limit_s(limits)
    for _ in range(300):
        one.sounded(9.0, 1.0)
    for _ in range(256):
        one.sounded(0.1, 2.0)
    view = one.view(2.0)
    assert (view.ttfb_p50_s, view.ttfb_p95_s) == (0.1, 0.1)
    assert one.patience.limit_s(limits) < patient_s


def test_runs_under_way_are_counted():
    one, _ = desk()
    mine = Run()
    one.leased(mine, reused=True)
    assert one.running == 1
    one.released(mine)
    assert one.running == 0


def test_time_outs_are_facts():
    one, notes = desk()
    one.failed(failure(Reason.VENDOR_TIMEOUT), "first_audio", 1.0, probe=False)
    assert notes.facts == [RunTimedOut("v/voice", "first_audio")]


def test_only_what_runs_is_cut():
    one, _ = desk()
    mine, gone = Run(), Run()
    one.leased(mine, reused=True)
    one.leased(gone, reused=False)
    one.released(gone)
    one.cut()
    assert len(mine.words) == 1
    assert gone.words == []


def test_a_view_has_percentiles_of_what_sounded_and_none_before():
    one, _ = desk()
    empty = one.view(0.0)
    assert (empty.ttfb_p50_s, empty.reused_share, empty.quality) == (None, None, 1.0)
    for number in range(1, 101):
        one.leased(Run(), reused=number % 4 > 0)
        one.sounded(number / 100, 1.0)
        one.succeeded(1.0)
    one.failed(failure(Reason.VENDOR_QUOTA), "", 1.0, probe=False)
    view = one.view(1.0)
    assert (view.ttfb_p50_s, view.ttfb_p95_s) == (0.51, 0.96)
    assert (view.leases, view.reused_share, view.errors) == (100, 0.75, {"vendor_quota": 1})
    assert view.quality == pytest.approx(0.95)


def test_why_a_run_has_failed_last_is_kept_and_how_long_ago():
    one, notes = desk()
    assert one.view(0.0).last_failure is None
    one.failed(failure(Reason.VENDOR_QUOTA), "", 1.0, probe=False)
    one.failed(Lost("the connection to the vendor was lost"), "", 2.0, probe=False)
    one.succeeded(3.0)
    assert one.view(5.04).last_failure == FailureView(
        "vendor_lost", "the connection to the vendor was lost", 3.0
    )
    assert one.view(5.04).errors == {"vendor_quota": 1, "vendor_lost": 1}
    assert notes.facts == []
