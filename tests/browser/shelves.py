"""Servers with a shelf, for the browser's tests, and indexes that are made."""
import json
import random
import sys

import pages

sys.path.insert(0, str(pages.ROOT / 'tests' / 'server'))

import harness  # noqa: E402

INI = '''
    pythonpath = %s
    pythonpath = %s
    profiler-dir = @DIR@/profiles
    profiler-browse = /_profiles
    profiler-output = file
    %s'''
NEWEST = 1790000000  # when the last made request began


def line(number, **more):
    """One line of an index; the same number makes the same line."""
    dice = random.Random(number)
    ms = round(dice.lognormvariate(4, 1), 3)
    cpu_ms = round(ms * dice.random(), 3)
    ident = '%016x' % (number * 0x9e3779b97f4a7c15 % 2 ** 64)
    route = dice.choice(['/orders/*', '/search', '/users/*/profile', '/report'])
    made = dict(
        id=ident, time=NEWEST + number * 7, method=dice.choice(['GET', 'GET', 'POST']),
        path=route.replace('*', str(dice.randrange(1000))), query=dice.choice(['', 'q=Teapot']),
        status=dice.choice([200, 200, 200, 302, 404, 500, None]), elapsed_ms=ms,
        mode=dice.choice(['sampling', 'sampling', 'deterministic']),
        exception='ValueError' if dice.random() < 0.1 else None,
        notices=dice.choice([[], [], [], ['truncated'], ['threads', 'time']]),
        files=['get.%s.%s' % (ident, ending) for ending in ('prof', 'json')], bytes=dice.randrange(10 ** 6),
        cpu_ms=cpu_ms, wait_ms=round(ms - cpu_ms, 3), worker=dice.randrange(1, 5), route=route)
    return dict(made, **more)


def write_index(directory, rows):
    """The rows are the lines, the oldest first."""
    profiles = directory / 'profiles'
    profiles.mkdir(exist_ok=True)
    profiles.chmod(0o777)
    (profiles / 'index.jsonl').write_text(''.join(json.dumps(row) + '\n' for row in rows))


def serve(rows=None, options=''):
    """A server whose index has these rows; ends with its caller's generator."""
    directory = harness.temporary_directory()
    ini = INI % (pages.HERE, pages.ROOT / 'tests' / 'demo', options)
    server = harness.Server(directory, 'served_app', ini,
                            prepare=lambda place: rows is None or write_index(place, rows))
    yield server
    try:
        server.stop()
    finally:
        harness.remove(directory)


LOADED = '''
const shelf = window.profilerShelf, feed = shelf && shelf.feed;
return feed && shelf.shown === feed && feed.newest !== null && !feed.loading && !feed.needsMore()'''

STATE = '''
const shelf = window.profilerShelf, {feed, poller, strip} = shelf || {};
return [location.href, document.readyState, document.hidden, feed && {
    shown: shelf.shown === feed, newest: feed.newest, loading: Boolean(feed.loading), more: feed.needsMore(),
    rows: feed.rows && feed.rows.length, whole: feed.isWhole, again: feed.isAgain, stopped: feed.isStopped,
    asking: poller.isAsking, pollerStopped: poller.isStopped, failures: poller.failures, strip: strip.textContent}]'''


class Shelf:
    """The list in the browser."""

    def __init__(self, browser, server):
        self.browser = browser
        self.server = server
        self.base = 'http://127.0.0.1:%d/_profiles/' % server.port

    def visit(self, query='', **options):
        self.browser.loaded = self.base
        self.browser.visit(self.base + query, **options)
        self.loaded()

    def loaded(self):
        """Until the list of the present state has an answer, and as many rows as it wants."""
        self.browser.loaded = self.base
        try:
            self.browser.wait(lambda: self.browser.js(LOADED), 'the list of ' + self.base)
        except AssertionError as error:
            raise AssertionError(error, self.browser.js(STATE))
        self.browser.settle()

    def ids(self):
        """Of the loaded rows."""
        return self.browser.js('return profilerShelf.feed.rows.map(row => row.id)')

    def cell(self, index, name):
        return self.browser.js('''
            const row = document.getElementById('profiles-row-' + arguments[0]);
            return row && row.cells[arguments[1]].textContent''', index, name)

    def query(self):
        return self.browser.js('return location.search')

    def foot(self):
        return self.browser.text('#foot')

    def polls(self):
        """How often the page has asked for data."""
        return self.browser.js('return performance.getEntriesByType("resource")'
                               '.filter(entry => entry.name.includes("/index.json?")).length')

    def check(self, *indexes):
        for index in indexes:
            self.browser.one('#profiles-row-%d input' % index).click()
        self.browser.settle()

    def link(self, name):
        """Where an action of the bar leads to, None if it does not."""
        return self.browser.js('return profilerShelf.chosen[arguments[0]].getAttribute("href")', name)

    def leave(self):
        """Before the server ends: the page asks no more."""
        self.browser.driver.get('about:blank')


def opened(browser, server):
    """The list of a server, for a test's fixture."""
    shelf = Shelf(browser, server)
    yield shelf
    shelf.leave()


def read_index(text):
    return [json.loads(one) for one in text.splitlines()]
