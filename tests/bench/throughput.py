"""What the plugin costs a server of requests that do next to nothing, as a table for
docs/cost.md: requests a second with it / without, by wrk, beside the bounds that the project
has set itself.

The two servers take turns of half a second, and each turn is compared with those of the
plain server before and after it; a process's speed depends on where its memory happens
to lie, so there are several starts. On a busy machine the requests a second still
scatter: the last column is the time on a processor that the worker, all its threads
together, took for a request, with the plugin / without, in the same turns.

    TURNS, STARTS      turns of each server, servers one after another
"""
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'server'))
sys.path.insert(0, str(HERE))
import harness  # noqa: E402
import sampling  # noqa: E402

TURNS = int(os.environ.get('TURNS', '10'))
STARTS = int(os.environ.get('STARTS', '4'))
TURN_SECONDS = 0.5
INI = 'pythonpath = %s\ndisable-logging = true\nenv = PYTHONHASHSEED=0\n' % HERE
SAMPLING = 'profiler-mode = sampling\nprofiler-interval = 10ms\nprofiler-keep = slower:500ms\n'

# what the table calls it: (options, bound)
KINDS = {
    'loaded, idle': ('', 0.99),
    'ratio:0.01, sampling, slower:500ms': ('profiler-trigger = ratio:0.01\n' + SAMPLING, None),
    'always, sampling, slower:500ms': ('profiler-trigger = always\n' + SAMPLING, 0.97),
    'always, deterministic, slower:500ms': (
        'profiler-trigger = always\nprofiler-keep = slower:500ms\n', None),
}


# ------------------------------------------------------------------ one turn

def processor_ns(pid):
    """What all threads of the process have run."""
    return sum(int((task / 'schedstat').read_text().split()[0])
               for task in Path('/proc/%d/task' % pid).iterdir())


def wrk(port, seconds):
    """(requests, requests a second)"""
    load = subprocess.Popen(['wrk', '-t1', '-c4', '-d60', 'http://127.0.0.1:%d/' % port],
                            stdout=subprocess.PIPE)
    time.sleep(seconds)
    load.send_signal(signal.SIGINT)  # it knows whole seconds only
    output = load.communicate()[0].decode()
    assert load.returncode == 0 and 'Non-2xx' not in output, output
    return (int(re.search(r'(\d+) requests in', output)[1]),
            float(re.search(r'Requests/sec: *([\d.]+)', output)[1]))


def turn(server):
    """(requests a second, ns of a processor a request)"""
    pid = server.workers()[0]
    before = processor_ns(pid)
    requests, rate = wrk(server.port, TURN_SECONDS)
    return rate, (processor_ns(pid) - before) / requests


def turns_of(plain, watched):
    """[(rate / rate, time / time)] of watched to plain"""
    found, before = [], turn(plain)
    for _ in range(TURNS):
        taken, after = turn(watched), turn(plain)
        found.append([2 * t / (b + a) for t, b, a in zip(taken, before, after)])
        before = after
    return found


# ------------------------------------------------------------------ the table

def one_start(directory, found):
    plain = harness.Server(directory, 'small', INI, plugin=False)
    servers = [plain]
    try:
        wrk(plain.port, 1)
        for name, (options, _) in KINDS.items():
            servers.append(harness.Server(directory, 'small', INI + options))
            wrk(servers[-1].port, 1)
            found[name] += turns_of(plain, servers[-1])
    finally:
        for server in servers:
            server.stop()


def row(what, bound, figure, verdict, half, processor):
    print('| %-36s | %-13s | %-8s | %-6s | %-17s | %-14s |' % (
        what, bound, figure, verdict, half, processor))


def print_table(found):
    row('', 'bound', 'measured', '', 'half of the turns', 'processor time')
    row('---', '---', '---', '---', '---', '---')
    for name, (_, bound) in KINDS.items():
        rates, times = zip(*found[name])
        low, figure, high = statistics.quantiles(rates, n=4)
        row(name, 'at least %.2f' % bound if bound else '', '%.3f' % figure,
            '' if not bound else 'ok' if figure >= bound else 'MISSED',
            '%.3f to %.3f' % (low, high), '%.3f' % statistics.median(times))


def main():
    found, load = {name: [] for name in KINDS}, sampling.OthersLoad()
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        for _ in range(STARTS):
            one_start(directory, found)
    print('Requests a second with the plugin / without: uWSGI %s, %d starts of %d turns;\n%s\n' % (
        harness.run_uwsgi('--version')[1].strip(), STARTS, TURNS, sampling.machine(load)))
    print_table(found)


if __name__ == '__main__':
    main()
