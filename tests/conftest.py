"""One runner for all tests: collects those in C and in JavaScript, spreads them over
processes, counts.

The last line of a run is `N passed, N failed` or `N passed, N failed, N skipped`, with the
skipped tests named above it. PROFILER_COUNTS names a file for the counts (see counts.py).
"""
import os
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))
os.environ.setdefault('PYTHONDONTWRITEBYTECODE', '1')  # for the programs that tests start

import cmocka  # noqa: E402
import node  # noqa: E402
from counts import Counts  # noqa: E402
from environment import BUILD, PLUGIN, TESTS  # noqa: E402

# Most of what a process does before its first test is to compile the files of tests: the
# next run finds them compiled.
sys.dont_write_bytecode, sys.pycache_prefix = False, str(BUILD / 'pycache')

REAL_SERVER = [TESTS / 'server', TESTS / 'browser', TESTS / 'packaging']

# Signals that tests send. A shell that starts a run in the background ignores some of them,
# nohup another, and a server would inherit that.
SENT = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def is_worker(config):
    return hasattr(config, 'workerinput')


def stop_ignoring(numbers):
    """In the programs that this process starts: they inherit what is ignored, but not a
    handler. The run itself goes on as if it ignored the signals."""
    for number in numbers:
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, lambda *_: None)


def pytest_configure(config):
    stop_ignoring(SENT)
    chosen = [Path(argument.partition('::')[0]).resolve() for argument in config.args]
    with_server = any(folder in (path, *path.parents) or path in folder.parents
                      for path in chosen for folder in REAL_SERVER)
    if with_server and not os.path.exists(PLUGIN):
        pytest.exit('no plugin at %s: run make' % PLUGIN, 2)
    if not is_worker(config):
        config.pluginmanager.register(Tally(config))


def pytest_collect_file(file_path, parent):
    kind = {'.c': cmocka.File, '.js': node.File}.get(file_path.suffix)
    if kind and file_path.name.startswith('test_'):
        return kind.from_parent(parent, path=file_path)


# Spreading (pytest -n auto --dist loadgroup): tests mostly wait.


def pytest_xdist_auto_num_workers():
    return 4 * (os.cpu_count() or 1)


BROWSERS = 3  # each takes seconds to start, and draws with a processor of its own


def group(item):
    """Tests that share a process or a server stay together, all others do not."""
    folder = item.path.parent.name
    if folder in ('embed', 'page'):
        return '%s/%s' % (folder, item.path.stem)
    definitions = getattr(item, '_fixtureinfo', None)
    shared = [name for name, found in definitions.name2fixturedefs.items()
              if found[-1].scope == 'module' and found[-1].argname != 'served'
              ] if definitions else []
    return '%s/%s/%s' % (folder, item.path.stem, ','.join(sorted(shared))) if shared else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    groups = {item: group(item) for item in items}
    drawn = [item for item in items if item.path.parent.name == 'browser']
    for number, item in enumerate(drawn):
        groups[item] = 'browser/%d' % (number * BROWSERS // len(drawn))
    for item, name in groups.items():
        if name:
            item.add_marker(pytest.mark.xdist_group(name))


# Counting


@pytest.fixture
def checks(record_property):
    """For tests of many equal checks, each of which counts: checks(what, expected, got)."""
    counted = Checks()
    yield counted
    record_property('checks', (counted.passed, counted.failed))
    if counted.failed:
        pytest.fail('\n'.join(counted.said), pytrace=False)


class Checks:
    def __init__(self):
        self.passed = self.failed = 0
        self.said = []

    def __call__(self, what, expected, got):
        if expected == got:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= 5:
            self.said.append('%s\n--- expected\n%s\n--- got\n%s' % (what, expected, got))


class Tally:
    """Counts of a run: by part, which is a folder of tests/, and in all."""

    def __init__(self, config):
        self.config = config
        self.parts, self.seconds, self.outcomes = {}, {}, {}

    def pytest_runtest_logreport(self, report):
        """A test is what the worst of its phases was: setup, call, teardown."""
        test = without_group(report.nodeid)
        rank = {'passed': 0, 'skipped': 1, 'failed': 2}
        before = self.outcomes.get(test)
        self.seconds[test] = self.seconds.get(test, 0) + report.duration
        if not before or rank[report.outcome] >= rank[before.outcome]:
            self.outcomes[test] = report

    def pytest_collectreport(self, report):
        """A file that cannot be read, or is skipped as a whole."""
        if not report.passed:
            self.outcomes[report.nodeid] = report

    def counts(self):
        """{part: Counts}"""
        found = {}
        for test, report in self.outcomes.items():
            part = found.setdefault(part_of(test), Counts())
            passed, failed = dict(getattr(report, 'user_properties', ())).get('checks', (1, 0))
            if report.outcome == 'failed':
                count = (passed, failed) if failed else (0, 1)
                is_test = isinstance(report, pytest.TestReport)
                part.add(Counts(*count, failures={test: count} if is_test else {}))
            elif report.outcome == 'skipped':
                part.skipped.append('%s: %s' % (test, reason(report)))
            else:
                part.passed += passed
        return found

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session, exitstatus):
        yield  # the terminal's own summary
        if session.config.option.collectonly:
            return
        parts, total = self.counts(), Counts()
        terminal = self.config.pluginmanager.get_plugin('terminalreporter')
        for name, counts in sorted(parts.items()):
            seconds = sum(value for test, value in self.seconds.items()
                          if part_of(test) == name)
            terminal.write_line('%-8s %s, %.0f s' % (name, counts.line(), seconds))
            total.add(counts)
        if exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            total.failed = total.failed or 1
        if exitstatus != pytest.ExitCode.TESTS_FAILED:  # broken off: of the other tests
            total.failures = {}                         # nothing is known
        for line in total.lines():
            terminal.write_line(line)
        if os.environ.get('PROFILER_COUNTS'):
            total.save(os.environ['PROFILER_COUNTS'])


def without_group(test):
    """The name as one types it: xdist adds "@group"."""
    name, _, after = test.rpartition('@')
    return name if name and ']' not in after else test


def part_of(test):
    path = Path(test.partition('::')[0])
    return path.parent.name if path.parent.name != 'tests' else path.stem[len('test_'):]


def reason(report):
    where = report.longrepr
    return where[2].replace('Skipped: ', '', 1) if isinstance(where, tuple) else str(where)
