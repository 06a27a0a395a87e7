"""The plugin as it is deployed: behind nginx, caches, under systemd's restrictions, the
Emperor, on a read-only file system. Snippets come from the README's chapter."""
import gzip
import http.client
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from harness import (APPS, HANG, PLUGIN, PYTHON_PLUGIN, ROOT, UWSGI, Response, free_port, header,
                     profile_id, read_all, uwsgi_packet, wait_for, without_ours)
from nginx import NGINX, Nginx
from test_page import BROWSER, page

needs_nginx = pytest.mark.skipif(not NGINX, reason='no nginx: tests/deps.sh test installs it')

INSIDE, OUTSIDE = '10.1.2.3', '10.2.0.1'  # of what the README's snippets allow


def snippet(kind, name):
    """A fenced block of the README by its language and its first line, a comment."""
    text = (ROOT / 'README.md').read_text()
    found = re.findall(r'^```%s\n# %s\n(.*?)^```$' % (kind, re.escape(name)), text, re.M | re.S)
    assert len(found) == 1, '%s snippets "%s": %d' % (kind, name, len(found))
    return found[0]


def replaced(text, **pairs):
    """With the names of the README's machine replaced by those of the test's."""
    for old, new in pairs.values():
        assert old in text, '%s in %s' % (old, text)
        text = text.replace(old, new)
    return text


def without_lines(text, *starts):
    """The options that the tests' server has already."""
    for start in starts:
        assert re.search('^%s' % re.escape(start), text, re.M), start
        text = re.sub('^%s.*\n' % re.escape(start), '', text, flags=re.M)
    return text


SOCKET, PORT = 'unix:/run/shop/uwsgi.sock', '127.0.0.1:8000'


def uwsgi_pass(server, more='', name='uwsgi_pass'):
    text = replaced(snippet('nginx', name), socket=(SOCKET, 'unix:' + server.socket))
    return re.sub(r'}\s*$', more + '\n}', text)


def proxy_pass(server, more=''):
    text = replaced(snippet('nginx', 'proxy_pass'), port=(PORT, '127.0.0.1:%d' % server.port))
    return re.sub(r'}\s*$', more + '\n}', text)


def options(name):
    """Of an ini snippet, without the sockets, which the tests' servers have."""
    return without_lines(snippet('ini', name),
                         'http-socket = ' if name == 'proxy_pass' else 'socket = ')


@pytest.fixture
def nginx(tmp_path):
    started = []

    def start(*arguments, **options):
        started.append(Nginx(tmp_path, *arguments, **options))
        return started[-1]
    yield start
    for server in started:
        server.stop()
        assert not re.search(r'\[(alert|emerg|crit)\]', server.log()), server.log()


# nginx in front

PROXIES = {'uwsgi_pass': uwsgi_pass, 'proxy_pass': proxy_pass}
GZIP = 'gzip on; gzip_types *; gzip_min_length 1;'
WAYS = {
    'plain': ('', ''), 'gzip': (GZIP, ''),
    'unbuffered': ('', 'PREFIX_buffering off;'),
    'kept-upstream': ('', 'proxy_http_version 1.1; proxy_set_header Connection "";'),
    'small-buffers': ('', 'PREFIX_buffer_size 4k; PREFIX_buffers 2 4k; '
                          'PREFIX_busy_buffers_size 4k; PREFIX_max_temp_file_size 0;'),
}


def usual(response):
    """What does not differ between two answers of nginx."""
    return response._replace(headers=[pair for pair in response.headers if pair[0] != 'Date'])


def unzipped(response):
    """As it would be without nginx's gzip."""
    if header(response, 'Content-Encoding') != 'gzip':
        return response
    body = gzip.decompress(response.body)
    headers = [pair for pair in response.headers
               if pair[0] not in ('Content-Encoding', 'Transfer-Encoding')]
    return response._replace(headers=headers + [('Content-Length', str(len(body)))], body=body)


@needs_nginx
@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('kind', PROXIES)
def test_answers_pass_through_nginx(serve, nginx, kind, way):
    """On one kept connection: the app's answer, profiled and not; reports; HEAD."""
    if kind == 'uwsgi_pass' and way == 'kept-upstream':
        pytest.skip('uwsgi_pass keeps no connections')
    outer, inner = WAYS[way]
    server = serve('plain', options(kind))
    front = nginx(PROXIES[kind](server, inner.replace('PREFIX', kind[:-5])), outer)
    connection = front.connect()

    def get(path, headers=(), method='GET'):
        return usual(unzipped(front.get(path, {'Accept-Encoding': 'gzip', **dict(headers)},
                                        method, INSIDE, connection)))
    for path in ('/hello', '/missing', '/empty', '/generated', '/file_wrapper', '/bytes_io',
                 '/write', '/redirect', '/use_json'):
        plain = get(path)
        profiled = get(path, {'X-Profile': '1'})
        assert profile_id(profiled) and header(profiled, 'Cache-Control') == 'private, no-store'
        assert without_ours(profiled) == plain, path
        report = get(path + '?profile=txt')
        assert report.status == 200 and report.body.startswith(b'-' * 80)
        assert report.body.endswith(b'-\n\n') and profile_id(report).encode() in report.body
        page(get(path + '?profile', BROWSER), header(report, 'X-Profile-Status'))
        zipped = header(front.get(path + '?profile', {**BROWSER, 'Accept-Encoding': 'gzip'},
                                  client=INSIDE), 'Content-Encoding')
        assert zipped == ('gzip' if way == 'gzip' else None)
        assert get(path) == plain
    answer = get('/hello?profile', BROWSER, 'HEAD')
    assert answer.status == 200 and answer.body == b'' and profile_id(answer)
    # uWSGI's answer to an exception is none at all
    assert get('/raising') == get('/raising', {'X-Profile': '1'})
    assert b'(raising)' in get('/raising?profile=txt').body
    assert get('/hello').body == b'hello'


@needs_nginx
@pytest.mark.parametrize('kind', PROXIES)
def test_the_client_counts_behind_nginx(serve, nginx, kind):
    server = serve('plain', options(kind))
    front = nginx(PROXIES[kind](server))
    plain = usual(front.get('/hello'))
    for client, headers, obeyed in [
            (INSIDE, {}, True), (OUTSIDE, {}, False), (None, {}, False),
            ('::1', {}, False), ('127.0.0.1', {}, False), ('2001:db8::1', {}, False),
            (OUTSIDE, {'X-Forwarded-For': INSIDE}, False),
            (OUTSIDE, {'X-Forwarded-For': '127.0.0.1'}, False),
            (OUTSIDE, {'X-Real-IP': INSIDE, 'Forwarded': 'for=' + INSIDE}, False),
            (OUTSIDE, {'Host': 'localhost'}, False), (INSIDE, {'Host': 'shop.example'}, True)]:
        for flag in ({'X-Profile': '1'}, {'X-Profile': 'txt'}):
            answer = front.get('/hello', {**headers, **flag}, client=client)
            assert bool(header(answer, 'X-Profile-Id')) == obeyed, (client, headers)
            assert obeyed or usual(answer) == plain, (client, headers)


@needs_nginx
def test_a_bare_proxy_pass_makes_everybody_a_local_user(serve, nginx):
    """The danger that the README tells of: should this ever fail, so must the README."""
    server = serve('plain')
    front = nginx('location / { proxy_pass http://127.0.0.1:%d; }' % server.port)
    assert profile_id(front.get('/hello', {'X-Profile': '1'}, client=OUTSIDE))
    assert 'a proxy on it that adds no X-Forwarded-For passes strangers' in server.log()


@needs_nginx
@pytest.mark.parametrize('line', ['X-Forwarded-For $proxy_add_x_forwarded_for',
                                  'X-Real-IP $remote_addr', 'Via nginx', 'Host $host',
                                  'Forwarded for=$remote_addr', 'X-Forwarded-Proto $scheme'])
def test_a_proxy_that_says_so_is_no_local_user(serve, nginx, line):
    server = serve('plain')
    front = nginx('location / { proxy_set_header %s; proxy_pass http://127.0.0.1:%d; }'
                  % (line, server.port))
    plain = usual(front.get('/hello', {'Host': 'shop.example'}))
    for flag in ('1', 'txt'):
        answer = front.get('/hello', {'X-Profile': flag, 'Host': 'shop.example'}, client=OUTSIDE)
        assert usual(answer) == plain


@needs_nginx
def test_a_place_for_those_who_may(serve, nginx):
    server = serve('plain', options('flag') + 'profiler-key = %s' % ('k' * 20))
    front = nginx(uwsgi_pass(server) + uwsgi_pass(server, name='flag'))
    plain = usual(front.get('/recursion?q=x'))
    report = front.get('/profiled/recursion?q=x', client=INSIDE)
    assert b"PATH: '/recursion'" in report.body and b' sampling ' in report.body
    assert front.get('/profiled/recursion', client=OUTSIDE).status == 403
    for headers in ({'X-Profile': '1'}, {'PROFILER_FLAG': '1'}, {'PROFILER-FLAG': '1'},
                    {'X-Profile': 'key=' + 'k' * 20}):
        assert usual(front.get('/recursion?q=x', headers, client=INSIDE)) == plain
    assert usual(front.get('/recursion?q=x&PROFILER_FLAG=1', client=INSIDE)).body == plain.body


# caches in front

def cache(kind, key, more=''):
    """The location's lines and the http block's: a cache by the README."""
    inner = snippet('nginx', 'cache: in the location').replace('uwsgi_', kind + '_')
    outer = snippet('nginx', 'cache') + '%s_cache_path @DIR@/kept keys_zone=kept:1m;' % kind
    return ('%s_cache kept; %s_cache_key %s; %s_cache_valid any 10m;' % (kind, kind, key, kind) +
            'add_header X-Cache $upstream_cache_status always;' + more), inner, outer


def is_kept(front, path):
    """Whether the answer came from nginx's cache; it is put there where it may be."""
    return header(front.get(path, client=OUTSIDE), 'X-Cache') == 'HIT'


FLAGGED = [('?profile=txt', {}), ('?profile', BROWSER), ('', {'X-Profile': '1'}),
           ('?profile=html', {'X-Profile': 'log'}), ('', {'X-Profile': 'txt'}),
           ('?a=1&profile', {'Accept': '*/*'})]
KEYS = {'by-uri': '$host$request_uri', 'by-path': '$host$uri'}


@needs_nginx
@pytest.mark.parametrize('key', KEYS)
@pytest.mark.parametrize('kind', PROXIES)
def test_a_cache_keeps_no_profiled_answer(serve, nginx, kind, key):
    """Also with what makes a cache keep all: the app's public answers, no bypass."""
    server = serve('plain', options(kind))
    prefix = kind[:-5]
    for careless in ('', '%s_ignore_headers Cache-Control Set-Cookie;' % prefix):
        lines, inner, outer = cache(prefix, KEYS[key], careless)
        front = nginx(PROXIES[kind](server, lines + (inner if careless else '')), outer)
        for query, headers in FLAGGED:
            for _ in range(2):
                answer = front.get('/generated' + query, headers, client=INSIDE)
                assert profile_id(answer) and header(answer, 'X-Cache') != 'HIT'
        assert not list((front.directory / 'kept').rglob('*[0-9a-f]'))
        assert not is_kept(front, '/generated') and is_kept(front, '/generated')
        answer = front.get('/generated', client=OUTSIDE)
        assert answer == without_ours(answer) and answer.body.startswith(b'chunk 0')


@needs_nginx
@pytest.mark.parametrize('kind', PROXIES)
def test_flags_pass_by_a_cache_that_has_the_page(serve, nginx, kind):
    server = serve('plain', options(kind))
    prefix = kind[:-5]
    lines, inner, outer = cache(prefix, '$host$uri')
    for told in (False, True):
        front = nginx(PROXIES[kind](server, lines + (inner if told else '')), outer)
        plain = front.get('/hello', client=OUTSIDE)
        assert is_kept(front, '/hello')
        for query, headers in FLAGGED:
            answer = front.get('/hello' + query, headers, client=INSIDE)
            if told:
                assert profile_id(answer) and header(answer, 'X-Cache') == 'BYPASS'
            else:
                assert header(answer, 'X-Cache') == 'HIT' and answer.body == plain.body
        # others are told nothing, and the page is kept as it was
        for query, headers in FLAGGED:
            assert front.get('/hello' + query, headers, client=OUTSIDE).body == b'hello'
        assert is_kept(front, '/hello')
        for query in ('?profiler=1', '?no-profile', '?a=profile'):
            assert is_kept(front, '/hello' + query)


@needs_nginx
def test_an_error_of_ours_is_not_kept(serve, nginx):
    server = serve('plain', options('uwsgi_pass'))
    lines, inner, outer = cache('uwsgi', '$host$uri')
    front = nginx(uwsgi_pass(server, lines + inner), outer)
    for _ in range(2):
        answer = front.get('/hello', {'X-Profile': 'nonsense'}, client=INSIDE)
        assert 'nonsense' in header(answer, 'X-Profile-Error')
    assert not is_kept(front, '/hello')


def serve_with(serve, plugins, *arguments, **more):
    """Skips where the server has no such plugins."""
    try:
        return serve(*arguments, load=plugins if PYTHON_PLUGIN else (), **more)
    except AssertionError as error:
        pytest.skip('this server has no %s: %s' % (', '.join(plugins), str(error)[-200:]))


def test_the_servers_own_cache_keeps_no_report(serve):
    """It asks nobody: neither Cache-Control nor the flag."""
    server = serve_with(serve, ['router_cache'], 'plain', '''
        cache2 = name=pages,items=100
        route-run = cache:key=${PATH_INFO},name=pages,content_type=text/plain
        route-run = cachestore:key=${PATH_INFO},name=pages,expires=60
    ''')
    for query, headers in FLAGGED[:2]:
        for _ in range(2):
            assert profile_id(server.get('/recursion' + query, headers))
    first = server.get('/recursion')
    assert first.body.isdigit() and header(first, 'Expires') is None
    kept = server.get('/recursion')
    assert kept.body == first.body and header(kept, 'Expires')
    for query, headers in FLAGGED:
        answer = server.get('/recursion' + query, headers)
        assert answer == kept


# the Emperor

class Emperor:
    """vassals: {name: the text of its ini}, written before the start."""

    def __init__(self, directory, vassals):
        self.vassals = Path(directory) / 'vassals'
        self.vassals.mkdir()
        self.log_path = Path(directory) / 'log'
        self.written = 0
        for name, text in vassals.items():
            self.write(name, text)
        with open(self.log_path, 'wb') as log:
            self.process = subprocess.Popen(
                [UWSGI, '--emperor', str(self.vassals), '--emperor-freq', '1', '--die-on-term',
                 '--vassal-set', 'profiler-sort-by=calls'],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)

    def write(self, name, text):
        path = self.vassals / (name + '.ini')
        path.write_text(text)
        self.written += 1  # the Emperor compares whole seconds
        os.utime(path, (time.time() + 10 * self.written,) * 2)

    def log(self):
        return self.log_path.read_text(errors='replace')

    def wait_log(self, text, count=1):
        wait_for(lambda: '%d of %r in:\n%s' % (count, text, self.log()),
                 lambda: self.log().count(text) >= count)

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(HANG)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)  # our own session, no other's
            self.process.wait()
            raise AssertionError('does not stop:\n' + self.log()) from None


def vassal(port, *lines, plugin=True):
    return '\n'.join(['[uwsgi]', *(['plugin = ' + PYTHON_PLUGIN] if PYTHON_PLUGIN else []),
                      *(['need-plugin = ' + PLUGIN] if plugin else []), 'pythonpath = %s' % APPS,
                      'module = plain:application', 'master = true', 'need-app = true',
                      'http-socket = 127.0.0.1:%d' % port, *lines, ''])


def ask(port, path='/hello', **headers):
    """None when nobody listens."""
    kept = http.client.HTTPConnection('127.0.0.1', port, timeout=HANG)
    try:
        kept.request('GET', path, headers={name.replace('_', '-'): value
                                           for name, value in headers.items()})
        answer = kept.getresponse()
        return Response(answer.status, answer.getheaders(), answer.read())
    except OSError:
        return None
    finally:
        kept.close()


@pytest.fixture
def emperor(tmp_path):
    started = []

    def start(vassals):
        started.append(Emperor(tmp_path, vassals))
        return started[-1]
    yield start
    for server in started:
        server.stop()
        assert 'Segmentation' not in server.log(), server.log()


def test_vassals_have_their_own_options(emperor):
    ours, without, wrong = free_port(), free_port(), free_port()
    server = emperor({'ours': vassal(ours), 'without': vassal(without, plugin=False),
                      'wrong': vassal(wrong, 'profiler-mode = quick')})
    wait_for('the vassals', lambda: ask(ours) and ask(without))
    server.wait_log('profiler-mode: "quick" is not a mode; possible: deterministic, sampling', 2)
    assert ask(wrong) is None
    assert b'Ordered by: call count\n' in ask(ours, X_Profile='txt').body
    answer = ask(without, X_Profile='txt')
    assert answer == without_ours(answer) and answer.body == b'hello'
    # corrected, it is started anew; the others did not notice
    server.write('wrong', vassal(wrong))
    wait_for('the corrected vassal', lambda: ask(wrong))
    assert b' deterministic ' in ask(wrong, X_Profile='txt').body
    assert server.log().count('profiler: 0.') == 2


def test_a_touched_vassal_has_its_new_options(emperor):
    port = free_port()
    server = emperor({'shop': vassal(port)})
    wait_for('the vassal', lambda: ask(port))
    assert b' deterministic ' in ask(port, X_Profile='txt').body
    server.write('shop', vassal(port, 'profiler-mode = sampling', 'profiler-restrictions = 1'))
    wait_for('the new options', lambda: (
        b' sampling ' in getattr(ask(port, '/recursion', X_Profile='txt'), 'body', b'')))
    # a reload with an option that cannot be used ends this vassal, with the reason
    server.write('shop', vassal(port, 'profiler-mode = quick'))
    server.wait_log('profiler-mode: "quick" is not a mode')
    server.write('shop', vassal(port))
    wait_for('the corrected vassal', lambda: (
        b' deterministic ' in getattr(ask(port, X_Profile='txt'), 'body', b'')))


# what is never profiled

def make_files(directory):
    (directory / 'files').mkdir()
    for name in ('a.txt', 'hello'):
        (directory / 'files' / name).write_text('a file, ' + name)
        os.utime(directory / 'files' / name, (10 ** 9, 10 ** 9))


FILES = '''
    profiler-trigger = always
    profiler-trigger = query:profile
    profiler-trigger = header:X-Profile
    static-map = /static=@DIR@/files
    check-static = @DIR@/files
    disable-logging = true
'''
PLAIN_FILES = re.sub('.*profiler-.*', '', FILES)


def packet(server, modifier, path, headers):
    """A request of the uwsgi protocol for another plugin."""
    data = bytearray(uwsgi_packet({
        'REQUEST_METHOD': 'GET', 'PATH_INFO': path, 'QUERY_STRING': 'profile=txt',
        'REQUEST_URI': path + '?profile=txt', 'SCRIPT_NAME': '', 'REMOTE_ADDR': '127.0.0.1',
        'HTTP_HOST': 'localhost', **headers}))
    data[0] = modifier
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(HANG)
        connection.connect(server.socket)
        connection.sendall(data)
        return read_all(connection)


@pytest.mark.parametrize('more', ['', 'offload-threads = 1', 'threads = 2'])
def test_files_are_never_profiled(serve, more):
    server = serve('plain', FILES + more, prepare=make_files)
    plain = serve('plain', PLAIN_FILES + more, plugin=False, prepare=make_files)
    for path in ('/static/a.txt', '/static/hello', '/a.txt', '/hello'):
        for query, headers in [*FLAGGED, ('', {'Range': 'bytes=2-5', 'X-Profile': 'txt'})]:
            for method in ('GET', 'HEAD'):
                answer = server.get(path + query, headers, method)
                assert answer == without_ours(answer)
                assert answer == plain.get(path + query, headers, method)
    assert server.get('/static/hello?profile=txt').body == b'a file, hello'
    # what no file answers is the app's
    assert profile_id(server.get('/recursion?profile=txt'))
    server.wait_log('/recursion')
    assert '/hello' not in server.log() and 'a.txt' not in server.log()


def test_other_plugins_are_never_profiled(serve):
    load = ['ping', 'echo', 'router_static', 'rpc']
    ini = ('route = ^/routed static:@DIR@/files/a.txt\n'
           'route = ^/called rpc:nothing\n')
    server = serve_with(serve, load, 'plain', FILES + ini, prepare=make_files)
    plain = serve_with(serve, load, 'plain', PLAIN_FILES + ini,
                       plugin=False, prepare=make_files)
    for modifier in (100, 101, 173, 250):  # ping, echo, rpc, and one that is not there
        for headers in ({}, {'HTTP_X_PROFILE': 'sampling'}, {'HTTP_X_PROFILE': 'nonsense'}):
            answer = packet(server, modifier, '/recursion', headers)
            assert answer == packet(plain, modifier, '/recursion', headers)
            assert b'X-Profile' not in answer
    for path in ('/routed', '/called'):
        for query, headers in FLAGGED:
            assert server.get(path + query, headers) == plain.get(path + query, headers)
    assert server.get('/routed?profile=txt').body == b'a file, a.txt'
    assert b"PATH: '/recursion'" in packet(server, 0, '/recursion', {})
    assert not re.search(r'\d ms (?:\d+|-) .*/(routed|called)', server.log())
