from gateway.app.commands.table import some, table


def test_columns_line_up_and_lines_end_with_their_last_word():
    assert table(("", "NAME", "NOTE"), [("*", "joe", ""), ("", "annabel", "fine")]) == (
        "   NAME     NOTE\n*  joe\n   annabel  fine"
    )


def test_no_rows():
    assert table(("A", "B"), []) == "A  B"


def test_of_many_names_the_first_and_how_many_more():
    assert some(["a", "b", "c", "d"], 4) == "a, b, c, d"
    assert some({"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}, 4) == "a, b, c, d and 2 more"
    assert some([], 4) == ""
