"""Plots: what is drawn is where it should be."""

import re
from xml.etree import ElementTree as ET

import pytest

from loadtest.swarm.plots import HEIGHT, WIDTH, Line, Plot, nice, svg

SVG = "{http://www.w3.org/2000/svg}"


def drawn(plot):
    return ET.fromstring(svg(plot))


def points(line):
    return [tuple(map(float, pair.split(","))) for pair in line.get("points").split()]


@pytest.mark.parametrize(
    ("value", "top"), [(0.7, 1), (1, 1), (1.2, 2), (3, 5), (80, 100), (201, 500), (0.03, 0.05), (0, 1)]
)
def test_an_axis_ends_with_a_round_number(value, top):
    assert nice(value) == pytest.approx(top)


@pytest.mark.parametrize(
    ("last", "told"),
    [(40.5, "0 10 20 30 40"), (0.999, "0 0.2 0.4 0.6 0.8"), (5, "0 1 2 3 4 5"), (7200, "0 2000 4000 6000")],
)
def test_the_moments_below_a_plot_are_round_numbers(last, told):
    picture = drawn(Plot("a", "s", "ms", [Line("p50", [(0, 0), (last, 100)])]))
    assert " ".join(one.text for one in picture.iter("text") if one.get("text-anchor") == "middle") == told


def test_a_line_goes_from_the_left_to_the_right_and_up():
    [line] = drawn(Plot("a", "s", "ms", [Line("p50", [(0, 0), (5, 50), (10, 100)])])).iter("polyline")
    (x0, y0), (x1, y1), (x2, y2) = points(line)
    assert 0 < x0 < x1 < x2 < WIDTH
    assert x1 - x0 == pytest.approx(x2 - x1, abs=0.2)
    assert HEIGHT > y0 > y1 > y2 > 0


def test_the_limit_is_always_to_be_seen():
    plot = Plot("a", "s", "ms", [Line("p50", [(0, 10), (1, 20)])], limit=200, bands=[(0.2, 0.8, "steady")])
    picture = drawn(plot)
    [limit] = [line for line in picture.iter("line") if line.get("class") == "limit"]
    [line] = picture.iter("polyline")
    assert float(limit.get("y1")) < min(y for _, y in points(line))
    [band] = [rect for rect in picture.iter("rect") if rect.get("class") == "band"]
    assert 0 < float(band.get("width")) < WIDTH


def test_a_line_without_points_is_left_out_and_no_line_is_an_empty_picture():
    picture = drawn(Plot("a", "s", "ms", [Line("p50", [])]))
    assert list(picture.iter("polyline")) == []
    assert not re.search("p50", svg(Plot("a", "s", "ms", [Line("p50", [])])))


def test_names_are_no_markup():
    assert drawn(Plot("<a> & b", "s", "ms", [Line("p<50", [(0, 1)])])).get("aria-label") == "<a> & b"
