#!/usr/bin/env python3
"""Numbers of tests: what a run has counted, its last line, and sums of runs.

counts.py FILE...   adds up files that runs have written (PROFILER_COUNTS names one);
                    the last line is `N passed, N failed[, N skipped]`
"""
import json
import sys
from pathlib import Path


class Counts:
    def __init__(self, passed=0, failed=0, skipped=()):
        self.passed, self.failed, self.skipped = passed, failed, list(skipped)

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def line(self):
        text = '%d passed, %d failed' % (self.passed, self.failed)
        return text + (', %d skipped' % len(self.skipped) if self.skipped else '')

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
    for name in total.skipped:
        print('skipped: ' + name)
    print(total.line())
    return total.status()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
