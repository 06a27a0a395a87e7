#!/usr/bin/env python3
"""Tests that fail get a second chance: one that only fails while the machine is busy is not
to refuse a change, but is to be seen.

second_run.py WORD...   pytest with these words, then each test that failed once more, alone,
                        if they are few. What passes then counts as passed, and the end of
                        the output names it. PROFILER_COUNTS names a file for the counts.
"""
import os
import subprocess
import sys
import tempfile

from counts import load

MOST = 3  # failures; more of them are not chance


def pytest(words, env, cwd):
    """The Counts of a run; pytest prints the rest."""
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, 'counts.json')
        subprocess.run([sys.executable, '-m', 'pytest', '-q', *words], cwd=cwd,
                       env=dict(env, PROFILER_COUNTS=path))
        return load(path)


def has_few_failures(counts):
    """And all of them are tests': a run that broke off has others."""
    named = sum(failed for _, failed in counts.failures.values())
    return 0 < len(counts.failures) <= MOST and counts.failed == named


def run(words, env=os.environ, cwd=None):
    """The Counts of a run and of its second runs."""
    counts = pytest(words, env, cwd)
    if not has_few_failures(counts):
        return counts
    for test, (passed, failed) in list(counts.failures.items()):
        print('--- second run: ' + test, flush=True)
        again = pytest([test], env, cwd)
        if again.status() or again.skipped:
            continue
        del counts.failures[test]
        counts.second.append(test)
        counts.passed += again.passed - passed
        counts.failed -= failed
    return counts


def main(words):
    counts = run(words)
    if os.environ.get('PROFILER_COUNTS'):
        counts.save(os.environ['PROFILER_COUNTS'])
    print('\n'.join(['---', *counts.lines()]))
    return counts.status()


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
