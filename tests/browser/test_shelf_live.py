"""The list of a server that goes on profiling: new rows, hidden tabs, a server that is gone, an
index that is rewritten."""
import pytest

import shelves

POLL_MS = 1000  # the page's own pause


def index_of(server):
    path = server.directory / 'profiles' / 'index.jsonl'
    return shelves.read_index(path.read_text()) if path.exists() else []


def profile(server, path='/search?q=red'):
    """One more request; its id, once it is in the index."""
    before = len(index_of(server))
    answer = server.get(path, {'X-Profile': 'deterministic'})
    assert answer.status == 200
    wanted = shelves.harness.profile_id(answer)
    shelves.harness.wait_for('the profile %s after %d lines' % (wanted, before),
                             lambda: wanted in [row['id'] for row in index_of(server)])
    return wanted


@pytest.fixture
def server():
    yield from shelves.serve(options='profiler-trigger = header:X-Profile')


@pytest.fixture
def shelf(browser, server):
    yield from shelves.opened(browser, server)


def hide(browser, is_hidden):
    """As if the tab were in the background."""
    browser.js('''const [isHidden] = arguments;
        Object.defineProperty(document, 'hidden', {configurable: true, get: () => isHidden});
        document.dispatchEvent(new Event('visibilitychange'))''', is_hidden)


def test_profiles_appear_by_themselves(browser, server, shelf):
    shelf.visit()
    assert browser.text('#view').startswith('There are no profiles yet.')
    assert '?profile' in browser.text('#view')
    browser.js('window.isSamePage = true')
    first = profile(server)
    browser.wait(lambda: shelf.ids() == [first], 'the first profile')
    second = profile(server, '/report')
    browser.wait(lambda: shelf.ids() == [second, first], 'the second profile')
    browser.settle()
    assert [shelf.cell(i, 'path') for i in (0, 1)] == ['/report', '/search?q=red']
    assert browser.text('#live').startswith('1 new profile: GET /report')
    assert browser.js('return window.isSamePage')
    assert '2 shown' in shelf.foot()
    browser.one('#profiles-row-0 a').click()
    browser.wait(lambda: browser.js('return window.profilerPage?.profile.meta.id') == second, 'its page')
    browser.driver.back()
    browser.wait(lambda: browser.js('return Boolean(window.profilerShelf)'), 'the list')
    shelf.loaded()
    third = profile(server)
    browser.wait(lambda: shelf.ids() == [third, second, first], 'the third profile')


def test_a_filter_holds_for_new_profiles(browser, server, shelf):
    shelf.visit('?q=report')
    profile(server)
    wanted = profile(server, '/report')
    browser.wait(lambda: shelf.ids() == [wanted], 'the profile that matches')


def test_new_profiles_count_for_their_routes(browser, server, shelf):
    profile(server)
    shelf.visit('?view=routes')
    profile(server)
    profile(server, '/report')

    def counts():
        return browser.js('''return Object.fromEntries(profilerShelf.views.routes.grid.items.map(
            item => [item.route, item.count]))''')
    browser.wait(lambda: counts() == {'/search': 2, '/report': 1}, 'the routes')


def test_a_hidden_tab_asks_for_nothing(browser, server, shelf):
    shelf.visit()
    browser.wait(lambda: shelf.polls() > 1, 'polls')
    hide(browser, True)
    browser.wait(lambda: not browser.js('return profilerShelf.poller.isAsking'), 'the last answer')
    polls = shelf.polls()
    wanted = profile(server)
    browser.pause(3 * POLL_MS)
    assert (shelf.polls(), browser.js('return profilerShelf.feed.rows.length')) == (polls, 0)
    hide(browser, False)
    browser.wait(lambda: shelf.ids() == [wanted], 'the profile')


def test_a_server_that_is_gone_comes_back(browser, server, shelf):
    first = profile(server)
    shelf.visit()
    server.stop()
    browser.wait(lambda: 'The server gives no list: no connection' in browser.text('#strip'), 'the line')
    assert browser.one('#strip').is_displayed() and shelf.ids() == [first]
    browser.shot('shelf-gone')
    browser.pause(2 * POLL_MS)
    assert browser.js('return profilerShelf.poller.pause()') >= 2 * POLL_MS
    server.start()
    second = profile(server)
    browser.js('document.querySelector("#strip button")?.click()')  # unless the page came before
    browser.wait(lambda: shelf.ids() == [second, first], 'the profiles')
    browser.wait(lambda: not browser.one('#strip').is_displayed(), 'the end of the line')
    assert all('ERR_CONNECTION' in error or 'Failed to load' in error for error in browser.errors())


@pytest.fixture
def pruned_server():
    yield from shelves.serve(options='''
        profiler-trigger = header:X-Profile
        profiler-dir-max-files = 20''')


def test_a_rewritten_index_is_read_anew(browser, pruned_server):
    shelf = shelves.Shelf(browser, pruned_server)
    first = profile(pruned_server)
    shelf.visit()
    browser.wait(lambda: shelf.ids() == [first], 'the first profile')
    while first in [row['id'] for row in index_of(pruned_server)]:
        profile(pruned_server)
    last = profile(pruned_server)
    expected = [row['id'] for row in index_of(pruned_server)][::-1]
    assert expected[0] == last and first not in expected
    browser.wait(lambda: shelf.ids() == expected, 'the rows of the new index')
    browser.settle()
    assert 'profilerShelf' in browser.js('return Object.keys(window).join()')
    shelf.leave()


@pytest.fixture
def long_server():
    yield from shelves.serve([shelves.line(number) for number in range(300)], 'profiler-trigger = header:X-Profile')


def test_new_rows_do_not_move_what_is_looked_at(browser, long_server):
    shelf = shelves.Shelf(browser, long_server)
    shelf.visit()
    browser.js('document.querySelector(".list").scrollTop = 24 * 40')
    browser.settle()
    seen = '''const {items, list} = profilerShelf.views.profiles.grid;
        return items[Math.floor(list.box.scrollTop / 24)].id'''
    before = browser.js(seen)
    wanted = profile(long_server)
    browser.wait(lambda: shelf.ids()[0] == wanted, 'the new profile')
    browser.settle()
    assert browser.js(seen) == before
    above = browser.one('.more-above')
    assert above.text == '\u2191 1 new profile'
    above.click()
    browser.settle()
    assert browser.js('return document.querySelector(".list").scrollTop') == 0
    assert not above.is_displayed()
    shelf.leave()
