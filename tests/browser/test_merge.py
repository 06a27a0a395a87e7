"""Several profiles as one page: loading them, and what the page says of them."""
import json

import pytest

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
    assert browser.js('''const p = profilerPage.part.whole;
        return [p.requests, p.total[0], p.calls[3], p.meta.merged.ids]''') == [
            7, 7 * sum(data['node']['self']) + 21000000, 7 * data['node'].get('samples', data['node'].get('calls'))[3],
            ids]
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


def test_nothing_to_load(browser, shelf):
    shelf = shelf({})
    browser.load(shelf.url('merge'), CARD)
    assert 'no profile is chosen' in browser.text(CARD)
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
    assert '2 profiles sampled and 1 profile with every call counted are never merged: they measure different ' \
        'things' in browser.text(CARD)
    links = browser.all(CARD + ' a')
    assert [link.text for link in links] == ['Merge the 2 profiles sampled', 'Merge the 1 profile with every call '
                                             'counted']
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
