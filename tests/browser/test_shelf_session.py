"""The shelf in a browser that has to prove the key, and of a directory that others wrote."""
import json

import pytest

import shelves
from shelves import line

from shelf import KEY, plant, signed_list  # of the server's tests

ROWS = [line(number) for number in range(3)]
ATTACKS = ['</script><script>document.title = "run"</script>', '<img src=x onerror="document.title=1">',
           '{"v":1,"meta":{"id":"</script><script>document.title = 1</script>"}}', '', 'null', '[' * 9000]


@pytest.fixture(scope='module')
def keyed():
    yield from shelves.serve(ROWS, 'profiler-key = ' + KEY)


@pytest.fixture(scope='module')
def foreign():
    yield from shelves.serve(ROWS)


def test_a_signed_url_opens_the_list_and_leaves_the_address(browser, keyed):
    shelf = shelves.Shelf(browser, keyed)
    shelf.visit(signed_list().partition('/_profiles/')[2] + '&sort=path')
    assert browser.js('return location.href') == shelf.base + '?sort=path'
    assert sorted(shelf.ids()) == sorted(row['id'] for row in ROWS)
    [cookie] = [one for one in browser.driver.get_cookies() if one['name'] == 'profiler_session']
    assert (cookie['path'], cookie['httpOnly'], cookie['sameSite'], cookie['secure']) == (
        '/_profiles', True, 'Lax', False)
    assert browser.js('return document.cookie') == ''
    browser.driver.refresh()
    shelf.loaded()
    assert len(shelf.ids()) == len(ROWS)
    before = shelf.polls()
    browser.wait(lambda: shelf.polls() > before, 'a poll, with the cookie')
    shelf.leave()
    browser.driver.delete_all_cookies()
    assert b'Profiles</title>' not in keyed.get('/_profiles/').body


@pytest.mark.parametrize('number', range(len(ATTACKS)))
def test_a_file_that_is_no_report_runs_nothing(browser, foreign, number):
    ident = 'feedfacefeedfac%d' % number
    plant(foreign, ident, ATTACKS[number])
    base = 'http://127.0.0.1:%d/_profiles/' % foreign.port
    browser.loaded = base
    browser.driver.get(base + ident)
    browser.wait(lambda: not browser.js('return document.getElementById("error").hidden'), 'the error')
    assert browser.js('return document.title') == 'Profile'
    assert browser.js('return [document.scripts.length, document.images.length]') == [3, 0]
    assert browser.js('return JSON.parse(document.getElementById("shelf").textContent)') == {
        'page': 'profile', 'id': ident, 'route': '/planted'}
    assert browser.js('return document.getElementById("profile").textContent') == (
        ATTACKS[number].replace('<', '\\u003c'))
    assert json.dumps(browser.js('return window.violations')) == '[]'
    browser.driver.get('about:blank')
