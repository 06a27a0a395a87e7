"""The runner itself: what tests find, however the run was started."""
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import second_run
from environment import ROOT, TESTS

SENT = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def ignore():
    for number in SENT:
        signal.signal(number, signal.SIG_IGN)


def test_programs_do_not_ignore_the_signals_that_tests_send():
    status = subprocess.run(['cat', '/proc/self/status'], stdout=subprocess.PIPE, check=True)
    ignored = int(re.search(rb'SigIgn:\s*(\w+)', status.stdout).group(1), 16)
    assert [number for number in SENT if ignored >> (number - 1) & 1] == []


def test_a_run_in_the_background():
    """Its shell ignores them, as nohup does."""
    name = test_programs_do_not_ignore_the_signals_that_tests_send.__name__
    for spread in ([], ['-n', '1']):
        done = subprocess.run(
            [sys.executable, '-m', 'pytest', '-q', *spread, '%s::%s' % (Path(__file__), name)],
            cwd=ROOT, env=dict(os.environ, PROFILER_COUNTS=''), preexec_fn=ignore,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.stdout.decode().endswith('\n1 passed, 0 failed\n'), done.stdout.decode()


# second runs

CHANCE = """
import os
import pytest

def is_first(name):
    known = os.path.exists(name)
    open(name, 'w').close()
    return not known

def test_passes(): pass
def test_once(): assert not is_first('once')
def test_always(): assert False
def test_skips():
    if not is_first('skips'):
        pytest.skip('no')
    assert False
def test_counts(checks):
    first = is_first('counts')
    for i in range(10):
        checks(i, i, -1 if i < 4 and first else i)
def test_raises():
    raise KeyboardInterrupt if is_first('raises') else ValueError
@pytest.mark.parametrize('i', range(4))
def test_few(i): assert not is_first('few-%d' % i)
"""


@pytest.fixture
def run(tmp_path):
    """run(names): the Counts of these of the tests above; what failed had a second run."""
    def run(names, *words):
        (tmp_path / 'pytest.ini').touch()
        (tmp_path / 'test_chance.py').write_text(CHANCE)
        env = dict(os.environ, PYTHONPATH=str(TESTS), PYTEST_ADDOPTS='-p conftest')
        return second_run.run(['-k', names, *words], env, tmp_path)
    return run


@pytest.mark.parametrize('words', [(), ('-n', '2')])
def test_what_passes_in_a_second_run_counts_as_passed_and_is_named(run, words):
    counts = run('passes or once or counts', *words)
    assert list(counts.lines()) == [
        'second run: test_chance.py::test_counts', 'second run: test_chance.py::test_once',
        '2 of those that passed failed at first', '12 passed, 0 failed']
    assert counts.status() == 0


def test_what_fails_again_or_is_skipped_then_has_failed(run):
    counts = run('passes or once or always or skips')
    assert list(counts.lines()) == [
        'second run: test_chance.py::test_once',
        '1 of those that passed failed at first', '2 passed, 2 failed']
    assert counts.status() == 1


def test_many_failures_have_no_second_run(run):
    assert run('few').line() == '0 passed, 4 failed'
    assert run('few').line() == '4 passed, 0 failed'  # which would have passed


def test_a_run_that_is_broken_off_has_no_second_run(run):
    counts = run('once or raises')
    assert (counts.failed, counts.second, counts.status()) == (1, [], 1)
    assert run('once').line() == '1 passed, 0 failed'  # which would have passed
