"""The table at the end of a run: one row for each cell."""
import time

from counts import Counts

HEAD = ('cell', 'server', 'Python', 'compiler', 'passed', 'failed', 'skipped', 'time', '')


class Row:
    """What is known of a cell so far. why: the reason why it was skipped, or what is wrong."""

    def __init__(self, name):
        self.name, self.start = name, time.monotonic()
        self.server = self.python = self.compiler = self.why = ''
        self.counts = Counts()
        self.seconds = 0

    def skip(self, why):
        self.why = 'skipped: %s' % why
        self.counts.skipped.append(str(why))

    def fail(self, why):
        self.why = str(why)
        self.counts.failed += 1

    def end(self):
        """The counts, with the cell's name before each test's."""
        self.seconds = round(time.monotonic() - self.start)
        for names in self.counts.skipped, self.counts.second:
            names[:] = ['%s: %s' % (self.name, name) for name in names]
        return self.counts

    def cells(self):
        counts = self.counts
        numbers = ([counts.passed, counts.failed, len(counts.skipped)]
                   if not self.why.startswith('skipped') else ['-'] * 3)
        taken = '%d:%02d' % divmod(self.seconds, 60)
        return [self.name, self.server, self.python, self.compiler, *map(str, numbers), taken,
                self.why]


def lines(rows):
    table = [HEAD] + [row.cells() for row in rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(HEAD))]
    for row in table:
        yield '  '.join(text.rjust(width) if 4 <= i <= 7 else text.ljust(width)
                        for i, (text, width) in enumerate(zip(row, widths))).rstrip()
