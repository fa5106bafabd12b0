from gateway.simulator.log import Entry, Log, Saw


def test_entries_are_stamped_counted_and_told():
    now = 5.0
    told = []
    log = Log(lambda: now, told.append)
    now = 5.25
    log.add(Entry(Saw.TEXT, "vendor", 1, 2, "anna", 12))
    log.add(Entry(Saw.TEXT, "vendor", 1, 2, "anna", 3))
    log.add(Entry(Saw.FAULT, fault=0, moment="word", note="reset"))
    assert [entry.at_s for entry in log] == [0.25] * 3
    assert told == list(log)
    assert log.billed_chars == 15
    assert log.counts() == {"fault": 1, "text": 2, "billed_chars": 15}
    assert (log.count(Saw.TEXT), log.count(Saw.CLOSED)) == (2, 0)
    assert log.faults == log.of(Saw.FAULT) == log.of("fault") == [told[2]]


def test_an_entry_is_said_without_what_is_empty():
    assert Entry(Saw.DIALLED, connection=1, at_s=0.5).as_dict() == {
        "saw": "dialled",
        "connection": 1,
        "at_s": 0.5,
    }
    assert Entry(Saw.FAULT, fault=0, moment="word").as_dict()["fault"] == 0
