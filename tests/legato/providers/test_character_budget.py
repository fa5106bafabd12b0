from legato.providers.character_budget import CharacterBudget


def test_characters_come_back_when_they_leave_the_window():
    budget = CharacterBudget(100, 60.0)
    budget.spend(0.0, 60)
    budget.spend(30.0, 30)
    assert budget.left(59.0) == 10
    assert budget.left(60.0) == 70
    budget.spend(61.0, 70)
    assert (budget.left(61.0), budget.left(90.0), budget.left(121.0)) == (0, 30, 100)


def test_without_a_limit_there_is_no_end():
    budget = CharacterBudget(0, 60.0)
    budget.spend(0.0, 10**9)
    assert budget.left(0.0) == float("inf")
