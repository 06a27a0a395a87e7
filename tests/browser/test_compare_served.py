"""Comparisons of what a real server has profiled: a planted slowdown is found, chance is not."""
import os
import sys

import pytest

import pages
from shelves import read_index, serve
from test_compare import drop, head

sys.path.insert(0, str(pages.ROOT / 'tests' / 'server'))

import harness  # noqa: E402
from samples import if_quiet, sample, several_times  # noqa: E402

RUNS = int(os.environ.get('PROFILER_COMPARED_RUNS', 20))
# A function has taken 50 ms more. Samples that came so much late may have missed it.
LATE = 0.02

FIRST = 'const view = profilerPage.views.functions; return profilerPage.profile.label(view.rows[0])'

# What is coloured when two reports are compared: functions by self and by total time, rows of the tree.
COLOURED = '''const [a, b] = Array.from(arguments, data => new Profile(data));
const comparison = new Comparison(a, b), {common, stats} = comparison;
const layout = new CompareLayout(comparison, new Uint8Array(common.functions), new Uint8Array(common.nodes));
const name = func => common.label(func);
return {
    self: [...stats.functions].filter(func => !comparison.isNoise(func, 'self')).map(name),
    total: [...stats.functions].filter(func => !comparison.isNoise(func, 'cumulative')).map(name),
    rows: [...layout.node.keys()].filter(row => !layout.isNoise('total', [row])).map(row => name(layout.func(row))),
}'''


@pytest.fixture(scope='module')
def server():
    directory = harness.temporary_directory()
    server = harness.Server(directory, 'stepping', 'pythonpath = %s' % harness.APPS)
    yield server
    try:
        server.stop()
    finally:
        harness.remove(directory)


@pytest.fixture
def shop():
    yield from serve()


@pytest.mark.parametrize('run', range(RUNS))
def test_a_slowdown_of_50_ms_is_the_first_row(browser, server, run):
    slow = (7 * run + 3) % 30

    def check():
        a, b = sample(server, '/?'), sample(server, '/?slow=%d' % slow)
        browser.open(a.report)
        drop(browser, {'b.json': b.report})
        browser.show('functions')
        found = browser.js(FIRST), head(browser), a.late_seconds(), b.late_seconds()
        if found[0] != 'step_%d' % slow:
            if_quiet(max(found[2:]) < LATE, found)
        assert found[0] == 'step_%d' % slow, found
    several_times(check)


def test_equal_runs_colour_nothing(browser, server):
    """A sample that comes late is the more uncertain, so a busy machine colours nothing either."""
    reports = [sample(server, '/?').report for _ in range(RUNS + 1)]
    browser.open(reports[0])
    found = [browser.js(COLOURED, a, b) for a, b in zip(reports, reports[1:])]
    assert [each for each in found if any(each.values())] == []


def test_the_shelf_compares_requests_and_selections(browser, shop):
    """Of a real server: by the links, with the addresses of the profiles and of the merge."""
    for path in ('/search?q=lamp', '/search?q=lamp', '/report', '/report'):
        response = shop.get(path + ('&' if '?' in path else '?') + 'profile=sampling')
        assert response.status == 200, response
    index = shop.directory / 'profiles' / 'index.jsonl'
    lines = harness.wait_for('the profiles', lambda: index.exists() and index.read_text().count('\n') == 4 and
                             read_index(index.read_text()))
    quick, slow = (','.join(line['id'] for line in lines if line['path'] == path) for path in ('/search', '/report'))
    base = 'http://127.0.0.1:%d/_profiles/' % shop.port
    browser.load('%scompare#a=%s&b=%s' % (base, quick, slow), '#app')
    assert head(browser).startswith('B is') and 'slower' in head(browser)
    assert [each.get_attribute('href') for each in browser.all('.compare-side a')] == [
        base + 'merge#ids=' + ids for ids in (quick, slow)]
    assert browser.js('const {a, b} = profilerPage.comparison; return [a.requests, b.requests]') == [2, 2]
    assert browser.one('.shelf-links a').get_attribute('href') == base
    browser.load('%scompare#a=%s&b=%s' % (base, quick[:16], quick[:16]), '#app')
    assert 'no function differs' in head(browser)
