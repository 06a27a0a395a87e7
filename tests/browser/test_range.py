"""A range of the timeline in place of the whole request."""
import json

import pytest
from selenium.webdriver.common.action_chains import ActionChains

import pages
from browser import HASH_MS, Keys
from steps import VIEWS

# 400 ms: view 100, quote 200 (of which READ 150), render 100.
NODES = ((1, 'view', 100), (2, 'quote', 50), (3, 'READ', 150, 1, 'network read'), (1, 'render', 100))


def open_timeline(browser, data=None, **options):
    browser.open(data or pages.request(*NODES, mode='sampling'), **options)
    browser.show('timeline')


def drag(browser, start, end, shift=True):
    """Over parts of the timeline's width, with a real mouse."""
    box = browser.one('.timeline .chart-box')
    width = box.size['width']
    actions = ActionChains(browser.driver)
    if shift:
        actions.key_down(Keys.SHIFT)
    actions.move_to_element_with_offset(box, round((start - 0.5) * width), 60).click_and_hold()
    actions.move_to_element_with_offset(box, round((end - 0.5) * width), 60).release()
    if shift:
        actions.key_up(Keys.SHIFT)
    actions.perform()
    browser.settle()


def part(browser, start_ms, end_ms):
    browser.js('profilerPage.showPart(arguments[0] * 1e6, arguments[1] * 1e6)', start_ms, end_ms)
    browser.settle()


def names(browser):
    return browser.js('const l = profilerPage.layout; return Array.from({length: l.count}, '
                      '(_, i) => [profilerPage.profile.label(l.func(i)), l.total[i] / 1e6])')


def shown_range(browser):
    return browser.js('const r = profilerPage.part.range; return r && [r.from / 4e6, r.to / 4e6]')


@pytest.mark.parametrize('how', ['Shift', 'button'])
def test_a_drag_selects_a_range(browser, how):
    open_timeline(browser)
    if how == 'button':
        next(one for one in browser.all('.view-options button') if one.text == 'Select range').click()
    drag(browser, 0.25, 0.75, shift=how == 'Shift')
    start, end = shown_range(browser)
    assert abs(start - 25) < 1 and abs(end - 75) < 1
    assert browser.one('#part').is_displayed() and ' of 400' in browser.text('#part .part-range')
    assert browser.js('return profilerPage.freeRange') is None  # it did not pan
    browser.assert_quiet(how)
    browser.shot('range-' + how)


def test_a_drag_from_right_to_left_and_a_click_with_shift(browser):
    open_timeline(browser)
    drag(browser, 0.6, 0.6)
    assert shown_range(browser) is None
    assert browser.js('return profilerPage.node') > 0  # a click as any other
    browser.press('0')
    drag(browser, 0.75, 0.25)
    start, end = shown_range(browser)
    assert start < end


def test_what_is_in_view_becomes_the_range(browser):
    open_timeline(browser)
    browser.js('const v = profilerPage.views.timeline; v.setRange(100e6, 200e6, false)')
    next(one for one in browser.all('.view-options button') if one.text == 'Use visible range').click()
    browser.settle()
    assert shown_range(browser) == [25, 50]
    assert browser.text('#part .part-range') == '100.0 to 200.0\u202fms of 400\u202fms'


def test_every_view_is_of_the_range(browser):
    open_timeline(browser)
    part(browser, 120, 320)
    assert names(browser) == [['GET /x', 200], ['view', 180], ['quote', 180], ['READ', 150], ['render', 20]]
    assert browser.text('#sentence') == '75 % network read in quote · 15 % in quote · 10 % in render'
    facts = browser.js("""const p = profilerPage, of = name => p.stats.figuresOf(
            p.profile.func.find(f => p.profile.label(f) === name));
        return ['quote', 'READ', 'render'].map(name => [of(name).self / 1e6, of(name).cumulative / 1e6])""")
    assert facts == [[30, 180], [150, 150], [20, 20]]
    browser.js('profilerPage.selectFunction(profilerPage.profile.func.find('
               'f => profilerPage.profile.label(f) === "quote"))')
    assert '180\u202fms (90 %)' in browser.text('#panel .facts')
    assert browser.text('#panel .split-names') == 'network read 150\u202fmsCPU 30.0\u202fms'
    for view in VIEWS:
        browser.show(view)
        assert browser.one('#part').is_displayed(), view
        browser.assert_quiet(view)
    browser.show('tree')
    assert [row.text for row in browser.all('.tree .row:not([hidden]) .total')] == \
        ['200.00', '180.00', '180.00', '150.00', '20.00']
    browser.show('functions')
    assert browser.js('return profilerPage.views.functions.rows.length') == 4
    browser.show('flame')
    for shape in ('icicle', 'sunburst'):
        browser.js('profilerPage.choose("shape", arguments[0])', shape)
        browser.settle()
        browser.assert_quiet(shape)
    browser.js('profilerPage.openSandwich(profilerPage.profile.func.find('
               'f => profilerPage.profile.label(f) === "quote"))')
    assert browser.js('return profilerPage.views.flame.layout.total[0]') == 180e6


@pytest.mark.parametrize('how', ['x', 'Escape', 'whole'])
def test_clearing_the_range(browser, how):
    open_timeline(browser)
    whole = names(browser)
    part(browser, 310, 390)
    assert names(browser) == [['GET /x', 80], ['render', 80]]
    assert browser.js('return profilerPage.profile.label(profilerPage.func)') == 'render'
    if how == 'x':
        browser.one('#part button').click()
    elif how == 'Escape':
        browser.press(Keys.ESCAPE)
    else:
        part(browser, 0, 400)
    browser.settle()
    assert names(browser) == whole and not browser.one('#part').is_displayed()
    assert browser.js('return profilerPage.profile.label(profilerPage.func)') == 'render'


def test_the_address_has_the_range(browser):
    data = pages.request(*NODES, mode='sampling')
    open_timeline(browser, data)
    part(browser, 310, 390)
    browser.pause(HASH_MS)
    address = browser.js('return location.hash')
    assert 'range=310000000-390000000' in address and 'node=4' in address
    browser.open(data, hash=address)
    assert names(browser) == [['GET /x', 80], ['render', 80]]
    assert browser.js('return profilerPage.profile.label(profilerPage.func)') == 'render'
    browser.pause(HASH_MS)
    browser.js('location.hash = "view=tree&node=3"')
    browser.wait(lambda: not browser.one('#part').is_displayed(), 'the whole')
    assert browser.js('return profilerPage.profile.label(profilerPage.func)') == 'READ'
    for bad in ('range=9-1', 'range=x', 'range=1-99999999999999', 'range=0-0'):
        browser.open(data, hash='#view=tree&' + bad)
        assert browser.js('return profilerPage.profile.total[0]') in (400e6, 400e6 - 1)
        browser.assert_quiet(bad)


def test_an_address_is_read_though_the_page_was_about_to_write_its_own(browser):
    """One that it cannot have written before: to write the same again changes nothing."""
    open_timeline(browser, pages.request(*NODES, mode='sampling'))
    browser.js('location.hash = "view=tree&node=4"; writeAddress(profilerPage)')
    browser.wait(lambda: browser.js('return profilerPage.view') == 'tree', 'the tree')
    assert browser.js('return profilerPage.profile.label(profilerPage.func)') == 'render'


def test_lines_and_downloads_are_of_the_whole(browser):
    data = json.loads(pages.SAMPLING.read_text())
    browser.open(data)
    whole = [browser.download(name).read_bytes() for name in ('.prof', 'folded')]
    half = data['meta']['wall_ns'] / 2e6
    part(browser, 0, half)
    assert [browser.download(name).read_bytes() for name in ('.prof', 'folded')] == whole
    browser.show('lines')
    assert 'The whole request: lines' in browser.text('.lines .note')
    assert browser.js('return profilerPage.views.lines.rows.length > 0')


def test_a_search_counts_in_the_range(browser):
    open_timeline(browser)
    browser.search('render')
    assert '25 %' in browser.text('.found-count')
    part(browser, 120, 320)
    assert '10 %' in browser.text('.found-count')


def test_a_search_counts_in_the_range_of_a_new_address(browser):
    open_timeline(browser)
    browser.search('render')
    browser.js('location.hash = "view=tree&range=120000000-320000000"')
    browser.wait(lambda: browser.one('#part').is_displayed(), 'the range')
    assert '10 %' in browser.text('.found-count')


def test_a_deterministic_profile_has_no_such_control(browser):
    browser.open(pages.request(*NODES))
    browser.show('timeline')
    assert [one.text for one in browser.all('.view-options button')] == []
    browser.open(pages.request(*NODES), hash='#view=tree&range=1-1000000')
    assert not browser.one('#part').is_displayed()
    browser.assert_quiet('deterministic')


def test_a_large_profile(browser):
    browser.open(pages.big(20000, mode='sampling'))
    browser.show('timeline')
    whole = browser.js('return profilerPage.profile.total[0]')
    browser.js('profilerPage.showPart(arguments[0] / 4, arguments[0] / 2)', whole)
    for view in VIEWS:
        browser.show(view)
        browser.assert_quiet(view)
    assert browser.js('return profilerPage.profile.nodes') < 20000
