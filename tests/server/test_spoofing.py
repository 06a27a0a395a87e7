"""What a client can do to its own address, on sockets that speak HTTP: on a real server,
with a real nginx in front."""
import socket

import pytest

from harness import HANG, free_port, header, parse_response, plugins_for, read_all
from nginx import NGINX, Nginx

ALLOWED, STRANGER = '10.1.2.3', '203.0.113.9'
LIST = 'profiler-allow = 10.0.0.0/8\nprofiler-trusted-proxies = 127.0.0.1\n'


def ask(port, lines, first='GET /hello?profile=txt HTTP/1.0', body=b'', host='shop.example'):
    """The answer to a request of these lines."""
    head = '\r\n'.join([first, 'Host: ' + host, *lines]).encode('latin-1')
    with socket.create_connection(('127.0.0.1', port), HANG) as connection:
        connection.sendall(head + b'\r\n\r\n' + body)
        return parse_response(read_all(connection))


def is_profiled(answer):
    assert answer.status == 200
    return header(answer, 'X-Profile-Id') is not None


def log_of(server):
    return server.wait_log(r'flag from .*')[-1]


needs_nginx = pytest.mark.skipif(not NGINX, reason='no nginx')
needs_router = pytest.mark.skipif(plugins_for('http') is None, reason='this server has no http router')

# How nginx reaches the server, and the server's sockets for that: @PORT@ is a free one.
PROXY_PASS = '''
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
    proxy_pass http://127.0.0.1:@PORT@;'''
WAYS = {
    'http-socket': (PROXY_PASS, 'http-socket = 127.0.0.1:@PORT@'),
    'http11-socket': (PROXY_PASS, 'http11-socket = 127.0.0.1:@PORT@'),
    'protocol http': (PROXY_PASS, 'socket = 127.0.0.1:@PORT@\nprotocol = http'),
    'fastcgi-socket': ('include /etc/nginx/fastcgi_params; fastcgi_param PATH_INFO $document_uri;'
                       'fastcgi_pass 127.0.0.1:@PORT@;', 'fastcgi-socket = 127.0.0.1:@PORT@'),
    'scgi-socket': ('include /etc/nginx/scgi_params; scgi_param PATH_INFO $document_uri;'
                    'scgi_pass 127.0.0.1:@PORT@;', 'scgi-socket = 127.0.0.1:@PORT@'),
    'uwsgi-socket': ('include uwsgi_params; uwsgi_pass 127.0.0.1:@PORT@;',
                     'uwsgi-socket = 127.0.0.1:@PORT@'),
}
OTHER_NAMES = ('X_Forwarded_For', 'X-Forwarded_For', 'X_FORWARDED-FOR', 'x_forwarded_for')


@needs_nginx
@pytest.mark.parametrize('underscores', ['on', 'off'])
@pytest.mark.parametrize('way', WAYS)
def test_nginx_cannot_be_made_to_name_another_client(serve, tmp_path, way, underscores):
    location, sockets = WAYS[way]
    port = str(free_port())
    server = serve('plain', LIST + sockets.replace('@PORT@', port))
    front = Nginx(tmp_path, 'underscores_in_headers %s;\nlocation / { %s }' % (
        underscores, location.replace('@PORT@', port)))

    def profiles(client, **headers):
        """By these ways nginx adds no header: a proxy before it has named the client."""
        if PROXY_PASS not in location:
            headers['X-Forwarded-For'], client = client, None
        return is_profiled(front.get('/hello?profile', headers, client=client))
    try:
        assert profiles(ALLOWED) and not profiles(STRANGER)
        for name in OTHER_NAMES:
            assert not profiles(STRANGER, **{name: ALLOWED}), name
    finally:
        front.stop()
    assert 'flag from' in log_of(server)


SOCKETS = ['http-socket', 'http11-socket']


@pytest.fixture(params=SOCKETS)
def http(request, serve):
    """Starts a server with such a socket, and tells its port."""
    def start(options):
        port = free_port()
        server = serve('plain', '%s = 127.0.0.1:%d\n%s' % (request.param, port, options))
        return server, port
    return start


@pytest.mark.parametrize('second', ('X-Forwarded-For',) + OTHER_NAMES)
def test_of_two_lines_neither_counts(http, second):
    server, port = http(LIST)
    real, false = 'X-Forwarded-For: ' + STRANGER, '%s: %s' % (second, ALLOWED)
    assert is_profiled(ask(port, ['X-Forwarded-For: %s, %s' % (STRANGER, ALLOWED)]))
    for lines in ([real, false], [false, real], [real, 'Accept: */*', false], [real + '\nA: b', false]):
        assert not is_profiled(ask(port, lines)), lines
    # HAProxy's forwardfor, behind a client's own header
    assert not is_profiled(ask(port, [false, 'X-Forwarded-For: ' + ALLOWED]))
    assert ('the trusted proxy sends X-Forwarded-For twice; let it replace the header, and '
            'pass on no X_Forwarded_For') in log_of(server)


def test_a_line_that_goes_on_names_nobody(http):
    _, port = http(LIST)
    for end in ('\r\n ,', '\r\n\t', '\r\n ', '\n', ',\n'):
        assert not is_profiled(ask(port, ['X-Forwarded-For: %s%s%s' % (STRANGER, end, ALLOWED)])), end


def test_what_is_not_a_header_is_not_counted(http):
    _, port = http(LIST)
    real, lines = 'X-Forwarded-For: ' + ALLOWED, b'X-Forwarded-For: 8.8.8.8\r\n' * 2
    first = 'POST /hello?profile=txt HTTP/1.0'
    assert is_profiled(ask(port, [real, 'Content-Length: %d' % len(lines)], first, lines))
    # a second request in the same packet
    assert is_profiled(ask(port, [real], body=b'GET / HTTP/1.0\r\n' + lines + b'\r\n'))
    assert is_profiled(ask(port, [real, 'X-Forwarded-For-Too: 1', 'X-Forwarded-Host: x']))
    assert is_profiled(ask(port, [real], 'GET /hello?profile&X-Forwarded-For: HTTP/1.0'))


@needs_router
def test_behind_the_http_router_the_log_warns(serve):
    router = plugins_for('http')
    line = 'profiler-trusted-proxies: the http router joins'
    for options, warned in ((LIST, True), ('profiler-trusted-proxies = 127.0.0.1', False),
                            ('profiler-allow = 10.0.0.0/8', False)):
        server = serve('plain', 'http = 127.0.0.1:%d\n%s' % (free_port(), options), load=router)
        assert (line in server.log()) == warned
    server = serve('plain', LIST)
    assert line not in server.log()


@needs_nginx
@needs_router
def test_a_proxy_that_drops_underscores_is_right_for_the_http_router(serve, tmp_path):
    port = str(free_port())
    serve('plain', 'http = 127.0.0.1:%s\nhttp-to = @DIR@/uwsgi.sock\n%s' % (port, LIST), load=plugins_for('http'))
    front = Nginx(tmp_path, 'location / { %s }' % PROXY_PASS.replace('@PORT@', port))
    try:
        assert is_profiled(front.get('/hello?profile', client=ALLOWED))
        for name in OTHER_NAMES:
            assert not is_profiled(front.get('/hello?profile', {name: ALLOWED}, client=STRANGER))
    finally:
        front.stop()


# the proxy protocol

def proxied(address):
    return 'PROXY TCP4 %s 127.0.0.1 1234 80\r\nGET /hello?profile=txt HTTP/1.0' % address


@pytest.mark.parametrize('options, host, address', [
    ('', 'localhost', '127.0.0.1'), ('profiler-allow = 10.0.0.0/8', 'shop.example', ALLOWED),
    ('profiler-allow = 10.0.0.0/8, 127.0.0.1\nprofiler-trusted-proxies = 192.0.2.0/24',
     'shop.example', ALLOWED)])
def test_a_proxy_line_of_anybody_names_nobody(http, options, host, address):
    server, port = http('enable-proxy-protocol = true\n' + options)
    assert not is_profiled(ask(port, [], proxied(address), host=host))
    assert 'a PROXY line names its address' in log_of(server)
    if '127.0.0.1' in options + address:
        assert is_profiled(ask(port, [], host=host))


def test_a_proxy_line_of_a_trusted_proxy_names_the_client(http):
    _, port = http('enable-proxy-protocol = true\n' + LIST)
    assert is_profiled(ask(port, [], proxied(ALLOWED)))
    assert not is_profiled(ask(port, [], proxied(STRANGER)))
    assert not is_profiled(ask(port, ['X-Forwarded-For: ' + ALLOWED], proxied(STRANGER)))
    # the proxy's line is the first one; what the client sends is behind it
    assert ask(port, [], 'PROXY TCP4 %s 127.0.0.1 1 80\r\n%s' % (STRANGER, proxied(ALLOWED))).status != 200


def test_with_a_key_alone_no_address_counts(http):
    _, port = http('enable-proxy-protocol = true\nprofiler-key = sesame-open-0123')
    for address in (ALLOWED, STRANGER):
        assert is_profiled(ask(port, ['X-Profile: key=sesame-open-0123'], proxied(address)))


def test_on_a_kept_connection_only_the_first_request_has_an_address(serve):
    port = free_port()
    server = serve('plain', 'http11-socket = 127.0.0.1:%d\nenable-proxy-protocol = true\n%s' % (
        port, LIST))
    ask_again = b'GET /cached?profile HTTP/1.1\r\nHost: localhost\r\n'
    later = (ask_again + b'X-Forwarded-For: 10.1.2.3\r\n\r\n',
             proxied(ALLOWED).encode().replace(b'1.0', b'1.1') + b'\r\nHost: x\r\n\r\n')
    for request in later:
        with socket.create_connection(('127.0.0.1', port), HANG) as connection:
            connection.sendall(proxied(STRANGER).encode().replace(b'1.0', b'1.1') + b'\r\nHost: x\r\n\r\n')
            assert b'X-Profile' not in connection.recv(65536)
            connection.sendall(request)
            assert b'X-Profile' not in connection.recv(65536)
    assert not [line for line in server.log().splitlines() if 'PROFILE ' in line]


@needs_router
@pytest.mark.parametrize('option', ['enable-proxy-protocol', 'http-enable-proxy-protocol'])
def test_the_http_router_believes_any_proxy_line_and_so_is_not_believed(serve, option):
    port = free_port()
    server = serve('plain', '%s = true\nhttp = 127.0.0.1:%d\nhttp-to = @DIR@/uwsgi.sock\n%s' %
                   (option, port, LIST), load=plugins_for('http'))
    assert not is_profiled(ask(port, [], proxied(ALLOWED)))
    assert not is_profiled(ask(port, [], proxied('127.0.0.1'), host='localhost'))
    assert 'the http router accepts PROXY lines' in log_of(server)
    assert 'profiler-allow has no effect behind the http router' in server.log()


def test_a_client_of_a_unix_socket_chooses_no_address(serve):
    server = serve('plain', 'http-socket = @DIR@/http.sock\nprofiler-allow = 0.0.0.0/0')
    with socket.socket(socket.AF_UNIX) as connection:
        # uWSGI takes these bytes of its name for an IPv4 address: 127.0.0.1
        connection.bind(b'\0x\x7f\0\0\x01' + b'%d' % free_port())
        connection.settimeout(HANG)
        connection.connect(str(server.directory / 'http.sock'))
        connection.sendall(b'GET /hello?profile=txt HTTP/1.0\r\nHost: localhost\r\n\r\n')
        assert not is_profiled(parse_response(read_all(connection)))
    assert 'flag from 127.0.0.1 ignored: clients of unix sockets have no address' in log_of(server)


# another site's page

def test_an_image_on_a_foreign_page_starts_no_profile(http):
    server, port = http('profiler-trigger = query:profile\nprofiler-trigger = cookie:profile\n'
                        'profiler-trigger = header:X-Profile')
    image = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image']
    link = ['Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document']
    plain = 'GET /hello HTTP/1.0'
    for lines, query, cookie in ((image, False, False), (image[:1], False, False), (link, True, True),
                                 (['Sec-Fetch-Site: same-site', 'Sec-Fetch-Dest: image'], True, True)):
        answer = ask(port, lines, host='localhost')
        assert is_profiled(answer) == query, lines
        if not query:
            assert header(answer, 'Server-Timing') is None
        assert is_profiled(ask(port, lines + ['Cookie: profile=1'], plain, host='localhost')) == cookie
        assert is_profiled(ask(port, lines + ['X-Profile: 1'], plain, host='localhost'))
    assert 'a page of another site made the browser send it' in log_of(server)
