"""Every way in which uWSGI runs an app: a sampled request sees itself, whole and alone."""
import os
import signal
import threading

import pytest

from harness import (HANG, header, parse_records, parse_response, read_all, read_until,
                     wait_for, without_ours)
from loops import together
from samples import check_spinning, if_quiet, sample, several_times
from test_modes import MODES, check_profile, respawned, serve_or_skip

BUSY = '/spinning?seconds=0.04&profile=sampling,interval=500us'


def check_sampled(server, response, expected=('spinning', 'spins'), foreign=()):
    record = server.record(response)
    assert record.mode == 'sampling' and record.status == str(response.status) == '200'
    functions = set(record.functions())
    assert not set(foreign) & functions, record.text
    if_quiet(set(expected) <= functions, record.text)
    return record


def check_busy(server, path=BUSY):
    several_times(lambda: check_sampled(server, server.get(path)))


@pytest.mark.parametrize('mode', MODES)
def test_a_flagged_request_is_sampled(serve, mode):
    server = serve_or_skip(serve, 'sampled', MODES[mode])
    for _ in range(4):
        check_busy(server)
        assert server.get('/nothing').body == b'"nothing"'
    if mode != 'start_response-nodelay':  # which leaves no answer to be replaced
        several_times(lambda: check_spinning(sample(server, '/spinning?seconds=0.04')))


# several at once

OWN = {'a': ('turns_a', 'in_a'), 'b': ('turns_b', 'in_b'), 'c': ('turns_c', 'in_c')}


def foreign_to(name):
    return {function for other in set(OWN) - {name} for function in OWN[other]}


def ask_together(server, modes):
    """One request of each kind at once, each waiting for the others: {kind: response}."""
    for name in modes:
        mark = server.directory / ('in-in_' + name)
        if mark.exists():
            mark.unlink()
    others = ':'.join('in_' + name for name in modes)
    answers = together(*[lambda name=name, mode=mode: server.get(
        '/turns_%s?seconds=0.15&with=%s' % (name, others), {'X-Profile': mode})
        for name, mode in modes.items()])
    return dict(zip(modes, answers))


@pytest.mark.parametrize('ini', ['threads = 4', 'processes = 2\nthreads = 3'])
def test_parallel_requests_see_their_own_functions_only(serve, ini):
    server = serve('sampled', ini + '\nprofiler-restrictions = none')

    def check():
        answers = ask_together(server, {'a': 'sampling', 'b': 'sampling', 'c': 'sampling'})
        for name, response in answers.items():
            check_sampled(server, response, OWN[name], foreign_to(name))
    for _ in range(3):
        several_times(check)


def test_both_modes_at_once_in_one_worker(serve):
    server = serve('sampled', 'threads = 4\nprofiler-restrictions = none')

    def check(modes):
        for name, response in ask_together(server, modes).items():
            if modes[name] == 'sampling':
                check_sampled(server, response, OWN[name], foreign_to(name))
                continue
            record = check_profile(server, response, OWN[name])
            assert not foreign_to(name) & set(record.functions()), record.text
            assert record.functions()['in_' + name] == (1, 1)
    for modes in ({'a': 'sampling', 'b': 'deterministic', 'c': 'sampling'},
                  {'a': 'deterministic', 'b': 'sampling', 'c': 'deterministic'}):
        several_times(lambda: check(modes))


def test_modes_take_turns_in_one_thread(serve):
    server = serve('sampled')
    for _ in range(5):
        check_busy(server)
        record = server.record(server.get('/spinning?seconds=0.01&profile'))
        assert record.mode == 'deterministic' and record.functions()['spins'] == (1, 1)


def test_more_than_can_be_profiled_at_once(serve):
    server = serve('sampled', 'threads = 3\nprofiler-max-active = 1')
    answers = ask_together(server, {'a': 'sampling', 'b': 'sampling'})
    errors = [header(response, 'X-Profile-Error') for response in answers.values()]
    assert sorted(error is None for error in errors) == [False, True], errors
    check_busy(server)


# apps


@pytest.mark.parametrize('interpreters', ['single', 'multi', 'threads', 'lazy'])
def test_several_mounts(serve, interpreters):
    server = serve('', '''
        manage-script-name = true
        profiler-restrictions = none
        mount = /one=sampled:application
        mount = /two=sampled:application
        mount = /three=plain:application
        ''' + {'single': 'single-interpreter = true', 'multi': '',
               'threads': 'threads = 2', 'lazy': 'lazy-apps = true\nprocesses = 2'}[interpreters])
    for _ in range(3):
        check_busy(server, '/one' + BUSY)
        several_times(lambda: check_sampled(
            server, server.get('/two/turns_a?profile=sampling'), OWN['a'], ['spinning']))
        server.record(server.get('/three/recursion?profile=sampling'))
        record = server.record(server.get('/three/recursion?profile'))
        assert record.functions()['fibonacci'] == (474, 4)


def test_dynamic_apps(serve):
    server = serve('', 'threads = 2')
    names = {'UWSGI_MODULE': 'sampled', 'UWSGI_CALLABLE': 'application'}
    path, _, query = BUSY.partition('?')
    several_times(lambda: [check_sampled(server, parse_response(answer)) for answer in together(
        *[lambda: server.uwsgi(path, query, **names)] * 3)])


# reloads


@pytest.mark.parametrize('ini', ['processes = 2', 'threads = 2', 'lazy-apps = true'])
def test_reload_while_a_request_is_sampled(serve, ini):
    """It is served to its end, and the new workers sample."""
    server = serve('sampled', ini)
    mark = server.directory / 'in-in_a'
    check_busy(server)

    def check():
        answers = []
        thread = threading.Thread(target=lambda: answers.append(
            server.get('/turns_a?seconds=1&profile=sampling')))
        thread.start()
        wait_for('the request', mark.exists)
        mark.unlink()
        respawned(server, signal.SIGHUP)
        thread.join(HANG)
        check_sampled(server, answers[0], OWN['a'])
    several_times(check)
    check_busy(server)


def test_workers_that_end_after_some_requests(serve):
    server = serve('sampled', 'max-requests = 2\nmin-worker-lifetime = 0\nprocesses = 2')
    for _ in range(8):
        check_busy(server)


def test_a_worker_that_is_killed_while_it_samples(serve):
    server = serve('sampled', 'enable-threads = true')
    [worker] = wait_for('the worker', server.ready_workers)
    thread = threading.Thread(target=server.get, args=('/turns_a?seconds=9&profile=sampling',))
    thread.start()
    wait_for('the request', (server.directory / 'in-in_a').exists)
    os.kill(worker, signal.SIGKILL)
    thread.join(HANG)
    wait_for('a new worker', lambda: set(server.workers()) - {worker})
    check_busy(server)


# responses


@pytest.mark.parametrize('path', ['streamed', 'raising', 'raising_generator', 'spinning'])
@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST'])
def test_the_answer_is_the_apps(pair, path, method):
    ours, plain = pair
    body = b'a=1' if method == 'POST' else b''

    def check():
        mark = len(ours.log())
        sampled, expected = [server.get('/%s?profile=sampling' % path, method=method, body=body)
                             for server in pair]
        assert without_ours(sampled) == expected
        [record] = wait_for('a record', lambda: parse_records(ours.log()[mark:]))
        if_quiet({'makes_part', 'spins'} & set(record.functions()), record.text)
    several_times(check)


@pytest.fixture(scope='module')
def pair(served):
    return (served('sampled', 'profiler-restrictions = none'),
            served('sampled', plugin=False))


@pytest.mark.parametrize('ini', ['', 'threads = 2'])
def test_a_streamed_response_is_sampled_to_its_close(serve, ini):
    server = serve('sampled', ini)

    def check():
        with server.open('/streamed?profile=sampling') as connection:
            data = read_until(connection, b'part\n')
            assert not data.endswith(b'part\npart\n')
            data += read_all(connection)
        assert data.endswith(b'part\npart\npart\nlast\n')
        check_sampled(server, parse_response(data), ('makes_part', 'last_part', 'parts'))
    several_times(check)


@pytest.mark.parametrize('ini', ['', 'threads = 2'])
def test_a_client_that_disconnects(serve, ini):
    server = serve('sampled', ini + '\nprofiler-restrictions = none')

    def check():
        with server.open('/endless?profile=sampling') as connection:
            data = read_until(connection, b'\r\n\r\nx')
        server.record(parse_response(data))
        (server.directory / 'cleaned').unlink()
        check_sampled(server, parse_response(data), ('makes_part',))
    several_times(check)
    check_busy(server)


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'catch-exceptions = true'])
def test_after_an_app_that_raised_all_is_as_before(serve, ini):
    server = serve('sampled', ini)

    def check_raised(path):
        mark = len(server.log())
        server.get('/%s?profile=sampling' % path)
        [record] = wait_for('a record', lambda: parse_records(server.log()[mark:]))
        if_quiet('spins' in record.functions(), record.text)
    for path in ('raising', 'raising_generator') * 2:
        several_times(lambda: check_raised(path))
    check_busy(server)
