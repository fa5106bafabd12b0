from legato.text.maths.nodes import Node, core, flat, row, script, void


def letter(name: str) -> Node:
    return Node("id", name, [], 0, 1)


def test_leaves_are_looked_up_by_name_and_units_apart_from_letters():
    assert letter("m").key == "m"
    assert Node("unit", "m").key == "unit:m"


def test_a_script_is_looked_up_by_what_it_stands_on_and_by_its_shape():
    node = script(Node("sym", "∑"), row([letter("i")], 0, 1), None, 2)
    assert node.key == "script_:∑"
    assert node.shape == "script_"
    assert script(letter("x"), None, row([letter("n")], 0, 1), 2).shape == "script^"


def test_an_applied_function_is_looked_up_by_the_function():
    assert Node("apply", "( )", [letter("P"), row([], 0, 0)]).key == "apply:P"
    assert Node("fence", "( )").key == "fence:( )"
    assert Node("frac").shape == "frac"


def test_flat_is_equal_for_equal_formulas_and_bounded():
    nodes = [letter("x"), script(letter("y"), None, row([letter("n")], 0, 1), 2)]
    assert flat(nodes) == "xyn"
    assert flat([letter("x")] * 500, 4) == "xxxx"


def test_core_is_the_sign_under_scripts_and_accents():
    inner = Node("prime", "1", [letter("f")])
    assert core(script(inner, row([letter("n")], 0, 1), None, 3)).name == "f"
    assert core(Node("accent", "hat", [row([letter("x")], 0, 1)])).name == "x"
    pair = row([letter("x"), letter("y")], 0, 2)
    assert core(pair) is pair
    assert core(void(3)).kind == "void"
