"""What the profiler counts is among the server's metrics, over all workers."""
import pytest

from harness import METRICS


def test_counters(serve):
    server = serve('plain', METRICS + 'processes = 2')
    assert len(server.metrics()) == 10
    for _ in range(6):
        server.get('/hello', {'X-Profile': '1'})
    server.get('/hello')
    server.get('/hello', {'X-Profile': '1', 'Via': '1.1 x'})
    found = server.wait_metrics(started=6, denied=1, kept=6)
    assert found['limited'] == 0 and found['samples'] == 0


@pytest.mark.parametrize('path', ['/dies', '/leaves'])
def test_what_dies_with_its_worker_is_counted_as_discarded(serve, path):
    server = serve('writing', METRICS)
    for lost in (1, 2):
        server.get('/small', {'X-Profile': '1'})
        server.wait_metrics(kept=lost)
        assert server.raw(('GET %s HTTP/1.0\r\nHost: localhost\r\nX-Profile: 1\r\n\r\n'
                           % path).encode()) == b''
        server.wait_metrics(started=2 * lost, kept=lost, discarded=lost)
