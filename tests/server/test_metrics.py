"""What the profiler counts is among the server's metrics, over all workers."""
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
