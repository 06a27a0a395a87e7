"""The plugin as it is deployed: behind nginx, caches, under systemd's restrictions, the
Emperor, on a read-only file system. Snippets come from the README's chapter."""
import gzip
import re

import pytest

from harness import PYTHON_PLUGIN, ROOT, header, profile_id, without_ours
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
