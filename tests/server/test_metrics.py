"""What the profiler counts is among the server's metrics, over all workers."""
import json
import socket
import time

import pytest

from harness import Server


def metrics_of(server):
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(server.directory / 'stats'))
        text = b''.join(iter(lambda: connection.recv(65536), b''))
    return {name: metric['value'] for name, metric in json.loads(text)['metrics'].items()
            if name.startswith('profiler.')}


def metrics_when(server, **expected):
    """The server looks at its counters once a second."""
    expected = {'profiler.' + name: value for name, value in expected.items()}
    for _ in range(100):
        found = metrics_of(server)
        if expected.items() <= found.items():
            break
        time.sleep(0.1)
    assert {name: found.get(name) for name in expected} == expected
    return found


@pytest.fixture(scope='module')
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp('metrics'), 'plain:application',
                    'master = true\nprocesses = 2\nenable-metrics = true\nstats = @DIR@/stats')
    yield server
    server.stop()


def test_counters(server):
    assert len(metrics_of(server)) == 10
    for _ in range(6):
        server.request('/', {'X-Profile': '1'})
    server.request('/')
    server.request('/', {'X-Profile': '1', 'Via': '1.1 x'})
    found = metrics_when(server, started=6, denied=1, kept=6)
    assert found['profiler.limited'] == 0 and found['profiler.samples'] == 0
