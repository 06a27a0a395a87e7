#!/usr/bin/env python3
"""Builds and runs the fuzzers: fuzz.py [NAME...]

Each runs for SECONDS= (60), from tests/fuzz/corpus/NAME and what earlier runs have found
(build/fuzz/new/NAME). Prints a line for each; an input that broke a promise is kept in
build/fuzz/NAME-crash-..., to be run again with build/fuzz/fuzz_NAME FILE. Status 1 if
there was any.

make test runs each on the same inputs every time: the corpus, and some made of it (see
test_fuzz.py).
"""
import concurrent.futures
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = ROOT / 'tests' / 'fuzz'
BUILD = ROOT / 'build' / 'fuzz'
JOBS = os.cpu_count() or 1
BOUNDED_RUNS = int(os.environ.get('PROFILER_FUZZ_RUNS', '1000'))

# Python itself keeps memory to the end.
NO_LEAKS = ('prof',)


def names():
    return sorted(path.stem[len('fuzz_'):] for path in HERE.glob('fuzz_*.c'))


def build():
    """'' or why there are no fuzzers."""
    clang = os.environ.get('CLANG', 'clang')
    if not shutil.which(clang):
        return 'no %s, which alone has libFuzzer: make deps installs it on Debian' % clang
    done = subprocess.run(['make', '-s', '-k', '-j%d' % JOBS, '-f', 'tests/fuzz/fuzz.mk',
                           'OUT=%s' % BUILD, 'CLANG=' + clang], cwd=ROOT,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.stdout.decode(errors='replace') if done.returncode else ''


def run(name, found, limits):
    """Its (status, output). New inputs go to the directory found."""
    leaks = 'detect_leaks=%d' % (name not in NO_LEAKS)
    command = [str(BUILD / ('fuzz_' + name)), *limits, '-' + leaks,
               '-artifact_prefix=%s/%s-' % (BUILD, name), '-print_final_stats=1']
    dictionary = HERE / (name + '.dict')
    if dictionary.exists():
        command.append('-dict=%s' % dictionary)
    done = subprocess.run(command + [str(found), str(HERE / 'corpus' / name)], cwd=ROOT,
                          env=dict(os.environ, ASAN_OPTIONS=leaks), stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode(errors='replace')


def bounded(name):
    with tempfile.TemporaryDirectory() as found:
        return run(name, found, ['-seed=1', '-runs=%d' % BOUNDED_RUNS])


def timed(name, seconds):
    found = BUILD / 'new' / name
    found.mkdir(parents=True, exist_ok=True)
    return run(name, found, ['-max_total_time=%d' % seconds])


def last_number(pattern, output):
    found = re.findall(pattern, output)
    return int(found[-1]) if found else 0


def lines_of(output):
    """The beginning of what a finding says, without libFuzzer's account of its progress."""
    lines = [line for line in output.splitlines() if not line.startswith(('#', 'INFO:', '"'))]
    return '\n'.join(lines[:60])


def tell(name, status, output):
    print('%-14s %10d executions, %5d branches met, %s' % (
        name, last_number(r'number_of_executed_units: (\d+)', output),
        last_number(r'cov: (\d+)', output), 'FOUND' if status else 'nothing found'), flush=True)
    if status:
        print(lines_of(output), flush=True)


def main(words):
    chosen = words or names()
    why = build()
    if why:
        print(why)
        return 1
    seconds = int(os.environ.get('SECONDS') or 60)
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        results = pool.map(lambda name: timed(name, seconds), chosen)
        for name, (status, output) in zip(chosen, results):
            tell(name, status, output)
            failed += status != 0
    return failed > 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
