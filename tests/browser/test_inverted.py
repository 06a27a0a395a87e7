"""The tree from the other end: functions by self time, below each its callers."""
import pytest

import pages
from browser import SEARCH_MS, Keys

MODES = ('deterministic', 'sampling')

# render has 60 of 200 ms of its own: 40 from left, 20 from right, of which 5 through helper.
NODES = ((1, 'left', 30), (2, 'render', 40, 3), (1, 'right', 70), (2, 'render', 15, 2), (2, 'helper', 10),
         (3, 'render', 5, 1), (1, 'idle', 0, 9), (2, 'API', 10), (3, 'SEND', 20))


def up(browser, **choices):
    select = browser.one('select[aria-label="Direction of the tree"]')
    select.find_element('css selector', 'option[value=up]').click()
    browser.settle()


def rows(browser):
    """[level, name, time, part of the function's] of what is shown."""
    return browser.js('''return [...document.querySelectorAll('.tree .row:not([hidden])')]
        .sort((a, b) => a.index - b.index).map(row => [Number(row.getAttribute('aria-level')),
            row.querySelector('.label').textContent, row.querySelector('.total').textContent,
            row.querySelector('.self').textContent])''')


ROOTS = [[1, 'right', '70.00', ''], [1, 'render', '60.00', ''], [1, 'left', '30.00', ''],
         [1, 'API', '30.00', ''], [1, 'helper', '10.00', '']]


def row_of(browser, name):
    return next(row for row in browser.all('.tree .row:not([hidden])')
                if row.find_element('css selector', '.label').text == name)


@pytest.mark.parametrize('mode', MODES)
def test_functions_by_self_time_add_up_to_the_request(browser, mode):
    browser.open(pages.request(*NODES, mode=mode))
    up(browser)
    assert rows(browser) == ROOTS
    heads = [head.text for head in browser.all('.tree .columns span')]
    assert heads[:3] == ['Self ms', '%', 'From here']
    whole, self = browser.js('''const p = profilerPage.profile, l = profilerPage.views.tree.layout;
        return [p.total[0], [...l.roots.keys()].reduce((sum, f) => sum + l.total[l.rootOf(f)], 0)]''')
    assert whole == self == 200 * 10**6
    browser.js('profilerPage.choose("fold", false)')  # SEND and API are two
    browser.settle()
    assert browser.js('''const l = profilerPage.views.tree.layout, stats = profilerPage.stats;
        return [...l.roots.keys()].every(f => l.total[l.rootOf(f)] === stats.figuresOf(f).self)''')
    assert [1, 'SEND', '20.00', ''] in rows(browser)
    browser.assert_quiet(mode)


@pytest.mark.parametrize('mode', MODES)
def test_callers_have_their_part_of_the_time(browser, mode):
    browser.open(pages.request(*NODES, mode=mode))
    up(browser)
    row_of(browser, 'render').click()
    browser.press(Keys.ARROW_RIGHT)
    assert rows(browser)[1:5] == [[1, 'render', '60.00', ''], [2, 'left', '40.00', '67 %'],
                                  [2, 'right', '15.00', '25 %'], [2, 'helper', '5.00', '8.3 %']]
    row_of(browser, 'helper').click()
    browser.press(Keys.ENTER)
    assert rows(browser)[4:6] == [[2, 'helper', '5.00', '8.3 %'], [3, 'right', '5.00', '8.3 %']]
    assert browser.text('#panel .panel-name') == 'helper'
    browser.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
    assert browser.text('.tree .row.selected .label') == 'render'
    assert browser.one('.tree .row.selected').get_attribute('aria-level') == '1'
    browser.shot('inverted-' + mode)


def test_calls_are_those_of_the_functions(browser):
    browser.open(pages.request(*NODES))
    up(browser)
    assert browser.js('''const v = profilerPage.views.tree; return v.rows.map(row => v.layout.calls[row])''') == \
        [1, 6, 1, 1, 1]


def test_a_search_leads_to_the_function(browser):
    browser.open(pages.request(*NODES))
    up(browser)
    browser.one('input[type=search]').send_keys('helper')
    browser.pause(SEARCH_MS)
    assert 'found' in row_of(browser, 'helper').find_element('css selector', '.label').get_attribute('class')
    browser.press(Keys.ENTER)
    assert browser.text('.tree .row.selected .label') == 'helper'


def test_what_has_no_self_time_is_no_row(browser):
    browser.open(pages.request(*NODES))
    up(browser)
    browser.js('profilerPage.selectFunction(profilerPage.profile.func.find('
               'f => profilerPage.profile.label(f) === "idle"))')
    assert browser.text('#panel .panel-name') == 'idle'
    assert not browser.all('.tree .row.selected')
    browser.one('.tree .list').click()
    browser.js('document.querySelector(".tree .list").focus()')
    browser.press(Keys.HOME)
    assert browser.text('.tree .row.selected .label') == 'right'


def test_a_folded_run_opens_in_place(browser):
    browser.open(pages.request(*NODES))
    up(browser)
    row_of(browser, 'API').find_element('css selector', '.chip').click()
    browser.settle()
    assert sorted(row[1:3] for row in rows(browser)) == [
        ['API', '10.00'], ['SEND', '20.00'], ['helper', '10.00'], ['left', '30.00'], ['render', '60.00'],
        ['right', '70.00']]
    row_of(browser, 'API').find_element('css selector', '.chip').click()
    browser.settle()
    assert rows(browser) == ROOTS


def test_threshold_percent_and_the_choice_is_remembered(browser):
    data = pages.request(*NODES)
    browser.open(data)
    up(browser)
    browser.js('profilerPage.choose("unit", "percent"); profilerPage.choose("threshold", 5)')
    browser.settle()
    assert rows(browser)[0] == [1, 'right', '35 %', '']
    browser.js('profilerPage.choose("threshold", 20)')
    browser.settle()
    assert [row[1] for row in rows(browser)] == ['right', 'render']
    assert 'below 20 % not shown' in browser.text('.tree .note')
    browser.open(data, fresh=False)
    assert [row[1] for row in rows(browser)] == ['right', 'render']


@pytest.mark.parametrize('key', ['*', 'Expand'])
def test_a_large_tree_opens_as_far_as_there_is_room(browser, key):
    browser.open(pages.big(20000))
    up(browser)
    closed = browser.js('return profilerPage.views.tree.rows.length')
    browser.one('.tree .list').click()
    if key == 'Expand':
        browser.js('profilerPage.views.tree.setBelow(0, 1)')
    else:
        browser.press(Keys.HOME, '*')
    assert len(browser.all('.tree .row')) < 100
    levels = browser.js('const {rows, layout} = profilerPage.views.tree; '
                        'return rows.map(row => layout.depth[row < 0 ? ~row : row])')
    assert max(levels) > 1 and len(levels) > closed > 100
    browser.shot('inverted-big')


def test_it_is_printed_whole(browser):
    browser.open(pages.request(*NODES))
    up(browser)
    browser.js('profilerPage.print(true)')
    assert len(browser.all('.tree .list.printing .row:not([hidden])')) == len(ROOTS)
    browser.js('profilerPage.print(false)')
