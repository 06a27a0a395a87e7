"""What is kept: ratio, profiler-keep, profiler-off-file, the limits, and the log's styles."""
import json
import re
import signal
import socket
import threading
import time

import pytest

from harness import (METRICS, OURS, header, parse_records, profile_id, read_all, uwsgi_packet,
                     wait_for)
from loops import loop_plugins
from test_modes import respawned

LINES = 'profiler-log-style = line\nprofiler-stream = @DIR@/lines\n'
TABLES = 'profiler-log-style = table\nprofiler-stream = @DIR@/tables\n'


def seen(server):
    """The reports until now, one a line."""
    path = server.directory / 'lines'
    return path.read_text().splitlines() if path.exists() else []


def lines(server, count):
    """The same, once there are that many; there must not be more."""
    wait_for(lambda: '%d lines, not %s' % (count, seen(server)),
             lambda: len(seen(server)) >= count)
    assert len(seen(server)) == count, seen(server)
    return seen(server)


def shows_nothing(response):
    return not [name for name, _ in response.headers if name.lower() in OURS]


def held(server, name, seconds, **options):
    """A request that takes so long at least."""
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(server.get('/wait?' + name, **options)))
    thread.start()
    wait_for('the request', (server.directory / ('in-' + name)).exists)
    time.sleep(seconds)
    (server.directory / ('go-' + name)).touch()
    thread.join()
    for mark in ('in-', 'go-'):
        (server.directory / (mark + name)).unlink()
    return answers[0]


# ratio


def test_a_ratio_of_the_requests_is_profiled(serve):
    server = serve('plain', METRICS + LINES + '''
        profiler-trigger = query:profile
        profiler-trigger = ratio:0.25
        processes = 2''')
    for _ in range(400):
        assert shows_nothing(server.get('/hello'))
    for _ in range(5):
        assert shows_nothing(server.get('/hello?profile=off'))
    started = server.metrics()['started']
    wait_for('reports', lambda: len(seen(server)) >= 57)
    assert 57 <= len(seen(server)) <= 143  # 5 standard deviations around 100
    assert started <= 143
    assert all(" GET '/hello' " in line for line in seen(server))
    profile_id(server.get('/hello?profile'))


def test_always_wins_over_ratio(serve):
    server = serve('plain', LINES + '''
        profiler-trigger = ratio:0.000001
        profiler-trigger = always''')
    for _ in range(20):
        assert shows_nothing(server.get('/hello'))
    lines(server, 20)


def test_workers_draw_apart(serve):
    """A hit of all workers at once would be no ratio of the site's requests."""
    server = serve('plain', LINES + 'profiler-trigger = ratio:0.5\nprocesses = 4\nlazy-apps = true')
    for _ in range(40):
        server.get('/hello')
    wait_for('reports', lambda: len(seen(server)) >= 4)
    assert len(seen(server)) <= 36


# profiler-keep


KEEP = METRICS + LINES + '''
    profiler-dir = @DIR@/profiles
    profiler-trigger = query:profile
    profiler-trigger = always
'''


def kept_paths(server):
    index = server.directory / 'profiles' / 'index.jsonl'
    text = index.read_text() if index.exists() else ''
    return [json.loads(line)['path'] for line in text.splitlines()]


def test_a_status_or_an_exception_is_worth_a_report(serve):
    server = serve('plain', KEEP + '''
        profiler-keep = status:404
        profiler-keep = exception
        route = ^/recursion profile:''')
    expected = ['/missing', '/raising', '/raising_late', '/recursion', '/hello']
    for path in ('/hello', '/missing', '/cached', '/raising', '/empty', '/raising_late'):
        assert shows_nothing(server.get(path))
    assert shows_nothing(server.get('/recursion'))  # a route is asked for: always kept
    profile_id(server.get('/hello?profile'))  # so is a flag
    found = lines(server, 5)
    assert [re.search(" '(/.*?)' ", line).group(1) for line in found] == expected
    assert kept_paths(server) == expected
    assert len(list((server.directory / 'profiles').glob('*.prof'))) == 5
    server.wait_metrics(started=8, kept=5, discarded=3, limited=0)


@pytest.mark.parametrize('ini', ['', 'catch-exceptions = true'])
def test_a_failure_of_the_app_is_a_5xx(serve, ini):
    server = serve('plain', KEEP + 'profiler-keep = status:5xx\n' + ini)
    for path in ('/hello', '/missing', '/raising', '/empty'):
        server.get(path)
    assert len(lines(server, 1)) == 1 and kept_paths(server) == ['/raising']
    server.wait_metrics(started=4, kept=1, discarded=3)


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'processes = 2\nlazy-apps = true'])
def test_a_slow_request_log_with_flame_graphs(serve, ini):
    server = serve('plain', METRICS + TABLES + ini + '''
        profiler-trigger = always
        profiler-mode = sampling
        profiler-interval = 10ms
        profiler-keep = slower:1s
        profiler-dir = @DIR@/profiles
        profiler-format = html, folded''')
    for _ in range(5):
        assert shows_nothing(server.get('/hello'))
    assert held(server, 'a', 1.1).body == b'waited'
    [record] = server.records(1, server.directory / 'tables')
    assert record.mode == 'sampling' and float(record.elapsed_ms) >= 1000
    assert 'waits_a' in record.functions() and 'waits_a' in record.tree
    names = sorted(path.name for path in (server.directory / 'profiles').iterdir())
    assert [name.rsplit('.', 1)[1] for name in names] == ['folded', 'html', 'jsonl']
    folded = (server.directory / 'profiles' / names[0]).read_text()
    assert 'waits_a' in folded
    server.wait_metrics(started=6, kept=1, discarded=5)


def test_what_is_discarded_leaves_no_trace(serve):
    server = serve('plain', KEEP + '''
        profiler-keep = status:404
        log-format = seen %(uri) %(profile_id) %(profile_status)''')
    server.get('/hello')
    server.get('/missing')
    server.wait_log(r'^seen /missing [0-9a-f]{16} 404$')
    server.wait_log(r'^seen /hello - -$')
    assert len(lines(server, 1)) == 1 and kept_paths(server) == ['/missing']


# profiler-off-file


def refusal(server, path='/hello?profile'):
    return header(server.get(path), 'X-Profile-Error')


@pytest.mark.parametrize('name', ['@DIR@/off', 'off'])
def test_while_the_off_file_exists_nothing_is_profiled(serve, name):
    server = serve('plain', METRICS + LINES + '''
        profiler-trigger = query:profile
        profiler-trigger = always
        route = ^/recursion profile:sampling
        profiler-off-file = ''' + name, prepare=lambda directory: (directory / 'off').touch())
    off = server.directory / 'off'
    for _ in range(3):
        assert refusal(server) == 'profiling is switched off (profiler-off-file)'
        assert shows_nothing(server.get('/hello')) and shows_nothing(server.get('/recursion'))
    assert shows_nothing(server.get('/hello?profile', {'Via': '1.1 x'}))
    off.unlink()
    wait_for('profiles', lambda: refusal(server) is None)
    before = len(wait_for('a report', lambda: seen(server)))
    for path in ('/hello', '/recursion'):
        server.get(path)
    lines(server, before + 2)
    off.touch()
    wait_for('the end of it', lambda: refusal(server))
    server.settle()
    before = len(seen(server))
    assert refusal(server) and shows_nothing(server.get('/hello'))
    server.settle()
    assert len(seen(server)) == before
    server.wait_metrics(started=before)


def test_an_off_file_that_cannot_be_looked_at_is_told_once(serve):
    def prepare(directory):
        (directory / 'loop').symlink_to('loop')
    server = serve('plain', 'profiler-off-file = @DIR@/loop/off', prepare=prepare)
    for _ in range(3):
        profile_id(server.get('/hello?profile'))
    time.sleep(1.1)
    profile_id(server.get('/hello?profile'))
    [line] = server.wait_log('^.*profiler-off-file.*$')
    assert 'loop/off: ' in line and 'profiling stays on' in line


def test_a_missing_directory_of_the_off_file_is_no_news(serve):
    server = serve('plain', 'profiler-off-file = @DIR@/none/off')
    profile_id(server.get('/hello?profile'))
    assert 'cannot look' not in server.log()


# limits


def test_so_many_profiles_a_minute_over_all_workers(serve):
    server = serve('plain', METRICS + '''
        processes = 3
        profiler-max-per-minute = 5
        profiler-trigger = query:profile
        route = ^/recursion profile:log''')
    if time.monotonic() % 60 > 45:  # the minutes of the server's clock
        time.sleep(60 - time.monotonic() % 60)
    answers = [server.get('/hello?profile=log') for _ in range(12)]
    assert all(answer.body == b'hello' for answer in answers)
    refused = [header(answer, 'X-Profile-Error') for answer in answers]
    assert len([why for why in refused if why is None]) == 5, refused
    assert all(why is None or 'profiler-max-per-minute' in why for why in refused)
    assert shows_nothing(server.get('/recursion'))
    server.wait_metrics(started=5, kept=5, limited=8)
    assert len(server.records(5)) == 5


@pytest.mark.parametrize('trigger', ['always', 'ratio:1'])
def test_always_and_ratio_are_not_counted(serve, trigger):
    server = serve('plain', LINES + '''
        profiler-max-per-minute = 1
        profiler-trigger = query:profile
        profiler-trigger = ''' + trigger)
    for _ in range(10):
        server.get('/hello')
    lines(server, 10)
    profile_id(server.get('/hello?profile'))
    lines(server, 11)


def test_no_limit_a_minute(serve):
    server = serve('plain', METRICS + 'profiler-max-per-minute = 0')
    for _ in range(70):
        profile_id(server.get('/hello?profile=log'))
    server.wait_metrics(started=70, limited=0)


def test_always_stops_at_max_active_in_silence(serve):
    server = serve('plain', METRICS + LINES + '''
        threads = 3
        profiler-max-active = 1
        profiler-trigger = query:profile
        profiler-trigger = always''')
    threads = [threading.Thread(target=server.get, args=('/wait?a',))]
    threads[0].start()
    wait_for('the request', (server.directory / 'in-a').exists)
    assert shows_nothing(server.get('/hello'))
    assert 'profiler-max-active' in refusal(server)
    (server.directory / 'go-a').touch()
    threads[0].join()
    lines(server, 1)
    server.wait_metrics(started=1, kept=1, limited=2)


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_a_profile_ends_at_its_longest_time_in_every_output(serve, mode):
    server = serve('plain', METRICS + TABLES + '''
        profiler-trigger = always
        profiler-max-time = 200ms
        profiler-keep = slower:400ms
        profiler-dir = @DIR@/profiles
        profiler-format = txt, json
        profiler-mode = ''' + mode)
    assert held(server, 'a', 1.5).body == b'waited'
    [record] = server.records(1, server.directory / 'tables')
    assert [notice for notice in record.notices if notice.startswith('NOTICE time: ')]
    [text] = (server.directory / 'profiles').glob('*.txt')
    assert parse_records(text.read_text())[0].notices == record.notices
    [report] = (server.directory / 'profiles').glob('*.json')
    meta = json.loads(report.read_text())['meta']
    assert 'time' in [notice['code'] for notice in meta['notices']]
    assert record.elapsed_ms == '200.000'  # of what was profiled: not the whole request
    server.wait_metrics(started=1, kept=1, truncated=1)


# the log's styles


def json_lines(text):
    return [json.loads(line) for line in text.splitlines() if line.startswith('{"id":"')]


@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_each_line_of_style_json_is_json(serve, mode):
    server = serve('plain', '''
        profiler-log-style = json
        profiler-dir = @DIR@/profiles
        profiler-trigger = query:profile
        profiler-trigger = always
        profiler-mode = ''' + mode)
    evil = '/missing%22%0a%1b%5b31m%3c/script%3e%ff' + '%3c' * 400
    for path in ('/recursion', '/missing?q=%22x', '/raising', evil, '/recursion?profile=limit=2'):
        server.get(path)
    server.wait_log(r'^\{"id":".*"functions":\[.*\]\}$', 5)
    found = json_lines(server.log())
    assert len(found) == 5
    assert [line['status'] for line in found][:2] == [200, 404]
    assert [line['exception'] for line in found] == [None, None, 'ShopError', None, None]
    assert found[1]['query'] == 'q=%22x'
    assert found[3]['path'].startswith('/missing"\n\x1b[31m</script>\ufffd<<<')
    assert found[3]['path'].endswith('<<...')
    for line in found:
        assert line['method'] == 'GET' and line['mode'] == mode
        assert len(line['files']) == 1 and line['files'][0].endswith('.prof')
        assert line['elapsed_ms'] >= 0 and line['cpu_ms'] >= 0 and line['time'] > 1.6e9
        assert line['worker'] == 1 and line['pid'] in server.workers()
        assert set(line['wait_ms']) <= {'cpu wait'} or mode == 'sampling'
        assert ('calls' in line) == (mode == 'deterministic') != ('samples' in line)
    if mode == 'deterministic':
        [fibonacci] = [function for function in found[0]['functions']
                       if '(fibonacci)' in function['name']]  # wherever its time puts it
        assert fibonacci['calls'] > 400 and found[0]['calls'] > 500
        assert len(found[4]['functions']) == 2
    assert all(len(line) <= 8000 for line in server.log().splitlines()
               if line.startswith('{"id"'))


# the server's own log


def test_log_format_knows_the_profile(serve):
    server = serve('plain', 'log-format = seen %(uri) %(status) [%(profile_id)] [%(profile_status)]')
    flagged = server.get('/missing?profile=log')
    replaced = server.get('/missing?profile=txt')
    refused = server.get('/hello', {'X-Profile': 'nonsense'})
    server.get('/hello')
    assert header(replaced, 'X-Profile-Status') == '404' and replaced.status == 200
    assert header(refused, 'X-Profile-Error')
    server.wait_log('^seen /hello ', 2)
    assert re.findall('^seen .*$', server.log(), re.M) == [
        'seen /missing?profile=log 404 [%s] [404]' % profile_id(flagged),
        'seen /missing?profile=txt 200 [%s] [404]' % profile_id(replaced),
        'seen /hello 200 [-] [-]', 'seen /hello 200 [-] [-]']


LOOPS = {'async': ('suspending:application', 'async = 3'),
         'gevent': ('suspending:blocking', 'gevent = 3\ngevent-monkey-patch = true'),
         'threads': ('suspending:application', 'threads = 3')}


@pytest.mark.parametrize('loop', LOOPS)
def test_log_format_in_every_loop(serve, loop):
    module, ini = LOOPS[loop]
    extra = loop_plugins(loop) if loop == 'gevent' else []
    server = serve(module, ini + '''
        route = ^/other profile:log
        log-format = seen %(uri) [%(profile_id)]''', load=extra)
    answers = []
    threads = [threading.Thread(target=lambda path=path: answers.append(
        (path, server.get(path)))) for path in ['/one', '/one?profile=log', '/other'] * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.wait_log(r'^seen \S+ \[.*\]$', 9)
    flagged = [profile_id(answer) for path, answer in answers if 'profile' in path]
    found = re.findall(r'^seen (\S+) \[(.*)\]$', server.log(), re.M)
    assert sorted(shown for uri, shown in found if 'profile' in uri) == sorted(flagged)
    assert [shown for uri, shown in found if uri == '/one'] == ['-'] * 3
    others = {shown for uri, shown in found if uri == '/other'}
    assert len(others) == 3 and '-' not in others
    records = {record.id: record for record in server.records(6)}
    assert all('in_other' in records[shown].functions() for shown in others)


# what a reload changes


@pytest.mark.parametrize('ini', ['', 'lazy-apps = true\nprocesses = 2', 'master = true\nthreads = 2'])
def test_a_reload_reads_the_options_anew(serve, ini):
    server = serve('plain', ini + '\n' + METRICS + LINES)
    profile_id(server.get('/hello?profile'))
    lines(server, 1)
    text = server.ini.read_text().replace('profiler-log-style = line', '''
profiler-log-style = json
profiler-trigger = always
profiler-keep = status:404
log-format = seen %(uri) [%(profile_id)]
route = ^/recursion profile:sampling''')
    server.ini.write_text(text)
    respawned(server, signal.SIGHUP)
    for path in ('/hello?profile', '/hello', '/missing', '/recursion'):
        assert shows_nothing(server.get(path))
    found = lines(server, 3)
    # Several processes may log in any order.
    assert sorted(json.loads(line)['path'] for line in found[1:]) == ['/missing', '/recursion']
    server.wait_log(r'^seen /recursion \[[0-9a-f]{16}\]$')
    server.wait_metrics(started=4, kept=2, discarded=2)


# requests of other plugins


def test_static_files_are_never_profiled(serve):
    def prepare(directory):
        (directory / 'static').mkdir()
        (directory / 'static' / 'x.css').write_text('body {}')
    server = serve('plain', METRICS + LINES + '''
        static-map = /static=@DIR@/static
        check-static = @DIR@
        log-format = seen %(uri) [%(profile_id)]
        profiler-trigger = query:profile
        profiler-trigger = always''', prepare=prepare)
    profile_id(server.get('/hello?profile'))
    for path in ('/static/x.css', '/static/x.css?profile', '/static/x.css?profile=txt'):
        answer = server.get(path)
        assert answer.status == 200 and answer.body == b'body {}' and shows_nothing(answer)
    server.get('/hello')
    lines(server, 2)
    server.wait_log(r'^seen /static/x.css\?profile=txt \[-\]$')
    server.wait_metrics(started=2, kept=2)


def test_other_modifiers_are_never_profiled(serve):
    server = serve('plain', METRICS + '''
        profiler-trigger = query:profile
        profiler-trigger = always
        profiler-log-style = line''')
    packet = uwsgi_packet({'REQUEST_METHOD': 'GET', 'PATH_INFO': '/hello', 'REMOTE_ADDR': '127.0.0.1',
                           'QUERY_STRING': 'profile', 'HTTP_HOST': 'localhost'})
    for modifier in (5, 7, 18, 100, 111, 200):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(server.socket)
            connection.sendall(bytes([modifier]) + packet[1:])
            assert b'X-Profile' not in read_all(connection)
    server.get('/hello')
    server.wait_log('^PROFILE ')
    server.wait_metrics(started=1, kept=1)
