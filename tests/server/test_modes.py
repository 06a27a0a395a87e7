"""Every way in which uWSGI runs an app: a flagged request is profiled, whole and alone."""
import contextlib
import os
import re
import signal
import socket
import threading

import pytest

from harness import (HANG, RECORD, free_port, header, parse_records, parse_response,
                     plugins_for, read_all, read_until, wait_for, without_ours)
from loops import ASYNC, loop_plugins, together


def check_profile(server, response, expected=('recursion', 'fibonacci')):
    record = server.record(response)
    for name in expected:
        assert name in record.functions(), record.text
    assert record.mode == 'deterministic' and record.status == str(response.status)
    return record


MODES = {
    'one worker': '',
    'prefork': 'processes = 3',
    'lazy-apps': 'lazy-apps = true\nprocesses = 2',
    'lazy': 'lazy = true',
    'threads': 'threads = 3',
    'threads enabled only': 'enable-threads = true',
    'processes and threads': 'processes = 2\nthreads = 2\nlazy-apps = true',
    'thunder lock': 'processes = 2\nthunder-lock = true',
    'no master': 'master = false',
    'py-call-osafterfork': 'py-call-osafterfork = true\nenable-threads = true',
    'cheaper': 'processes = 4\ncheaper = 1\ncheaper-initial = 1',
    'catch-exceptions': 'catch-exceptions = true',
    'start_response-nodelay': 'start_response-nodelay = true',
    'harakiri': 'harakiri = 60',
    'post-buffering': 'post-buffering = 4096',
    'wsgi-env-behaviour holy': 'wsgi-env-behaviour = holy',
    'max-requests': 'max-requests = 3\nmin-worker-lifetime = 0',
    'single-interpreter': 'single-interpreter = true',
    'route': 'route = ^/ addvar:A=1',
    'log-format': 'log-format = %(method) %(uri) %(status)',
}


def serve_or_skip(serve, app, ini):
    """Skips what this server cannot do without the plugin either."""
    try:
        return serve(app, ini)
    except AssertionError:
        try:
            serve('plain', ini, plugin=False)
        except AssertionError:
            pytest.skip('this server does not start so, without the plugin neither')
        raise


@pytest.mark.parametrize('mode', MODES)
def test_a_flagged_request_is_profiled(serve, mode):
    server = serve_or_skip(serve, 'plain', MODES[mode])
    assert server.get('/recursion').body == b'146'
    for _ in range(4):
        response = server.get('/recursion', {'X-Profile': '1'})
        assert response.status == 200 and response.body == b'146'
        record = check_profile(server, response)
        assert record.functions()['fibonacci'][0] == 474
        response = server.get('/recursion?profile')
        check_profile(server, response)
    server.records(8)


def test_slow_imports_are_no_part_of_a_request(serve):
    server = serve('slow_import', 'lazy-apps = true')
    record = check_profile(server, server.get('/recursion?profile'))
    assert not any('importlib' in name for name in record.functions()), record.text


def test_parallel_requests_see_their_own_functions_only(serve):
    server = serve('plain', 'threads = 4')
    waiting = [threading.Thread(target=lambda name=name: answers.setdefault(
        name, server.get('/wait?%s&profile' % name))) for name in 'ab']
    answers = {}
    for thread in waiting:
        thread.start()
    for name in 'ab':
        wait_for('both requests', (server.directory / ('in-' + name)).exists)
    middle = server.get('/recursion?profile')  # a third, while both others run
    for name in 'ba':
        (server.directory / ('go-' + name)).touch()
    for thread in waiting:
        thread.join(HANG)
    check_profile(server, middle)
    assert 'wait' not in server.record(middle).functions()
    for name, other in ('ab', 'ba'):
        functions = server.record(answers[name]).functions()
        assert functions['waits_' + name] == (1, 1)
        assert 'waits_' + other not in functions and 'fibonacci' not in functions


def test_many_parallel_requests_are_exact(serve):
    server = serve('plain', 'threads = 4\nprofiler-max-active = 100')
    for _ in range(5):
        answers = together(*[lambda: server.get('/recursion?profile')] * 4)
        tables = [server.record(answer).functions() for answer in answers]
        for functions in tables:
            assert functions['fibonacci'] == tables[0]['fibonacci'] == (474, 4), functions
            assert functions['is_even'] == (11, 1)


def test_above_max_active_requests_are_served_unprofiled(serve):
    server = serve('plain', 'threads = 3\nprofiler-max-active = 1')
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(server.get('/wait?a', {'X-Profile': '1'})))
    thread.start()
    wait_for('the first', (server.directory / 'in-a').exists)
    second = server.get('/recursion', {'X-Profile': '1'})
    (server.directory / 'go-a').touch()
    thread.join(HANG)
    assert second.body == b'146' and header(second, 'X-Profile-Id') is None
    assert header(second, 'X-Profile-Error')
    check_profile(server, answers[0], ('wait', 'waits_a'))
    check_profile(server, server.get('/recursion?profile'))


def profiled_stream(server):
    """A stream that has the place, once that is free: a sample may come late that ends the
    profile before."""
    def asked():
        stream = server.open('/ticks?profile')
        if b'X-Profile-Id' in read_until(stream, b'tick 1\n'):
            return stream
        return stream.close()
    return wait_for('a free place', asked)


@pytest.mark.parametrize('ini', ['threads = 3', 'async = 3',
                                 'gevent = 3\ngevent-monkey-patch = true'])
@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_a_place_is_free_when_its_profile_ends(serve, ini, mode):
    """Two streams would hold it for as long as they last."""
    option = ini.split()[0]
    load = loop_plugins(option) if option in ASYNC else plugins_for(option)
    if load is None:
        pytest.skip('this server has no ' + ini)
    server = serve('answers', '''
        profiler-max-time = 200ms
        profiler-max-active = 1
        profiler-mode = %s
        %s''' % (mode, ini), load=load)
    with contextlib.ExitStack() as streams:
        for _ in range(2):
            stream = streams.enter_context(profiled_stream(server))
            read_until(stream, b'tick 14\n')  # 15 times 20 ms: its profile has ended
        check_profile(server, wait_for('a free place', lambda: [
            answer for answer in [server.get('/recursion?profile=deterministic')]
            if header(answer, 'X-Profile-Id')])[0])
    assert [record.path_repr for record in server.records(3)].count("'/ticks'") == 2


@pytest.mark.parametrize('interpreters', ['single', 'multi', 'threads', 'lazy'])
def test_several_mounts(serve, interpreters):
    server = serve('', '''
        manage-script-name = true
        profiler-restrictions = none
        mount = /one=plain:application
        mount = /two=flask_app:application
        ''' + {'single': 'single-interpreter = true', 'multi': '',
               'threads': 'threads = 2', 'lazy': 'lazy-apps = true\nprocesses = 2'}[interpreters])
    for _ in range(3):
        check_profile(server, server.get('/one/recursion?profile'))
        record = check_profile(server, server.get('/two/search?q=1&profile'),
                               ('search', 'find_products'))
        assert 'recursion' not in record.functions()
        assert server.get('/one/hello').body == b'hello'


def test_dynamic_apps_from_their_first_request_on(serve):
    server = serve('', '')
    names = {'UWSGI_MODULE': 'plain', 'UWSGI_CALLABLE': 'application'}
    for path in ('/recursion', '/recursion', '/use_re'):
        response = parse_response(server.uwsgi(path, 'profile', **names))
        assert response.status == 200
        check_profile(server, response, (path[1:],))
    names = {'UWSGI_MODULE': 'plain', 'UWSGI_CALLABLE': 'other', 'UWSGI_APPID': 'second'}
    response = parse_response(server.uwsgi('/recursion', 'profile', **names))
    check_profile(server, response)


def test_dynamic_apps_with_threads(serve):
    server = serve('', 'threads = 2')
    names = {'UWSGI_MODULE': 'plain', 'UWSGI_CALLABLE': 'application'}
    answers = together(*[lambda: parse_response(
        server.uwsgi('/recursion', 'profile', **names))] * 4)
    for response in answers:
        assert check_profile(server, response).functions()['fibonacci'] == (474, 4)


def test_the_uwsgi_protocol(serve):
    server = serve('plain')
    response = parse_response(server.uwsgi('/recursion', 'profile'))
    check_profile(server, response)


def accepts(port):
    with socket.socket() as probe:
        return probe.connect_ex(('127.0.0.1', port)) == 0


def test_the_http_router(serve):
    """The client's address is its own, although the worker is asked by the router."""
    if plugins_for('http') is None:
        pytest.skip('this server has no http plugin')
    port = free_port()
    server = serve('plain', 'http = 127.0.0.1:%d\nhttp-to = @DIR@/uwsgi.sock' % port,
                   load=plugins_for('http'))
    server.port = port
    wait_for('the router', lambda: accepts(port))
    check_profile(server, server.get('/recursion?profile'))
    assert header(server.get('/hello?profile', {'X-Forwarded-For': '1.2.3.4'}),
                  'X-Profile-Id') is None


def respawned(server, signal_number=None, touch=None):
    """Makes the server reload and returns once new workers run."""
    before = set(wait_for('the workers', server.ready_workers))
    if touch:
        os.utime(touch, (2e9, 2e9))  # another time, in whole seconds
    else:
        server.signal(signal_number)
    wait_for(lambda: 'new workers: ' + server.log(), lambda: (
        server.ready_workers() and not before & set(server.workers())))


@pytest.mark.parametrize('ini', ['processes = 2', 'processes = 2\nlazy-apps = true',
                                 'threads = 2'])
def test_reload_by_hup(serve, ini):
    server = serve('plain', ini)
    for _ in range(2):
        check_profile(server, server.get('/recursion?profile'))
        respawned(server, signal.SIGHUP)
        check_profile(server, server.get('/recursion?profile'))


def test_a_worker_that_died_is_replaced_by_one_that_profiles(serve):
    server = serve('plain', 'enable-threads = true')
    for _ in range(2):
        [worker] = wait_for('the worker', server.ready_workers)
        check_profile(server, server.get('/recursion?profile'))
        os.kill(worker, signal.SIGKILL)
        wait_for('a new worker', lambda: set(server.workers()) - {worker})
        check_profile(server, server.get('/recursion?profile'))


def test_chain_reload(serve):
    server = serve('plain', 'processes = 2\nlazy-apps = true\ntouch-chain-reload = @DIR@/uwsgi.ini')
    trigger = server.ini
    check_profile(server, server.get('/recursion?profile'))
    respawned(server, touch=trigger)
    for _ in range(4):
        check_profile(server, server.get('/recursion?profile'))


def test_cheaper_starts_workers_that_profile(serve):
    server = serve('plain', 'processes = 3\ncheaper = 1\ncheaper-algo = spare\nthreads = 1')
    holders = [threading.Thread(target=server.get, args=('/wait?' + name,)) for name in 'ab']
    for thread, name in zip(holders, 'ab'):
        thread.start()
        wait_for('a busy worker', (server.directory / ('in-' + name)).exists)
    check_profile(server, server.get('/recursion?profile'))
    for name in 'ab':
        (server.directory / ('go-' + name)).touch()
    for thread in holders:
        thread.join(HANG)
    check_profile(server, server.get('/recursion?profile'))


# loops that have several requests under way in one thread


@pytest.mark.parametrize('loop', ASYNC)
def test_requests_that_take_turns(serve, loop):
    _, ini, callable_name = ASYNC[loop]
    server = serve('suspending:' + callable_name, ini + '\nprofiler-max-active = 10',
                   load=loop_plugins(loop))
    for _ in range(5):
        answers = together(*[lambda path=path: server.get(path) for path in
                             ('/one?profile', '/other?profile', '/one', '/other?profile')])
        for answer, own, foreign in zip(answers, ('in_one', 'in_other', None, 'in_other'),
                                        ('in_other', 'in_one', None, 'in_one')):
            assert answer.status == 200
            if own:
                record = check_profile(server, answer, (own, 'fibonacci'))
                assert record.functions()[own] == (5, 5), record.text
                assert foreign not in record.functions(), record.text
                calls = 15 if own == 'in_one' else 25
                assert record.functions()['fibonacci'] == (5 * calls, 5), record.text
            else:
                assert header(answer, 'X-Profile-Id') is None


@pytest.mark.parametrize('loop', ASYNC)
def test_every_kind_of_response_in_async_loops(serve, loop):
    _, ini, _ = ASYNC[loop]
    servers = [serve('plain', ini, plugin=plugin, load=loop_plugins(loop))
               for plugin in (True, False)]
    paths = ('/recursion', '/generated', '/write', '/file_wrapper', '/empty', '/raising',
             '/raising_generator', '/nothing', '/missing', '/bytes_io')
    ours, plain = [[server.get(path + '?profile') for path in paths] for server in servers]
    for path, profiled, expected in zip(paths, ours, plain):
        assert without_ours(profiled) == expected, path
    servers[0].records(len(paths))


# what a response can do, with the plugin and without


@pytest.fixture(scope='module')
def pair(served):
    return served('plain', 'profiler-restrictions = none'), served('plain', plugin=False)


@pytest.mark.parametrize('path', [
    'hello', 'generated', 'write', 'late_start', 'file_wrapper', 'bytes_io', 'empty',
    'missing', 'nothing', 'raising', 'raising_late', 'raising_generator', 'raising_first',
    'raising_close', 'not_bytes', 'own_cprofile', 'own_setprofile', 'dying', 'lambdas',
    'deep_tree', 'own_thread'])
@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST'])
def test_the_answer_is_the_apps(pair, path, method):
    ours, plain = pair
    body = b'a=1' if method == 'POST' else b''
    marks = len(ours.log()), len(plain.log())
    profiled = ours.get('/' + path, {'X-Profile': 'log'}, method=method, body=body)
    expected = plain.get('/' + path, {'X-Profile': 'log'}, method=method, body=body)
    assert without_ours(profiled) == expected
    if profiled.headers:
        record = ours.record(profiled)
    else:  # an app that raised at once: nothing was answered
        record = wait_for('a record', lambda: parse_records(ours.log()[marks[0]:]))[0]
    assert path in record.functions(), record.text
    tracebacks = [re.findall(r'^(?:Traceback|  File .*|    .*|\S*Error.*)$', log, re.M)
                  for log in (RECORD.sub('', ours.log()[marks[0]:]), plain.log()[marks[1]:])]
    assert tracebacks[0] == tracebacks[1]


@pytest.mark.parametrize('path', ['stream', 'stream_object'])
def test_a_streamed_response_streams_and_is_profiled_to_its_close(serve, path):
    server = serve('plain')
    with server.open('/%s?profile' % path) as connection:
        data = read_until(connection, b'\r\n\r\nfirst\n')
        (server.directory / 'go').touch()  # had the server kept the first back: "late"
        data += read_all(connection)
    assert data.endswith(b'first\nlast\n')
    functions = server.record(parse_response(data)).functions()
    assert functions['first_part'] == functions['last_part'] == (1, 1)
    assert functions['cleanup'] == (1, 1)


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'processes = 2'])
def test_a_client_that_disconnects(serve, ini):
    server = serve('plain', ini + '\nprofiler-restrictions = none')
    with server.open('/endless?profile') as connection:
        data = read_until(connection, b'\r\n\r\nx')
    (server.directory / 'go').touch()
    functions = server.record(parse_response(data)).functions()
    assert functions['cleanup'] == (1, 1) and functions['endless'][0] >= 2
    assert (server.directory / 'cleaned').exists()
    check_profile(server, server.get('/recursion?profile'))


@pytest.mark.parametrize('path', ['raising', 'raising_late', 'raising_generator',
                                  'raising_first', 'raising_close', 'not_bytes'])
@pytest.mark.parametrize('ini', ['', 'threads = 2', 'catch-exceptions = true'])
def test_after_an_app_that_raised_all_is_as_before(serve, path, ini):
    server = serve('plain', ini)
    server.get('/' + path + '?profile')
    server.records(1)
    assert server.get('/hello').body == b'hello'
    record = check_profile(server, server.get('/recursion?profile'))
    assert record.functions()['fibonacci'] == (474, 4)
    server.records(2)


def test_an_app_that_exits_takes_only_itself_down(serve):
    server = serve('plain')
    server.get('/exiting?profile')
    check_profile(server, server.get('/recursion?profile'))


# what is hard on a profiler


@pytest.fixture(scope='module')
def server(served):
    return served('plain', 'enable-threads = true\nprofiler-restrictions = none')


def test_an_app_with_a_profiler_of_its_own_keeps_it(server):
    response = server.get('/own_cprofile?profile')
    assert response.body == b'(21, True)'
    server.record(response)
    response = server.get('/own_setprofile?profile')
    assert response.body == b'saw events'
    record = server.record(response)
    check_profile(server, server.get('/recursion?profile'))
    facts = server.get('/memory')
    assert b'"profile": "None"' in facts.body
    assert 'own_setprofile' in record.functions()


def test_code_that_dies_before_the_report(server):
    functions = server.record(server.get('/dying?profile')).functions()
    for i in range(3):
        assert functions['generated_%d' % i] == (100, 100)
    assert functions['<module>'] == (300, 300)


def test_two_functions_of_one_name_on_one_line_are_one(server):
    functions = server.record(server.get('/lambdas?profile')).functions()
    assert functions['<lambda>'] == (30, 30)


def test_calls_of_another_thread_are_not_counted(server):
    functions = server.record(server.get('/own_thread?profile')).functions()
    assert functions['in_first'] == (1, 1) and functions['fibonacci'] == (15, 1)
    assert 'in_second' not in functions


def test_greenlets_within_a_request_keep_their_callers(serve):
    server = serve('plain', 'profiler-restrictions = none')
    server.crash_expected = True  # greenlet 2.0 when Python ends, with or without us
    response = server.get('/greenlets?profile')
    if response.status != 200:
        pytest.skip('this Python has no greenlet')
    functions = server.record(response).functions()
    assert functions['in_first'] == functions['in_second'] == (5, 5)
    assert functions['fibonacci'] == (5 * 15 + 5 * 25, 10)
    left_out = server.record(server.get('/greenlets?profile'))  # followed from its start on
    assert 'in_first' not in left_out.functions()
    assert [notice for notice in left_out.notices if 'greenlets' in notice], left_out.text
    assert 'Segmentation Fault' not in server.log()


def test_events_for_what_is_no_code_object(server):
    """They count under the name of the object's type."""
    response = server.get('/codelike?profile')
    if response.status == 501:
        pytest.skip('this Python has no such events')
    assert response.body == b'fired'
    functions = server.record(response).functions()
    assert functions['{monitoring.CodeLike}'] == (11, 11)
    assert functions['fibonacci'] == (5 * 15, 5)
    check_profile(server, server.get('/recursion?profile'))


def test_callbacks_that_the_app_calls_itself(server):
    response = server.get('/own_hook?profile')
    if response.status == 501:
        pytest.skip('this Python has no sys.monitoring')
    assert response.body == b'called 28'
    server.record(response)
    check_profile(server, server.get('/recursion?profile'))


def test_a_tree_that_is_cut_says_so_and_counts_on(serve):
    server = serve('plain', 'profiler-max-nodes = 30\nprofiler-restrictions = none')
    record = server.record(server.get('/deep_tree?profile'))
    assert record.functions()['deep'] == (151, 1)
    assert record.notices, record.text
    functions = server.record(server.get('/recursion?profile')).functions()
    assert functions['fibonacci'] == (474, 4)
