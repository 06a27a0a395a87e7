"""How true the shares of short functions are: ours beside py-spy's, which stops the process
while it reads, on each Python of this machine. The two take turns with one process.

    ROUNDS, SECONDS    turns of each, and how long each one is (5, 2)
    PYTHONS            as 3.11,3.12 (default: all from 3.8 on)

Ours are shares of the processor time: on a busy machine the process pauses for long, and
each pause weighs as much as many samples. "+-" is the standard error of the difference,
from how it varies between rounds.
"""
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))
from matrix.venvs import pythons  # noqa: E402
import short_frames  # noqa: E402

ROUNDS = int(os.environ.get('ROUNDS', '5'))
SECONDS = int(os.environ.get('SECONDS', '2'))
PYTHONS = os.environ.get('PYTHONS')
RATE = 200  # py-spy's samples a second
BOUND = 0.05


def output_of(*command):
    """What it prints; the last line of what it says of a failure is in the exception."""
    done = subprocess.run([str(word) for word in command], cwd=ROOT, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        said = done.stderr.decode(errors='replace').strip().splitlines()
        raise OSError('%s: %s' % (command[0], said[-1] if said else done.returncode))
    return done.stdout.decode()


def py_spy():
    """The program, in a virtualenv of its own."""
    directory = ROOT / 'build' / 'py-spy'
    program = directory / 'bin' / 'py-spy'
    if not program.exists():
        output_of(sys.executable, '-m', 'venv', directory)
        output_of(directory / 'bin' / 'pip', 'install', '-q', 'py-spy')
    return program


def build(version, python):
    """shares.c for this Python."""
    prefix = output_of(python, '-c', 'import sys; print(sys.base_prefix)').strip()
    out = 'build/shares-' + version  # relative: ccache makes the dependencies' names so
    output_of('make', '-s', '-f', 'tests/embed/embed.mk', 'OUT=' + out, 'SAN=', 'OPT=-O2',
              'MAIN=tests/bench/shares.c', 'CONFIG=%s/bin/python%s-config' % (prefix, version))
    return ROOT / out / 'shares'


class Process:
    """shares.c, as it runs."""

    def __init__(self, program):
        self.process = subprocess.Popen([program, HERE / 'short_frames.py'],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def say(self, *words):
        self.process.stdin.write((' '.join(map(str, words)) + '\n').encode())
        self.process.stdin.flush()

    def line(self):
        line = self.process.stdout.readline().decode()
        assert line, 'the process has ended'
        return line.rstrip('\n')

    def ours(self, name):
        """({function: ns}, samples, lost ones)"""
        self.say('ours', name, SECONDS)
        samples, lost = map(int, self.line().split())
        return add_up(iter(self.line, ''), lambda line: line.split(' ', 1)), samples, lost

    def theirs(self, name, program, path):
        """{function: samples}"""
        self.say('plain', name)
        assert self.line() == 'running'
        try:
            output_of(program, 'record', '-p', self.process.pid, '-d', SECONDS, '-r', RATE,
                      '-f', 'raw', '-o', path)
        finally:
            self.say('end')
        return add_up(Path(path).read_text().splitlines(), split_raw)


def split_raw(line):
    """"main (x.py:1);Class.function (x.py:2) 17" -> (17, function)"""
    stack, count = line.rsplit(' ', 1)
    return count, stack.rsplit(';', 1)[-1].split(' (')[0].rsplit('.', 1)[-1]


def add_up(lines, split):
    found = {}
    for line in lines:
        weight, function = split(line)
        found[function] = found.get(function, 0) + int(weight)
    return found


def share(found, function):
    return found.get(function, 0) / sum(found.values())


class Figures:
    """What the rounds of one work have given."""

    def __init__(self):
        self.ours, self.theirs, self.samples, self.lost = [], [], 0, 0

    def add(self, function, ours, theirs):
        found, samples, lost = ours
        self.ours.append(share(found, function))
        self.theirs.append(share(theirs, function))
        self.samples += samples
        self.lost += lost

    def row(self):
        differ = [a - b for a, b in zip(self.ours, self.theirs)]
        mean = statistics.mean(differ)
        error = statistics.stdev(differ) / len(differ) ** 0.5 if len(differ) > 1 else 0
        return '%.3f | %.3f  | %+.3f +- %.3f  | %-6s | %4d of %5d' % (
            statistics.mean(self.ours), statistics.mean(self.theirs), mean, error,
            'ok' if abs(mean) <= BOUND else 'MISSED', self.lost, self.samples)


def measure(process, program, path):
    """{name of the work: its figures}"""
    figures = {name: Figures() for name in short_frames.WORK}
    for _ in range(ROUNDS):
        for name, (_, function) in short_frames.WORK.items():
            figures[name].add(function, process.ours(name),
                              process.theirs(name, program, path))
    return figures


def main():
    try:
        program = py_spy()
        version = output_of(program, '--version').strip()
    except OSError as error:
        print('no py-spy to compare with: %s' % error)
        return
    print('\nShares of short functions: %d rounds of %d s of each, %s; bound %.2f\n' % (
        ROUNDS, SECONDS, version, BOUND))
    print('| Python | function             | ours  | py-spy | difference       |        | lost          |')
    print('|--------|----------------------|-------|--------|------------------|--------|---------------|')
    with tempfile.TemporaryDirectory() as directory:
        for version, python in pythons(8):
            if not python or (PYTHONS and version not in PYTHONS.split(',')):
                continue
            with Process(build(version, python)) as process:
                for name, figures in measure(process, program, directory + '/raw').items():
                    print('| %-6s | %-20s | %s |' % (
                        version, '%s, %s' % (name, short_frames.WORK[name][1]),
                        figures.row()), flush=True)


if __name__ == '__main__':
    main()
