"""The page, and other reports, in place of an app's answer: when, and what then comes."""
import base64
import hashlib
import html.parser
import json
import re
import socket
import struct
import time

import pytest

from harness import (HANG, free_port, header, parse_records, parse_response, plugins_for,
                     profile_id, read_all, read_until, run_uwsgi, uwsgi_packet, wait_for,
                     without_ours)
from samples import if_quiet, notices_of, several_times
from loops import ASYNC, loop_plugins
from test_modes import accepts

ACCEPT = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'
BROWSER = {'Accept': ACCEPT, 'Sec-Fetch-Dest': 'document', 'Sec-Fetch-Mode': 'navigate'}
HTML = 'text/html; charset=utf-8'


class Elements(html.parser.HTMLParser):
    """What a browser makes of a page: the texts of its scripts, styles and <pre>s."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.found = None, []
        self.feed(page)
        self.close()
        assert self.open is None

    def handle_starttag(self, tag, attributes):
        if tag in ('script', 'style', 'pre'):
            self.open = (tag, dict(attributes), [])

    def handle_data(self, data):
        if self.open:
            self.open[2].append(data)

    def handle_endtag(self, tag):
        if self.open and tag == self.open[0]:
            self.found.append((tag, self.open[1], ''.join(self.open[2])))
            self.open = None


class Page:
    """A page taken apart: .data is the profile, .text the table for readers without
    scripts."""

    def __init__(self, body):
        text = body.decode()
        assert text.startswith('<!doctype html>')
        for tag, count in (('script', 2), ('style', 1), ('pre', 1)):
            assert len(re.findall('<%s[ >]' % tag, text)) == count
            assert len(re.findall('</%s' % tag, text, re.I)) == count, tag
        assert '<!--' not in text
        found = Elements(text).found
        [self.style] = [content for tag, _, content in found if tag == 'style']
        [self.text] = [content for tag, _, content in found if tag == 'pre']
        [data, self.script] = [content for tag, _, content in found if tag == 'script']
        self.data = json.loads(data)
        self.meta = self.data['meta']

    def names(self):
        return {self.data['str'][i] for i in self.data['func']['name']}


def page(response, status='200'):
    """The page that this response is; status: of the app's own answer."""
    assert response.status == 200 and header(response, 'Content-Type') == HTML
    assert header(response, 'Content-Length') == str(len(response.body))
    assert header(response, 'X-Profile-Status') == status
    assert header(response, 'X-Profile-Error') is None
    found = Page(response.body)
    assert found.meta['id'] == profile_id(response)
    assert found.meta['status'] == (None if status == '-' else int(status))
    return found


@pytest.fixture(scope='module')
def pair(served):
    """The same server with the plugin and without."""
    return (served('answers', '''
        profiler-trigger = query:profile
        profiler-trigger = header:X-Profile
        profiler-trigger = cookie:prof
        profiler-restrictions = none
    '''), served('answers', plugin=False))


@pytest.fixture
def server(pair):
    return pair[0]


# when the page is the answer

@pytest.mark.parametrize('query', ['profile', 'profile=1', 'profile=sampling', 'profile=limit=5',
                                   'a=b&profile=on'])
@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST'])
@pytest.mark.parametrize('headers', [
    BROWSER, {'Accept': ACCEPT}, {'Accept': 'text/html'}, {'Accept': 'a/b, Text/HTML;q=0.1'},
    {**BROWSER, 'Sec-Fetch-Dest': 'iframe'}], ids=str)
def test_a_browser_that_navigates_gets_the_page(server, query, method, headers):
    response = server.get('/shop?' + query, headers, method)
    assert response.status == 200 and header(response, 'Content-Type') == HTML
    assert header(response, 'X-Profile-Status') == '200'
    if method == 'HEAD':
        assert response.body == b'' and int(header(response, 'Content-Length')) > 10000
    else:
        assert '/shop' == page(response).meta['path']


OTHERS = {
    'curl': ('profile', {'Accept': '*/*'}, 'GET'),
    'no Accept': ('profile', {}, 'GET'),
    'fetch': ('profile', {**BROWSER, 'Sec-Fetch-Dest': 'empty'}, 'GET'),
    'image': ('profile', {**BROWSER, 'Sec-Fetch-Dest': 'image'}, 'GET'),
    'frame': ('profile', {**BROWSER, 'Sec-Fetch-Dest': 'frame'}, 'GET'),
    'json': ('profile', {'Accept': 'application/json, text/htmlx'}, 'GET'),
    'OPTIONS': ('profile', BROWSER, 'OPTIONS'),
    'PUT': ('profile', BROWSER, 'PUT'),
    'DELETE': ('profile', BROWSER, 'DELETE'),
    'log': ('profile=log', BROWSER, 'GET'),
    'header': ('', {**BROWSER, 'X-Profile': '1'}, 'GET'),
    'cookie': ('', {**BROWSER, 'Cookie': 'prof=1'}, 'GET'),
    'header and query': ('profile', {**BROWSER, 'X-Profile': '1'}, 'GET'),
}


@pytest.mark.parametrize('name', OTHERS)
def test_others_get_the_apps_own_answer(pair, name):
    query, headers, method = OTHERS[name]
    ours, plain = [server.get('/shop?' + query, headers, method) for server in pair]
    assert without_ours(ours) == plain
    assert header(ours, 'X-Profile-Status') is None and header(ours, 'Server-Timing')
    assert pair[0].record(ours).path_repr == "'/shop'"


@pytest.mark.parametrize('query, headers', [
    ('', {}), ('profile=nonsense', {}), ('profile=off', {}), ('profile', {'Upgrade': 'websocket'}),
    ('profile', {'Sec-Purpose': 'prefetch;prerender'}), ('profile', {'Purpose': 'prefetch'})],
    ids=str)
def test_what_is_no_flag_changes_nothing(pair, query, headers):
    ours, plain = [server.get('/shop?' + query, {**BROWSER, **headers}) for server in pair]
    assert ours == plain


@pytest.mark.parametrize('flag', [('profile=html', {}), ('', {'X-Profile': 'html'})], ids=str)
def test_the_format_word_gets_the_page_without_a_browser(server, flag):
    page(server.get('/shop?' + flag[0], flag[1]))


def test_without_html_in_the_output_only_the_word_gets_it(serve):
    server = serve('answers', 'profiler-output = log')
    plain = serve('answers', plugin=False)
    response = server.get('/shop?profile', BROWSER)
    assert without_ours(response) == plain.get('/shop?profile', BROWSER)
    server.record(response)
    page(server.get('/shop?profile=html'))


def test_another_format_word_is_the_answer_to_a_browser_too(server):
    response = server.get('/shop?profile=txt', BROWSER)
    assert header(response, 'Content-Type').startswith('text/plain')
    assert header(response, 'Content-Security-Policy') is None


# its headers

def sha256(text):
    return "'sha256-%s'" % base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def test_the_headers_of_a_page(server):
    response = server.get('/shop?profile', BROWSER)
    found = page(response)
    assert {name.lower() for name, _ in response.headers} == {
        'content-type', 'content-length', 'content-security-policy', 'x-content-type-options',
        'referrer-policy', 'x-robots-tag', 'x-profile-id', 'x-profile-status', 'server-timing',
        'cache-control', 'set-cookie'}
    cookies = [value for name, value in response.headers if name.lower() == 'set-cookie']
    assert cookies == ['a=1; Path=/', 'b=2']
    for name, value in (('X-Content-Type-Options', 'nosniff'), ('X-Robots-Tag', 'noindex'),
                        ('Referrer-Policy', 'no-referrer'),
                        ('Cache-Control', 'private, no-store')):
        assert header(response, name) == value
    assert re.fullmatch(r'app;dur=\d+\.\d{3}', header(response, 'Server-Timing'))
    policy = dict(part.split(None, 1) for part in
                  header(response, 'Content-Security-Policy').split('; '))
    assert policy == {'default-src': "'none'", 'script-src': sha256(found.script),
                      'style-src': sha256(found.style), 'base-uri': "'none'",
                      'frame-ancestors': "'none'", 'form-action': "'none'"}


def test_the_page_holds_the_record(server):
    response = server.get('/recursion?profile', BROWSER)
    assert page(response).text == server.record(response).text.rstrip('\n') + '\n\n'


# whatever the app answers

KINDS = {
    'shop': '200', 'login': '302', 'missing': '404', 'failing': '500', 'empty': '204',
    'listed': '200', 'bare_bytes': '200', 'generated': '200', 'late_start': '200',
    'write': '200', 'file_wrapper': '200', 'bytes_io': '200', 'nothing': '200',
    'corrected': '503', 'not_bytes': '200', 'own_cprofile': '200', 'raising': '-',
    'raising_late': '200', 'raising_generator': '200', 'raising_first': '200',
    'raising_close': '200', 'odd': '-',
}


def kinds(server, paths=KINDS):
    for path in paths:
        for method in ('GET', 'POST', 'HEAD'):
            body = b'a=1' if method == 'POST' else b''
            response = server.get('/%s?profile' % path, BROWSER, method, body)
            if method == 'HEAD':
                assert response.body == b'' and header(response, 'Content-Type') == HTML, path
                assert int(header(response, 'Content-Length')) > 10000
                assert header(response, 'X-Profile-Status') == KINDS[path]
                continue
            found = page(response, KINDS[path])
            assert path in found.names() and found.meta['method'] == method
            error = ('TypeError' if path == 'nothing' else  # None is no iterable
                     'ShopError' if 'raising' in path else None)
            assert found.meta['exception'] == error, path
    assert server.get('/hello').body == b'hello'


def test_every_kind_of_answer_is_replaced(server):
    kinds(server)


@pytest.mark.parametrize('ini', ['threads = 2', 'wsgi-strict = true', 'master = false',
                                 'wsgi-env-behaviour = holy', 'offload-threads = 1',
                                 'wsgi-accept-buffer = true'])
def test_every_kind_in_other_modes(serve, ini):
    kinds(serve('answers', ini), [path for path in KINDS if path not in (
        ('bare_bytes',) if 'strict' in ini else ())])


@pytest.mark.parametrize('loop', ASYNC)
def test_every_kind_in_async_loops(serve, loop):
    _, ini, _ = ASYNC[loop]
    kinds(serve('answers', ini, load=loop_plugins(loop)))


def test_a_redirect_is_in_the_data(server):
    response = server.get('/login?profile', BROWSER)
    assert page(response, '302').meta['location'] == '/account?a=1&b=</script>'
    assert header(response, 'Location') is None
    assert header(response, 'Set-Cookie') == 'session=42'


def test_a_cookie_of_headers_that_were_taken_back_is_not_sent(server):
    assert header(server.get('/corrected?profile', BROWSER), 'Set-Cookie') is None


@pytest.mark.parametrize('path', ['raising', 'raising_late', 'raising_generator',
                                  'raising_first', 'raising_close'])
def test_the_exception_is_still_in_the_log(server, path):
    mark = len(server.log())
    page(server.get('/%s?profile' % path, BROWSER), KINDS[path])
    wait_for('the exception', lambda: re.search(
        r'^Traceback .*^\S*ShopError: \w+', server.log()[mark:], re.S | re.M))


def test_caught_exceptions(serve):
    server = serve('answers', 'catch-exceptions = true')
    for path, status in (('raising', 500), ('raising_late', 500),
                         ('raising_generator', 200)):  # whose headers have left before
        assert server.get('/' + path, BROWSER).status == status
        found = page(server.get('/%s?profile' % path, BROWSER), str(status))
        assert found.meta['exception'] == 'ShopError'
        assert path in found.names()
    server.wait_log('ShopError: before start_response')


# how it is sent

TRANSFORMATIONS = {'gzip': 'gzip:', 'chunked': 'chunked:', 'both': 'gzip:\nroute-run = chunked:'}


def start_transforming(serve, name, **options):
    """A server whose answers are transformed; skips where there is none."""
    try:
        return serve('answers', 'route-run = ' + TRANSFORMATIONS[name],
                     load=['transformation_gzip', 'transformation_chunked'], **options)
    except AssertionError:
        pytest.skip('this server has no such plugins')


@pytest.mark.parametrize('name', TRANSFORMATIONS)
def test_transformations_are_for_the_apps_answer(serve, name):
    server = start_transforming(serve, name)
    transformed = server.get('/hello', {**BROWSER, 'Accept-Encoding': 'gzip'})
    assert transformed.body != b'hello'
    for path in ('shop', 'generated', 'write', 'file_wrapper', 'missing', 'empty', 'raising'):
        response = server.get('/%s?profile' % path, {**BROWSER, 'Accept-Encoding': 'gzip'})
        page(response, KINDS[path])
        for banned in ('Content-Encoding', 'Transfer-Encoding', 'Vary'):
            assert header(response, banned) is None
        response = server.get('/%s?profile=txt' % path)
        assert response.body.endswith(b'-\n\n')
    plain = start_transforming(serve, name, plugin=False)
    for path in ('shop', 'generated'):
        answer = server.get('/%s?profile' % path)
        assert header(answer, 'X-Profile-Id')
        assert without_ours(answer) == plain.get('/' + path)


def head(path, *more, version='1.1'):
    lines = ['GET %s HTTP/%s' % (path, version), 'Host: localhost', 'Accept: text/html', *more]
    return '\r\n'.join(lines + ['', '']).encode()


def take_response(connection):
    """One answer of a kept connection, by its Content-Length."""
    data = read_until(connection, b'\r\n\r\n')
    length = int(re.search(rb'(?i)content-length: (\d+)', data)[1])
    while length:
        more = connection.recv(length)
        assert more
        data, length = data + more, length - len(more)
    return parse_response(data)


@pytest.mark.parametrize('path', ['/shop', '/generated', '/login'])
def test_a_kept_connection_goes_on_after_the_page(serve, path):
    """Of an http11-socket's later requests uWSGI says that they come from 0.0.0.0, so that
    no flag of theirs is accepted."""
    if '--http11-socket' not in run_uwsgi('--help')[1]:
        pytest.skip('this server has no http11-socket')
    port = free_port()
    serve('answers', 'http11-socket = 127.0.0.1:%d' % port)
    with socket.create_connection(('127.0.0.1', port), HANG) as connection:
        connection.sendall(head(path + '?profile'))
        page(take_response(connection), KINDS[path[1:]])
        for _ in range(2):
            connection.sendall(head('/shop?profile'))
            assert take_response(connection).body == b'<h1>Shop</h1>'


def test_behind_the_http_router_connections_are_kept(serve):
    if plugins_for('http') is None:
        pytest.skip('this server has no http plugin')
    port = free_port()
    server = serve('answers', 'http = 127.0.0.1:%d\nhttp-to = @DIR@/uwsgi.sock\n'
                   'http-keepalive = 1' % port, load=plugins_for('http'))
    wait_for('the router', lambda: accepts(port))
    with socket.create_connection(('127.0.0.1', port), HANG) as connection:
        for path, status in (('/shop', '200'), ('/generated', '200'), ('/login', '302')):
            connection.sendall(head(path + '?profile'))
            page(take_response(connection), status)
            connection.sendall(head('/shop'))
            assert take_response(connection).body == b'<h1>Shop</h1>'
        # of what comes in one piece uWSGI 2.0 answers the first only
        connection.sendall(head('/shop?profile') + head('/missing?profile'))
        page(take_response(connection))
    assert len(server.wait_log('^PROFILE ', 4)) <= 5


@pytest.mark.parametrize('version', ['1.0', '1.1'])
def test_both_versions_of_http_end_the_page_where_it_says(server, version):
    response = parse_response(server.raw(head('/generated?profile', 'Connection: close',
                                              version=version)))
    page(response)


def test_headers_that_left_at_once_leave_no_room_for_the_page(serve):
    servers = [serve('answers', 'start_response-nodelay = true', plugin=plugin)
               for plugin in (True, False)]
    for path in ('shop', 'generated', 'write', 'raising_late'):
        for query, refused in (('profile', False), ('profile=html', True),
                               ('profile=txt', True)):
            ours, plain = [server.get('/%s?%s' % (path, query), BROWSER) for server in servers]
            assert without_ours(ours) == plain
            assert ('start_response-nodelay' in (header(ours, 'X-Profile-Error') or '')) == refused
            assert (header(ours, 'X-Profile-Id') is None) == refused


# what never ends

def size(server, name):
    path = server.directory / name
    return path.stat().st_size if path.exists() else 0


ENDLESS = ['ticks', 'ticks_object', 'ticks_iterable', 'ticks_silent']


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'async = 2', 'profiler-mode = sampling'])
def test_an_endless_answer_is_closed_after_max_time(serve, ini):
    server = serve('answers', 'profiler-max-time = 80ms\nprofiler-restrictions = none\n' + ini)

    def check(path):
        ticked, ended = size(server, 'ticked'), size(server, 'ended')
        status = '-' if path == 'ticks_silent' else '200'
        found = page(server.get('/%s?profile' % path, BROWSER), status)
        # of 20 ms each at least, and the first one after the time is the last; only a
        # sample that comes late ends it later
        assert size(server, 'ticked') - ticked <= (100 if 'sampling' in ini else 6)
        assert size(server, 'ended') == ended + 1
        assert 75e6 < found.meta['wall_ns']
        [record] = parse_records(server.get('/%s?profile=txt' % path).body.decode())
        assert size(server, 'ended') == ended + 2
        if_quiet('tick' in found.names() and 'tick' in record.functions(), record.text)
        assert [notice['code'] for notice in found.meta['notices']] == ['time']
        assert record.notices
    for path in ENDLESS:
        several_times(lambda: check(path))
    assert server.get('/hello').body == b'hello'


def test_an_answer_that_is_not_replaced_streams_on_after_max_time(serve):
    server = serve('answers', 'profiler-max-time = 100ms\nprofiler-restrictions = none')

    def check(mode):
        ended, began = size(server, 'ended'), time.monotonic()
        with server.open('/ticks?profile=' + mode) as connection:
            data = read_until(connection, b'tick 25\n')
            (server.directory / 'stop').touch()
            data += read_all(connection)
        took = time.monotonic() - began
        (server.directory / 'stop').unlink()
        record = server.record(parse_response(data))
        assert record.mode == mode and record.notices
        assert 95 < float(record.elapsed_ms) < 800 * took, took
        assert size(server, 'ended') == ended + 1
        if_quiet('tick' in record.functions(), record.text)
        assert record.functions()['tick'][0] < 20 or mode == 'sampling'
    for mode in ('deterministic', 'sampling'):
        several_times(lambda: check(mode))


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'async = 2'])
def test_a_client_that_leaves_ends_what_was_held_back(serve, ini):
    server = serve('answers', ini)
    for count, (path, reset) in enumerate([('ticks', False), ('ticks_object', True)]):
        begun = size(server, 'ticked')
        with server.open('/%s?profile=txt' % path) as connection:
            wait_for('the app to be called', lambda: size(server, 'ticked') > begun)
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                                      struct.pack('ii', 1, 0))
        wait_for('the end', lambda: size(server, 'ended') == count + 1)
    assert server.get('/hello').body == b'hello'
    page(server.get('/shop?profile', BROWSER))


def half_closed(connection, data):
    """What a client gets that has sent all, says so, and only listens from then on."""
    with connection:
        connection.settimeout(HANG)
        connection.sendall(data)
        connection.shutdown(socket.SHUT_WR)
        return parse_response(read_all(connection)).body


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'async = 2', 'profiler-mode = sampling'])
def test_a_client_that_only_listens_over_tcp_is_told(serve, ini):
    def ask(path):
        connection = socket.create_connection(('127.0.0.1', server.port))
        return half_closed(connection, b'GET %s HTTP/1.0\r\nHost: localhost\r\n\r\n' % path)
    server = serve('answers', ini)
    [cut] = parse_records(ask(b'/ticks?profile=txt').decode())
    assert [line.partition(':')[0] for line in notices_of(cut)] == ['NOTICE client-left']

    def check():
        [whole] = parse_records(ask(b'/slowly?profile=txt').decode())
        if_quiet(float(whole.elapsed_ms) < 1000, whole.text)  # then the client is looked for
        assert not notices_of(whole) and float(whole.elapsed_ms) >= 500
    several_times(check)
    assert ask(b'/slowly?profile=log') == b'0123456789'


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'async = 2'])
def test_a_client_that_only_listens_on_a_unix_socket_gets_the_whole(serve, ini):
    server = serve('answers', 'profiler-max-time = 4s\n' + ini)
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(server.socket)
    packet = {'REQUEST_METHOD': 'GET', 'PATH_INFO': '/ticks', 'QUERY_STRING': 'profile=txt',
              'REMOTE_ADDR': '127.0.0.1', 'HTTP_HOST': 'localhost'}
    [whole] = parse_records(half_closed(connection, uwsgi_packet(packet)).decode())
    assert [line.partition(':')[0] for line in whole.notices] == ['NOTICE time']
    assert float(whole.elapsed_ms) >= 4000
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(server.socket)
    connection.sendall(uwsgi_packet(packet))
    connection.close()  # one that is gone is seen long before that time
    left = server.wait_log('^NOTICE client-left', 1)
    assert left and size(server, 'ended') == 2


@pytest.mark.parametrize('ini', ['', 'threads = 2', 'async = 2', 'offload-threads = 1'])
def test_a_response_that_the_app_has_ended_is_its_own(serve, ini):
    server = serve('answers', 'profiler-output = html\nprofiler-restrictions = none\n' + ini)
    for number, word in enumerate(['txt', 'html', 'prof']):
        response = server.get('/hang_up?profile=' + word)
        assert response.body == b'done' and response.status == 200
        wait_for('the end', lambda: size(server, 'hung-up') == number + 1)
        record = server.record(response)
        assert 'go_on' in record.functions() and float(record.elapsed_ms) >= 50
        server.wait_log('could not replace the app\'s answer: the app had ended it itself', number + 1)
    response = server.get('/hang_up_large?profile=txt')
    assert response.body == b'x' * 3000000 and header(response, 'X-App') == 'yes'
    assert 'go_on' in server.record(response).functions()
    assert size(server, 'own-file') == 0
    assert server.get('/hello').body == b'hello'
    page(server.get('/shop?profile', BROWSER))
