"""make bench: what profiling costs, as ratios within one interleaved run.

Machines are shared and noisy, so no figure here is a time: three servers take turns,
request by request, and the medians of their times are compared.
"""
import http.client
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'server'))
import harness  # noqa: E402

ROUNDS = int(os.environ.get('ROUNDS', '150'))
COMMON = 'pythonpath = %s\ndisable-logging = true\n' % HERE


def seconds_of(server, path):
    connection = http.client.HTTPConnection('127.0.0.1', server.port)
    start = time.perf_counter()
    connection.request('GET', path, headers={'Host': 'localhost'})
    response = connection.getresponse()
    body = response.read()
    taken = time.perf_counter() - start
    connection.close()
    assert response.status == 200 and len(body) > 100000, (response.status, len(body))
    return taken


def interleaved(servers, rounds):
    """{name: [seconds]}: each server once a round, after some rounds of warming up."""
    times = {name: [] for name in servers}
    for turn in range(rounds + 10):
        for name, (server, path) in servers.items():
            taken = seconds_of(server, path)
            if turn >= 10:
                times[name].append(taken)
    return times


def cost(directory):
    """Run time of a Flask + jinja2 request: plain, profiled by us, by Werkzeug."""
    ours = harness.Server(directory, 'app:application', COMMON + 'profiler-stream = /dev/null')
    plain = harness.Server(directory, 'app:application', COMMON, plugin=False)
    werkzeug = harness.Server(directory, 'app:application',
                              COMMON + 'env = BENCH_WERKZEUG=1', plugin=False)
    servers = {'plain': (plain, '/'), 'uwsgi-profiler': (ours, '/?profile'),
               'loaded, no flag': (ours, '/'), 'Werkzeug + cProfile': (werkzeug, '/')}
    try:
        times = interleaved(servers, ROUNDS)
    finally:
        for server in (ours, plain, werkzeug):
            server.stop()
    medians = {name: statistics.median(values) for name, values in times.items()}
    print('Flask + jinja2, 1000 rows, %d rounds: median of run time / plain' % ROUNDS)
    for name, median in medians.items():
        print('  %-20s %.2f' % (name, median / medians['plain']))
    share = ((medians['uwsgi-profiler'] - medians['plain']) /
             (medians['Werkzeug + cProfile'] - medians['plain']))
    print('  (uwsgi-profiler - plain) / (Werkzeug - plain) = %.3f' % share)


if __name__ == '__main__':
    print('%s, %s' % (harness.UWSGI, harness.run_uwsgi('--version')[1].strip()))
    with tempfile.TemporaryDirectory() as temporary:
        os.chmod(temporary, 0o755)
        cost(temporary)
