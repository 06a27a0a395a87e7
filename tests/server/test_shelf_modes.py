"""The shelf in every way in which uWSGI runs an app, and at any mount."""
import contextlib
import json
import os
import re
import socket
import ssl
import subprocess
from pathlib import Path

import pytest

from harness import HANG, free_port, header, parse_response, plugins_for, read_all, wait_for
from shelf import KEY, SHELF, guards, plant, rows, stored
from loops import ASYNC, loop_plugins, together
from test_modes import MODES, serve_or_skip

LOOPS = {**{name: ('plain', ini) for name, ini in MODES.items()},
         **{name: ('suspending:' + application, ini)
            for name, (_, ini, application) in ASYNC.items()}}
SIX = b'\\u003c'


def slow(*loops):
    """For make test-all only."""
    return [pytest.param(loop, marks=pytest.mark.slow) for loop in loops]


def serve_loop(serve, loop, more='\nsocket-timeout = 60'):
    app, ini = LOOPS[loop]
    if loop in ASYNC:
        return serve(app, SHELF + ini + more, load=loop_plugins(loop))
    return serve_or_skip(serve, app, SHELF + ini + more)


@pytest.mark.parametrize('loop', [*(loop for loop in LOOPS if loop != 'max-requests'), *slow('max-requests')])
def test_the_shelf_is_answered(serve, loop):
    server = serve_loop(serve, loop)
    path = '/one' if loop in ASYNC else '/recursion'
    profile = stored(server, path=path)[0]
    content = plant(server, 'feedfacefeedface', '{"a":"' + '<b>' * 300000 + '"}')
    for _ in range(4):
        assert b'<title>Profiles</title>' in server.get('/_profiles/').body
        assert {row['id'] for row in rows(server)} == {profile, 'feedfacefeedface'}
        page = server.get('/_profiles/feedfacefeedface')
        guards(page)
        assert b'id="profile">%s</script>' % content.replace(b'<', SIX) in page.body
        data = server.get('/_profiles/feedfacefeedface.json')
        guards(data)
        assert data.body == content
        assert server.get('/_profiles/x').status == 404
        head = server.get('/_profiles/feedfacefeedface', method='HEAD')
        assert head.headers == page.headers and head.body == b''
        stranger = server.get('/_profiles/', {'X-Forwarded-For': '192.0.2.1'})
        assert b'Profiles' not in stranger.body
        assert server.get(path).status == 200


def test_several_at_once(serve):
    for loop in ('plain async', 'threads', 'gevent'):
        with contextlib.suppress(pytest.skip.Exception):
            server = serve_loop(serve, loop)
            content = plant(server, 'feedfacefeedface', '{"a":"' + '<' * 2000000 + '"}')
            page = content.replace(b'<', SIX)
            for answer in together(*[lambda: server.get('/_profiles/feedfacefeedface')] * 4):
                assert answer.status == 200 and page in answer.body, loop


@pytest.mark.parametrize('loop', ['threads', *ASYNC])
def test_a_client_that_does_not_read_blocks_nobody(serve, loop):
    server = serve_loop(serve, loop)
    content = plant(server, 'feedfacefeedface', '"' + 'x' * 12000000 + '"')
    plant(server, 'feedfacefeedfac0', '"' + '<' * 2000000 + '"')
    for path, body in (('/_profiles/feedfacefeedface.json', content),
                       ('/_profiles/feedfacefeedfac0', b'"' + SIX * 2000000 + b'"')):
        with server.open(path) as waiting:
            begin = waiting.recv(1000, 0)
            assert begin.startswith(b'HTTP/1.')
            for _ in range(3):
                assert server.get('/_profiles/').status == 200
                assert len(rows(server)) == 2
            answer = parse_response(begin + read_all(waiting))
        guards(answer)
        assert body in answer.body


@pytest.fixture(scope='module')
def certificate(tmp_path_factory):
    """The files of a certificate and its key."""
    files = [str(tmp_path_factory.mktemp('tls') / name) for name in ('cert', 'key')]
    subprocess.run(['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2',
                    '-subj', '/CN=localhost', '-out', files[0], '-keyout', files[1]],
                   check=True, capture_output=True)
    return files


@pytest.mark.skipif(plugins_for('https-socket') is None, reason='this server has no TLS')
@pytest.mark.parametrize('loop', ['one worker', *slow('threads', *ASYNC)])
def test_a_slow_client_over_tls(serve, certificate, loop):
    port = free_port()
    server = serve_loop(serve, loop, '\nsocket-timeout = 60\nhttps-socket = 127.0.0.1:%d,%s' % (
        port, ','.join(certificate)))
    content = plant(server, 'feedfacefeedface', '"' + 'x' * 12000000 + '"')
    context = ssl._create_unverified_context()
    with socket.create_connection(('127.0.0.1', port), HANG) as connection, \
            context.wrap_socket(connection) as slow:
        slow.sendall(b'GET /_profiles/feedfacefeedface.json HTTP/1.0\r\nHost: localhost\r\n\r\n')
        begin = slow.recv(1000)
        if loop != 'one worker':
            assert server.get('/_profiles/').status == 200
        answer = parse_response(begin + read_all(slow))
    guards(answer)
    assert answer.body == content


@pytest.mark.parametrize('loop', ['threads', *ASYNC])
def test_clients_that_leave(serve, loop):
    """Nothing is left open of what they asked for."""
    server = serve_loop(serve, loop, '\nsocket-timeout = 2')
    plant(server, 'feedfacefeedface', '"' + '<' * 12000000 + '"')
    for path in ('/_profiles/feedfacefeedface.json', '/_profiles/feedfacefeedface') * 3:
        with server.open(path) as leaving:
            assert leaving.recv(1000)
    with server.open('/_profiles/feedfacefeedface') as silent:
        assert silent.recv(1000)
        wait_for('closed files', lambda: not opened(server))
    assert server.get('/_profiles/').status == 200


def kills(server, count):
    """Lets requests hang, one after the other, until the server has killed them."""
    server.crash_expected = True
    for _ in range(count):
        with contextlib.suppress(OSError):
            server.get('/sleep')
    server.wait_log('HARAKIRI ON WORKER', count)


@pytest.mark.parametrize('loop', ['one worker', *slow('no master', 'threads', *ASYNC)])
def test_a_slow_client_is_no_hung_request(serve, loop):
    """The server kills requests that take too long, and all others of their worker."""
    server = serve_loop(serve, loop, '\nsocket-timeout = 60\nharakiri = 1')
    clock = serve('hanging', 'harakiri = 1', plugin=False)
    content = plant(server, 'feedfacefeedface', '"' + 'x' * 12000000 + '"')
    with server.open('/_profiles/feedfacefeedface.json') as slow:
        begin = slow.recv(1000)
        with server.open('/_profiles/feedfacefeedface.json') as second:
            kills(clock, 3)
            assert read_all(slow).endswith(content[-1000:]), server.log()
            assert begin and read_all(second).endswith(content), server.log()
    assert 'HARAKIRI' not in server.log()


@pytest.mark.parametrize('first', ['the client', 'the request'])
def test_a_hung_request_beside_a_slow_client_is_killed(serve, first):
    server = serve('hanging', SHELF + """
        threads = 3
        harakiri = 2
        socket-timeout = 60""")
    server.crash_expected = True
    plant(server, 'feedfacefeedface', '"' + 'x' * 12000000 + '"')
    paths = ['/_profiles/feedfacefeedface.json', '/sleep']
    with server.open(paths[first == 'the request']) as one:
        if first == 'the client':
            assert one.recv(1000)
        else:
            wait_for('its start', (server.directory / 'hung').exists)
        with server.open(paths[first == 'the client']):
            server.wait_log('HARAKIRI ON WORKER')


def opened(server):
    """The stored files that workers have open."""
    found = []
    for pid in server.workers():
        for link in Path('/proc/%d/fd' % pid).iterdir():
            with contextlib.suppress(OSError):
                found.append(os.readlink(link))
    return [name for name in found if 'profiles/' in name]


def test_mounts(serve):
    """The path counts with the mount, as in the index."""
    server = serve('', '''
        manage-script-name = true
        mount = /one=plain:application
        mount = /two=plain:application
        profiler-dir = @DIR@/profiles
        profiler-output = file
        profiler-browse = /two/_profiles''')
    assert server.get('/one/recursion?profile=file').status == 200
    found = wait_for('a row', lambda: json.loads(
        server.get('/two/_profiles/index.json').body)['rows'])
    assert found[0]['path'] == '/one/recursion'
    assert header(server.get('/two/_profiles'), 'Location') == '_profiles/'
    assert b'Profiles' in server.get('/two/_profiles/').body
    for path in ('/one/_profiles/', '/_profiles/'):
        assert b'Profiles' not in server.get(path).body


def test_a_shelf_at_an_apps_mount(serve):
    server = serve('', '''
        manage-script-name = true
        mount = /one=plain:application
        mount = /_profiles=plain:application
        profiler-dir = @DIR@/profiles
        profiler-browse = /_profiles''')
    assert b'<title>Profiles' in server.get('/_profiles/').body
    assert header(server.get('/_profiles'), 'Location') == '_profiles/'
    assert server.get('/_profiles/hello').status == 404
    assert server.get('/one/hello').body == b'hello'


def test_the_uwsgi_protocol(serve):
    """A web server in front names the path in two variables."""
    server = serve('plain', SHELF)
    for script, path, expected in (('', '/_profiles/', 200), ('/_profiles', '/', 200),
                                   ('/_profiles', '', 303), ('/_prof', 'iles/', 200),
                                   ('/_profiles/x', '/', 404), ('/_profiles/x', '', 404),
                                   ('/_profiles/', 'merge', 404), ('', '/_profiles', 303)):
        answer = parse_response(server.uwsgi(path, SCRIPT_NAME=script, REQUEST_URI=script + path))
        assert answer.status == expected, (script, path, answer)
        guards(answer)


def test_kept_connections(serve):
    """Of a connection that is kept, the server knows the sender of the first request only."""
    server = serve('plain', SHELF + 'http11-socket = @DIR@/kept\nprofiler-key = ' + KEY)
    with socket.socket(socket.AF_UNIX) as kept:
        kept.settimeout(HANG)
        kept.connect(str(server.directory / 'kept'))
        for path in ('/_profiles/', '/_profiles/index.json', '/_profiles/x', '/hello'):
            kept.sendall(b'GET %s HTTP/1.1\r\nHost: a\r\nX-Profile: key=%s\r\n\r\n'
                         % (path.encode(), KEY.encode()))
            data = kept.recv(65536)
            length = re.search(b'Content-Length: (\\d+)', data)
            while length and len(data.partition(b'\r\n\r\n')[2]) < int(length[1]):
                data += kept.recv(65536)
            answer = parse_response(data)
            if path != '/hello':
                guards(answer)
            else:
                assert b'hello' in data
