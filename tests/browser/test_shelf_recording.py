""""Profile what I do": the list sets the flag's cookie for its browser."""
import pytest

import shelves


def served(options):
    yield from shelves.serve(options=options)


@pytest.fixture(scope='module')
def server():
    yield from served('profiler-trigger = cookie:prof')


@pytest.fixture
def shelf(browser, server):
    browser.driver.execute_cdp_cmd('Network.clearBrowserCookies', {})
    shelf = shelves.Shelf(browser, server)
    shelf.visit()
    yield shelf
    shelf.leave()
    browser.driver.execute_cdp_cmd('Network.clearBrowserCookies', {})


def choose(browser, label, value):
    if not browser.one('.menu-body').is_displayed():
        browser.one('.menu summary').click()
    browser.js('''const select = document.querySelector('select[aria-label="' + arguments[0] + '"]');
        select.value = arguments[1];
        select.dispatchEvent(new Event('change'))''', label, value)
    browser.settle()


def menu(browser):
    browser.wait(lambda: browser.one('.menu').is_displayed(), 'the menu')
    return browser.one('.menu summary').text


def open_page(browser, shelf, path):
    """The app's page in this browser; its text. Chromium asks for the site's icon, too."""
    browser.visit('http://127.0.0.1:%d%s' % (shelf.server.port, path), fresh=False)
    return browser.js('return document.body.innerText')


def test_what_this_browser_opens_is_profiled(browser, shelf):
    plain = shelf.server.get('/search?q=teapot').body.decode()
    assert menu(browser).startswith('Profile what I do')
    assert shelf.ids() == []
    choose(browser, 'Profile what I do', 'sampling')
    choose(browser, 'Sampling interval', '100us')
    assert menu(browser).startswith('Profiling: sampling')
    assert browser.js('return document.cookie') == 'prof=sampling%2Cfile%2Cinterval%3D100us'
    assert 'are profiled' in browser.text('.menu-body')
    browser.shot('shelf-recording')
    text = open_page(browser, shelf, '/search?q=teapot')
    assert 'Teapot' in text and text.split()[0] in plain  # the app's own page
    shelf.visit('?q=search', fresh=False)
    browser.wait(lambda: len(shelf.ids()) == 1, 'the profile')
    browser.settle()
    assert (shelf.cell(0, 'path'), shelf.cell(0, 'mode')) == ('/search?q=teapot', 'sampling')
    assert menu(browser).startswith('Profiling: sampling')
    choose(browser, 'Profile what I do', 'deterministic')
    open_page(browser, shelf, '/report')
    shelf.visit('?q=report', fresh=False)
    browser.wait(lambda: len(shelf.ids()) == 1, 'the second profile')
    browser.settle()
    menu(browser)
    assert shelf.cell(0, 'mode') == 'deterministic'
    choose(browser, 'Profile what I do', '')
    assert browser.js('return document.cookie') == ''
    assert menu(browser).startswith('Profile what I do')


def test_off_holds_for_every_trigger(browser):
    servers = served('profiler-trigger = cookie:prof\nprofiler-trigger = always')
    shelf = shelves.Shelf(browser, next(servers))
    shelf.visit()
    menu(browser)
    choose(browser, 'Profile what I do', 'off')
    open_page(browser, shelf, '/report')
    wanted = shelf.server.get('/report')
    shelves.harness.wait_for('a profile', lambda: (shelf.server.directory / 'profiles' / 'index.jsonl').exists())
    shelf.visit(fresh=False)
    browser.wait(lambda: len(shelf.ids()) == 1, 'the profile of the other client: %s' % (wanted.status,))
    browser.settle()
    assert shelf.cell(0, 'path') == '/report'
    assert menu(browser).startswith('Profiling: off')
    shelf.leave()
    assert list(servers) == []


def test_a_reached_limit_is_named(browser):
    servers = served('profiler-trigger = cookie:prof\nprofiler-max-per-minute = 2')
    shelf = shelves.Shelf(browser, next(servers))
    shelf.visit()
    menu(browser)
    choose(browser, 'Profile what I do', 'deterministic')

    def is_named():
        for _ in range(3):  # a minute may end in between
            shelf.server.get('/search', {'Cookie': 'prof=deterministic'})
        browser.pause(3500)
        return browser.text('#limit')
    text = browser.wait(is_named, 'the line about the limit')
    assert text.startswith('profiler-max-per-minute is reached: 2 profiles in this minute.')
    shelf.leave()
    assert list(servers) == []


def test_without_a_cookie_the_line_to_add_is_named(browser):
    servers = served('profiler-trigger = query:profile')
    shelf = shelves.Shelf(browser, next(servers))
    shelf.visit()
    assert menu(browser).startswith('Profile what I do')
    browser.one('.menu summary').click()
    assert 'profiler-trigger = cookie:profile' in browser.one('.menu-body').text
    assert browser.all('.menu-body select') == []
    browser.resize(360, 740)
    assert browser.document_size() == [360, 740]
    browser.shot('shelf-recording-360')
    shelf.leave()
    assert list(servers) == []


def test_with_a_key_there_is_no_control(browser):
    key = 'a-key-of-twenty-letters'
    servers = served('profiler-trigger = cookie:prof\nprofiler-key = ' + key)
    shelf = shelves.Shelf(browser, next(servers))
    browser.driver.get(shelf.base)
    browser.visited.append(shelf.base)
    browser.js('document.cookie = "prof=key=%s; Path=/"' % key)
    shelf.visit()
    browser.wait(lambda: browser.js('return profilerShelf.recording.state'), 'the state')
    browser.settle()
    assert not browser.one('.menu').is_displayed()
    browser.driver.execute_cdp_cmd('Network.clearBrowserCookies', {})
    shelf.leave()
    browser.errors()  # the first answer was the app's, which has no such page
    assert list(servers) == []
