#!/usr/bin/env python3
"""Numbers of tests: what a run has counted, its last lines, and sums of runs.

counts.py FILE...   adds up files that runs have written (PROFILER_COUNTS names one);
                    the last line is `N passed, N failed[, N skipped]`
"""
import json
import sys
from pathlib import Path


class Counts:
    """failures: {test: (what it counts as passed, as failed)}, of the tests that failed;
    second: those that only passed in a second run."""

    def __init__(self, passed=0, failed=0, skipped=(), failures=(), second=()):
        self.passed, self.failed, self.skipped = passed, failed, list(skipped)
        self.failures, self.second = dict(failures), list(second)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.failures.update(other.failures)
        self.second += other.second

    def line(self):
        text = '%d passed, %d failed' % (self.passed, self.failed)
        return text + (', %d skipped' % len(self.skipped) if self.skipped else '')

    def lines(self):
        """The end of a run's output."""
        yield from ('skipped: ' + name for name in sorted(self.skipped))
        yield from ('second run: ' + name for name in sorted(self.second))
        if self.second:
            yield '%d of those that passed failed at first' % len(self.second)
        yield self.line()

    def status(self):
        """Nothing that has run is not a success."""
        return int(self.failed > 0 or self.passed == 0)

    def save(self, path):
        Path(path).write_text(json.dumps(vars(self)) + '\n')


def load(path):
    """Of a run that has ended too early to write them: one failure."""
    try:
        return Counts(**json.loads(Path(path).read_text()))
    except (OSError, ValueError):
        return Counts(failed=1)


def main(paths):
    total = Counts()
    for path in paths:
        total.add(load(path))
    print('\n'.join(total.lines()))
    return total.status()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
