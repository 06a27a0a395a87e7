"""A request that waits for a processor, since others have it: the test's own.

The worker has one processor, which it shares with processes that never sleep; so where it
did not run, and did not sleep, it waited for that, however busy the machine is beside.
"""
import json
import os
import re
import subprocess
import sys

import pytest

from harness import profile_id, wait_for
from samples import if_quiet, sample, several_times
from test_paths import as_nobody

HOGS = 2
SLEEP = 0.4  # seconds, of waits_sleep
RUN = 1  # seconds of a processor: long enough for a fair share, whatever the first turns were


def schedstat_counts():
    try:
        with open('/proc/thread-self/schedstat') as file:
            return file.read().split()[2] != '0'
    except OSError:
        return False


# together: other tests are to have some of the machine
pytestmark = [pytest.mark.skipif(not schedstat_counts(), reason='this kernel has no schedstats'),
              pytest.mark.xdist_group('server/test_cpu_wait')]


def ran_seconds(pid):
    with open('/proc/%d/schedstat' % pid) as file:
        return int(file.read().split()[0]) / 1e9


def pin(pid, processor):
    for thread in os.listdir('/proc/%d/task' % pid):
        os.sched_setaffinity(int(thread), {processor})


@pytest.fixture
def busy(serve):
    """busy(options): a server whose worker waits for its processor."""
    hogs = []

    def start(options=''):
        server = serve('sampled', options)
        processor = min(os.sched_getaffinity(0))
        [worker] = wait_for('the worker', server.ready_workers)
        pin(worker, processor)
        for _ in range(HOGS):
            hogs.append(subprocess.Popen(  # a session of its own has a share of its own
                [sys.executable, '-c', 'while True: pass'], start_new_session=True))
            pin(hogs[-1].pid, processor)
        wait_for('the others to be busy', lambda: all(ran_seconds(hog.pid) > 0.1 for hog in hogs))
        return server

    yield start
    for hog in hogs:
        hog.kill()
        hog.wait()


def traced(server, path):
    return json.loads(server.get(path + '&profile=deterministic,json').body)['meta']


def not_run(meta):
    return (meta['wall_ns'] - meta['cpu_ns']) / 1e9


def test_a_loop_that_is_put_aside_waits_for_a_processor(busy):
    server = busy()

    def check():
        found = sample(server, '/spins_cpu?seconds=%s' % RUN)
        waited, seconds = found.wait_seconds('cpu wait'), not_run(found.meta)
        print('%.3f of %.3f s are CPU wait' % (waited, seconds), found.meta['wait_ns'])
        assert waited <= seconds
        if_quiet(waited >= 0.8 * seconds and waited >= RUN / 2, (waited, seconds))
        moments = found.waits_below('spins_cpu')
        others = sum(moments.values()) - moments['cpu']
        if_quiet(moments['cpu wait'] >= 0.7 * others, moments)
    several_times(check)


def test_a_sleep_is_a_sleep_whoever_has_the_processor(busy):
    server = busy()

    def check():
        found = sample(server, '/waits_sleep')
        slept, waited = found.wait_seconds('sleep'), found.wait_seconds('cpu wait')
        if_quiet(slept >= 0.9 * SLEEP, found.meta)
        if_quiet(slept >= 0.9 * (not_run(found.meta) - waited), found.meta)
    several_times(check)


def test_every_call_counted_the_request_knows_its_wait(busy):
    server = busy()
    meta = traced(server, '/spins_cpu?seconds=%s' % RUN)
    print(meta['wait_ns'], not_run(meta))
    assert list(meta['wait_ns']) == ['cpu wait']
    assert 0.8 * not_run(meta) <= meta['wait_ns']['cpu wait'] / 1e9 <= not_run(meta)
    meta = traced(server, '/waits_sleep?')
    assert not_run(meta) - meta['wait_ns'].get('cpu wait', 0) / 1e9 >= 0.99 * SLEEP


@pytest.mark.parametrize('mode', ('sampling', 'deterministic'))
def test_the_log_says_so(busy, mode):
    server = busy('profiler-log-style = line')

    def check():
        wanted = profile_id(server.get('/spins_cpu?seconds=%s' % RUN, {'X-Profile': mode}))
        [line] = server.wait_log(r'^PROFILE %s %s .*' % (wanted, mode))
        percent = re.search(r' (\d+) % CPU wait', line)
        if_quiet(percent and int(percent[1]) >= 30, line)
    several_times(check)


@as_nobody
def test_a_server_that_has_changed_its_user_knows_it_too(busy):
    server = busy('uid = nobody\ngid = nogroup\nchown-socket = nobody')

    def check():
        found = sample(server, '/spins_cpu?seconds=%s' % RUN)
        if_quiet(found.wait_seconds('cpu wait') >= 0.8 * not_run(found.meta), found.meta)
    several_times(check)
