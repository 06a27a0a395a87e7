"""Loops that have several requests under way in one thread: each sampled request sees its
own stacks, and waits while others run."""
import json
import os
import re
import signal

import pytest

from harness import header, profile_id, wait_for, without_ours
from loops import ASYNC, loop_plugins, together
from samples import Samples, if_quiet, sample, several_times


SWITCHES_STACKS = [loop for loop in ASYNC if ASYNC[loop][2] == 'blocking']


def asynchronous(serve, loop, ini='', app=None):
    _, settings, callable_name = ASYNC[loop]
    return serve('suspending_sampled:' + (app or callable_name), '''
        profiler-max-active = 10
        profiler-dir = @DIR@/profiles
        profiler-format = json
        profiler-filename-format = {id}.prof
        profiler-output = log, file
        ''' + settings + '\n' + ini, load=loop_plugins(loop))


def report(server, response):
    file = server.directory / 'profiles' / (profile_id(response) + '.json')
    wait_for(file.name, file.exists)
    return Samples(file.read_text())


def check_turns(server, loop):
    answers = together(*[lambda path=path, mode=mode: server.get(path, {'X-Profile': mode})
                         for path, mode in (('/one', 'sampling'), ('/other', 'sampling'),
                                            ('/one', 'off'), ('/other', 'deterministic'))])
    truth = [json.loads(answer.body.splitlines()[-1]) for answer in answers]
    for i, own, foreign in ((0, 'in_one', 'in_other'), (1, 'in_other', 'in_one')):
        found = report(server, answers[i])
        assert foreign not in found.functions(), found.paths
        if_quiet(own in found.functions(), found.paths)
        off = 0.1 * found.meta['wall_ns'] / 1e9 + found.late_seconds()
        away = found.waits_switched_out()
        seen = found.seconds(own), away, truth[i], off
        if_quiet(abs(found.seconds(own) - truth[i]['busy']) <= off, seen)
        # what its thread waited for a processor as it let go is the request's own
        if_quiet(sum(away.values()) >= truth[i]['others'] - off, seen)
        if ASYNC[loop][2] == 'blocking':
            # what the app knows of; later ones are of the request itself
            inside = {path: seconds for path, seconds in away.items() if len(path) > 1}
            if_quiet(abs(sum(inside.values()) - truth[i]['away']) <= off, seen)
            assert all(path[:3] == ('', 'blocking', 'pause') for path in inside), away
        assert sum(away.values()) <= found.wait_seconds('switched out') + 1e-6
    assert header(answers[2], 'X-Profile-Id') is None
    record = server.record(answers[3])
    assert record.mode == 'deterministic' and record.functions()['in_other'] == (5, 5)


@pytest.mark.parametrize('loop', ASYNC)
def test_requests_that_take_turns(serve, loop):
    """Each sees its own functions; while the other runs, it waits where it has let go."""
    server = asynchronous(serve, loop)
    for _ in range(3):
        several_times(lambda: check_turns(server, loop))


@pytest.mark.parametrize('loop', ASYNC)
def test_every_kind_of_response_in_async_loops(serve, loop):
    _, ini, _ = ASYNC[loop]
    servers = [serve('sampled', ini, plugin=plugin, load=loop_plugins(loop))
               for plugin in (True, False)]
    paths = ('/spinning', '/streamed', '/raising', '/raising_generator', '/nothing')
    ours, plain = [[server.get(path + '?profile=sampling') for path in paths]
                   for server in servers]
    for path, sampled, expected in zip(paths, ours, plain):
        assert without_ours(sampled) == expected, path
    records = servers[0].records(len(paths))
    assert all(record.mode == 'sampling' for record in records)


@pytest.mark.parametrize('loop', SWITCHES_STACKS)
def test_a_request_that_only_waits_is_where_it_waits(serve, loop):
    """Its interval is longer than all it does: no sample is taken, or hardly one."""
    server = asynchronous(serve, loop, app='waiting')

    def check():
        response = server.get('/', {'X-Profile': 'sampling,interval=1s'})
        found = report(server, response)
        below = sum(seconds for path, seconds in found.waits_switched_out().items()
                    if path[:4] == ('', 'waiting', 'waits', 'pause'))
        assert below > 0 and not found.notices(), found.report
        lines = found.report['lines']
        assert sum(ns for ns, func in zip(lines['self'], lines['func'])
                   if found.names[func] in found.functions()) >= below * 1e9 * 0.99
        record = server.record(response)
        assert 'switched out' in record.tree and 'waits' in record.tree, record.text
        if loop == 'gevent':  # the others run again as soon as they can
            if_quiet(below >= 0.5 * found.meta['wall_ns'] / 1e9, found.paths)
            assert re.search(r' at line \d+$', record.tree, re.M), record.tree
    several_times(check)


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
@pytest.mark.parametrize('loop', ASYNC)
def test_the_longest_time_of_a_request_that_is_switched_out(serve, loop, mode):
    app = 'waiting' if loop in SWITCHES_STACKS else None
    server = asynchronous(serve, loop, 'profiler-max-time = 90ms', app)
    response = server.get('/', {'X-Profile': mode})
    assert response.status == 200
    record = server.record(response)
    assert record.elapsed_ms == '90.000'
    assert [line for line in record.notices if line.startswith('NOTICE time: ')], record.text


def test_coroutines_stand_below_those_that_await_them(serve):
    server = serve('sampled')
    [worker] = wait_for('the worker', server.ready_workers)

    def check():
        found = sample(server, '/runs_coroutines')
        if_quiet('spins' in found.functions(), found.paths)
        [path] = {path for path in found.paths if path[-1] == 'spins'}
        assert re.search(r' runs_coroutines .* view load compute spins$', ' ' + ' '.join(path)), path
        if_quiet(found.seconds('compute') >= 0.2 * found.meta['wall_ns'] / 1e9)
        # while the loop waits, the stack is that of what its task awaits: itself, or by
        # another task; of what a gather() awaits nothing is known
        if_quiet(('view', 'fetch', 'sleep') in {path[-3:] for path in found.paths}, found.paths)
        for name, seconds in (('fetch', 0.2), ('view', 0.3)):
            waits = found.waits_below(name)
            if_quiet(sum(waits.values()) - waits['cpu'] >= seconds / 2, (name, waits))
        if_quiet(sum(found.waits_below('select').values()) < 0.05)
        assert not found.notices()
    several_times(check)
    # asyncio.run has put Python's handler in the place of uWSGI's, from 3.11 on, and the
    # worker would not end at SIGINT
    os.kill(worker, signal.SIGKILL)
    wait_for('a new worker', lambda: set(server.ready_workers()) - {worker})
