"""The plugin as it is deployed: behind nginx, caches, under systemd's restrictions, the
Emperor, on a read-only file system. The texts of nginx, uWSGI and systemd
come from docs/nginx-and-systemd.md."""
import gzip
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import pytest

from documents import snippet
from harness import (APPS, HANG, PLUGIN, PYTHON_PLUGIN, UWSGI, Response, Server,
                     free_port, header, parse_response, profile_id, read_all, uwsgi_packet, wait_for,
                     without_ours)
from nginx import NGINX
from samples import notices_of
from test_page import BROWSER, page
from test_paths import as_nobody

needs_nginx = pytest.mark.skipif(not NGINX, reason='no nginx: tests/deps.sh test installs it')

INSIDE, OUTSIDE = '10.1.2.3', '10.2.0.1'  # of what the chapter's texts allow
KEY = 'sesame-open-0123'


def replaced(text, **pairs):
    """With the names of the chapter's machine replaced by those of the test's."""
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
    assert b'(raising)' in get('/raising?profile=txt,limit=1000').body  # in whatever row
    assert get('/hello').body == b'hello'


@needs_nginx
@pytest.mark.parametrize('kind', PROXIES)
def test_answers_that_nginx_makes_for_the_app(serve, nginx, kind):
    """X-Accel-Redirect: the file comes as ever, the profile is in the log."""
    server = serve('plain', options(kind))
    front = nginx(PROXIES[kind](server) + 'location /files/ { internal; alias @DIR@/; }')
    plain = front.get('/handed_over', client=INSIDE)
    assert b'uwsgi_param' in plain.body
    profiled = front.get('/handed_over', {'X-Profile': '1'}, client=INSIDE)
    assert profiled.body == plain.body
    assert header(profiled, 'Cache-Control') == 'private, no-store'
    assert header(profiled, 'X-Profile-Id') is None
    assert server.records(1)[0].path_repr == "'/handed_over'"
    page(front.get('/handed_over?profile', BROWSER, client=INSIDE))


@needs_nginx
@pytest.mark.parametrize('kind', PROXIES)
def test_the_client_counts_behind_nginx(serve, nginx, kind):
    server = serve('plain', options(kind))
    front = nginx(PROXIES[kind](server))
    plain = usual(front.get('/hello'))
    for client, headers, accepted in [
            (INSIDE, {}, True), (OUTSIDE, {}, False), (None, {}, False),
            ('::1', {}, False), ('127.0.0.1', {}, False), ('2001:db8::1', {}, False),
            (OUTSIDE, {'X-Forwarded-For': INSIDE}, False),
            (OUTSIDE, {'X-Forwarded-For': '127.0.0.1'}, False),
            (OUTSIDE, {'X-Real-IP': INSIDE, 'Forwarded': 'for=' + INSIDE}, False),
            (OUTSIDE, {'Host': 'localhost'}, False), (INSIDE, {'Host': 'shop.example'}, True)]:
        for flag in ({'X-Profile': '1'}, {'X-Profile': 'txt'}):
            answer = front.get('/hello', {**headers, **flag}, client=client)
            assert bool(header(answer, 'X-Profile-Id')) == accepted, (client, headers)
            assert accepted or usual(answer) == plain, (client, headers)


@needs_nginx
def test_a_bare_proxy_pass_makes_everybody_a_local_user(serve, nginx):
    """The chapter warns of this danger. Should this ever fail, remove the warning."""
    server = serve('plain')
    front = nginx('location / { proxy_pass http://127.0.0.1:%d; }' % server.port)
    assert profile_id(front.get('/hello', {'X-Profile': '1'}, client=OUTSIDE))
    assert re.search('^profiler: who may profile: this machine only; behind a proxy on it that '
                     'adds no X-Forwarded-For, set profiler-key$', server.log(), re.M)


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
    server = serve('plain', options('flag') + 'profiler-key = %s' % KEY)
    front = nginx(uwsgi_pass(server) + uwsgi_pass(server, name='flag'))
    plain = usual(front.get('/recursion?q=x'))
    report = front.get('/profiled/recursion?q=x', client=INSIDE)
    assert b"PATH: '/recursion'" in report.body and b' sampling ' in report.body
    assert front.get('/profiled/recursion', client=OUTSIDE).status == 403
    for headers in ({'X-Profile': '1'}, {'PROFILER_FLAG': '1'}, {'PROFILER-FLAG': '1'},
                    {'X-Profile': 'key=' + KEY}):
        assert usual(front.get('/recursion?q=x', headers, client=INSIDE)) == plain
    assert usual(front.get('/recursion?q=x&PROFILER_FLAG=1', client=INSIDE)).body == plain.body


# caches in front

def cache(kind, key, more=''):
    """The location's lines and the http block's: a cache as in the chapter."""
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


# other users, and file systems that cannot be written

# Makes all but the server's own directory read-only, and goes on as nobody.
FREEZE = '''
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
while read -r _ point type _; do
    case $type:$point in proc:*|sysfs:*|cgroup*|*:"$1") continue ;; esac
    mount -o remount,bind,ro "$point" 2>/dev/null || [ "$point" != / ]
done </proc/mounts
! touch "$1/../frozen/x" 2>/dev/null
shift
exec setpriv --reuid nobody --regid nogroup --clear-groups --no-new-privs "$@"
'''


class FrozenServer(Server):
    wrapper = ['unshare', '--mount', 'sh', '-c', FREEZE, 'sh', '@DIR@']


def make_frozen(directory):
    (directory.parent / 'frozen').mkdir(exist_ok=True)
    (directory.parent / 'frozen').chmod(0o777)
    directory.chmod(0o777)


def start_frozen(serve, *arguments, kind=FrozenServer, prepare=make_frozen):
    skip_without_mounts()
    return serve(*arguments, kind=kind, prepare=prepare)


def skip_without_mounts():
    if subprocess.run(['unshare', '--mount', 'mount', '--make-rprivate', '/'],
                      stderr=subprocess.DEVNULL).returncode:
        pytest.skip('cannot mount anything here')


@as_nobody
def test_a_read_only_system_and_a_directory_that_cannot_be_made(serve):
    server = start_frozen(serve, 'plain', 'profiler-dir = @DIR@/../frozen/profiles\n'
                                          'profiler-format = prof, html')
    lines = r'^profiler: cannot make directory \S+/frozen/profiles: Read-only file system$'
    server.wait_log(lines)
    plain = server.get('/recursion')
    for flag in ('1', 'sampling'):
        answer = server.get('/recursion', {'X-Profile': flag})
        assert without_ours(answer) == plain
        record = server.record(answer)
        assert record.files == [] and record.mode == ('sampling' if flag == 'sampling'
                                                      else 'deterministic')
    page(server.get('/recursion?profile', BROWSER))
    assert server.get('/recursion?profile=txt').body.endswith(b'-\n\n')
    server.records(4)
    server.stop()
    assert len(re.findall(lines, server.log(), re.M)) == 2  # at start, and with a profile
    assert len(re.findall('Read-only|denied', server.log())) == 2


@as_nobody
def test_a_read_only_system_and_a_place_for_the_files(serve):
    server = start_frozen(serve, 'plain', 'profiler-dir = @DIR@/profiles\n'
                                          'profiler-stream = @DIR@/profiles.log')
    answer = server.get('/sleep?profile=sampling')
    record = server.record(answer, server.directory / 'profiles.log')
    assert os.stat(record.files[0]).st_uid == os.stat(server.directory / 'profiles').st_uid != 0
    assert notices_of(record) == []
    assert not re.search('profiler: (cannot|no)', server.log())


@as_nobody
def test_a_read_only_system_needs_no_options(serve):
    server = start_frozen(serve, 'plain', '')
    page(server.get('/recursion?profile', BROWSER))
    for mode in ('deterministic', 'sampling'):
        answer = server.get('/sleep', {'X-Profile': mode})
        assert answer.body == b'awake' and server.record(answer).mode == mode
    assert not re.search('profiler: (cannot|no)', server.log())


# A small system below the server's directory, bound from the large one.
JAIL = '''
set -e
mount --make-rprivate /
for place in /usr /lib /lib64 /bin /proc /dev "$2"; do
    [ -d "$place" ] || continue
    mkdir -p "$1/root$place"
    mount --rbind "$place" "$1/root$place"
done
mkdir -p "$1/root/etc" "$1/root/var"
cp /etc/passwd /etc/group "$1/root/etc"  # of "nobody" and "nogroup"
chmod 777 "$1/root/var"
shift 2
exec "$@"
'''


class JailedServer(Server):
    wrapper = ['unshare', '--mount', 'sh', '-c', JAIL, 'sh', '@DIR@', str(APPS)]


@as_nobody
@pytest.mark.parametrize('more', ['', 'lazy-apps = true'])
def test_paths_are_inside_of_a_chroot(serve, more):
    skip_without_mounts()
    server = serve('plain', '''
        chroot = @DIR@/root
        chdir = @DIR@/root
        uid = nobody
        gid = nogroup
        chown-socket = nobody
        profiler-dir = /var/profiles
        profiler-stream = /var/profiles.log
        profiler-key-file = @DIR@/key
    ''' + more, kind=JailedServer, prepare=lambda directory: (directory / 'key').write_text(KEY))
    root = server.directory / 'root'
    for mode in ('deterministic', 'sampling'):
        answer = server.get('/recursion', {'X-Profile': mode + ',key=' + KEY})
        record = server.record(answer, root / 'var/profiles.log')
        assert [os.path.dirname(path) for path in record.files] == ['/var/profiles']
        assert (root / record.files[0][1:]).stat().st_uid != 0
    assert not re.search('profiler: (cannot|no)', server.log())


# systemd

UNIT, OPTIONS = 'shop.service', 'shop.service: /etc/shop/uwsgi.ini'


def test_systemd_takes_the_unit(tmp_path):
    if not shutil.which('systemd-analyze'):
        pytest.skip('no systemd-analyze')
    text = replaced(snippet('ini', UNIT), user=('User=shop', 'User=root'),
                    program=('/usr/bin/uwsgi', '/bin/true'))
    (tmp_path / UNIT).write_text(text)
    done = subprocess.run(['systemd-analyze', 'verify', '--man=no', str(tmp_path / UNIT)],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=HANG)
    about = [line for line in done.stdout.decode().splitlines() if 'shop' in line]
    assert done.returncode == 0 and about == [], done.stdout.decode()


def make_service(directory):
    """With SIGQUIT as the signal to stop, as it is without die-on-term."""
    make_frozen(directory)
    ini = directory / 'uwsgi.ini'
    ini.write_text(without_lines(ini.read_text(), 'die-on-term = '))


class Service(FrozenServer):
    """What the unit's lines do, by other means: the system is read-only but for the
    service's own directory, the user is nobody, standard output a socket (the journal's)
    and the server says when it is ready."""

    def start(self):
        self.notices = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notices.settimeout(HANG)
        name = str(self.directory / 'notify')
        self.notices.bind(name)
        os.chmod(name, 0o777)
        self.wrapper = ['env', 'NOTIFY_SOCKET=' + name, *FrozenServer.wrapper]
        self.journal, self.output = socket.socketpair()
        threading.Thread(target=self.copy_journal, daemon=True).start()
        super().start()
        self.output.close()

    def copy_journal(self):
        with open(self.log_path, 'ab', 0) as log:
            for data in iter(lambda: self.journal.recv(65536), b''):
                log.write(data)

    def wait_notice(self, expected):
        seen = []
        while not seen or expected not in seen[-1]:
            seen.append(self.notices.recv(4096).decode())


@as_nobody
@pytest.mark.parametrize('stream', ['/var/lib/shop/profiles.log', '/dev/stdout', None])
def test_a_service_of_systemd(serve, stream):
    assert 'ProtectSystem=strict' in snippet('ini', UNIT)
    text = without_lines(snippet('ini', OPTIONS), '[uwsgi]', 'plugin = ', 'need-plugin = ',
                         'module = ', 'master = ', 'socket = ')
    text = replaced(text, state=('/var/lib/shop', '@DIR@'))
    text = (re.sub('^profiler-stream.*\n', 'profiler-stream = %s\n' % stream if stream else '',
                   text, flags=re.M) if stream != '/var/lib/shop/profiles.log' else text)
    server = start_frozen(serve, 'plain', text, kind=Service, prepare=make_service)
    server.wait_notice('READY=1')
    path = server.directory / 'profiles.log' if stream and '/var' in stream else None

    def profiled(mode):
        answer = server.get('/sleep', {'X-Profile': mode})
        assert server.get('/sleep') == without_ours(answer)
        record = server.record(answer, path)
        assert os.path.exists(record.files[0]) and record.mode == mode
        assert notices_of(record) == []
    profiled('deterministic')
    profiled('sampling')
    # ExecReload, with other options
    assert 'ExecReload=/bin/kill -HUP $MAINPID' in snippet('ini', UNIT)
    server.ini.write_text(server.ini.read_text() + 'profiler-mode = sampling\n')
    server.signal(signal.SIGHUP)
    server.wait_log(r'^profiler: \d.*, sampling at 1ms; ')
    wait_for('the workers', server.ready_workers)
    profiled('sampling')
    # KillSignal: what is not written yet is
    assert 'KillSignal=SIGQUIT' in snippet('ini', UNIT)
    answers = [server.get('/recursion', {'X-Profile': '1'}) for _ in range(4)]
    server.process.send_signal(signal.SIGQUIT)
    assert server.process.wait(HANG) == 0
    for answer in answers:
        server.record(answer, path)
    assert not re.search('profiler: (cannot|no)', server.log())


class Activated(Server):
    """The socket comes from systemd, as descriptor 3, and speaks the uwsgi protocol."""
    wrapper = ['sh', '-c', 'exec 3<&0 0</dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', 'sh']

    def start(self):
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(self.socket)
        listening.listen(16)
        self.ini.write_text(without_lines(self.ini.read_text(), 'socket = '))
        self.input = listening
        super().start()
        listening.close()


def test_a_socket_of_systemd(serve):
    server = serve('plain', '', kind=Activated)
    answer = parse_response(server.uwsgi('/recursion', 'profile=txt'))
    assert b"PATH: '/recursion'" in answer.body and profile_id(answer)
    assert 'SystemD socket activation detected' in server.log()
    answer = parse_response(server.uwsgi('/hello', 'profile=txt', REMOTE_ADDR='10.0.0.1'))
    assert answer == without_ours(answer) and answer.body == b'hello'
