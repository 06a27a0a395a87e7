"""What tests build on demand: once, also when several processes run tests."""
import contextlib
import fcntl
import functools
import os
import subprocess

import pytest

from environment import BUILD, ROOT

JOBS = os.cpu_count() or 1


@contextlib.contextmanager
def locked(name):
    """One process at a time."""
    BUILD.mkdir(exist_ok=True)
    with open(BUILD / (name + '.lock'), 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(*command, **options):
    """(status, output) of a command; both streams are in the output."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
    return done.returncode, done.stdout.decode(errors='replace')


@functools.lru_cache(None)
def build(makefile, out, *variables):
    """The directory with what the makefile makes; fails with the compiler's words."""
    with locked(out.name):
        status, output = run('make', '-s', '-j%d' % JOBS, '-f', makefile, 'OUT=%s' % out,
                             *variables)
    if status:
        pytest.fail('%s fails:\n%s' % (makefile, output[-4000:]), pytrace=False)
    return out
