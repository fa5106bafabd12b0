from gateway.rpc.echoes import Echoes


class Asked:
    """Echoes, the payloads of the pings that they sent, and who was called."""

    def __init__(self, count):
        self.sent, self.called = [], []
        self.echoes = Echoes(self.sent.append)
        for number in range(count):
            self.echoes.ask(lambda number=number: self.called.append(number))


def test_each_ping_is_another_and_its_answer_is_told_once():
    asked = Asked(2)
    assert len(set(asked.sent)) == 2
    assert [len(payload) for payload in asked.sent] == [8, 8]
    asked.echoes.answered(asked.sent[0])
    assert asked.called == [0]
    asked.echoes.answered(asked.sent[0])
    asked.echoes.answered(asked.sent[1])
    assert asked.called == [0, 1]


def test_an_answer_stands_for_the_pings_before_it():
    asked = Asked(3)
    asked.echoes.answered(asked.sent[1])
    assert asked.called == [0, 1]


def test_an_answer_to_somebody_elses_ping_is_none():
    asked = Asked(1)
    asked.echoes.answered(b"alive?\0\0")
    assert asked.called == []


def test_who_answers_none_is_not_pinged_for_ever():
    asked = Asked(5000)
    assert len(asked.sent) == 1024


def test_once_it_is_closed_nobody_is_called_and_nothing_sent():
    asked = Asked(1)
    asked.echoes.close()
    asked.echoes.answered(asked.sent[0])
    asked.echoes.ask(lambda: asked.called.append(9))
    assert (asked.called, len(asked.sent)) == ([], 1)
