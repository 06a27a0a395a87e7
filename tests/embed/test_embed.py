"""The collectors under plain Python, with sanitizers: threads that run code that comes and
goes, sampled every 250 us.

PROFILER_STRESS_SECONDS says for how long (default: 8)."""
import json
import os

import pytest

import building
from environment import BUILD, PYTHON_CONFIG


@pytest.fixture(scope='module')
def seen():
    """Numbers that driver.c prints last; what is wrong is printed above them."""
    out = building.build('tests/embed/embed.mk', BUILD / ('embed' + PYTHON_CONFIG.replace('/', '_')),
                         'CONFIG=' + PYTHON_CONFIG)
    status, output = building.run(
        out / 'driver', 'tests/embed/churn.py', os.environ.get('PROFILER_STRESS_SECONDS', '8'),
        250, 3, env=dict(os.environ, ASAN_OPTIONS='handle_segv=0:handle_sigbus=0:detect_leaks=0'))
    assert status == 0, output
    print(output)  # pytest shows it beside a failure
    return json.loads(output.splitlines()[-1])


def test_samples_are_taken(seen):
    assert seen['samples'] >= 100


def test_callers_are_possible(seen):
    """A stack is read while its thread runs on: one in 10,000 frames may be torn."""
    assert seen['impossible'] * 10000 <= seen['frames']


def test_sums_are_right(seen):
    assert seen['wrong_sums'] == 0


def test_names_have_no_strange_bytes(seen):
    assert seen['strange_bytes'] == 0


def test_functions_are_described(seen):
    assert seen['wrong_facts'] == 0
