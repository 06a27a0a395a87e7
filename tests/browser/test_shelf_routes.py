"""The routes of the shelf: figures of all requests of a route."""
import statistics

import pytest

import shelves
from browser import Keys

ROWS = [shelves.line(number) for number in range(700)]
COLUMNS = ['route', 'count', 'median', 'p95', 'slowest', 'share']


@pytest.fixture(scope='module')
def server():
    yield from shelves.serve(ROWS)


@pytest.fixture
def shelf(browser, server):
    yield from shelves.opened(browser, server)


def expected_figures(rows):
    """{route: (count, median, p95, slowest, share)}"""
    total = sum(row['elapsed_ms'] for row in rows)
    found = {}
    for route in {row['route'] for row in rows}:
        times = sorted(row['elapsed_ms'] for row in rows if row['route'] == route)
        found[route] = (len(times), statistics.median(times), times[-(-len(times) * 95 // 100) - 1],
                        times[-1], sum(times) / total)
    return found


def shown_figures(browser):
    return {row['route']: (row['count'], row['median'], row['p95'], row['slowest'], row['sum'] / row['all'])
            for row in browser.js('''
        const {items} = profilerShelf.views.routes.grid, all = profilerShelf.feed.sum;
        return items.map(({route, count, median, p95, slowest, sum}) =>
            ({route, count, median, p95, slowest, sum, all}))''')}


def cells(browser, name):
    return browser.js('''return Array.from(document.querySelectorAll(".routes .row:not([hidden])"))
        .sort((a, b) => a.index - b.index).map(row => row.cells[arguments[0]].textContent)''', name)


@pytest.mark.parametrize('query, accepts', [
    ('', lambda row: True),
    ('&method=GET&mode=sampling', lambda row: row['method'] == 'GET' and row['mode'] == 'sampling'),
    ('&min=100', lambda row: row['elapsed_ms'] >= 100),
])
def test_figures_are_those_of_every_request(browser, shelf, query, accepts):
    shelf.visit('?view=routes' + query)
    expected = expected_figures([row for row in ROWS if accepts(row)])
    shown = shown_figures(browser)
    assert shown.keys() == expected.keys()
    for route, figures in expected.items():
        assert shown[route] == pytest.approx(figures), route
    for text in (cells(browser, 'count'), cells(browser, 'median')):
        assert len(text) == len(expected)
    for route, count, median in zip(*(cells(browser, name) for name in ('route', 'count', 'median'))):
        assert int(count.replace(',', '')) == expected[route][0]
        assert float(median.replace(',', '')) == pytest.approx(expected[route][1], abs=0.006)
    browser.shot('shelf-routes')


@pytest.mark.parametrize('column', COLUMNS)
def test_every_column_sorts(browser, shelf, column):
    shelf.visit('?view=routes')
    for _ in range(2):
        browser.one('.columns .c-%s button' % column).click()
        shelf.loaded()
        order = browser.js('return profilerShelf.state.order')
        values = browser.js('''return profilerShelf.views.routes.grid.items.map(
            item => arguments[0] === "share" ? item.sum : item[arguments[0]])''', column)
        assert values == sorted(values, reverse=order == 'desc') and len(values) == 4
        assert browser.one('.columns .c-' + column).get_attribute('aria-sort') == order + 'ending'


def test_a_click_opens_the_requests_of_a_route(browser, shelf):
    shelf.visit('?view=routes&mode=sampling')
    browser.js('''Array.from(document.querySelectorAll(".routes a"))
        .find(a => a.textContent === "/orders/*").click()''')
    shelf.loaded()
    assert shelf.query() == '?mode=sampling&route=%2Forders%2F*'
    expected = [row['id'] for row in ROWS[::-1] if (row['route'], row['mode']) == ('/orders/*', 'sampling')]
    assert shelf.ids() == expected[:len(shelf.ids())]
    assert browser.driver.title == 'Profiles of /orders/*'
    browser.driver.back()
    shelf.loaded()
    assert shelf.query() == '?view=routes&mode=sampling'
    assert browser.all('.routes .row')
    browser.press(Keys.HOME, Keys.ENTER)
    shelf.loaded()
    assert 'route=' in shelf.query()


# ------------------------------------------------------------------ real profiles

@pytest.fixture(scope='module')
def real_server():
    yield from shelves.serve(options='profiler-trigger = header:X-Profile')


def ask(server, path, mode, count):
    for _ in range(count):
        assert server.get(path, {'X-Profile': mode}).status == 200
    return count


def test_merge_opens_the_last_requests_of_one_mode(browser, real_server):
    count = ask(real_server, '/search?q=red', 'deterministic', 2) + ask(real_server, '/search?q=blue', 'sampling', 3)
    shelf = shelves.Shelf(browser, real_server)
    shelf.visit('?view=routes')
    browser.wait(lambda: cells(browser, 'count') == [str(count)], 'the profiles')
    browser.one('.c-merge button').click()
    browser.wait(lambda: '/merge' in browser.js('return location.href'), 'the merge')
    # to which the page adds its view after a while
    ids = browser.js('return new URLSearchParams(location.hash.slice(1)).get("ids")').split(',')
    index = (real_server.directory / 'profiles' / 'index.jsonl').read_text()
    expected = shelves.read_index(index)
    assert ids == [row['id'] for row in expected[::-1] if row['mode'] == 'sampling']
    shelf.leave()
