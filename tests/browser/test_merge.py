"""Several profiles as one page: loading them, and what the page says of them."""
import json

import pytest

import pages
from browser import HASH_MS
from fake_shelf import HALF, NO_ANSWER, Shelf
from steps import SAMPLING, TRACED, VIEWS, copy

APP = '#app'
CARD = '#error'


def numbered(data, number, **meta):
    """The same request once more, with another id, and longer by so many ms."""
    data = copy(data)
    data['meta'].update(id='%016x' % number, route='/orders/*')
    data['meta']['wall_ns'] += number * 1000000
    data['node']['self'][0] += number * 1000000
    data['meta'].update(meta)
    return data


def on_shelf(*reports):
    return {report['meta']['id'] + '.json': report for report in reports}


def merge_of(ids):
    return 'merge#ids=' + ','.join(ids)


@pytest.fixture
def shelf():
    shelves = []

    def start(answers):
        shelves.append(Shelf(answers))
        return shelves[-1]
    yield start
    for each in shelves:
        each.stop()


def expect_failed_loads(browser, count):
    """Chromium logs each answer that is an error."""
    errors = browser.errors()
    assert len(errors) == count and all('Failed to load resource' in error for error in errors), errors


@pytest.mark.parametrize('data', [SAMPLING, TRACED], ids=['sampling', 'deterministic'])
def test_profiles_are_loaded_and_merged(browser, shelf, data):
    reports = [numbered(data, number) for number in range(7)]
    ids = [report['meta']['id'] for report in reports]
    shelf = shelf(on_shelf(*reports))
    browser.load(shelf.url(merge_of(ids)), APP)
    assert sorted(shelf.asked) == sorted(['merge', *(each + '.json' for each in ids)])
    found = browser.js("""const p = profilerPage.part.whole;
        return [p.requests, p.total[0], p.calls[3], p.meta.merged.ids]""")
    counts = data['node'].get('samples', data['node'].get('calls'))
    assert found == [7, 7 * sum(data['node']['self']) + 21000000, 7 * counts[3], ids]
    for view in VIEWS:
        browser.show(view)
        browser.assert_quiet(view)


def test_what_is_missing_or_broken_is_named_and_skipped(browser, shelf):
    good = [numbered(SAMPLING, number) for number in (1, 2)]
    ids = ['%016x' % number for number in range(1, 7)]
    answers = on_shelf(*good)
    answers[ids[2] + '.json'] = (200, b'{"v":1,')
    answers[ids[3] + '.json'] = (500, b'')
    answers[ids[4] + '.json'] = dict(good[0], func=None)
    shelf = shelf(answers)
    browser.load(shelf.url(merge_of([*ids, '../../secret', ids[0]])), APP)
    assert sorted(shelf.asked) == sorted(['merge', *(each + '.json' for each in ids)])
    assert browser.js('return profilerPage.part.whole.meta.merged.ids') == ids[:2]
    skipped = dict(browser.js('return profilerPage.part.whole.meta.merged.skipped.map(({id, why}) => [id, why])'))
    assert sorted(skipped) == sorted([*ids[2:], '../../secret'])
    notice = browser.text('#notices')
    assert '5 profiles of 7 could not be loaded: the data are not JSON' in notice
    for name, why in skipped.items():
        assert name in notice and why in notice, notice
    expect_failed_loads(browser, 2)


def test_progress_is_shown(browser, shelf):
    reports = [numbered(SAMPLING, number) for number in range(4)]
    ids = [report['meta']['id'] for report in reports]
    shelf = shelf(on_shelf(*reports[:1], *reports[2:]))
    last = shelf.hold(ids[3] + '.json')
    browser.load(shelf.url(merge_of(ids)), '#loading')
    wanted = 'Loading profile 3 of 4, 1 missing or broken'
    browser.wait(lambda: browser.text('#loading') == wanted, wanted)
    assert browser.js('const {value, max} = document.querySelector("progress"); return [value, max]') == [3, 4]
    assert not browser.one(APP).is_displayed()
    last.set()
    browser.wait(lambda: browser.one(APP).is_displayed(), 'the page')
    assert not browser.one('#loading').is_displayed()
    expect_failed_loads(browser, 1)


def test_a_selection_of_one_is_its_page(browser, shelf):
    report = numbered(SAMPLING, 5)
    browser.load(shelf(on_shelf(report)).url(merge_of([report['meta']['id']])), APP)
    assert browser.js('const p = profilerPage.profile; return [p.requests, p.meta.merged, p.timeline.count > 0]') == [
        1, None, True]
    assert browser.text('#head h1') == 'GET /orders/42?currency=EUR'
    assert browser.text('.shelf-links') == 'All profilesThis routeCompare with the previous one'


def test_nothing_to_load(browser, shelf):
    shelf = shelf({})
    browser.load(shelf.url('merge'), CARD)
    assert 'no profile is chosen' in browser.text(CARD)
    assert browser.one(CARD + ' a').get_attribute('href') == shelf.url('')
    browser.load(shelf.url(merge_of(['%016x' % 1, '%016x' % 2])), CARD)
    card = browser.text(CARD)
    assert 'no profile could be loaded: the server has no such file (404): %016x, %016x' % (1, 2) in card
    expect_failed_loads(browser, 2)


def test_a_server_that_goes_away(browser, shelf):
    reports = [numbered(SAMPLING, number) for number in (1, 2)]
    ids = ['%016x' % number for number in range(1, 5)]
    answers = dict(on_shelf(*reports), **{ids[2] + '.json': NO_ANSWER, ids[3] + '.json': (200, HALF)})
    browser.load(shelf(answers).url(merge_of(ids)), APP)
    assert '2 profiles of 4 could not be loaded: the server did not answer: %s, %s' % (ids[2], ids[3]) in browser.text(
        '#notices')
    assert all('net::ERR' in error for error in browser.errors())


def test_modes_are_not_mixed_but_offered_apart(browser, shelf):
    reports = [numbered(TRACED, 1), numbered(SAMPLING, 2), numbered(SAMPLING, 3)]
    ids = [report['meta']['id'] for report in reports]
    shelf = shelf(on_shelf(*reports))
    browser.load(shelf.url(merge_of(ids)), CARD)
    assert '2 profiles that were sampled and 1 profile with every call counted are never merged: they measure ' \
        'different things' in browser.text(CARD)
    links = browser.all(CARD + ' a')
    assert [link.text for link in links] == ['Merge the 2 profiles that were sampled',
                                             'Merge the 1 profile with every call counted', 'All profiles']
    browser.visited.append(shelf.url('merge'))
    links[0].click()
    browser.wait(lambda: browser.one(APP).is_displayed(), 'the page of these two')
    assert browser.js('return profilerPage.part.whole.meta.merged.ids') == ids[1:]


def test_the_address_keeps_the_profiles(browser, shelf):
    reports = [numbered(TRACED, number) for number in (1, 2, 3)]
    ids = [report['meta']['id'] for report in reports]
    shelf = shelf(on_shelf(*reports))
    browser.load(shelf.url(merge_of(ids)), APP)
    browser.show('flame')
    browser.js('profilerPage.select(20); profilerPage.zoomTo(3)')
    browser.pause(HASH_MS)
    address = browser.driver.current_url
    assert address.startswith(shelf.url(merge_of(ids)) + '&') and 'view=flame' in address and 'zoom=3' in address
    browser.load(address, APP, fresh=True)
    assert browser.js('return [profilerPage.view, profilerPage.node, profilerPage.zoom]') == ['flame', 20, 3]
    browser.visited.append(shelf.url('merge'))
    browser.js('location.hash = arguments[0]', '#ids=' + ids[2])
    browser.wait(lambda: browser.js('return window.profilerPage && profilerPage.part.whole.meta.id') == ids[2],
                 'the page of another selection')


def test_the_json_of_a_merge_is_a_report(browser, shelf):
    reports = [numbered(TRACED, number) for number in (1, 2)]
    shelf = shelf(on_shelf(*reports))
    browser.load(shelf.url(merge_of([report['meta']['id'] for report in reports])), APP)
    path = browser.download('json')
    data = json.loads(path.read_text())
    assert data['meta']['merged']['count'] == 2
    browser.assert_quiet('after the download')
    browser.open(data)
    assert browser.js('return profilerPage.profile.requests') == 2


# What the page says of a merge.


def two_routes():
    return [numbered(SAMPLING, 1, status=500, exception='KeyError', started='2026-11-29T10:00:00.000000Z'),
            numbered(SAMPLING, 2, status=None, started='2026-11-29T12:00:00.000000Z'),
            numbered(SAMPLING, 3, route='/', started='2026-11-29T11:00:00.000000Z', interval_ns=1000000)]


def open_merge(browser, shelf, reports, answers=()):
    shelf = shelf(dict(on_shelf(*reports), **dict(answers)))
    browser.load(shelf.url(merge_of([report['meta']['id'] for report in reports])), APP)
    return shelf


def test_the_head_has_means_sums_and_the_spread(browser, shelf):
    reports = two_routes()
    open_merge(browser, shelf, reports)
    wall = [report['meta']['wall_ns'] for report in reports]
    prose = 'return arguments[0].map(ns => prose(ns))'
    mean, total, *spread = browser.js(prose, [sum(wall) / 3, sum(wall), *sorted(wall), wall[2]])
    head = browser.text('#head')
    assert '3 requests of 2 routes' in browser.text('#head h1')
    for text in ('200 ×1', '500 ×1', 'no status ×1', 'raised KeyError ×1', mean + ' wall per request',
                 '380 samples per request', total + ' and 1,140 samples in all',
                 'sampled every 0.2\u202fms to 1\u202fms', 'routes/orders/*, /'):
        assert text in head, (text, head)
    assert browser.text('.spread .figures') == 'min %smedian %sp95 %smax %s' % tuple(spread)
    assert [link.get_attribute('href').rpartition('/')[2] for link in browser.all('.spread a')] == [
        '%016x' % number for number in (1, 2, 3, 3)]
    assert browser.js('return document.title') == mean + ' · 3 requests of 2 routes'
    assert len(browser.all('.spread-bars > span')) == 24
    times = browser.js('return [10, 12].map(hour => new Date(Date.UTC(2026, 10, 29, hour)).toLocaleString())')
    assert 'from' + times[0] in head and times[1].rpartition(', ')[2] in head


def test_requests_of_one_second_have_one_time(browser, shelf):
    open_merge(browser, shelf, [numbered(SAMPLING, number, started='2026-11-29T10:00:00.%d00000Z' % number)
                                for number in (1, 2)])
    time = browser.js('return new Date(Date.UTC(2026, 10, 29, 10)).toLocaleString()')
    assert 'at' + time in browser.text('#head') and time + ' to ' not in browser.text('#head')


def test_the_unit_is_per_request_or_sums(browser, shelf):
    reports = [numbered(TRACED, number) for number in (1, 2, 3, 4)]
    open_merge(browser, shelf, reports)
    browser.show('functions')
    first = 'return profilerPage.views.functions.list.box.querySelector(".row .cumtime").textContent'
    calls = 'return profilerPage.views.functions.list.box.querySelector(".row .ncalls").textContent'
    browser.js('profilerPage.views.functions.sortBy(profilerPage.views.functions.columns[5])')

    def number(script):
        return float(browser.js(script).partition('/')[0].replace(',', ''))
    mean = number(first), number(calls)
    assert 'Means per request of 4 requests' in browser.text('#panel') and browser.text('#sentence').startswith(
        'Means per request of 4 requests: ')
    selection = browser.js('return profilerPage.node')
    browser.js('''const select = profilerPage.controls.unit; select.value = "time";
        select.dispatchEvent(new Event("change"))''')
    browser.settle()
    assert abs(number(first) - 4 * mean[0]) < 0.05 and number(calls) == 4 * mean[1]
    assert 'Sums of 4 requests' in browser.text('#panel')
    assert browser.js('return profilerPage.node') == selection
    for view in VIEWS:
        browser.show(view)
    browser.js('profilerPage.choose("mergeUnit", "percent")')
    browser.show('functions')
    assert browser.js(first).endswith(' %')
    browser.js('profilerPage.choose("mergeUnit", "mean")')
    browser.settle()
    assert (number(first), number(calls)) == mean
    # Other pages have no means: the choice is the merge's own.
    browser.open(TRACED, fresh=False)
    assert browser.js('return [profilerPage.units.name, profilerPage.controls.unit.options.length]') == ['unit', 2]
    assert 'per request' not in browser.text('body').partition('profile')[0]


@pytest.mark.parametrize('unit', ['mean', 'time'])
def test_folded_runs_stay_open_when_the_unit_changes(browser, shelf, unit):
    open_merge(browser, shelf, [numbered(TRACED, 1), numbered(TRACED, 2)])
    browser.js('profilerPage.choose("mergeUnit", arguments[0])', unit)
    browser.js('const p = profilerPage; p.toggleRuns([p.layout.folded.findIndex(count => count > 5)]); p.zoomTo(4)')
    state = 'const p = profilerPage; return [p.layout.count, p.node, p.zoom, p.opened.reduce((a, b) => a + b)]'
    before = browser.js(state)
    browser.js('profilerPage.choose("mergeUnit", arguments[0])', 'time' if unit == 'mean' else 'mean')
    assert browser.js(state) == before


def test_texts_speak_of_several_requests(browser, shelf):
    open_merge(browser, shelf, [numbered(SAMPLING, 1), numbered(SAMPLING, 2)])
    browser.show('timeline')
    assert browser.text('#view') == 'A merge has no timeline: its requests ran at different times.'
    browser.show('functions')
    assert 'share of the requests;' in browser.js(
        'return profilerPage.views.functions.columns.map(one => one.hint).join(" ")')
    browser.js('profilerPage.openSandwich(0)')
    assert browser.one('.actions .more').get_attribute('aria-label') == 'More about the requests'
    assert 'All 2 profiles: the request started threads' in browser.text('#notices').replace('all 2', 'All 2')


@pytest.mark.parametrize('data', [SAMPLING, TRACED], ids=['sampling', 'deterministic'])
def test_requests_without_calls(browser, shelf, data):
    empty = copy(data)
    empty['node'] = {key: column[:1] for key, column in data['node'].items() if isinstance(column, list)}
    for key in ('wait', 'class'):
        empty['node'].pop(key, None)
    for key in ('tl', 'lines'):
        empty.pop(key, None)
    open_merge(browser, shelf, [numbered(empty, 1), numbered(empty, 2)])
    for view in VIEWS:
        browser.show(view)
        browser.assert_quiet(view)
    assert 'Nothing below the requests' in browser.js(
        'return nothingBelow(profilerPage.profile)')


# Links of a page that came from the shelf.


def links(browser):
    return [(link.text, link.get_attribute('href')) for link in browser.all('.shelf-links a')]


def test_links_of_a_profile(browser, shelf):
    report = numbered(SAMPLING, 5)
    name = report['meta']['id']
    query = 'index.json?route=%2Forders%2F*&mode=sampling&before={}&limit=1'.format(name)
    slices = {query: {'rows': [], 'next': 'g1.70', 'newest': 'g1.90'},
              query + '&cursor=g1.70': {'rows': [], 'next': None, 'newest': 'g2.90', 'restart': True}}
    shelf = shelf(dict(on_shelf(report, numbered(SAMPLING, 4)), **slices))
    browser.load(shelf.url(name), APP)
    assert links(browser) == [('All profiles', shelf.url('')),
                              ('This route', shelf.url('?route=%2Forders%2F*'))]
    button = browser.one('.shelf-links button')
    button.click()
    browser.wait(lambda: 'the index changes too often' in browser.text('#toast'), 'the end of the search')
    browser.wait(button.is_enabled, 'the button')
    shelf.answers[query + '&cursor=g1.70'] = {'rows': [], 'next': None, 'newest': 'g1.90'}
    button.click()
    none = 'No profiles of this route that were sampled are older'
    browser.wait(lambda: browser.text('#toast') == none, none)
    shelf.answers[query + '&cursor=g1.70'] = {'rows': [{'id': '%016x' % 4}], 'next': None, 'newest': 'g1.90'}
    browser.wait(button.is_enabled, 'the button')
    browser.visited.append(shelf.url('compare'))
    button.click()
    browser.wait(lambda: '/compare#a=%016x&b=%s' % (4, name) in browser.driver.current_url, 'the comparison')
    browser.wait(lambda: browser.one(APP).is_displayed(), 'the page of both')


def test_a_sentence_is_there_longer_than_a_word(browser):
    browser.open(SAMPLING)
    times = [browser.js('''const real = window.setTimeout, times = [];
        window.setTimeout = (_, ms) => times.push(ms);
        profilerPage.toast(arguments[0]);
        window.setTimeout = real;
        return Math.max(...times)''', text) for text in ('Copied', 'No profiles of this route are older')]
    assert times == [2000, 35 * 80]


def test_a_previous_profile_that_cannot_be_searched(browser, shelf):
    report = numbered(SAMPLING, 5)
    shelf = shelf(on_shelf(report))
    browser.load(shelf.url(report['meta']['id']), APP)
    browser.one('.shelf-links button').click()
    browser.wait(lambda: 'cannot be found: the server has no such file (404)' in browser.text('#toast'), 'why')
    expect_failed_loads(browser, 1)


def test_links_of_a_merge(browser, shelf):
    shelf_of_one = open_merge(browser, shelf, [numbered(SAMPLING, 1), numbered(SAMPLING, 2)])
    assert links(browser) == [('All profiles', shelf_of_one.url('')),
                              ('This route', shelf_of_one.url('?route=%2Forders%2F*'))]
    assert not browser.all('.shelf-links button')
    browser.assert_quiet('with one route')
    shelf_of_two = open_merge(browser, shelf, two_routes())
    assert links(browser) == [('All profiles', shelf_of_two.url(''))]


def test_a_page_from_disk_has_no_links(browser):
    browser.open(numbered(SAMPLING, 1))
    assert not browser.all('.shelf-links')


@pytest.mark.parametrize('unit', ['mean', 'time'])
@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_the_share_of_waiting_for_a_cpu_is_that_of_the_requests(browser, shelf, mode, unit):
    reports = []
    for number in range(4):
        data = pages.request((1, 'view', 100, 1, 'CPU wait'), mode=mode, root_ms=100)
        data['meta'].update(id='%016x' % number, wall_ns=200000000, wait_ns={'cpu wait': 100000000})
        reports.append(data)
    shelf = shelf(on_shelf(*reports))
    browser.load(shelf.url(merge_of([report['meta']['id'] for report in reports])), APP)
    browser.js('profilerPage.choose("mergeUnit", arguments[0])', unit)
    assert 'waited for a CPU 50 % of the time' in browser.text('#sentence')
