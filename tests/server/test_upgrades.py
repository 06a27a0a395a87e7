"""Websockets are never profiled; offers of other protocols are ordinary requests."""
import contextlib
import os
import socket

import pytest

from harness import HANG, METRICS, header, profile_id, read_until, run_uwsgi
from loops import ASYNC, loop_plugins

KEY = 'dGhlIHNhbXBsZSBub25jZQ=='  # of RFC 6455, as is what accepts it
ACCEPT = b's3pPLMBiTxaQ9kYGzzhZRbK+xOo='
LOOPS = {'threads': 'threads = 4', 'gevent': 'gevent = 10'}


def masked(payload):
    mask = os.urandom(4)
    return (bytes([0x81, 0x80 | len(payload)]) + mask +
            bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload)))


@contextlib.contextmanager
def websocket(server, query='', headers=(), upgrade='websocket', connection='Upgrade',
              silent=True):
    """An open websocket that has echoed a message."""
    words = {'Host': 'localhost', 'Upgrade': upgrade, 'Connection': connection,
             'Sec-WebSocket-Key': KEY, 'Sec-WebSocket-Version': '13', **dict(headers)}
    lines = ['GET /ws?%s HTTP/1.1' % query, *('%s: %s' % item for item in words.items())]
    with socket.create_connection(('127.0.0.1', server.port), HANG) as client:
        client.sendall('\r\n'.join(lines + ['', '']).encode())
        head = read_until(client, b'\r\n\r\n')
        assert head.startswith(b'HTTP/1.1 101 ') and ACCEPT in head, head
        assert (b'profile' not in head.lower()) is silent
        for message in (b'hello', b'again'):
            client.sendall(masked(message))
            assert read_until(client, message)[:2] == bytes([0x81, len(message)])
        yield client


@pytest.fixture(params=LOOPS)
def loop(request):
    plugins = loop_plugins(request.param) if request.param in ASYNC else []
    return plugins, LOOPS[request.param]


@pytest.mark.parametrize('trigger', ['always', 'ratio:1'])
def test_a_websocket_takes_no_place_and_leaves_no_report(serve, loop, trigger):
    server = serve('upgrading', METRICS + loop[1] + '''
        profiler-trigger = %s
        profiler-trigger = header:X-Profile
        profiler-max-active = 1
        profiler-mode = sampling''' % trigger, load=loop[0])
    forms = [('websocket', 'Upgrade'), ('WebSocket', 'keep-alive, upgrade'),
             ('h2c, websocket', 'Upgrade, HTTP2-Settings'), ('websocket', 'keep-alive')]
    for upgrade, connection in forms:
        with websocket(server, upgrade=upgrade, connection=connection):
            assert profile_id(server.get('/page', {'X-Profile': 'log'}))
    assert [record.path_repr for record in server.records(len(forms))] == ["'/page'"] * len(forms)
    server.wait_metrics(started=len(forms), limited=0)


def test_no_flag_and_no_route_profiles_a_websocket(serve):
    routes = 'UWSGI_ROUTING' in run_uwsgi('--cflags')[1]
    server = serve('upgrading', METRICS + '''
        profiler-trigger = query:profile
        profiler-trigger = header:X-Profile
        profiler-trigger = cookie:profile
        threads = 2
        ''' + ('route = ^/ws profile:sampling' if routes else ''))
    for query, headers in (('', {}), ('profile', {}), ('profile=html', {}),
                           ('', {'X-Profile': 'nonsense'}), ('', {'Cookie': 'profile=log'})):
        with websocket(server, query, headers):
            pass
    assert server.get('/page?profile=log').body == b'page'
    assert [record.path_repr for record in server.records(1)] == ["'/page'"]
    server.wait_metrics(started=1)


@pytest.mark.parametrize('upgrade', ['h2c', 'TLS/1.0', 'h2c, foo/2', 'websockets', ''])
def test_offers_of_other_protocols_are_ordinary_requests(serve, upgrade):
    server = serve('upgrading', 'profiler-trigger = query:profile\n'
                                'profiler-trigger = header:X-Profile\n'
                                'profiler-trigger = always\nprofiler-log-style = table')
    offer = {'Upgrade': upgrade, 'Connection': 'Upgrade, HTTP2-Settings',
             'HTTP2-Settings': 'AAMAAABkAAQAoAAAAAIAAAAA'}
    response = server.get('/page', {**offer, 'X-Profile': 'log'})
    assert profile_id(response) and response.body == b'page'
    assert server.get('/page?profile=txt', offer).body.startswith(b'-' * 80)
    assert header(server.get('/page', offer), 'X-Profile-Id') is None
    server.records(3)


def test_a_handshake_that_nothing_announced_is_not_held_back(serve):
    """A proxy has taken the Upgrade header away: the app accepts the websocket all the same."""
    server = serve('upgrading', 'threads = 2')
    for word in ('html', 'txt'):
        with websocket(server, 'profile=' + word, upgrade='', silent=False):
            pass
    for record in server.records(2):
        assert record.path_repr == "'/ws'" and record.status == '101'
