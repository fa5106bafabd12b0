from gateway.app.commands.table import table


def test_columns_line_up_and_lines_end_with_their_last_word():
    assert table(("", "NAME", "NOTE"), [("*", "joe", ""), ("", "annabel", "fine")]) == (
        "   NAME     NOTE\n*  joe\n   annabel  fine"
    )


def test_no_rows():
    assert table(("A", "B"), []) == "A  B"
