"""The page in a browser: its views, a tree of any size, and the template."""
import re

import pytest

import pages
from browser import SEARCH_MS, Keys
from steps import KEYS, PAINTED, SAMPLING, TABLE, TRACED, VIEWS, copy, own_profile, selected


# ----------------------------------------------------------------------------- the views


@pytest.mark.parametrize('name, data', [('sampling', SAMPLING), ('traced', TRACED)])
def test_each_view_renders(browser, name, data):
    browser.open(data, table=TABLE)
    for view in VIEWS:
        browser.show(view)
        if view in ('flame', 'timeline') and not browser.all('.state'):
            assert browser.js(PAINTED) > 0.05
        elif not browser.all('.state'):
            assert len(browser.all('#view .row')) > 10
        browser.shot('%s-%s' % (name, view))
    assert browser.js('return document.body.innerText').count('NaN') == 0


def test_what_was_not_recorded_is_said(browser):
    browser.open(TRACED)
    browser.show('timeline')
    assert 'profile=sampling' in browser.text('#view .state')
    browser.press(*KEYS)
    browser.show('lines')
    browser.press(*KEYS)
    assert 'profile=sampling' in browser.text('#view .state')


def test_the_head_says_what_was_asked_and_what_it_cost(browser):
    browser.open(SAMPLING)
    head, meta = browser.text('#head'), SAMPLING['meta']
    wall = browser.js('return prose(arguments[0])', meta['wall_ns'])
    for text in ('GET /orders/42', '200', wall, 'CPU', 'not on CPU',
                 str(meta['samples']), 'samples', 'every', 'Python 3.11.2', 'worker 1',
                 '2.0.21-debian', meta['id'], '5.35 kB',
                 'network read', 'sampling'):
        assert text in head, text
    assert '/orders/42' in browser.driver.title


@pytest.mark.parametrize('location, is_link', [
    ('/login?next=/', True), ('https://example.org/x', True), ('next', True),
    ('javascript:alert(1)', False), ('java\tscript:alert(1)', False), (' javascript:alert(1)', False),
    ('data:text/html,x', False), ('vbscript:x', False)])
def test_only_harmless_redirect_targets_are_links(browser, location, is_link):
    data = copy(TRACED)
    data['meta'].update(status=302, location=location)
    browser.open(data)
    assert location.strip()[:4] in browser.text('.redirect')
    assert len(browser.all('a.redirect')) == is_link


def test_the_page_opens_with_the_node_of_most_self_time(browser):
    """It is a library's, deep in a folded run, which has most of its time there and opens for it."""
    browser.open(SAMPLING)
    own = SAMPLING['node']['self']
    hottest = browser.js('return profilerPage.node')
    assert browser.js('''const p = profilerPage, closed = new Layout(p.profile, p.layout.foldable,
        new Uint8Array(p.profile.nodes)), row = closed.rowOf[p.node];
        return closed.self.every((ns, i) => i === 0 || ns <= closed.self[row]) &&
            p.profile.self[p.node] * 2 > closed.self[row]''')
    row = browser.one('.tree .row.selected')
    names = [SAMPLING['str'][i] for i in SAMPLING['func']['name']]
    name = names[SAMPLING['node']['func'][hottest]]
    assert row.get_attribute('aria-label').startswith('%s, %.1f' % (name, own[hottest] / 1e6))
    assert row.is_displayed()
    crumbs = browser.text('#crumbs')
    assert crumbs.startswith('GET /orders/42›show_order›') and crumbs.endswith('›' + name)


def test_library_runs_are_folded_and_their_figures_add_up(browser):
    browser.open(TRACED)
    rows, total, folded = browser.js('''
        const l = profilerPage.layout; let self = 0, folded = 0;
        for (let i = 0; i < l.count; i++) { self += l.self[i]; folded += l.folded[i]; }
        return [l.count, self - l.total[0], folded]''')
    nodes = len(TRACED['node']['depth'])
    assert total == 0 and rows < nodes / 3
    assert re.search(r'^[\d,]+ frames folded \(', browser.text('.tree .chip:not([hidden])'))
    browser.press('f')
    assert browser.js('return profilerPage.layout.count') > nodes * 0.9  # imports stay folded


def test_rows_open_and_close(browser):
    browser.open(TRACED)
    count = lambda: browser.js('return profilerPage.views.tree.rows.length')  # noqa: E731
    browser.js('profilerPage.select(profilerPage.layout.node[1])')
    browser.one('.tree .list').click()
    browser.js('profilerPage.select(profilerPage.layout.node[1])')
    before = count()
    browser.press(Keys.ARROW_LEFT)
    assert count() < before
    assert browser.one('.tree .row.selected').get_attribute('aria-expanded') == 'false'
    browser.press(Keys.ARROW_RIGHT)
    assert count() == before
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_DOWN)
    assert selected(browser) == 'shipping_quote'
    browser.press(Keys.ARROW_UP, Keys.HOME)
    assert selected(browser) == 'GET /orders/42'
    browser.press(Keys.END)
    assert browser.js('return profilerPage.views.tree.list.box.getAttribute("aria-activedescendant")') == (
        'tree-row-%d' % (count() - 1))
    browser.js('profilerPage.select(0)')
    browser.js('''document.querySelector('.tree .list').dispatchEvent(new KeyboardEvent('keydown',
               {key: 'ArrowRight', altKey: true, bubbles: true}))''')
    assert count() == browser.js('return profilerPage.layout.count')


def test_a_tree_of_one_million_pixels_has_few_elements(browser):
    browser.open(pages.big(20000), 'wide')
    browser.js('profilerPage.choose("fold", false); profilerPage.views.tree.setBelow(0, 1)')
    assert browser.js('return profilerPage.views.tree.rows.length') > 15000
    assert len(browser.all('.row')) < 80


def test_percent_in_place_of_seconds(browser):
    browser.open(TRACED)
    assert 'Total ms' in browser.text('.tree .columns')
    browser.js('''const s = document.querySelector('select[aria-label="Unit of times"]');
                  s.value = 'percent'; s.dispatchEvent(new Event('change'))''')
    assert 'Total %' in browser.text('.tree .columns')
    assert browser.one('.tree .row .total').text == '100 %'


def test_the_threshold_says_how_many_rows_it_hides(browser):
    browser.open(TRACED)
    browser.js('profilerPage.choose("threshold", 1)')
    note = browser.text('.tree .note')
    hidden = browser.js('const l = profilerPage.layout; return l.total.filter(t => t < 0.01 * l.total[0]).length')
    assert note == '{:,} rows below 1 % not shown'.format(hidden)


def test_functions_are_folded_and_shown_by_regular_expression(browser):
    browser.open(TRACED)
    rows = browser.js('return profilerPage.layout.count')
    browser.js('profilerPage.choose("hide", "pricing")')
    assert browser.js('return profilerPage.layout.count') < rows
    browser.js('profilerPage.choose("hide", ""); profilerPage.choose("show", "sqlalchemy")')
    assert browser.js('return profilerPage.layout.count') > rows
    browser.one('.options button[aria-expanded]').click()
    field = browser.one('.expression input')
    field.send_keys('(')
    browser.pause(SEARCH_MS)
    assert field.get_attribute('aria-invalid') == 'true'


# --------------------------------------------------------------------------------- scale


# The browser notes it some time after it has painted.
FIRST_PAINT = '''const [entry] = performance.getEntriesByName('first-contentful-paint');
return entry ? entry.startTime : 0'''


@pytest.mark.parametrize('nodes, mode', [(100000, 'deterministic'), (100000, 'sampling')])
def test_a_hundred_thousand_nodes(browser, nodes, mode, capsys):
    data = pages.big(nodes, mode)
    path = browser.open(data, 'big-' + mode)
    times = []
    for _ in range(3):
        browser.go(path, fresh=False)
        times.append(browser.wait(lambda: browser.js(FIRST_PAINT), 'the first paint'))
    browser.shot('big-%s-tree' % mode)
    browser.js('profilerPage.choose("fold", false)')
    frames = {}
    for view in ('flame', 'timeline') if mode == 'sampling' else ('flame',):
        browser.show(view)
        frames[view] = browser.js('''const v = profilerPage.views[arguments[0]], start = performance.now();
            const whole = v.boxes.width[0];
            for (let i = 0; i < 40; i++) { v.setRange(whole * i / 80, whole * (i / 80 + 0.5), false); v.drawNow(); }
            v.setRange(0, whole); return (performance.now() - start) / 40''', view)
        browser.shot('big-%s-%s' % (mode, view))
    browser.show('functions')
    browser.search('function_1')
    with capsys.disabled():
        print('\n  %d nodes, %s: %.1f MB, painted after %s ms; a frame takes %s ms' % (
            nodes, mode, path.stat().st_size / 1e6, ', '.join('%.0f' % t for t in times),
            ', '.join('%.1f (%s)' % (ms, view) for view, ms in frames.items())))


def test_twenty_thousand_deep(browser):
    names = ['f%d' % i for i in range(20000)]
    browser.open(own_profile(names, [1000] * 20000), 'deep')
    browser.js('profilerPage.views.tree.setBelow(0, 1); profilerPage.select(19000)')
    for view in ('tree', 'flame', 'functions'):
        browser.show(view)
        browser.shot('deep-' + view)
    assert browser.download('folded').stat().st_size < 100e6
    browser.download('speedscope')


# -------------------------------------------------------------------------- the template


def test_the_template_opens_from_disk_as_it_is(browser):
    browser.driver.get((pages.TEMPLATES / 'report.html').as_uri())
    assert browser.one('#app').is_displayed()
    browser.requests()  # its own files


def test_the_template_holds_the_sample():
    page = (pages.TEMPLATES / 'report.html').read_text()
    assert page.count(pages.SAMPLING.read_text().strip()) == 1


def test_nothing_in_the_page_needs_a_wider_policy():
    text = ''.join(path.read_text() for path in pages.TEMPLATES.iterdir() if path.suffix in ('.js', '.css', '.html'))
    allowed = ('no request', 'innerHTML.', "await fetch(address, {cache: 'no-store'})")  # the last: load.js
    for forbidden in ('innerHTML', 'outerHTML', 'insertAdjacentHTML', 'eval(', 'new Function', 'document.write',
                      ' style=', 'onclick=', 'url(', '@import', 'fetch(', 'XMLHttpRequest', '</script>"'):
        found = [line for line in text.split('\n') if forbidden in line and not line.startswith('{"v"')]
        assert [line for line in found if not any(each in line for each in allowed)] == [], forbidden


def test_only_pages_of_the_shelf_ask_for_anything(browser):
    """Without the server's word that the page is one, nothing is loaded, whatever the address says."""
    browser.open(TRACED, hash='#ids=%016x&a=%016x&b=%016x' % (1, 2, 3))
    assert browser.js('return [readShelf(), profilerPage.profile.requests]') == [None, 1]
