"""make bench: what profiling costs, as ratios within one interleaved run.

Machines are shared and noisy, so no figure here is a time: servers take turns,
request by request, and their times are compared turn by turn.
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
import bigpage  # noqa: E402
import harness  # noqa: E402
import instructions  # noqa: E402
import sampling  # noqa: E402
import shares  # noqa: E402
import shelf  # noqa: E402
import throughput  # noqa: E402

ROUNDS = int(os.environ.get('ROUNDS', '20'))
STARTS = int(os.environ.get('STARTS', '10'))
COMMON = ('pythonpath = %s\ndisable-logging = true\nenv = PYTHONHASHSEED=0\n' % HERE)


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


def rounds_of(servers):
    """[{name: seconds}]: each server once a round, after some rounds of warming up."""
    rounds = [{name: seconds_of(*served) for name, served in servers.items()}
              for _ in range(ROUNDS + 5)]
    return rounds[5:]


def one_start(directory):
    """Each kind of request has a server of its own: garbage collections come in step with
    requests, and would always fall on the same kind."""
    def start(ini='', plugin=True):
        return harness.Server(directory, 'app:application', COMMON + ini, plugin=plugin)
    servers = {'plain': (start(plugin=False), '/'),
               'uwsgi-profiler': (start('profiler-stream = /dev/null'), '/?profile'),
               'loaded, no flag': (start(), '/'),
               'Werkzeug + cProfile': (start('env = BENCH_WERKZEUG=1', plugin=False), '/')}
    try:
        return rounds_of(servers)
    finally:
        for server, _ in servers.values():
            server.stop()


def share(seconds):
    return ((seconds['uwsgi-profiler'] - seconds['plain']) /
            (seconds['Werkzeug + cProfile'] - seconds['plain']))


def cost(directory):
    """Run time of a Flask + jinja2 request: plain, profiled by us, by Werkzeug.

    The machine's speed changes by a factor of two within seconds, so figures are compared
    within a round; and a process's speed depends on where its memory happens to lie, so
    there are several starts."""
    rounds = [one for _ in range(STARTS) for one in one_start(directory)]
    print('Flask + jinja2, 1000 rows, %d starts of %d rounds: median of run time / plain'
          % (STARTS, ROUNDS))
    for name in rounds[0]:
        print('  %-20s %.2f' % (name, statistics.median(one[name] / one['plain']
                                                        for one in rounds)))
    quartiles = statistics.quantiles([share(one) for one in rounds], n=4)
    print('  (uwsgi-profiler - plain) / (Werkzeug - plain): median %.3f, '
          'half of the rounds %.3f to %.3f' % (quartiles[1], quartiles[0], quartiles[2]))


if __name__ == '__main__':
    print('%s, %s' % (harness.UWSGI, harness.run_uwsgi('--version')[1].strip()), flush=True)
    with tempfile.TemporaryDirectory() as temporary:
        os.chmod(temporary, 0o755)
        cost(temporary)
    sampling.main()
    shares.main()
    throughput.main()
    bigpage.main()
    shelf.main()
    instructions.main()
