import pytest

from legato.domain.traces import MOST_STATE_CHARS, NO_TRACE, Trace, read_trace, trace_headers, trace_in

IDS = "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"
PARENT = f"00-{IDS}-01"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (PARENT, PARENT),
        (f" {PARENT}\t", PARENT),
        (f"00-{IDS}-00", f"00-{IDS}-00"),
        (f"00-{IDS}-03", f"00-{IDS}-03"),
        (f"00-{IDS}-ff", f"00-{IDS}-03"),
        (f"01-{IDS}-01", PARENT),
        (f"01-{IDS}-01-", PARENT),
        (f"cc-{IDS}-01-what.the-future-will-be-like", PARENT),
        (f"fe-{IDS}-09-more\r\nX: y", PARENT),
    ],
)
def test_a_later_version_is_read_as_far_as_this_one_goes(given, kept):
    trace = read_trace(given)
    assert trace == Trace(kept)
    assert trace
    assert trace.trace_id == IDS[:32]


@pytest.mark.parametrize(
    "given",
    [
        "",
        "nonsense",
        f"00-{IDS}",
        f"00-{IDS}-01-",
        f"00-{IDS}-01-more",
        f"01-{IDS}-01more",
        f"01-{IDS}-01 more",
        f"ff-{IDS}-01",
        f"00-{IDS}-0G",
        f"00-{IDS.upper()}-01",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
        f"{PARENT}, {PARENT}",
    ],
)
def test_what_is_malformed_is_no_trace_and_its_state_is_none(given):
    assert read_trace(given, "a=1") == NO_TRACE
    assert not read_trace(given)
    assert NO_TRACE.trace_id == ""


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("congo=t61rcWkgMzE", "congo=t61rcWkgMzE"),
        ("rojo=00f067aa0ba902b7,congo=t61", "rojo=00f067aa0ba902b7,congo=t61"),
        (" a=1 ,\t, b=x y!~ ,", "a=1,b=x y!~"),
        ("0tenant@sys=1,a_-*/9=2", "0tenant@sys=1,a_-*/9=2"),
        (",".join(f"k{n}={n}" for n in range(32)), ",".join(f"k{n}={n}" for n in range(32))),
        (f"a={'x' * 256}", f"a={'x' * 256}"),
    ],
)
def test_a_state_is_kept_in_its_order(given, kept):
    assert read_trace(PARENT, given) == Trace(PARENT, kept)


@pytest.mark.parametrize(
    "given",
    [
        "",
        " , ,",
        "a",
        "a=",
        "=1",
        "A=1",
        "9a=1",
        "a@b@c=1",
        "a=1=2",
        "a=1,b",
        "a=1,a=2",
        "a=\u00e9",
        "a=1\r\nX: y",
        "a=x\ty",
        f"a={'x' * 257}",
        f"{'a' * 257}=1",
        ",".join(f"k{n}={n}" for n in range(33)),
        "a=1," + "," * 100_000,
    ],
)
def test_a_malformed_state_is_ignored_and_its_parent_is_not(given):
    assert read_trace(PARENT, given) == Trace(PARENT)


def test_of_a_long_state_whole_members_are_dropped():
    long = "long=" + "x" * 200
    some = [f"k{n}=" + "y" * 60 for n in range(7)]
    assert read_trace(PARENT, ",".join([some[0], long, *some[1:]])).state == ",".join(some)
    more = [f"k{n:02}=" + "y" * 60 for n in range(20)]
    kept = read_trace(PARENT, ",".join(more)).state
    assert kept == ",".join(more[:7])
    assert len(kept) <= MOST_STATE_CHARS


def test_a_state_of_exactly_the_length_that_is_passed_on_stays_whole():
    members = ["a=" + "1" * 126, "b=" + "2" * 126, "c=" + "3" * 126, "d=" + "4" * 123]
    whole = ",".join(members)
    assert len(whole) == MOST_STATE_CHARS
    assert read_trace(PARENT, whole).state == whole
    assert read_trace(PARENT, whole + "4").state == ",".join(members[:3]), "128 characters are not long yet"
    assert read_trace(PARENT, whole + ",e=" + "5" * 127).state == whole, "129 are"


@pytest.mark.parametrize(
    ("flags", "sampled"), [("00", False), ("01", True), ("02", False), ("03", True), ("08", False)]
)
def test_whether_a_trace_is_sampled(flags, sampled):
    assert read_trace(f"00-{IDS}-{flags}").sampled is sampled
    assert not NO_TRACE.sampled


def test_a_trace_is_read_from_headers_and_written_to_them():
    assert trace_in({"traceparent": PARENT, "tracestate": "a=1"}) == Trace(PARENT, "a=1")
    assert trace_in({"tracestate": "a=1"}) == NO_TRACE
    assert trace_headers(Trace(PARENT, "a=1")) == (("traceparent", PARENT), ("tracestate", "a=1"))
    assert trace_headers(Trace(PARENT)) == (("traceparent", PARENT),)
    assert trace_headers(NO_TRACE) == ()
