"""The runner itself: what tests find, however the run was started."""
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from environment import ROOT

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
