"""Controls stand where they do something; what they hide is said and undone with one click."""
import base64
import json
import shutil
import subprocess

import pytest

import pages
from browser import Keys, SEARCH_MS

TRACED = json.loads(pages.TRACED.read_text())
SAMPLING = json.loads(pages.SAMPLING.read_text())


def controls(browser):
    """What is to be seen of them, with the view's own."""
    return browser.js('''const shown = e => e.getClientRects().length > 0;
        return [...document.querySelectorAll('#options > :is(label, select, button), .view-options > *')]
            .filter(shown).map(e => e.matches('select') ? e.getAttribute('aria-label') : e.textContent)''')


FOLD, UNIT = ['Fold libraries', 'Fold by name'], ['Unit of times']
LEAST = ['Hide rows and boxes below a share of the time']


@pytest.mark.parametrize('data, view, expected', [
    (SAMPLING, 'tree', FOLD + LEAST + UNIT), (SAMPLING, 'flame', FOLD + LEAST),
    (SAMPLING, 'timeline', FOLD + LEAST), (SAMPLING, 'functions', LEAST + UNIT + ['Own code only']),
    (SAMPLING, 'lines', LEAST + UNIT + ['Own code only']), (TRACED, 'timeline', []), (TRACED, 'lines', []),
    (TRACED, 'functions', LEAST + UNIT + ['Own code only'])])
def test_a_control_that_does_nothing_in_a_view_is_not_there(browser, data, view, expected):
    browser.open(data)
    browser.show(view)
    general = FOLD + LEAST + UNIT + ['Own code only']
    assert [name for name in controls(browser) if name in general] == expected
    if not expected:
        assert controls(browser) == []
        browser.resize(360, 740)
        assert not browser.one('.options-button').is_displayed()


def test_times_or_percent_in_every_table(browser):
    browser.open(SAMPLING)
    for view in ('tree', 'functions', 'lines'):
        browser.show(view)
        browser.js('''const select = profilerPage.controls.unit; select.value = arguments[0];
            select.dispatchEvent(new Event('change'))''', 'percent')
        browser.settle()
        assert browser.text('.view .row :is(.total, .cumtime)').endswith('%')
        browser.js('profilerPage.choose("unit", "time")')


def strip(browser):
    return browser.text('#strip') if browser.one('#strip').is_displayed() else ''


def test_what_is_hidden_is_said_and_one_click_shows_it(browser):
    path = browser.open(SAMPLING)
    assert strip(browser) == ''
    browser.js('''for (const [name, value] of [['threshold', 1], ['fold', false], ['hide', 'pricing'],
        ['show', 'jinja2'], ['imports', false], ['ownOnly', true]]) profilerPage.choose(name, value)''')
    browser.go(path, fresh=False)  # another day
    assert strip(browser).startswith('Showing: only what took 1 % or more \u00b7 libraries not folded \u00b7 '
                                     'imports not folded \u00b7 also folded: /pricing/ \u00b7 never folded: /jinja2/')
    browser.show('functions')
    browser.js('profilerPage.choose("ownOnly", true)')
    assert strip(browser) == 'Showing: own code only \u00b7 only what took 1 % or more Reset'
    browser.shot('strip')
    browser.one('#strip button').click()
    browser.settle()
    assert strip(browser) == ''
    assert browser.js('return [profilerPage.choices.threshold, profilerPage.choices.ownOnly]') == [0, False]
    assert browser.js('const c = profilerPage.controls; return [c.threshold.value, c.ownOnly.firstChild.checked]') == [
        '0', False]
    browser.show('tree')
    assert 'libraries not folded' in strip(browser)
    browser.one('#strip button').click()
    browser.settle()
    assert strip(browser) == ''
    assert browser.js('''const c = profilerPage.choices; return [c.fold, c.imports, c.hide, c.show]''') == [
        True, True, '', '']
    assert browser.js('return [...document.querySelectorAll(".expression input")].map(i => i.value)') == ['', '']


def test_what_is_hidden_is_text(browser):
    browser.open(SAMPLING)
    browser.js('profilerPage.choose("hide", "<img src=x>\\u202e")')
    assert '/<img src=x>\\u202e/' in strip(browser)
    assert browser.all('#strip img') == []


@pytest.mark.parametrize('width, rows', [(1280, 1), (1000, 1), (360, 3)])
def test_the_fields_of_folding_by_name_stand_side_by_side(browser, width, rows):
    browser.open(SAMPLING)
    browser.resize(width, 740)
    if width == 360:
        browser.one('.options-button').click()
    browser.js('profilerPage.controls.toggleFilter()')
    browser.settle()
    tops = browser.js('''return [...document.querySelectorAll('.filter > *')]
        .map(e => { const r = e.getBoundingClientRect(); return Math.round((r.top + r.bottom) / 2); })''')
    assert len(tops) == 3 and len(set(tops)) == rows
    assert browser.js('return document.documentElement.scrollWidth <= innerWidth')
    browser.show('functions')
    assert not browser.one('.filter').is_displayed()


def test_help_explains_the_words(browser):
    browser.open(SAMPLING)
    browser.press('?')
    words = browser.js('return [...document.querySelectorAll("#help th")].map(e => e.textContent)')
    for word in ('total', 'self', 'calls', 'samples', 'own code', 'library', 'folded', 'switched out', 'event loop',
                 'other waits', 'CPU wait', 'not in the tree', 'GIL', 'not on CPU'):
        assert word in words
    assert browser.js('return [...document.querySelectorAll("#help td")].every(e => e.textContent.length > 3)')
    browser.shot('help-words')


@pytest.mark.parametrize('view', ['flame', 'timeline'])
def test_a_tip_goes_with_the_next_key(browser, view):
    browser.open(SAMPLING)
    browser.show(view)
    browser.js('''const box = document.querySelector('.chart-box'), frame = box.getBoundingClientRect();
        box.dispatchEvent(new PointerEvent('pointermove',
            {bubbles: true, clientX: frame.left + 200, clientY: frame.top + 58}))''')
    assert browser.one('.tip').is_displayed()
    browser.press(Keys.ARROW_DOWN)
    assert not browser.one('.tip').is_displayed()


def test_a_library_keeps_its_colour_from_page_to_page(browser):
    browser.open(SAMPLING)
    first = browser.js('return Object.fromEntries(profilerPage.colours.colourOf)')
    browser.open(TRACED)
    second = browser.js('return Object.fromEntries(profilerPage.colours.colourOf)')
    common = set(first) & set(second)
    assert len(common) >= 4 and {name: first[name] for name in common} == {name: second[name] for name in common}
    assert len(set(first.values())) == len(first) and set(first.values()) <= set(range(6))


def test_names_of_one_home_colour_get_different_colours(browser):
    """Whatever they are called, and however many: six have a colour, the hottest its own."""
    browser.open(SAMPLING)
    found = browser.js('''
        const colours = profilerPage.colours, names = Array.from({length: 40}, (_, i) => 'lib' + i);
        const same = names.filter(name => homeColour(name) % 6 === homeColour(names[0]) % 6).slice(0, 5);
        const functions = [...profilerPage.stats.functions].sort((a, b) =>
            profilerPage.stats.figuresOf(b).self - profilerPage.stats.figuresOf(a).self).slice(0, same.length);
        const given = colours.assign(func => same[functions.indexOf(func)]);
        return [same.length, given.get(same[0]) === homeColour(same[0]) % 6, new Set(given.values()).size]''')
    assert found == [5, True, 5]


def test_the_menu_says_what_opens_each_file(browser):
    browser.open(SAMPLING)
    for width in (1280, 360):
        browser.resize(width, 740)
        browser.one('.menu summary').click()
        browser.settle()
        text = browser.one('.menu-items').text
        for name in ('SnakeViz', 'speedscope.app', 'flamegraph.pl', 'jq'):
            assert name in text, (width, name)
        left, right = browser.js('''const r = document.querySelector('.menu-items').getBoundingClientRect();
            return [r.left, innerWidth - r.right]''')
        assert left >= 0 and right >= 0
        browser.shot('menu-%d' % width)
        browser.press(Keys.ESCAPE)


def test_how_many_frames_are_folded_is_never_cut(browser):
    """Beside a name as long as Django's are."""
    data = pages.request((1, 'view', 5), (2, 'L' * 120, 5), *[(3 + i, 'M%d' % i, 1) for i in range(213)])
    browser.open(data)
    room, text = browser.js('''const chip = [...document.querySelectorAll('.chip:not([hidden])')]
        .find(e => e.textContent.startsWith('213')), measure = document.createElement('canvas').getContext('2d');
        measure.font = getComputedStyle(chip).font;
        return [chip.clientWidth - 14, measure.measureText('213 frames').width]''')
    assert room >= text


# -------------------------------------------------------------------------- roles, contrast

CONTRAST = '''
const parse = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
const light = rgb => { const [r, g, b] = rgb.map(v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const contrast = (one, other) => { const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05); };
return [...document.querySelectorAll('.pair')].flatMap(pair => {
    const ground = parse(getComputedStyle(pair.querySelector('.pair-fill')).backgroundColor);
    return [...pair.querySelectorAll(':scope > :not(.pair-fill)')]
        .map(e => contrast(parse(getComputedStyle(e).color), ground));
})'''


@pytest.mark.parametrize('scheme', ['light', 'dark'])
def test_callers_and_callees_can_be_read_on_their_bars(browser, scheme):
    browser.scheme(scheme)
    browser.open(TRACED)
    found = browser.js(CONTRAST)
    assert found and min(found) >= 4.5, found


def test_roles_stand_where_they_are_allowed(browser):
    """As axe wants them: no button is a column's head, everything stands in a landmark."""
    browser.open(TRACED)
    for view in ('tree', 'flame', 'functions', 'lines'):
        browser.show(view)
        assert browser.all('button[role=columnheader]') == []
        assert browser.js('''const landmark = 'main, nav, header, aside, footer, [role=region], [role=status], dialog';
            return [...document.querySelectorAll('#app button, #app input, #app select, #app summary, #app [tabindex]')]
                .filter(e => !e.closest(landmark)).map(e => e.outerHTML)''') == []
    browser.show('functions')
    heads = browser.all('[role=columnheader]')
    assert [head.get_attribute('aria-sort') for head in heads].count('descending') == 1
    assert all(head.find_elements('css selector', 'button') for head in heads)


# ------------------------------------------------------------------------------- narrow, paper

def test_narrow_pages_name_the_waits_and_do_not_scroll_sideways(browser):
    browser.resize(360, 740)
    browser.open(SAMPLING)
    assert 'network read' in browser.one('#head .split-names').text
    for view in ('tree', 'flame', 'timeline', 'functions', 'lines'):
        browser.show(view)
        assert browser.js('return document.documentElement.scrollWidth') <= 360
        beyond = browser.js('''return [...document.querySelectorAll('.legend-entry, .split-names > *, .columns > *')]
            .filter(e => e.getClientRects().length && e.getBoundingClientRect().right > 361).map(e => e.textContent)''')
        assert beyond == [], view


def test_a_searched_share_stays_in_the_box_when_narrow(browser):
    browser.resize(360, 740)
    browser.open(SAMPLING)
    browser.search('order')
    browser.pause(SEARCH_MS)
    count, box = browser.js('''return ['.found-count', '.search'].map(s => {
        const r = document.querySelector(s).getBoundingClientRect(); return [r.left, r.right]; })''')
    assert box[0] <= count[0] and count[1] <= box[1]


@pytest.mark.parametrize('view', ['tree', 'functions'])
@pytest.mark.parametrize('data', [TRACED, SAMPLING], ids=['deterministic', 'sampling'])
def test_the_first_page_of_paper_has_head_sentence_and_table(browser, data, view, tmp_path):
    """As Chromium prints it, and Debian's pdftotext reads it."""
    if not shutil.which('pdftotext'):
        pytest.skip('no pdftotext: apt-get install poppler-utils')
    browser.open(data)
    browser.show(view)
    sentence = browser.one('#sentence').text.split(' \u00b7 ')[0].split(',')[0]
    printed = browser.driver.execute_cdp_cmd('Page.printToPDF', {})
    (tmp_path / 'page.pdf').write_bytes(base64.b64decode(printed['data']))
    text = subprocess.run(['pdftotext', '-l', '1', '-layout', tmp_path / 'page.pdf', '-'],
                          capture_output=True, text=True, check=True).stdout
    head = ' '.join(text.split())
    for part in ('GET /orders/42', sentence, 'Total ms'):
        assert ' '.join(part.split()) in head, part
    first = browser.text('.view .row .label')
    assert first in head and 'Download' not in head and 'Show all' not in head
    rows = [line for line in text.split('Total ms')[1].splitlines() if '%' in line]
    assert len(rows) > 15
