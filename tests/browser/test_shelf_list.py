"""The list of stored profiles: rows, filters, orders, selections, keys."""
import json
import urllib.request

import pytest

import shelves
from browser import Keys

COUNT = 1300
ROWS = [shelves.line(number) for number in range(COUNT)]  # the oldest first
NEWEST_FIRST = ROWS[::-1]

SORTS = ['time', 'method', 'path', 'status', 'elapsed_ms', 'cpu_ms', 'wait_ms', 'mode', 'worker', 'notices',
         'bytes']


@pytest.fixture(scope='module')
def server():
    yield from shelves.serve(ROWS)


@pytest.fixture
def shelf(browser, server):
    yield from shelves.opened(browser, server)


def ids(rows):
    return [row['id'] for row in rows]


def in_order(rows, sort, is_up):
    """The rows, newest first, as the server sorts them: those without a value are last."""
    def value(row):
        return len(row[sort]) if sort == 'notices' else row[sort]
    known = [row for row in rows if value(row) is not None]
    known.sort(key=value, reverse=False if is_up else True)
    return known + [row for row in rows if value(row) is None]


def test_rows_and_what_they_say(browser, shelf):
    shelf.visit()
    assert shelf.ids() == ids(NEWEST_FIRST)[:600]
    for index, row in enumerate(NEWEST_FIRST[:10]):
        assert shelf.cell(index, 'method') == row['method']
        assert shelf.cell(index, 'path') == row['path'] + ('?' + row['query'] if row['query'] else '')
        assert shelf.cell(index, 'status') == str(row['status'] or '\u2013')
        assert shelf.cell(index, 'worker') == str(row['worker'])
        assert shelf.cell(index, 'mode') == row['mode']
        for name in row['notices'] + [row['exception'] or '']:
            assert name in shelf.cell(index, 'notices')
        assert shelf.cell(index, 'bytes').split() == ['prof', 'json']
    links = browser.js('return Array.from(document.querySelectorAll("#profiles-row-0 a"), a => a.getAttribute("href"))')
    first = NEWEST_FIRST[0]['id']
    assert links == [first, first + '.prof', first + '.json']
    assert shelf.foot().startswith('600 shown \u00b7 600 profiles scanned \u00b7 ')
    browser.shot('shelf-list')


def test_durations_have_one_unit_and_bars_one_scale(browser, shelf):
    shelf.visit('?sort=elapsed_ms')
    slowest = max(row['elapsed_ms'] for row in ROWS)
    assert shelf.cell(0, 'elapsed_ms') == '{:,.2f}'.format(slowest)
    widths = browser.js('''
        const rows = Array.from({length: 20}, (_, i) => document.getElementById("profiles-row-" + i).cells.elapsed_ms);
        return rows.map(cell => [parseFloat(cell.whole.style.width), parseFloat(cell.inner.style.width)])''')
    assert [whole for whole, _ in widths] == sorted((whole for whole, _ in widths), reverse=True)
    assert all(0 <= inner <= whole <= 100 for whole, inner in widths), widths


def test_scrolling_loads_the_rest(browser, shelf):
    shelf.visit()
    for _ in range(20):
        if browser.js('return profilerShelf.feed.isWhole'):
            break
        browser.press(Keys.END)
        shelf.loaded()
    browser.press(Keys.END)
    assert shelf.ids() == ids(NEWEST_FIRST)
    assert '1,300 shown \u00b7 1,300 match \u00b7 1,300 profiles scanned' == shelf.foot()
    assert shelf.cell(COUNT - 1, 'path').startswith(ROWS[0]['path'])
    assert len(browser.all('.profiles .row')) < 100
    assert browser.one('.list').get_attribute('aria-rowcount') == str(COUNT + 1)


def test_every_column_sorts(browser, shelf):
    shelf.visit()
    for sort in [sort for sort in SORTS for _ in range(2)]:
        browser.one('.columns .c-%s button' % sort).click()
        shelf.loaded()
        state = browser.js('return profilerShelf.state')
        assert state['sort'] == sort
        expected = ids(in_order(NEWEST_FIRST if sort != 'time' or state['order'] == 'desc' else ROWS,
                                sort, state['order'] == 'asc'))
        found = shelf.ids()
        assert found == expected[:len(found)] and len(found) >= 100
        assert browser.one('.columns .c-' + sort).get_attribute('aria-sort') == state['order'] + 'ending'
        assert len(browser.all('.columns [aria-sort$=ending]')) == 1


def test_scrolling_loads_the_rest_in_every_order(browser, shelf):
    for sort in ('elapsed_ms', 'status', 'path'):
        shelf.visit('?sort=' + sort)
        while not browser.js('return profilerShelf.feed.isWhole'):
            browser.press(Keys.END)
            shelf.loaded()
        assert shelf.ids() == ids(in_order(NEWEST_FIRST, sort, sort == 'path'))


FILTERS = {
    'q=ORDERS': lambda row: '/orders/' in row['path'],
    'q=teapot': lambda row: row['query'],
    'q=' + ROWS[77]['id']: lambda row: row is ROWS[77],
    'method=POST': lambda row: row['method'] == 'POST',
    'status=4xx': lambda row: row['status'] == 404,
    'status=-': lambda row: row['status'] is None,
    'mode=deterministic': lambda row: row['mode'] == 'deterministic',
    'notice=any': lambda row: row['notices'],
    'notice=time': lambda row: 'time' in row['notices'],
    'route=%2Fusers%2F*%2Fprofile': lambda row: row['route'] == '/users/*/profile',
    'min=300': lambda row: row['elapsed_ms'] >= 300,
    'since=%d&until=%d' % (ROWS[500]['time'], ROWS[510]['time']):
        lambda row: ROWS[500]['time'] <= row['time'] < ROWS[510]['time'],
    'method=GET&status=5xx&mode=sampling':
        lambda row: (row['method'], row['status'], row['mode']) == ('GET', 500, 'sampling'),
}


def test_filters_of_the_address(browser, shelf):
    for query, accepts in FILTERS.items():
        shelf.visit('?' + query)
        expected = ids(row for row in NEWEST_FIRST if accepts(row))
        found = shelf.ids()
        assert found == expected[:len(found)] and len(found) >= min(100, len(expected)) > 0, query
        assert shelf.query() == '?' + query
    clear = browser.all('#filters > button')[-1]
    assert clear.text == 'Clear filters'
    clear.click()
    shelf.loaded()
    assert (shelf.query(), shelf.ids()[:100]) == ('', ids(NEWEST_FIRST)[:100])


def test_every_notice_that_is_offered_exists(browser, shelf):
    shelf.visit()
    offered = browser.js('''return Array.from(document.querySelector('select[aria-label="Notice"]').options,
        option => option.value)''')
    assert len(offered) > 10 and 'harakiri' in offered
    for name in offered:
        assert shelf.server.get('/_profiles/index.json?limit=1&notice=' + name).status == 200, name


def choose(browser, label, text):
    browser.js('''
        const select = document.querySelector('select[aria-label="' + arguments[0] + '"]');
        select.value = Array.from(select.options).find(option => option.text === arguments[1]).value;
        select.dispatchEvent(new Event('change'))''', label, text)


def test_controls_filter_and_the_address_follows(browser, shelf):
    shelf.visit()
    choose(browser, 'Method', 'POST')
    shelf.loaded()
    choose(browser, 'Status', '5xx')
    shelf.loaded()
    assert shelf.query() == '?method=POST&status=5xx'
    browser.one('[aria-label="Shortest duration in ms"]').send_keys('50')
    browser.wait(lambda: shelf.query() == '?method=POST&status=5xx&min=50', 'the address')
    shelf.loaded()
    expected = [row['id'] for row in NEWEST_FIRST
                if (row['method'], row['status']) == ('POST', 500) and row['elapsed_ms'] >= 50]
    assert shelf.ids() == expected and len(expected) > 3
    assert shelf.foot() == '%d shown \u00b7 %d match \u00b7 1,300 profiles scanned' % (len(expected), len(expected))
    browser.visited.append(browser.js('return location.href'))
    browser.driver.refresh()
    shelf.loaded()
    assert shelf.ids() == expected
    browser.driver.back()
    shelf.loaded()
    assert shelf.query() == '?method=POST'
    assert browser.js('return document.querySelector("select[aria-label=Status]").value') == ''
    browser.driver.back()
    shelf.loaded()
    assert (shelf.query(), shelf.ids()[:100]) == ('', ids(NEWEST_FIRST)[:100])
    browser.driver.forward()
    shelf.loaded()
    assert shelf.query() == '?method=POST'


def test_search_while_typing(browser, shelf):
    shelf.visit()
    browser.press('/')
    browser.driver.switch_to.active_element.send_keys('users')
    browser.wait(lambda: shelf.query() == '?q=users', 'the search')
    shelf.loaded()
    expected = [row['id'] for row in NEWEST_FIRST if 'users' in row['path']]
    assert shelf.ids() == expected[:len(shelf.ids())]
    browser.press(Keys.ESCAPE)
    shelf.loaded()
    assert shelf.query() == ''


def test_a_wrong_filter_says_what_is_possible(browser, shelf):
    browser.loaded = shelf.base
    browser.visit(shelf.base + '?status=teapot')
    browser.wait(lambda: 'teapot' in browser.text('#strip'), 'what is wrong')
    assert '2xx' in browser.text('#strip')
    [error] = browser.errors()
    assert '400' in error
    polls = shelf.polls()
    browser.pause(2500)
    assert shelf.polls() == polls
    browser.one('#strip button').click()
    shelf.loaded()
    assert shelf.ids()[:100] == ids(NEWEST_FIRST)[:100]
    browser.wait(lambda: not browser.one('#strip').is_displayed(), 'the end of the line')


def test_nothing_matches(browser, shelf):
    shelf.visit('?q=nothing-has-this')
    assert browser.text('#view').startswith('No profile matches.')
    browser.js('document.querySelector("#view button").click()')  # may be made anew meanwhile
    shelf.loaded()
    assert shelf.ids()[:100] == ids(NEWEST_FIRST)[:100]


# ------------------------------------------------------------------ merge and compare

def of_mode(mode, count):
    return [i for i, row in enumerate(NEWEST_FIRST[:25]) if row['mode'] == mode][:count]


def test_checked_rows_merge(browser, shelf):
    shelf.visit()
    first, second, third = of_mode('sampling', 3)
    shelf.check(first)
    assert browser.text('.chosen-text') == '1 checked'
    assert (shelf.link('merge'), shelf.link('compare')) == (None, None)
    shelf.check(second, third)
    wanted = [NEWEST_FIRST[i]['id'] for i in (first, second, third)]
    assert shelf.link('merge') == 'merge#ids=' + ','.join(wanted)
    assert browser.js('return profilerShelf.chosen.merge.textContent') == 'Merge 3'
    [other] = of_mode('deterministic', 1)
    shelf.check(other)
    assert shelf.link('merge') is None
    assert 'do not add up' in browser.js('return profilerShelf.chosen.merge.textContent')
    shelf.check(other)
    assert shelf.link('merge') == 'merge#ids=' + ','.join(wanted)
    browser.press(Keys.ESCAPE)
    assert browser.js('return profilerShelf.chosen.rows.size') == 0


def test_two_checked_rows_or_two_sides_compare(browser, shelf):
    shelf.visit()
    first, second, third, fourth = of_mode('sampling', 4)
    at = [NEWEST_FIRST[i]['id'] for i in (first, second, third, fourth)]
    shelf.check(first, second)
    assert shelf.link('compare') == 'compare#a=%s&b=%s' % (at[1], at[0])  # the older one is A
    browser.press('a')
    assert 'A: 2 profiles' in browser.text('.chosen-text') and shelf.link('compare') is None
    shelf.check(third, fourth)
    assert shelf.link('compare') == 'compare#a=%s,%s&b=%s,%s' % tuple(at)


def test_a_comparison_of_two_modes_is_not_offered(browser, shelf):
    shelf.visit()
    [sampled], [counted] = of_mode('sampling', 1), of_mode('deterministic', 1)
    shelf.check(sampled, counted)
    text = 'return profilerShelf.chosen.compare.textContent'
    assert shelf.link('compare') is None and 'measure different things' in browser.js(text)
    browser.press(Keys.ESCAPE)
    shelf.check(sampled)
    browser.press('a')
    shelf.check(counted)
    assert shelf.link('compare') is None and 'measure different things' in browser.js(text)


def test_the_last_ones_are_counted_if_all_have_one_mode(browser, shelf):
    last = 'return profilerShelf.chosen.last.textContent'
    shelf.visit()
    assert browser.js(last) == 'Merge the last of one mode'
    shelf.visit('?mode=sampling')
    assert browser.js(last) == 'Merge the last 50'


def test_shift_checks_all_in_between(browser, shelf):
    shelf.visit()
    shelf.check(2)
    browser.js('''document.querySelector("#profiles-row-6 input").dispatchEvent(
        new MouseEvent("click", {bubbles: true, shiftKey: true}))''')
    assert browser.js('return Array.from(profilerShelf.chosen.rows.keys())') == ids(NEWEST_FIRST[2:7])


# ------------------------------------------------------------------ keys and readers

def test_keys(browser, shelf):
    shelf.visit()
    browser.press(Keys.ARROW_DOWN)
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    box = browser.one('.list')
    assert box.get_attribute('aria-activedescendant') == 'profiles-row-2'
    assert browser.js('return document.activeElement === profilerShelf.views.profiles.grid.list.box')
    browser.press(Keys.SPACE)
    assert browser.js('return Array.from(profilerShelf.chosen.rows.keys())') == [NEWEST_FIRST[2]['id']]
    assert browser.one('#profiles-row-2').get_attribute('aria-selected') == 'true'
    browser.press(Keys.HOME)
    assert box.get_attribute('aria-activedescendant') == 'profiles-row-0'
    browser.press(Keys.PAGE_DOWN)
    assert int(box.get_attribute('aria-activedescendant').split('-')[-1]) > 10
    browser.press('?')
    assert browser.one('#help').is_displayed()
    browser.press(Keys.ESCAPE)
    browser.press('2')
    shelf.loaded()
    assert shelf.query() == '?view=routes'
    browser.press('1')
    shelf.loaded()
    assert shelf.query() == ''


def test_what_a_screen_reader_reads(browser, shelf):
    shelf.visit('?status=4xx')
    row = next(row for row in NEWEST_FIRST if row['status'] == 404)
    assert browser.one('.list').get_attribute('role') == 'grid'
    first = browser.one('#profiles-row-0')
    assert first.get_attribute('aria-rowindex') == '2'
    label = first.get_attribute('aria-label')
    assert label.startswith('%s %s' % (row['method'], row['path'])) and ', 404, ' in label
    assert browser.js('''return Array.from(document.querySelector("#profiles-row-0").children,
        cell => cell.getAttribute("role")).every(role => role === "gridcell")''')
    assert browser.one('#profiles-row-0 input').get_attribute('aria-label').startswith('Check ')
    assert browser.one('#live').get_attribute('aria-live') == 'polite'


# ------------------------------------------------------------------ looks and safety

# Heads of columns and buttons in rows that are not there as a whole.
CUT = '''
return Array.from(document.querySelectorAll('.columns button, .row:not([hidden]) button'))
    .filter(one => one.offsetParent && (one.scrollWidth > one.clientWidth + 1 ||
        one.getBoundingClientRect().right > one.parentNode.getBoundingClientRect().right + 1))
    .map(one => one.textContent)'''


@pytest.mark.parametrize('theme', ['light', 'dark'])
@pytest.mark.parametrize('width, height', [(1400, 850), (800, 700), (360, 740)])
def test_themes_and_widths(browser, shelf, theme, width, height):
    browser.scheme(theme)
    browser.resize(width, height)
    for name, query in (('list', ''), ('routes', '?view=routes'), ('filtered', '?min=20&since=1790000000')):
        shelf.visit(query)
        assert browser.js('return document.documentElement.dataset.theme') == theme
        if browser.one('.options-button').is_displayed():
            browser.one('.options-button').click()
            browser.settle()
            assert browser.one('#filters').is_displayed()
        shelf.check(*range(2)) if name == 'list' else None
        assert browser.document_size() == [width, height]
        assert browser.js(CUT) == [], (name, width)
        browser.shot('shelf-%s-%s-%d' % (name, theme, width))
        browser.assert_quiet((name, theme, width))


HOSTILE = '/<img src=x onerror=document.title=1>"\'&\u202e\u2028</script><!--'


@pytest.fixture
def hostile_server():
    yield from shelves.serve([shelves.line(1, path=HOSTILE, query=HOSTILE, method=HOSTILE[:40], route=HOSTILE,
                                           exception=HOSTILE, notices=[HOSTILE], status=200)])


def test_texts_of_strangers_stay_texts(browser, hostile_server):
    shelf = shelves.Shelf(browser, hostile_server)
    for query in ('', '?view=routes'):
        shelf.visit(query)
        assert '<img src=x onerror=document.title=1>' in browser.text('#view')
        assert '\\u202e' in browser.text('#view')
        assert browser.all('img') == [] and browser.driver.title == 'Profiles'
        browser.assert_quiet(query)
    browser.one('#routes-row-0 a').click()
    shelf.loaded()
    assert len(shelf.ids()) == 1
    shelf.leave()


def test_the_policy_has_nothing_unsafe(server):
    with urllib.request.urlopen('http://127.0.0.1:%d/_profiles/' % server.port) as answer:
        policy = answer.headers['Content-Security-Policy']
    assert 'unsafe' not in policy and "connect-src 'self'" in policy and "default-src 'none'" in policy


def test_the_choice_of_a_theme_lasts(browser, shelf):
    shelf.visit()
    browser.press('t')
    assert browser.js('return document.documentElement.dataset.theme') == 'dark'
    shelf.visit(fresh=False)
    assert browser.js('return document.documentElement.dataset.theme') == 'dark'
    assert json.loads(browser.js('return localStorage.getItem("uwsgi-profiler")'))['theme'] == 'dark'
