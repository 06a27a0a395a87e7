"""What sampling costs and how true it is, as a table for docs/cost.md: each figure beside
the bound that the project has set itself.

As in bench.py, no figure is a time where it can be a ratio: the same server does the
same work with and without, in turn, and the two are compared turn by turn. The app
times its own work, so that HTTP does not count.

    ROUNDS, STARTS     rounds of each server, servers one after another
    SAMPLES            of code whose callers are known

In the table, "lost" are ticks that got no stack, of those that were to be expected, and
"sampler waits" is the part of the time in which its thread could run but had no
processor: the one of the request's thread, when it has moved there, or any.
"""
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / 'server'))
sys.path.insert(0, str(HERE))
import harness  # noqa: E402
import known_pairs  # noqa: E402
import known_shares  # noqa: E402

ROUNDS = int(os.environ.get('ROUNDS', '6'))
STARTS = int(os.environ.get('STARTS', '3'))
SAMPLES = int(os.environ.get('SAMPLES', '100000'))
FEW = (ROUNDS + 2) // 3  # of what takes long, and of pyinstrument
WORK_SECONDS = 0.4
SHARES_SECONDS = 2.5
CPU_SECONDS = 3.0
INI = ('pythonpath = %s\ndisable-logging = true\nenv = PYTHONHASHSEED=0\n'
       'enable-threads = true\nprofiler-stream = /dev/null\n' % HERE)

# the name in sampling_app.py: (what the table calls it, bound of its run time with
# sampling / without, bound of its samples obtained / expected)
RATIOS = {
    'recursion': ('recursive calls', 1.05, 0.93),
    'c_code': ('C code: json, sorted, re', 1.05, 0.93),
    'flask': ('Flask + jinja2 request', 1.05, 0.93),
    'loop': ('loop without calls', 1.10, 0.93),
    'threads': ('four threads on the GIL', 1.10, 0.90),
    'waiting': ('time.sleep, recv', None, 0.93),
}
LONG = {
    'sort_million': ('one sorted() of 10^6', None, 0.93),
    'one_sleep': ('one time.sleep(0.8)', None, 0.93),
}
CPU = ('recursion', 'loop', 'flask', 'waiting')


# ------------------------------------------------------------------ asking

class Asker:
    """The server of sampling_app.py."""

    def __init__(self, directory, pyinstrument=None):
        ini = INI if not pyinstrument else (
            INI.replace('profiler-stream = /dev/null\n', '') +
            'pythonpath = %s\n' % pyinstrument)
        self.server = harness.Server(directory, 'sampling_app', ini,
                                     plugin=not pyinstrument)

    def get(self, path):
        response = self.server.get(path)
        assert response.status == 200, (path, response, self.server.log())
        return json.loads(response.body)

    def work(self, name, seconds=WORK_SECONDS, more=''):
        return self.get('/%s?seconds=%s%s' % (name, seconds, more))

    def sampled(self, name, seconds=WORK_SECONDS):
        """(what the app says, the profile); to the latter is added what part of the time
        the sampler's thread ran, and waited for a processor."""
        pid = self.server.workers()[0]
        before = sampler_ns(pid)
        profile = self.work(name, seconds, '&profile=sampling,interval=1ms,json')
        wall_ns = profile['meta']['wall_ns']
        ran, waited = ((b - a) / wall_ns for a, b in zip(before, sampler_ns(pid)))
        profile['sampler'] = {'ran': ran, 'waited': waited}
        return self.get('/last'), profile


def obtained(profile):
    meta = profile['meta']
    return meta['samples'] / (meta['wall_ns'] / meta['interval_ns'])


def lost(profile):
    meta = profile['meta']
    return meta['lost'] / (meta['wall_ns'] / meta['interval_ns'])


def nodes(profile):
    """(depth, function's name, self ns, samples) of each node, in preorder"""
    names = [profile['str'][n] for n in profile['func']['name']]
    node = profile['node']
    return zip(node['depth'], (names[n] for n in node['func']), node['self'],
               node['samples'])


# ------------------------------------------------------------------ shares

def sampled_shares(profile):
    """ns by the innermost of the known functions on the stack"""
    found, path = dict.fromkeys(known_shares.FUNCTIONS, 0), []
    for depth, name, self_ns, _ in nodes(profile):
        outer = path[depth - 1] if depth else None
        del path[depth:]
        path.append(name if name in found else outer)
        if path[-1]:
            found[path[-1]] += self_ns
    return found


def distance(seen, true):
    """Total variation: the share of time that stands at a wrong function."""
    all_seen, all_true = sum(seen.values()), sum(true.values())
    return sum(abs(seen[name] / all_seen - true[name] / all_true) for name in true) / 2


# ------------------------------------------------------------------ stacks

def impossible_samples(profile):
    """(samples whose stack was never there, those stacks)"""
    bad, stacks, path = 0, [], []
    bad_depth = None  # what is below a bad node is counted there
    for depth, name, _, samples in nodes(profile):
        del path[depth:]
        path.append(name)
        if bad_depth is not None and depth > bad_depth:
            continue
        bad_depth = None
        pair = tuple(path[-2:])
        if known_pairs.NAMES.intersection(pair) and pair not in known_pairs.PAIRS:
            bad, bad_depth = bad + samples, depth
            stacks.append('%d x %s' % (samples, ' > '.join(path)))
    return bad, stacks


def count_pairs(asker):
    """(samples, impossible ones, lost ticks, impossible stacks)"""
    samples = bad = lost_ticks = 0
    stacks = []
    deadline = time.monotonic() + SAMPLES / 1000
    while samples < SAMPLES and time.monotonic() < deadline:
        profile = asker.work('pairs', 2.5, '&profile=sampling,interval=100us,json')
        samples += profile['meta']['samples']
        lost_ticks += profile['meta']['lost']
        more, which = impossible_samples(profile)
        bad += more
        stacks += which
    return samples, bad, lost_ticks, stacks


# ------------------------------------------------------------------ the sampler's thread

def sampler_ns(pid):
    """(ns that the thread that samples ran, ns that it waited for a processor)"""
    for task in Path('/proc/%d/task' % pid).iterdir():
        if (task / 'comm').read_text().strip() == 'profiler':
            return [int(word) for word in (task / 'schedstat').read_text().split()[:2]]
    return [0, 0]  # before the first sampled request


def sampler_cpu(asker):
    """({work: share of a processor}, ns in two idle seconds)"""
    shares = {}
    for name in CPU:
        profile = asker.sampled(name, CPU_SECONDS)[1]
        shares[name] = profile['sampler']['ran']
    pid = asker.server.workers()[0]
    time.sleep(0.1)
    before = sampler_ns(pid)
    time.sleep(2)
    return shares, sampler_ns(pid)[0] - before[0]


# ------------------------------------------------------------------ start and stop

def start_stop(python):
    """"start finish both", medians in us; None, with the reason printed."""
    config = '%s/bin/python%s-config' % (python['prefix'],
                                         '.'.join(python['version'].split('.')[:2]))
    out = 'build/start-stop-' + python['version']
    try:
        subprocess.run(['make', '-s', '-f', 'tests/embed/embed.mk', 'OUT=' + out, 'SAN=', 'OPT=-O2',
                        'MAIN=tests/bench/startstop.c', 'CONFIG=' + config], cwd=ROOT, check=True)
        program = ROOT / out / 'startstop'
        output = subprocess.run([program, '5000'], check=True, stdout=subprocess.PIPE).stdout
        return [float(word) for word in output.split()]
    except (OSError, subprocess.CalledProcessError) as error:
        print('start and stop cannot be measured: %s' % error)
        return None


# ------------------------------------------------------------------ pyinstrument

def pyinstrument(python):
    """A directory with pyinstrument for this Python; None, with the reason printed."""
    minor = '.'.join(python['version'].split('.')[:2])
    directory = ROOT / 'build' / ('pyinstrument-' + minor)
    if (directory / 'complete').exists():
        return directory
    done = subprocess.run(['%s/bin/python%s' % (python['prefix'], minor), '-m', 'pip',
                           'install', '-q', '--target', str(directory), 'pyinstrument'],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode:
        print('no pyinstrument to compare with: %s' %
              done.stdout.decode(errors='replace').strip().splitlines()[-1:])
        return None
    (directory / 'complete').touch()
    return directory


# ------------------------------------------------------------------ rounds

class Figures:
    """What the rounds have given, by name of the work."""

    def __init__(self):
        self.ratios = {name: [] for name in RATIOS}
        self.obtained = {name: [] for name in (*RATIOS, *LONG)}
        self.lost = {name: [] for name in (*RATIOS, *LONG)}
        self.waited = {name: [] for name in (*RATIOS, *LONG)}
        self.theirs = {name: [] for name in RATIOS}
        self.distances, self.their_distances = [], []

    def add_profile(self, name, profile):
        self.obtained[name].append(obtained(profile))
        self.lost[name].append(lost(profile))
        self.waited[name].append(profile['sampler']['waited'])


def in_turn(rounds, plain, watched):
    """The ratios of watched to plain: each to the plain ones before and after it, so that
    a machine that slows down meanwhile makes no difference."""
    before = plain()
    for _ in range(rounds):
        taken = watched()
        after = plain()
        yield 2 * taken / (before + after)
        before = after


def our_rounds(figures, asker, name):
    def watched():
        said, profile = asker.sampled(name)
        figures.add_profile(name, profile)
        return said['seconds']
    figures.ratios[name] += in_turn(ROUNDS, lambda: asker.work(name)['seconds'], watched)


def their_rounds(figures, asker, name):
    def watched():
        return asker.work(name, more='&by=pyinstrument')['seconds']
    figures.theirs[name] += in_turn(FEW, lambda: asker.work(name)['seconds'], watched)


def our_long_rounds(figures, asker):
    for _ in range(FEW):
        for name in LONG:
            figures.add_profile(name, asker.sampled(name, 0.8)[1])
        said, profile = asker.sampled('shares', SHARES_SECONDS)
        figures.distances.append(distance(sampled_shares(profile), said['known']))


def their_long_rounds(figures, asker):
    for _ in range(FEW):
        said = asker.work('shares', SHARES_SECONDS, '&by=pyinstrument')
        figures.their_distances.append(distance(said['pyinstrument'], said['known']))


def one_start(figures, ours, theirs):
    for name in RATIOS:
        ours.work(name, 0.1)  # the app finds out how much it is to do
        our_rounds(figures, ours, name)
        if theirs:
            theirs.work(name, 0.1)
            their_rounds(figures, theirs, name)
    our_long_rounds(figures, ours)
    if theirs:
        their_long_rounds(figures, theirs)


# ------------------------------------------------------------------ the table

def row(what, bound='', figure='', verdict='', more=''):
    print('| %-41s | %-13s | %-8s | %-6s | %-33s |' % (what, bound, figure, verdict, more))


def at_most(what, bound, form, figure, more=''):
    verdict = '' if bound is None else 'ok' if figure <= bound else 'MISSED'
    row(what, '' if bound is None else 'at most ' + form % bound, form % figure, verdict, more)


def at_least(what, bound, form, figure, more=''):
    row(what, 'at least ' + form % bound, form % figure,
        'ok' if figure >= bound else 'MISSED', more)


def half(values):
    """The range that half of the rounds lie in."""
    if len(values) < 2:
        return ''
    low, _, high = statistics.quantiles(values, n=4)
    return '%.2f to %.2f' % (low, high)


def print_rounds(figures):
    for name, (what, bound, _) in RATIOS.items():
        theirs = figures.theirs[name]
        at_most('run time, ' + what, bound, '%.2f', statistics.median(figures.ratios[name]),
                half(figures.ratios[name]) +
                ('; pyinstrument %.2f' % statistics.median(theirs) if theirs else ''))
    for name, (what, _, bound) in {**RATIOS, **LONG}.items():
        at_least('samples, ' + what, bound, '%.2f', statistics.median(figures.obtained[name]),
                 'lost %.3f; sampler waits %.1f %%' % (
                     statistics.mean(figures.lost[name]),
                     100 * statistics.median(figures.waited[name])))
    theirs = figures.their_distances
    at_most('distance of shares from the truth', 0.06, '%.3f',
            statistics.median(figures.distances),
            'pyinstrument %.3f' % statistics.median(theirs) if theirs else '')


def print_rest(pairs, processor, start_stop_us):
    samples, bad, lost_ticks, stacks = pairs
    at_most('impossible stacks', samples // 10000, '%d', bad,
            'of %d samples; lost %d' % (samples, lost_ticks))
    if start_stop_us:
        at_most('start + stop, us', 30, '%.1f', start_stop_us[2],
                'start %.1f, stop %.1f' % tuple(start_stop_us[:2]))
    for name in CPU:
        shares = [100 * shares[name] for shares, _ in processor]
        at_most("sampler's CPU, %s" % RATIOS[name][0], 3, '%.1f %%', statistics.median(shares),
                '%.1f to %.1f' % (min(shares), max(shares)))
    at_most("sampler's CPU, no request, ns", 0, '%d', max(idle for _, idle in processor))
    for stack in stacks[:10]:
        print('  impossible: ' + stack)


class OthersLoad:
    """How much of the processors the rest of the machine takes, from creation on: what
    it takes cannot be compared away everywhere."""

    def __init__(self):
        self.started, self.before = time.monotonic(), self.others()

    @staticmethod
    def others():
        """Seconds of all that is not this process and its children that have ended."""
        user, nice, system, _, _, irq, soft, steal = map(
            int, Path('/proc/stat').read_text().split()[1:9])
        ours = os.times()
        return ((user + nice + system + irq + soft + steal) / os.sysconf('SC_CLK_TCK') -
                ours.user - ours.system - ours.children_user - ours.children_system)

    def processors(self):
        return (self.others() - self.before) / (time.monotonic() - self.started)


def machine(load):
    model = [line.split(':', 1)[1].strip() for line in open('/proc/cpuinfo')
             if line.startswith('model name')]
    return '%d processors%s, of which others took %.2f meanwhile; Linux %s' % (
        len(os.sched_getaffinity(0)), ' (%s)' % model[0] if model else '',
        max(0, load.processors()), os.uname().release)


def measure(directory):
    figures, theirs, load = Figures(), None, OthersLoad()
    processor = []
    for number in range(STARTS):
        ours = Asker(directory)
        try:
            if not number:
                python = ours.get('/python')
                modules = pyinstrument(python)
            theirs = Asker(directory, modules) if modules else None
            one_start(figures, ours, theirs)
            processor.append(sampler_cpu(ours))
            if number == STARTS - 1:
                pairs = count_pairs(ours)
        finally:
            ours.server.stop()
            if theirs:
                theirs.server.stop()
    start_stop_us = start_stop(python)
    print('Sampling at 1 ms: uWSGI %s, Python %s; %d starts of %d rounds, medians;\n%s\n' % (
        harness.run_uwsgi('--version')[1].strip(), python['version'], STARTS, ROUNDS,
        machine(load)))
    row('', 'bound', 'measured', '', 'half of the rounds; more')
    row('---', '---', '---', '---', '---')
    print_rounds(figures)
    print_rest(pairs, processor, start_stop_us)


def main():
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        measure(directory)


if __name__ == '__main__':
    main()
