"""The line double of the session's tests."""


class Line:
    """A line that records its calls, and tells its listener what the test says."""

    sample_rate_hz, reused, keeps_context, word_times, can_pause = 24_000, True, False, True, True

    def __init__(self, line_id, listener=None):
        self.line_id, self.told, self._listener = line_id, [], listener

    def tells(self, *several):
        for event in several:
            self._listener.heard(self, event)

    def say(self, segment, reading):
        self.told.append(("say", segment, reading.text))

    def end_input(self):
        self.told.append("end")

    def cancel(self):
        self.told.append("cancel")

    def pause(self):
        self.told.append("pause")

    def resume(self):
        self.told.append("resume")

    def release(self, *, clean):
        self.told.append(("release", clean))
