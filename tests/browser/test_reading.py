"""How one reads the page: with keys, in any theme and width, on paper, without a pointer."""
import re

import pytest

import pages
from browser import HASH_MS, Keys
from steps import SAMPLING, TRACED, VIEWS, selected, zoom_range


# ---------------------------------------------------------------- keys, choices, address


def test_keys_switch_views_and_help_lists_them(browser):
    browser.open(TRACED)
    for number, view in enumerate(VIEWS, 1):
        browser.press(str(number))
        assert browser.js('return profilerPage.view') == view
    browser.press('1', '?')
    assert browser.one('#help').is_displayed() and 'search' in browser.text('#help')
    browser.shot('help')
    browser.press(Keys.ESCAPE)
    assert not browser.all('#help[open]')


def test_single_letters_can_be_switched_off(browser):
    browser.open(TRACED)
    browser.js('profilerPage.choose("letters", false)')
    browser.press('f')
    assert browser.js('return profilerPage.choices.fold') is True
    browser.press('2')
    assert browser.js('return profilerPage.view') == 'flame'


def test_choices_are_remembered_and_profiles_are_not(browser):
    path = browser.open(TRACED)
    browser.press('f', 't', '4')
    browser.js('profilerPage.choose("threshold", 1); profilerPage.choose("unit", "percent")')
    browser.all('.functions .columns button')[0].click()
    browser.go(path, fresh=False)
    state = browser.js('const p = profilerPage; return [p.choices.fold, p.theme(), p.view, p.choices.threshold, '
                       'p.choices.unit, p.views.functions.sort.key]')
    assert state == [False, 'dark', 'functions', 1, 'percent', 'cumtime']
    stored = browser.js('return JSON.stringify(localStorage)')
    assert 'orders' not in stored and 'shipping' not in stored


def test_broken_storage_is_no_obstacle(browser):
    path = browser.open(TRACED)
    for value in ('{', 'null', '[]', '{"fold":7,"sort":3,"theme":{},"view":"nope"}'):
        browser.js('localStorage.setItem("uwsgi-profiler", arguments[0])', value)
        browser.go(path, fresh=False)
        assert browser.js('return profilerPage.view') == 'tree'


def test_the_address_holds_view_node_and_zoom(browser):
    path = browser.open(TRACED)
    node = browser.js('return profilerPage.profile.heaviestNode(profilerPage.profile.func[profilerPage.node])')
    browser.press('2')
    browser.js('profilerPage.zoomTo(profilerPage.node)')
    browser.pause(HASH_MS)
    url = browser.driver.current_url
    assert 'view=flame' in url and 'node=%d' % node in url and 'zoom=%d' % node in url
    browser.go(path, hash='#view=functions&node=3&zoom=2')
    assert browser.js('return [profilerPage.view, profilerPage.node, profilerPage.zoom]') == ['functions', 3, 2]
    for bad in ('#view=evil&node=99999999&zoom=-1', '#node=x&from=NaN&to=1e999', '#%', '#view=__proto__'):
        browser.go(path, hash=bad)
        assert browser.js('return [profilerPage.view, profilerPage.zoom]') == ['tree', 0]


def test_the_zoom_is_shared(browser):
    browser.open(SAMPLING)
    browser.show('flame')
    browser.js('profilerPage.zoomTo(profilerPage.node)')
    browser.show('timeline')
    start, end = zoom_range(browser)
    assert end - start < browser.js('return profilerPage.profile.total[0]') * 0.9


# --------------------------------------------------------------------- themes and widths


def luminance(colour):
    channels = [int(part) / 255 for part in re.findall(r'\d+', colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(f * c for f, c in zip((0.2126, 0.7152, 0.0722), linear))


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_themes_follow_the_system_and_can_be_read(browser, scheme):
    browser.scheme(scheme)
    browser.open(SAMPLING)
    assert browser.js('return document.documentElement.dataset.theme') == scheme
    for view in VIEWS:
        browser.show(view)
        browser.shot('%s-%s' % (scheme, view))
    browser.show('tree')
    ground = browser.js('return getComputedStyle(document.body).backgroundColor')
    for selector in ('.label.own', '.tree .place', '.faint .label', '.tree .total', '.chip:not([hidden])',
                     '#crumbs button'):
        ink = browser.js('return getComputedStyle(document.querySelector(arguments[0])).color', selector)
        light, dark = sorted((luminance(ground), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, selector
    for fill, ink in browser.js('return Object.values(profilerPage.colours.fills).map(f => [f.fill, f.ink])'):
        values = sorted((luminance(' '.join(str(int(c[i:i + 2], 16)) for i in (1, 3, 5))) for c in (fill, ink)),
                        reverse=True)
        assert (values[0] + 0.05) / (values[1] + 0.05) >= 4.5, fill
    browser.one('[aria-label="Light or dark"]').click()
    assert browser.js('return document.documentElement.dataset.theme') != scheme


@pytest.mark.parametrize('name, data', [('sampling', SAMPLING), ('traced', TRACED)])
def test_narrow_pages_do_not_scroll_sideways(browser, name, data):
    browser.resize(360, 740)
    browser.open(data)
    for view in VIEWS:
        browser.show(view)
        assert browser.document_size() == [360, 740]
        browser.shot('narrow-%s-%s' % (name, view))
    browser.show('tree')
    browser.one('.options-button').click()
    assert browser.one('#options').is_displayed()
    browser.shot('narrow-%s-options' % name)
    browser.one('.options-button').click()
    browser.one('.panel-bar').click()
    assert browser.one('.panel-body').is_displayed()
    browser.shot('narrow-%s-panel' % name)
    browser.one('.menu summary').click()
    browser.shot('narrow-%s-menu' % name)
    assert browser.js('return document.documentElement.scrollWidth') == 360


def test_wide_menu_and_filter(browser):
    browser.open(TRACED)
    browser.one('.menu summary').click()
    browser.shot('menu')
    browser.one('h1').click()
    browser.one('.options button[aria-expanded]').click()
    browser.shot('filter')
    assert browser.js('return document.documentElement.scrollWidth') == 1280


def test_paper_has_300_rows_on_a_light_ground(browser):
    browser.scheme('dark')
    browser.open(pages.big(20000), 'wide')
    browser.js('profilerPage.choose("fold", false); profilerPage.views.tree.setBelow(0, 1)')
    browser.js('window.dispatchEvent(new Event("beforeprint"))')
    assert browser.js('return [...document.querySelectorAll(".row")].filter(r => !r.hidden).length') == 300
    assert browser.js('return document.documentElement.dataset.theme') == 'light'
    browser.js('window.dispatchEvent(new Event("afterprint"))')
    assert browser.js('return document.documentElement.dataset.theme') == 'dark'
    assert browser.js('return [...document.querySelectorAll(".row")].filter(r => !r.hidden).length') < 80
    pdf = browser.driver.execute_cdp_cmd('Page.printToPDF', {})
    assert len(pdf['data']) > 10000


# ------------------------------------------------------------------------- accessibility


def test_roles_and_what_is_active(browser):
    browser.open(TRACED)
    browser.js('profilerPage.select(profilerPage.profile.parent[profilerPage.node])')
    tree = browser.one('[role=tree]')
    active = tree.get_attribute('aria-activedescendant')
    row = browser.js('return document.getElementById(arguments[0])', active)
    assert row.get_attribute('aria-selected') == 'true' and row.get_attribute('role') == 'treeitem'
    for name in ('aria-level', 'aria-posinset', 'aria-setsize', 'aria-expanded'):
        assert row.get_attribute(name)
    browser.show('functions')
    grid = browser.one('[role=grid]')
    assert grid.get_attribute('aria-rowcount') == '41'
    assert len(browser.all('[role=columnheader]')) == 7
    browser.show('flame')
    assert browser.one('.chart-box').get_attribute('aria-describedby') == 'live'
    assert browser.one('#live').get_attribute('aria-live') == 'polite'
    nameless = browser.js('''return [...document.querySelectorAll('button, input, select')]
        .filter(e => !(e.textContent || e.ariaLabel || e.labels && e.labels.length)).length''')
    assert nameless == 0


def test_with_the_keyboard_alone(browser):
    browser.open(TRACED)
    seen = set()
    for _ in range(40):
        browser.press(Keys.TAB)
        seen.add(browser.js('const e = document.activeElement; return e.className + "|" + e.tagName + "|" + e.type'))
    assert any('list' in one for one in seen) and any('search' in one for one in seen)
    assert any('SUMMARY' in one for one in seen) and any('pair' in one for one in seen)
    browser.js('document.querySelector("#panel .pair").focus()')
    browser.press(Keys.ENTER)
    assert selected(browser) == 'SocketIO.readinto'
    assert browser.js('return document.activeElement.className') == 'pair'
