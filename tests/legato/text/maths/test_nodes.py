from legato.text.maths.nodes import Node, core, flat, put, row, script, unwrapped, void


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


def test_what_is_wrapped_is_found_and_replaced():
    bar = Node("sym", "|", [], 5, 6)
    prime = Node("prime", "1", [bar], 5, 7)
    power = script(prime, None, letter("n"), 8)
    assert unwrapped(power) is bar
    fence = Node("fence", "| |", [row([letter("x")], 1, 5)], 0, 6)
    assert put(power, bar, fence) is power
    assert prime.kids == [fence]
    assert (power.start, prime.start) == (0, 0)
    assert put(bar, bar, fence) is fence
