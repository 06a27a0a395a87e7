"""The route action profile: where it applies, what wins, what it cannot say."""
import threading

import pytest

from harness import (APPS, METRICS, OURS, PLUGIN, PYTHON_PLUGIN, parse_records, profile_id,
                     run_uwsgi)
from loops import loop_plugins

pytestmark = pytest.mark.skipif('UWSGI_ROUTING' not in run_uwsgi('--cflags')[1],
                                reason='this server has no routing')


def shows_nothing(response):
    return not [name for name, _ in response.headers if name.lower() in OURS]


def profiled(server, count):
    """(path, mode) of all records, once there are that many."""
    return [(record.path_repr.strip("'"), record.mode) for record in server.records(count)]


def test_a_route_profiles_in_silence(serve):
    server = serve('plain', 'route = ^/recursion profile:sampling,interval=5ms')
    for _ in range(2):
        answer = server.get('/recursion')
        assert answer.body == b'146' and shows_nothing(answer)
        assert shows_nothing(server.get('/hello'))
    assert profiled(server, 2) == [('/recursion', 'sampling')] * 2


def test_every_kind_of_route_can_ask(serve):
    server = serve('plain', '''
        route-uri = [?]deep profile:
        route-host = ^by-host profile:sampling
        route-user-agent = ^agent profile:
        route-if = equal:${HTTP_X_ASK};yes profile:sampling
        route-if = equal:${PATH_INFO};/jump goto:end
        route = ^/jump profile:
        route-label = end
        route = ^/(jump)$ profile:sampling''')
    assert shows_nothing(server.get('/hello?deep'))
    server.get('/hello', {'Host': 'by-host'})
    server.get('/hello', {'User-Agent': 'agent 1'})
    server.get('/hello', {'X-Ask': 'yes'})
    server.get('/hello')
    server.get('/jump')
    assert profiled(server, 5) == [
        ('/hello', 'deterministic'), ('/hello', 'sampling'), ('/hello', 'deterministic'),
        ('/hello', 'sampling'), ('/jump', 'sampling')]


def test_the_last_route_that_asks_is_followed(serve):
    server = serve('plain', '''
        route = ^/ profile:sampling
        route = ^/recursion profile:deterministic
        route = ^/missing profile:off''')
    for path in ('/hello', '/missing', '/recursion'):
        server.get(path)
    assert profiled(server, 2) == [('/hello', 'sampling'), ('/recursion', 'deterministic')]


def test_a_flag_that_is_accepted_wins(serve):
    server = serve('plain', METRICS + '''
        profiler-trigger = query:profile
        profiler-trigger = always
        profiler-log-style = table
        route = ^/hello profile:sampling
        route = ^/missing profile:off''')
    assert profile_id(server.get('/hello?profile=deterministic'))
    assert shows_nothing(server.get('/hello?profile=off'))
    assert profile_id(server.get('/missing?profile'))
    assert shows_nothing(server.get('/missing'))
    assert shows_nothing(server.get('/missing?profile', {'Via': '1.1 x'}))  # not accepted
    assert shows_nothing(server.get('/hello?profile=off', {'Via': '1.1 x'}))
    assert shows_nothing(server.get('/cached?profile=off', {'Via': '1.1 x'}))
    assert profiled(server, 4) == [
        ('/hello', 'deterministic'), ('/missing', 'deterministic'), ('/hello', 'sampling'),
        ('/cached', 'deterministic')]
    server.wait_metrics(started=4, kept=4, denied=3)


def test_paths_that_are_left_out_stay_so(serve):
    server = serve('plain', '''
        profiler-skip = ^/hello
        profiler-path = ^/[hr]
        route = ^/ profile:''')
    for path in ('/hello', '/missing', '/recursion'):
        assert shows_nothing(server.get(path))
    assert profiled(server, 1) == [('/recursion', 'deterministic')]


def test_a_route_has_its_own_outputs(serve):
    server = serve('plain', '''
        profiler-dir = @DIR@/profiles
        profiler-output = log, html
        route = ^/recursion profile:file,limit=3
        route = ^/missing profile:sampling''')
    browser = {'Accept': 'text/html', 'Sec-Fetch-Dest': 'document'}
    assert server.get('/recursion', browser).body == b'146'
    assert server.get('/missing', browser).status == 404
    assert profiled(server, 1) == [('/missing', 'sampling')]
    [path] = (server.directory / 'profiles').glob('*.prof')
    assert path.name.startswith('GET.recursion.')


def test_what_a_route_asked_for_is_not_the_next_requests(serve):
    """Requests that end before the app is called, on the only core there is."""
    def prepare(directory):
        (directory / 'x.css').write_text('body {}')
    server = serve('plain', '''
        static-map = /static=@DIR@
        log-format = seen %(uri) [%(profile_id)]
        route = ^/(static|gone) profile:
        route = ^/gone break:410 Gone''', prepare=prepare)
    for _ in range(3):
        assert server.get('/gone').status == 410
        assert server.get('/hello').body == b'hello'
        assert server.get('/static/x.css').body == b'body {}'
        assert server.get('/hello').body == b'hello'
    profile_id(server.get('/recursion?profile'))
    assert len(server.records(1)) == 1
    server.wait_log(r'^seen /recursion.* \[[0-9a-f]{16}\]$')
    found = server.wait_log(r'^seen \S+ \[(.*)\]$')
    assert len(found) > 6 and set(found[:-1]) == {'-'}


def test_response_and_final_routes_come_too_late(serve):
    server = serve('plain', '''
        response-route = ^/hello profile:
        final-route = ^/missing profile:''')
    for path in ('/hello', '/missing', '/recursion', '/hello', '/missing', '/recursion'):
        assert shows_nothing(server.get(path))
    profile_id(server.get('/recursion?profile'))
    assert profiled(server, 1) == [('/recursion', 'deterministic')]


def test_an_app_cannot_ask_for_itself(serve):
    server = serve('plain', '')
    for words in ('sampling', 'nonsense', ''):
        answer = server.get('/asks_by_route?' + words)
        assert answer.status == 200 and answer.body == b'-1', answer
    assert not parse_records(server.log())


LOOPS = {'async': ('suspending:application', 'async = 3'),
         'gevent': ('suspending:blocking', 'gevent = 3\ngevent-monkey-patch = true'),
         'threads': ('suspending:application', 'threads = 3')}


@pytest.mark.parametrize('loop', LOOPS)
def test_routes_in_every_loop(serve, loop):
    module, ini = LOOPS[loop]
    extra = loop_plugins(loop) if loop == 'gevent' else []
    server = serve(module, ini + '\nroute = ^/other profile:', load=extra)
    threads = [threading.Thread(target=server.get, args=(path,))
               for path in ['/one', '/other'] * 5]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for record in server.records(5):
        assert record.path_repr == "'/other'"
        assert 'in_other' in record.functions() and 'in_one' not in record.functions()


@pytest.mark.parametrize('words, error', [
    ('html', '"html" would replace the app\'s answer, which a route cannot'),
    ('sampling,txt', '"txt" would replace the app\'s answer'),
    ('key=secret', '"key=" is for flags'),
    ('exp=1,sig=00', '"exp=" is for flags'),
    ('samplng', '"samplng" is not a word of a route'),
    ('file', '"file" needs a directory, which profiler-dir sets'),
    ('limit=x', '"x" is not a whole number for limit='),
    ('sampling,deterministic', 'a request has one mode'),
])
@pytest.mark.parametrize('kind', ['route = ^/x', 'route-run =', 'final-route = ^/x'])
def test_a_wrong_word_stops_the_server_with_one_line(tmp_path, kind, words, error):
    ini = tmp_path / 'uwsgi.ini'
    loads = ['need-plugin = %s' % plugin for plugin in (PYTHON_PLUGIN, PLUGIN) if plugin]
    ini.write_text('\n'.join(['[uwsgi]', *loads, '%s profile:%s' % (kind, words),
                              'pythonpath = %s' % APPS, 'module = plain:application',
                              'socket = 127.0.0.1:0', 'hook-post-app = exit:']))
    status, output = run_uwsgi('--ini', str(ini))
    assert status == 1, output
    [line] = [line for line in output.splitlines() if line.startswith('route action profile: ')]
    assert error in line and 'secret' not in line
    assert 'unable to register' not in output


def test_the_words_may_stand_before_the_options_they_need(tmp_path):
    ini = tmp_path / 'uwsgi.ini'
    loads = ['need-plugin = %s' % plugin for plugin in (PYTHON_PLUGIN, PLUGIN) if plugin]
    ini.write_text('\n'.join(['[uwsgi]', 'route = ^/x profile:file', *loads,
                              'profiler-dir = %s/p' % tmp_path, 'pythonpath = %s' % APPS,
                              'module = plain:application', 'socket = 127.0.0.1:0',
                              'hook-post-app = print:loaded', 'hook-post-app = exit:']))
    status, output = run_uwsgi('--ini', str(ini))
    assert status == 0 and 'loaded' in output, output
