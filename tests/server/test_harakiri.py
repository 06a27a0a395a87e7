"""Requests that the server kills: what was sampled of them is reported.

PROFILER_KILLS=20 kills that many of each kind, instead of 1."""
import json
import os
import re
import signal
import threading
import time

import pytest

from harness import APPS, HANG, STATS, profile_id, run_uwsgi, states, wait_for
from loops import loop_plugins
from samples import Samples

KILLS = int(os.environ.get('PROFILER_KILLS', '1'))
KINDS = ('sleep', 'busy', 'allocate', 'lock', 'native', 'regex', 'receive')
HOLDING_THE_GIL = ('native', 'regex')
SAMPLING = {'X-Profile': 'sampling,log,file'}
TOGETHER = 4  # workers at most: the master kills them one after the other


def has_graceful():
    return '--harakiri-graceful-timeout' in run_uwsgi('--help')[1]


# Deadlines are whole seconds: uWSGI kills 1 to 2 seconds after "1"; from 2.0.22 on 0 to 1.
HARAKIRI = 2 if has_graceful() else 1


def hanging(serve, ini, **options):
    return serve('hanging', '''
        harakiri = %d
        profiler-dir = @DIR@/profiles
        profiler-format = json
        profiler-filename-format = {id}.prof
        profiler-max-active = 10
        ''' % HARAKIRI + ini, **options)


def ask(server, path, headers=()):
    """The answer; None when the server closed without one."""
    try:
        response = server.get(path, headers)
    except OSError:
        return None
    return response if response.status else None


def ask_together(server, requests):
    answers = [None] * len(requests)

    def run(i):
        answers[i] = ask(server, *requests[i])
    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(requests))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG)
        assert not thread.is_alive(), server.log()
    return answers


def reports(server, count):
    """Of all json files, once there are that many."""
    directory = server.directory / 'profiles'
    files = wait_for(lambda: '%d files:\n%s' % (count, server.log()), lambda: (
        len(list(directory.glob('*.json'))) >= count and list(directory.glob('*.json'))))
    assert len(files) == count, files
    return [Samples(file.read_text()) for file in files]


def line_of(function):
    lines = (APPS / 'hanging.py').read_text().splitlines()
    start = lines.index('def %s():' % function)
    return next(i + 1 for i in range(start, len(lines)) if '# hangs' in lines[i])


def check_hung(found, function, notice='harakiri'):
    """The hottest stack, and the hottest line, are where it hung."""
    assert found.notices() - {'waits-unknown', 'thinned'} == {notice}, found.meta
    assert found.meta['path'] == '/' + function and found.meta['method'] == 'GET'
    assert found.meta['route'] == found.meta['path']
    assert found.meta['status'] is None
    hottest = found.paths[found.self_ns.index(max(found.self_ns))]
    assert hottest[-1] == function, hottest
    lines = found.report['lines']
    hot = max((i for i in range(len(lines['func'])) if found.names[lines['func'][i]] == function),
              key=lambda i: lines['total'][i])
    assert lines['line'][hot] == line_of(function), lines
    before = found.report['tl']['dt'][0]  # its thread may have had no processor yet
    assert lines['total'][hot] >= 0.9 * (found.meta['wall_ns'] - before), (lines, found.meta)
    assert found.meta['wall_ns'] >= 0.5e9


def check_records(server, count):
    records = server.records(count)
    for record in records:
        assert record.mode == 'sampling' and record.status == '-'
        assert any(notice.startswith('NOTICE harakiri: ') for notice in record.notices)


def check_figures(line):
    """CPU and waits are the elapsed time, each rounded to a microsecond."""
    assert line['cpu_ms'] >= 0 and line['wait_ms'] >= 0, line
    assert abs(line['cpu_ms'] + line['wait_ms'] - line['elapsed_ms']) <= 0.002, line


def check_index(server, count):
    """Each of these has its line, and is marked there, too."""
    text = (server.directory / 'profiles' / 'index.jsonl').read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert len(lines) == count
    for line in lines:
        assert 'harakiri' in line['notices'] and line['route'] == line['path'], line
        assert line['worker'] >= 1, line
        check_figures(line)


def kill_all(server, kind, together=TOGETHER):
    left = KILLS
    while left:
        count = min(left, together)
        assert ask_together(server, [('/' + kind, SAMPLING)] * count) == [None] * count
        left -= count
    for found in reports(server, KILLS):
        check_hung(found, kind)
    check_records(server, KILLS)
    check_index(server, KILLS)
    wait_for('new workers', server.ready_workers)


@pytest.mark.parametrize('kind', KINDS)
def test_with_a_master(serve, kind):
    server = hanging(serve, 'processes = %d' % min(KILLS, TOGETHER))
    kill_all(server, kind)
    assert ask(server, '/quick').body == b'quick'


def test_a_thread_that_could_not_be_started_is_tried_again(serve):
    server = hanging(serve, '')
    assert ask(server, '/tighten').body == b'tight'
    assert ask(server, '/quick', {'X-Profile': 'deterministic,log'}).body == b'quick'
    assert ask(server, '/loosen').body == b'loose'
    assert ask(server, '/sleep', SAMPLING) is None
    [found] = reports(server, 1)
    check_hung(found, 'sleep')


@pytest.mark.parametrize('kind', KINDS)
def test_with_threads(serve, kind):
    server = hanging(serve, 'processes = %d\nthreads = 2' % min(KILLS, TOGETHER))
    # a second one in a worker whose first holds the GIL would not come to its app
    kill_all(server, kind, 1 if kind in HOLDING_THE_GIL else TOGETHER)


@pytest.mark.parametrize('kind', KINDS)
def test_with_gevent(serve, kind):
    server = hanging(serve, 'processes = %d\ngevent = 2' % min(KILLS, TOGETHER),
                     load=loop_plugins('gevent'))
    kill_all(server, kind)


@pytest.mark.parametrize('threads', ['', 'enable-threads = true', 'threads = 2'])
@pytest.mark.parametrize('kind', KINDS)
def test_without_a_master(serve, kind, threads):
    """The server ends with its one process."""
    for _ in range(KILLS):
        server = hanging(serve, 'master = false\n' + threads)
        assert ask(server, '/' + kind, SAMPLING) is None
        check_hung(*reports(server, 1), kind)
        check_records(server, 1)


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'master = false'])
def test_every_request_is_sampled(serve, ini):
    server = hanging(serve, '''
        profiler-trigger = always
        profiler-mode = sampling
        profiler-output = log, file
        profiler-log-style = table
        ''' + STATS + ini)
    assert ask(server, '/quick').body == b'quick'
    reports(server, 1)
    if 'threads' in ini:  # uWSGI's end of it would take back the deadline of the next one
        server.wait_idle()
    assert ask(server, '/native') is None
    found = reports(server, 2)
    check_hung(*[one for one in found if one.meta['path'] == '/native'], 'native')
    assert [one.notices() & {'harakiri'} for one in found if one.meta['path'] == '/quick'] == [
        set()]


def test_a_route_that_sets_a_deadline(serve):
    server = serve('hanging', '''
        route = ^/lock harakiri:%d
        profiler-dir = @DIR@/profiles
        profiler-format = json
        ''' % HARAKIRI)
    assert ask(server, '/lock', SAMPLING) is None
    check_hung(*reports(server, 1), 'lock')


def test_all_requests_of_the_worker_are_reported(serve):
    server = hanging(serve, 'threads = 3')
    assert ask_together(server, [('/lock', SAMPLING), ('/sleep', SAMPLING),
                                 ('/receive', {})]) == [None] * 3
    found = reports(server, 2)
    assert {one.meta['path'] for one in found} == {'/lock', '/sleep'}
    assert all('harakiri' in one.notices() for one in found)
    check_records(server, 2)


@pytest.mark.parametrize('ini', ['', 'master = false', 'threads = 2'])
def test_one_in_deterministic_mode_leaves_a_line(serve, ini):
    """The deadline runs before the profile does, on a busy machine for a while."""
    server = hanging(serve, ini)
    start = time.monotonic()
    assert ask(server, '/native', {'X-Profile': 'log,file'}) is None
    asked = time.monotonic() - start
    [line] = server.wait_log(r'^profiler: profile [0-9a-f]{16} of GET /native .*$')
    after = re.search(r'\(deterministic\) was killed by harakiri after (\d+\.\d) s; '
                      'use sampling to see where it hung$', line)
    assert after and 0.5 <= float(after.group(1)) <= asked + 0.05, (line, asked)
    assert not list((server.directory / 'profiles').glob('*.json'))


def test_what_was_to_be_the_answer_is_logged(serve):
    server = hanging(serve, '')
    assert ask(server, '/busy?profile=sampling,json') is None
    [record] = server.records(1)
    assert 'busy' in record.functions(), record.text
    assert any(notice.startswith('NOTICE harakiri: ') for notice in record.notices)


def test_a_request_that_is_not_profiled_is_killed_as_ever(serve):
    server = hanging(serve, '')
    assert ask(server, '/quick', SAMPLING).body == b'quick'  # the thread is there
    server.records(1)
    assert ask(server, '/busy') is None
    wait_for('a new worker', server.ready_workers)
    assert ask(server, '/quick').body == b'quick'
    assert len(server.records(1)) == 1 and 'was killed' not in server.log()


def test_a_worker_that_cannot_report_is_killed_all_the_same(serve):
    server = hanging(serve, '')
    [worker] = wait_for('the worker', server.ready_workers)
    thread = threading.Thread(target=ask, args=(server, '/sleep', SAMPLING))
    thread.start()
    wait_for('the request', (server.directory / 'hung').exists)
    os.kill(worker, signal.SIGSTOP)
    thread.join(HANG)
    assert not thread.is_alive()
    server.wait_log('^profiler: worker 1 is killed before it could write all reports of its '
                    'requests$')
    wait_for('a new worker', lambda: server.ready_workers() and worker not in server.workers())
    assert ask(server, '/quick', SAMPLING).body == b'quick'
    assert len(reports(server, 1)) == 1


def test_one_that_is_over_its_profile_time_first(serve):
    server = hanging(serve, 'profiler-max-time = 500ms')
    assert ask(server, '/busy', SAMPLING) is None
    [found] = reports(server, 1)
    assert found.notices() >= {'harakiri', 'time'}
    assert found.meta['wall_ns'] < 1e9


GRACEFUL = 'harakiri-graceful-timeout = %d\nharakiri-graceful-signal = %d\n'


@pytest.mark.parametrize('kind', ['regex', 'lock'])  # a signal ends a native sleep
def test_one_that_outlives_the_mercy_of_a_reload(serve, kind):
    server = serve('hanging', '''
        worker-reload-mercy = 2
        profiler-dir = @DIR@/profiles
        profiler-format = json
        ''')
    answers = []
    thread = threading.Thread(target=lambda: answers.append(ask(server, '/' + kind, SAMPLING)))
    thread.start()
    wait_for('the request', (server.directory / 'hung').exists)
    server.signal(signal.SIGHUP)
    thread.join(HANG)
    assert answers == [None]
    [found] = reports(server, 1)
    check_hung(found, kind, 'mercy')
    server.wait_log('worker 1 .*is taking too much time to die')
    server.wait_log('spawned uWSGI worker 1 ', 2)  # a stop amid a reload is lost: uWSGI's race
    wait_for('the new worker', server.ready_workers)


@pytest.mark.skipif(not has_graceful(), reason='this server has no harakiri-graceful-timeout')
class TestGraceful:
    @pytest.mark.parametrize('kind', KINDS)
    def test_killed_at_last(self, serve, kind):
        """Reported at the first of two hooks."""
        server = hanging(serve, 'processes = %d\n' % min(KILLS, TOGETHER) +
                         GRACEFUL % (2, signal.SIGTERM))
        kill_all(server, kind)

    @pytest.mark.parametrize('word', ['log,file', 'json', 'log,file,json'])
    @pytest.mark.parametrize('kind', ['native_for_a_while', 'sleep_for_a_while'])
    def test_one_that_comes_back_to_life(self, serve, kind, word):
        """It is reported once, as killed; the signal is one that changes nothing."""
        server = hanging(serve, 'env = WHILE=3\n' + GRACEFUL % (20, signal.SIGCONT))
        response = ask(server, '/' + kind, {'X-Profile': 'sampling,' + word})
        assert response.status == 200 and profile_id(response)
        if 'json' in word:
            assert b'the server was about to kill this request' in response.body
        else:
            assert response.body == b'back'
        [record] = server.records(1)
        assert record.id == profile_id(response)
        assert kind in record.functions()
        again = ask(server, '/quick', SAMPLING)
        assert again.body == b'quick'
        assert not any('harakiri' in notice for notice in server.record(again).notices)

    def test_a_deterministic_one_that_comes_back_is_reported_whole(self, serve):
        server = hanging(serve, 'env = WHILE=3\n' + GRACEFUL % (20, signal.SIGCONT))
        response = ask(server, '/sleep_for_a_while', {'X-Profile': 'log,file'})
        assert response.body == b'back'
        assert len(server.wait_log('^profiler: profile .* was killed by harakiri')) == 1
        assert 'sleep_for_a_while' in server.record(response).functions()


def temporaries(server):
    return [path for path in (server.directory / 'profiles').glob('.*.tmp')]


def stopped_among_its_files(server):
    """The worker, with a file in the making and none that is made; and its client."""
    directory = server.directory / 'profiles'

    def asked():
        [worker] = wait_for('the worker', server.ready_workers)
        client = threading.Thread(target=ask, args=(server, '/large', {'X-Profile': 'file'}))
        client.start()
        wait_for('a file', lambda: list(directory.iterdir()))
        os.kill(worker, signal.SIGSTOP)
        wait_for('its stop', lambda: states(worker) == {'T'})
        if temporaries(server) == list(directory.iterdir()):
            return worker, client
        os.kill(worker, signal.SIGCONT)  # too late
        client.join()
        server.settle()
        for path in directory.iterdir():
            path.unlink()
    return wait_for('files in the making', asked)


def test_a_worker_that_is_killed_while_it_writes_leaves_no_half_file(serve):
    server = hanging(serve, 'profiler-format = json, prof, txt, html, speedscope, pprof')
    directory = server.directory / 'profiles'
    for _ in range(3):
        worker, client = stopped_among_its_files(server)
        os.kill(worker, signal.SIGKILL)
        client.join(HANG)
        wait_for('a new worker', lambda: worker not in server.workers())
        assert [path.name for path in directory.iterdir() if path.suffix != '.tmp'] == []
        for path in temporaries(server):
            os.utime(path, (time.time() - 100,) * 2)
        others = [directory / name for name in ('.00c0ffee00c0ffee.tmp', '.x.1.2.tmp')]
        for other in others:
            other.touch()
            os.utime(other, (0, 0))
        [worker] = wait_for('the worker', server.ready_workers)
        os.kill(worker, signal.SIGKILL)
        wait_for('a new worker', lambda: worker not in server.workers())
        wait_for('nothing left', lambda: sorted(temporaries(server)) == sorted(others))
        for other in others:
            other.unlink()
    wait_for('the worker', server.ready_workers)
    assert ask(server, '/large', {'X-Profile': 'file'}).body == b'65536'
    wait_for('the files', lambda: len(list(directory.iterdir())) == 7)
