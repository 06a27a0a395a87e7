"""The report page in a real browser."""
import json
import marshal
import pstats
import re

import pytest
from selenium.webdriver.common.action_chains import ActionChains

import pages
from browser import HASH_MS, SEARCH_MS, ZOOM_MS, Keys

SAMPLING = json.loads(pages.SAMPLING.read_text())
TRACED = json.loads(pages.TRACED.read_text())
TABLE = pages.TRACED.with_suffix('.txt').read_text()
GOLDEN = pages.ROOT / 'tests' / 'golden'
VIEWS = ('tree', 'flame', 'timeline', 'functions', 'lines')

# Which part of the canvas is painted in another colour than the ground's.
PAINTED = r'''
const canvas = document.querySelector('#view canvas'), context = canvas.getContext('2d');
const data = context.getImageData(0, 0, canvas.width, canvas.height).data;
const ground = getComputedStyle(document.body).backgroundColor.match(/\d+/g).map(Number);
let painted = 0;
for (let i = 0; i < data.length; i += 4)
    painted += data[i + 3] > 0 && ground.some((value, k) => k < 3 && value !== data[i + k]);
return painted / (data.length / 4)'''


# What moves, selects and zooms: in a view that has nothing to show, nothing.
KEYS = (Keys.ARROW_UP, Keys.ARROW_DOWN, Keys.ARROW_LEFT, Keys.ARROW_RIGHT, Keys.HOME, Keys.END, Keys.PAGE_UP,
        Keys.PAGE_DOWN, Keys.ENTER, '+', '-', '*', '0', 'h', 'n', 'f')


def copy(data):
    return json.loads(json.dumps(data))


def selected(browser):
    return browser.js('return profilerPage.profile.label(profilerPage.func)')


def own_profile(names, times, meta=None):
    """A chain of own functions below the request."""
    data = copy(TRACED)
    data['meta'].update(meta or {})
    data['str'] = ['GET /x', '', '/srv/shop/app.py'] + names
    count = len(names)
    data['func'] = {'name': [0] + [3 + i for i in range(count)], 'file': [1] + [2] * count,
                    'line': [0] + list(range(1, count + 1)), 'lib': [1] * (count + 1),
                    'kind': [4] + [0] * count}
    data['node'] = {'depth': list(range(count + 1)), 'func': list(range(count + 1)),
                    'self': [0] + times, 'calls': [1] * (count + 1)}
    return data


# ------------------------------------------------------------------------ the views

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
    assert note == '{:,} rows under 1 % not shown'.format(hidden)


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


# ----------------------------------------------------------------------- the canvas

def zoom_range(browser):
    return browser.js('const v = profilerPage.views[profilerPage.view]; return [v.from, v.to]')


def test_flame_zooms_by_click_wheel_and_key(browser):
    browser.scheme('light', motion='no-preference')
    browser.open(TRACED)
    browser.show('flame')
    whole = zoom_range(browser)
    browser.js('profilerPage.zoomTo(profilerPage.node)')
    browser.pause(ZOOM_MS)
    near = zoom_range(browser)
    assert near[1] - near[0] < whole[1] - whole[0]
    browser.shot('traced-flame-zoomed')
    browser.press(Keys.ESCAPE)
    browser.pause(ZOOM_MS)
    assert zoom_range(browser) == whole
    browser.js('''const b = document.querySelector('.chart-box'), r = b.getBoundingClientRect();
        b.dispatchEvent(new WheelEvent('wheel', {deltaY: -300, ctrlKey: true, bubbles: true, cancelable: true,
                                                 clientX: r.left + 100, clientY: r.top + 50}))''')
    zoomed = zoom_range(browser)
    at = lambda r: r[0] + (r[1] - r[0]) * 100 / browser.js('return profilerPage.views.flame.width')  # noqa: E731
    assert zoomed[1] - zoomed[0] < whole[1] - whole[0]
    assert at(zoomed) == pytest.approx(at(whole), rel=0.02)
    browser.pause(HASH_MS)
    assert 'from=' in browser.driver.current_url
    browser.press('0')
    browser.pause(ZOOM_MS)
    assert zoom_range(browser) == whole


def drag(browser, box, start, end):
    browser.js('''
        const [box, start, end] = arguments, r = box.getBoundingClientRect();
        const send = (type, [x, y]) => box.dispatchEvent(new PointerEvent(type, {
            pointerId: 1, pointerType: 'touch', button: type === 'pointermove' ? -1 : 0, bubbles: true,
            clientX: r.left + x, clientY: r.top + y}));
        send('pointerdown', start); send('pointermove', [(start[0] + end[0]) / 2, start[1]]);
        send('pointermove', end); send('pointerup', end);''', box, start, end)


def test_dragging_pans_and_does_not_click(browser):
    browser.open(TRACED)
    browser.show('flame')
    browser.js('profilerPage.views.flame.zoomAt(200, 0.3)')
    before, node = zoom_range(browser), browser.js('return profilerPage.node')
    drag(browser, browser.one('.chart-box'), [400, 90], [300, 90])
    after = zoom_range(browser)
    assert after[0] > before[0] and after[1] - after[0] == pytest.approx(before[1] - before[0])
    assert browser.js('return profilerPage.node') == node


def test_two_fingers_zoom(browser):
    browser.open(SAMPLING)
    browser.show('timeline')
    before = zoom_range(browser)
    browser.js('''
        const box = document.querySelector('.chart-box'), r = box.getBoundingClientRect();
        const send = (type, id, x) => box.dispatchEvent(new PointerEvent(type, {
            pointerId: id, pointerType: 'touch', button: 0, bubbles: true, clientX: r.left + x, clientY: r.top + 90}));
        send('pointerdown', 1, 300); send('pointerdown', 2, 400);
        send('pointermove', 2, 500); send('pointerup', 1, 300); send('pointerup', 2, 500);''')
    after = zoom_range(browser)
    assert after[1] - after[0] == pytest.approx((before[1] - before[0]) / 2, rel=0.01)


def test_a_click_selects_and_zooms_and_the_breadcrumb_leads_back(browser):
    browser.open(TRACED)
    browser.show('flame')
    x, y = browser.js('''
        const v = profilerPage.views.flame, l = v.layout, p = v.page.profile;
        const row = [...Array(l.count).keys()].find(i => p.name(l.func(i)) === 'price_order');
        return [(l.start[row] + l.total[row] / 2 - v.from) * v.scale, v.levelY(l.depth[row]) + 8]''')
    drag(browser, browser.one('.chart-box'), [x, y], [x, y])
    assert selected(browser) == 'price_order'
    assert browser.js('return profilerPage.profile.name(profilerPage.profile.func[profilerPage.zoom])') == 'price_order'
    browser.all('#crumbs button')[0].click()
    assert browser.js('return profilerPage.zoom') == 0


def test_a_real_mouse_hovers_clicks_and_drags(browser):
    browser.open(TRACED)
    browser.show('flame')
    box = browser.one('.chart-box')
    actions = ActionChains(browser.driver)
    actions.move_to_element_with_offset(box, -100, -box.size['height'] // 2 + 70).perform()
    browser.settle()
    assert browser.js('return profilerPage.profile.label(profilerPage.hovered)') in browser.text('.tip')
    actions.click().perform()
    assert browser.js('return profilerPage.zoom') == browser.js('return profilerPage.node') > 0
    browser.js('profilerPage.views.flame.zoomAt(300, 0.2)')
    before = zoom_range(browser)
    ActionChains(browser.driver).move_to_element(box).click_and_hold().move_by_offset(-60, 0).release().perform()
    after = zoom_range(browser)
    assert after[0] > before[0] and after[1] - after[0] == pytest.approx(before[1] - before[0])


def test_the_panel_has_the_width_that_the_reader_gives_it(browser):
    path = browser.open(TRACED)
    ActionChains(browser.driver).drag_and_drop_by_offset(browser.one('#splitter'), -100, 0).perform()
    assert 415 <= browser.one('#panel').size['width'] <= 425
    browser.one('#splitter').send_keys(Keys.ARROW_RIGHT)
    width = browser.one('#panel').size['width']
    browser.go(path, fresh=False)
    assert browser.one('#panel').size['width'] == width


def test_keys_lead_to_caller_callee_and_siblings_and_say_so(browser):
    browser.open(TRACED)
    browser.show('flame')
    browser.js('profilerPage.selectFunction(profilerPage.profile.func[profilerPage.profile.pathTo(profilerPage.node)'
               '.find(node => profilerPage.profile.label(profilerPage.profile.func[node]) === "shipping_quote")])')
    browser.one('.chart-box').send_keys(Keys.ARROW_UP)
    assert selected(browser) == 'show_order'
    browser.press(Keys.ARROW_DOWN)
    assert selected(browser) == 'shipping_quote'
    browser.press(Keys.ARROW_RIGHT)
    assert selected(browser) == 'price_order'
    assert browser.text('#live').startswith(
        'price_order, %.1f' % (pages.total_ns(TRACED, 'price_order') / 1e6))
    browser.press('+')
    assert zoom_range(browser)[1] < browser.js('return profilerPage.profile.total[0]')


def test_flame_upside_down_and_as_a_sunburst(browser):
    browser.open(TRACED)
    browser.show('flame')
    for shape in ('flame', 'sunburst'):
        browser.js('profilerPage.choose("shape", arguments[0])', shape)
        browser.settle()
        assert browser.js(PAINTED) > 0.05
        browser.shot('traced-' + shape)
    box = browser.js('''const v = profilerPage.views.flame, s = v.sunburst; s.measure();
        return v.hit(s.x + 4, s.y - s.centre - s.ring / 2)''')
    assert browser.js('return profilerPage.profile.name(profilerPage.views.flame.layout.func('
                      'profilerPage.views.flame.boxes.row[arguments[0]]))', box) == 'Flask.__call__'
    browser.press('+')
    assert browser.js('return profilerPage.zoom === profilerPage.node')
    browser.settle()
    browser.shot('traced-sunburst-zoomed')


@pytest.mark.parametrize('colour', ['library', 'file', 'self'])
def test_colours(browser, colour):
    browser.open(TRACED)
    browser.show('flame')
    browser.js('profilerPage.choose("fold", false); profilerPage.choose("colour", arguments[0])', colour)
    browser.shot('traced-flame-by-' + colour)
    assert len(browser.all('.legend-entry')) >= 5


def test_hovering_tells_about_the_box(browser):
    browser.open(SAMPLING)
    browser.show('timeline')
    browser.js('''const b = document.querySelector('.chart-box'), r = b.getBoundingClientRect();
        const v = profilerPage.views.timeline, p = profilerPage.profile, boxes = v.boxes;
        const box = [...boxes.row.keys()].filter(i => p.label(v.layout.func(boxes.row[i])) === 'shipping_quote')
            .sort((a, b) => boxes.width[b] - boxes.width[a])[0];
        b.dispatchEvent(new PointerEvent('pointermove', {bubbles: true,
            clientX: r.left + (boxes.start[box] + boxes.width[box] / 2 - v.from) * v.scale,
            clientY: r.top + v.levelY(boxes.levelOf(box)) + 10}))''')
    browser.shot('sampling-timeline-hover')
    tip = browser.text('.tip')
    assert 'shipping_quote' in tip and 'network read' in tip
    assert browser.js('return profilerPage.hovered > 0')
    browser.js('profilerPage.select(profilerPage.profile.heaviestNode(profilerPage.hovered))')
    assert selected(browser) == 'shipping_quote'  # the same call path: the same figures
    parts = re.findall(r'(network read|CPU|other waits) ([\d.]+\s[mµ]s)', browser.text('#panel .split-names'))
    assert len(parts) == 3
    for part in parts:
        assert '%s %s' % part in tip, (parts, tip)


def test_what_is_too_small_is_hatched_not_blank(browser):
    data = own_profile(['root'], [0])
    data['node'] = {'depth': [0, 1] + [2] * 50000, 'func': [0, 1] + [1] * 50000,
                    'self': [0, 0] + [10] * 50000, 'calls': [1] * 50002}
    browser.open(data)
    browser.js('profilerPage.zoomTo(0)')
    browser.show('flame')
    row = browser.js('''const v = profilerPage.views.flame, y = Math.round((v.levelY(2) + 10) * devicePixelRatio);
        const d = v.context.getImageData(0, y, v.canvas.width, 1).data; let n = 0;
        for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n / (d.length / 4)''')
    assert row > 0.2


# --------------------------------------------------------------------- the functions

def shown_functions(browser):
    return browser.js('const v = profilerPage.views.functions; return v.rows.map(f => v.profile.standardName(f))')


def table_functions(table):
    rows = table.split('filename:lineno(function)\n')[1].strip().split('\n')
    return [line.split(None, 5)[5] for line in rows if line.strip()]


def test_the_table_starts_as_the_server_printed_it(browser):
    browser.open(TRACED)
    browser.show('functions')
    assert shown_functions(browser) == table_functions(TABLE.split('\n\n\n')[0])
    functions = '{:,}'.format(len(TRACED['func']['name']) - 1)
    assert '40 of %s functions' % functions in browser.text('.functions .note')
    assert browser.one('[aria-sort=descending]').text.startswith('Self ms')


def test_sort_by_and_restrictions_are_obeyed(browser):
    data = copy(TRACED)
    data['meta'].update(sort_by=['name', 'line'], restrictions=["'(?P<x>shop)/.*\\\\.py'", '0.5', '3'])
    browser.open(data)
    browser.show('functions')
    names = shown_functions(browser)
    assert len(names) == 3 and all('shop' in name for name in names)
    assert names == sorted(names, key=lambda n: n.partition('(')[2])


def test_every_column_sorts_both_ways(browser):
    browser.open(TRACED)
    browser.show('functions')
    browser.js('profilerPage.views.functions.setRows("all")')
    for number in range(7):
        head, directions = browser.all('.functions .columns button')[number], set()
        for _ in range(2):
            head.click()
            browser.settle()
            direction = head.find_element('xpath', '..').get_attribute('aria-sort')
            values = browser.js('''const v = profilerPage.views.functions, c = v.columns[arguments[0]];
                return v.rows.map(f => c.value(f))''', number)
            assert values == sorted(values, reverse=direction == 'descending')
            directions.add(direction)
        assert directions == {'ascending', 'descending'}


def test_top_n_and_own_code_only(browser):
    browser.open(TRACED)
    browser.show('functions')
    browser.js('profilerPage.views.functions.setRows("20")')
    assert len(shown_functions(browser)) == 20
    browser.js('profilerPage.controls.ownOnly.firstChild.click()')
    browser.js('profilerPage.views.functions.setRows("all")')
    assert all('/srv/shop' in name or '<string>' in name for name in shown_functions(browser))


def test_a_row_opens_callers_and_callees_with_their_times(browser):
    browser.open(TRACED)
    browser.show('functions')
    func = browser.js('const {profile, views} = profilerPage; '
                      'return views.functions.rows.find(f => profile.coName(f) === "deepcopy")')
    browser.js('profilerPage.selectFunction(arguments[0])', func)
    heads = [head.text for head in browser.all('#panel h2')]
    assert heads[0].startswith('Callers (') and heads[1].startswith('Callees (')
    pair = browser.one('#panel .pair')
    name = pair.find_element('css selector', '.label').text
    pair.click()
    assert selected(browser) == name


def test_figures_are_the_servers(browser):
    """The page's, its .prof's and the server's .prof's, of the same profile."""
    browser.open((GOLDEN / 'sample.json').read_text())
    assert browser.download('.prof').read_bytes() == (GOLDEN / 'sample.prof').read_bytes()


# -------------------------------------------------------------------------- the lines

def test_lines_by_function(browser):
    browser.open(SAMPLING)
    browser.show('lines')
    lines = browser.js('''const v = profilerPage.views.lines;
        return v.groups.map(g => [profilerPage.profile.label(g.func), g.lines.map(i => v.lines.line[i])])''')
    quote = dict(map(tuple, lines))['shipping_quote']
    assert quote == sorted(quote) and quote
    assert selected(browser) in browser.text('.lines .row.selected')


def test_source_text_is_shown_where_the_server_gives_it(browser):
    data = copy(SAMPLING)
    data['str'].append('\treturn requests.get(url)  # </script>')
    data['lines']['text'] = [len(data['str']) - 1] * len(data['lines']['func'])
    browser.open(data)
    browser.show('lines')
    texts = browser.js('return [...document.querySelectorAll(".source")].map(e => e.textContent)')
    assert '    return requests.get(url)  # </script>' in texts


# -------------------------------------------------------------------------- the search

def test_search_counts_functions_and_their_share_once(browser):
    data = own_profile(['match_a', 'other', 'match_b'], [0, 25, 50])
    data['node'] = {'depth': [0, 1, 2, 3, 1], 'func': [0, 1, 2, 3, 2], 'self': [0, 10, 20, 30, 40],
                    'calls': [1] * 5}
    browser.open(data)
    browser.search('match')
    assert browser.text('.found-count') == '2 functions, 60 %'
    browser.search('/match_b$|zzz/')
    assert browser.text('.found-count') == '0 functions, 0 %'
    browser.search('/match_B/i')
    assert browser.text('.found-count') == '1 function, 30 %'


def test_a_bad_pattern_keeps_the_last_result(browser):
    browser.open(TRACED)
    browser.search('sqlalchemy')
    found = browser.js('return profilerPage.found.reduce((a, b) => a + b)')
    browser.js('profilerPage.search("/(/")')
    assert browser.js('return profilerPage.found.reduce((a, b) => a + b)') == found > 0
    assert 'not a regular expression' in browser.text('.found-count')


def test_search_marks_jumps_dims_and_filters(browser):
    browser.open(TRACED)
    browser.press('/')
    browser.driver.switch_to.active_element.send_keys('isinstance')
    browser.pause(SEARCH_MS)
    browser.press(Keys.ENTER)
    assert 'isinstance' in selected(browser)
    assert browser.one('.label.found').is_displayed()
    browser.shot('traced-tree-search')
    browser.one('.tree .list').click()
    first = browser.js('return profilerPage.node')
    browser.press('n')
    assert browser.js('return profilerPage.node') != first
    browser.press('N')
    browser.show('flame')
    browser.shot('traced-flame-search')
    browser.show('functions')
    assert all('isinstance' in name for name in shown_functions(browser))
    browser.press(Keys.ESCAPE)
    assert browser.text('.found-count') == '' and browser.js('return profilerPage.found === null')


def test_ctrl_f_searches_here_first_and_then_in_the_browser(browser):
    browser.open(TRACED)
    press = '''const e = new KeyboardEvent('keydown', {key: 'f', ctrlKey: true, bubbles: true, cancelable: true});
               document.body.dispatchEvent(e); return e.defaultPrevented'''
    assert browser.js(press) is True
    assert browser.js('return document.activeElement.type') == 'search'
    assert browser.js(press) is False


# ------------------------------------------------------------ keys, choices, address

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


# ------------------------------------------------------------------ themes and widths

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


# ------------------------------------------------------------------- accessibility

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


# --------------------------------------------------------------------- bad data, states

@pytest.mark.parametrize('data', [
    '', '{', 'null', '[]', '{"v":1}', '{"v":2}', '"x"',
    dict(SAMPLING, v=3), dict(SAMPLING, node={'depth': [0]}), dict(SAMPLING, str=[1]),
    dict(SAMPLING, func=dict(SAMPLING['func'], kind=[9] * len(SAMPLING['func']['kind']))),
    dict(TRACED, node=dict(TRACED['node'], depth=[0, 2] + TRACED['node']['depth'][2:])),
    dict(TRACED, node=dict(TRACED['node'], self=[-1] + TRACED['node']['self'][1:])),
    dict(TRACED, node=dict(TRACED['node'], func=[10 ** 9] + TRACED['node']['func'][1:])),
    dict(TRACED, node=dict(TRACED['node'], calls=['x'] + TRACED['node']['calls'][1:])),
    dict(TRACED, exact={'func': [1], 'callers': []}),
])
def test_data_that_are_no_profile_make_a_card(browser, data):
    browser.open(data, table='the table <b>')
    assert browser.one('#error').is_displayed()
    assert 'cannot be shown' in browser.text('#error')
    assert browser.one('#text').is_displayed() and browser.text('#text') == 'the table <b>'
    assert not browser.one('#app').is_displayed()
    browser.shot('error')


@pytest.mark.parametrize('name, value', [
    ('wall_ns', '1'), ('status', 'x'), ('samples', [1, 2]), ('response_bytes', {}), ('sort_by', 7),
    ('restrictions', 'x'), ('notices', [None]), ('peers', [None])])
def test_a_broken_word_on_the_request_makes_a_card(browser, name, value):
    browser.open(dict(SAMPLING, meta=dict(SAMPLING['meta'], **{name: value})))
    assert 'meta.%s is no ' % name in browser.text('#error')


def test_what_is_not_said_of_the_request_is_no_figure(browser):
    browser.open(dict(SAMPLING, meta={'mode': 'sampling'}))
    assert browser.one('#app').is_displayed()
    for view in VIEWS:
        browser.show(view)
        assert not any(word in browser.text('#app') for word in ('NaN', 'undefined', 'null'))


def test_without_scripts_the_table_is_there(browser):
    browser.driver.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': True})
    try:
        path = browser.files / 'noscript.html'
        path.write_text(pages.build(TRACED, TABLE))
        browser.driver.get(path.as_uri())
        assert browser.one('#text').is_displayed()
        browser.shot('noscript')
    finally:
        browser.driver.execute_cdp_cmd('Emulation.setScriptExecutionDisabled', {'value': False})


def test_nothing_below_the_request(browser):
    data = own_profile([], [])
    data['node'] = {'depth': [0], 'func': [0], 'self': [41000], 'calls': [1]}
    browser.open(data)
    assert 'it finished in 41.0' in browser.text('.tree .note')
    for view in VIEWS:
        browser.show(view)
        browser.press(*KEYS)
        wanted = 'profile=sampling' if view in ('timeline', 'lines') else 'it finished in 41.0'
        assert wanted in browser.text('#view'), view
        browser.shot('empty-' + view)
    assert marshal.loads(browser.download('.prof').read_bytes()) == {
        ('~', 0, '<no calls>'): (0, 0, 0.0, 0.0, {})}


def test_no_samples(browser):
    data = copy(SAMPLING)
    data['meta'].update(samples=0)
    data['node'] = {'depth': [0], 'func': [0], 'self': [0], 'samples': [0], 'cpu': [0]}
    data['tl'] = {'dt': [], 'node': [], 'wait': []}
    data['lines'] = {'func': [], 'line': [], 'self': [], 'hits': []}
    browser.open(data)
    assert 'No samples were taken' in browser.text('#notices')
    for view in VIEWS:
        browser.show(view)
        browser.press(*KEYS)
        assert re.search('[Nn]o samples? (were|was) taken', browser.text('#view')), view
    assert marshal.loads(browser.download('.prof').read_bytes()) == {
        ('~', 0, '<no samples>'): (0, 0, 0.0, 0.0, {})}


def test_a_truncated_profile_shows_exact_figures_and_says_so(browser):
    data = own_profile(['kept', 'dropped'], [100, 0])
    data['node'] = {'depth': [0, 1], 'func': [0, 1], 'self': [0, 100], 'calls': [1, 1]}
    data['exact'] = {'func': [1, 2], 'calls': [1, 70], 'primitive': [1, 50], 'self': [30, 70],
                     'cumulative': [100, 70], 'callers': [[], [[1, 70, 50, 70, 70]]]}
    data['meta']['notices'] = [{'code': 'truncated', 'text': 'the tree was <b>truncated</b>'}]
    browser.open(data)
    assert 'the tree was <b>truncated</b>' in browser.text('#notices')
    browser.shot('truncated')
    browser.show('functions')
    browser.js('profilerPage.selectFunction(2)')
    assert 'no room' in browser.text('#panel') and 'kept' in browser.text('#panel .pair')
    stats = pstats.Stats(str(browser.download('.prof'))).stats
    callers = {('/srv/shop/app.py', 1, 'kept'): (70, 50, 7e-08, 7e-08)}
    assert stats[('/srv/shop/app.py', 2, 'dropped')] == (50, 70, 7e-08, 7e-08, callers)


def test_a_tree_that_was_cut_to_fit_the_page_says_so(browser):
    data = own_profile(['kept', 'folded'], [100, 0])
    data['node'] = {'depth': [0, 1], 'func': [0, 1], 'self': [0, 100], 'calls': [1, 1]}
    data['exact'] = {'func': [1, 2], 'calls': [1, 3], 'primitive': [1, 3], 'self': [30, 70],
                     'cumulative': [100, 70], 'callers': [[], [[1, 3, 3, 70, 70]]]}
    data['meta']['notices'] = [{'code': 'pruned', 'text': 'the page has room for 2 of 3 nodes'}]
    browser.open(data)
    notices = browser.text('#notices')
    assert 'room for 2 of 3 nodes' in notices and 'callees are exact' in notices
    browser.show('functions')
    assert browser.js('return profilerPage.stats.figuresOf(2).calls') == 3


# ---------------------------------------------------------------------- hostile names

HOSTILE = ['</script><script>document["title"]="owned"</script>', '<!--', '<img src=x onerror=alert(1)>',
           '"\'&amp;`${1}', 'line\u2028and\u2029', '\U0001f40d\U0001f468\u200d\U0001f469\u200d\U0001f467 snakes',
           '\u202egnirts\u202c \u2067x',
           'null\x00 esc\x1b[31m tab\t', '\ufffd\ufffd', 'x' * 10000, '日本語の関数名', '__proto__', 'constructor', 'a;b 12']


def test_hostile_names_are_text_everywhere(browser):
    data = own_profile(HOSTILE, [1000000] * len(HOSTILE), {
        'path': '/</title><script>alert(1)</script>' + 'y' * 5000, 'query': '"><svg onload=alert(1)>\u202e',
        'exception': '<b>E</b>', 'location': '"><i>', 'method': '<GET>', 'python': '<3>', 'id': '<id>'})
    data['meta']['notices'] = [{'code': 'x', 'text': HOSTILE[0]}]
    browser.open(data, table='\n'.join(HOSTILE[:5]))
    browser.js('profilerPage.views.tree.setBelow(0, 1)')
    browser.shot('hostile-tree')
    labels = browser.js('return [...document.querySelectorAll(".tree .label")].map(e => e.textContent)')
    for name in (HOSTILE[0], HOSTILE[1], HOSTILE[2], HOSTILE[3], '日本語の関数名', '__proto__', 'constructor'):
        assert name in labels
    assert 'line\\u2028and\\u2029' in labels and '\\u202egnirts\\u202c \\u2067x' in labels
    for view in VIEWS:
        browser.show(view)
        browser.js('profilerPage.select(1); profilerPage.select(10); profilerPage.search("x"); profilerPage.search("")')
        assert browser.js('return document.documentElement.scrollWidth') == 1280
        browser.shot('hostile-' + view)
    assert browser.js('return document.querySelectorAll("img, svg, i, script").length') == 2
    assert 'owned' not in browser.driver.title
    stats = pstats.Stats(str(browser.download('.prof')))
    found = {name for (_, _, name) in stats.stats}
    assert {HOSTILE[0], HOSTILE[9], HOSTILE[10]} <= found
    assert json.loads(browser.download('json').read_text())['str'] == data['str']
    frames = json.loads(browser.download('speedscope').read_text())['shared']['frames']
    assert [frame['name'] for frame in frames[1:]] == HOSTILE
    for line in browser.download('folded').read_text(encoding='utf-8').rstrip('\n').split('\n'):
        stack, _, count = line.rpartition(' ')
        assert stack and count.isdigit()


# --------------------------------------------------------------------------- downloads

@pytest.mark.parametrize('name', ['sample', 'sampling'])
def test_downloads_are_the_servers_files(browser, name):
    browser.open((GOLDEN / (name + '.json')).read_text())
    assert browser.download('folded').read_text() == (GOLDEN / (name + '.folded')).read_text()
    assert json.loads(browser.download('speedscope').read_text()) == \
        json.loads((GOLDEN / (name + '.speedscope.json')).read_text())
    assert json.loads(browser.download('json').read_text()) == json.loads((GOLDEN / (name + '.json')).read_text())


@pytest.mark.parametrize('data', [TRACED, SAMPLING], ids=['traced', 'sampling'])
def test_the_prof_is_read_by_pstats_with_the_pages_figures(browser, data):
    browser.open(data)
    stats = pstats.Stats(str(browser.download('.prof')))
    figures = browser.js('''const p = profilerPage; return [...p.stats.functions].map(f => {
        const s = p.stats.byFunction[f];
        return [p.profile.file(f), p.profile.lineOf[f], p.profile.coName(f), s.primitive, s.calls, s.self,
                s.cumulative, p.stats.callersOf(f).length];
    })''')
    assert len(figures) == len(stats.stats)
    for file, line, name, primitive, calls, self, cumulative, callers in figures:
        entry = stats.stats[(file, line, name)]
        assert entry[:2] == (primitive, calls) and len(entry[4]) == callers
        assert entry[2] == pytest.approx(self * 1e-9) and entry[3] == pytest.approx(cumulative * 1e-9)
    if data is TRACED:
        assert (stats.total_calls, stats.prim_calls) == (data['meta']['calls'], data['meta']['primitive_calls'])
    stats.sort_stats('cumulative').print_callers(3)


def test_a_request_that_was_switched_out_all_its_time(browser):
    """It has no sample, but its tree and its timeline."""
    data = own_profile(['views', 'waits'], [0, 500000000], {
        'mode': 'sampling', 'samples': 0, 'wall_ns': 500000000,
        'wait_ns': {'switched out': 400000000, 'event loop': 100000000}})
    data['node'].update(samples=[0, 0, 0], cpu=[0, 0, 0])
    data['tl'] = {'dt': [400000000, 100000000], 'node': [2, 2], 'wait': [9, 10]}
    data.pop('exact', None)
    browser.open(data)
    assert 'samples' not in browser.text('#notices')
    browser.show('timeline')
    assert not browser.all('.state') and browser.js(PAINTED) > 0.05
    assert 'event loop' in browser.text('#view') and 'switched out' in browser.text('#view')
    browser.show('tree')
    assert 'waits' in browser.text('#view')


def test_a_function_that_no_sample_has_met(browser):
    """It was switched out all its time: its figures are in the .prof as the server writes it."""
    data = own_profile(['runs', 'waits'], [100, 70], {'mode': 'sampling', 'samples': 1})
    data['node'].update(samples=[1, 1, 0], cpu=[0, 100, 0])
    browser.open(data)
    stats = pstats.Stats(str(browser.download('.prof'))).stats
    runs = ('/srv/shop/app.py', 1, 'runs')
    assert stats[('/srv/shop/app.py', 2, 'waits')] == (0, 0, 7e-08, 7e-08, {runs: (0, 0, 7e-08, 7e-08)})
    browser.show('functions')
    assert len(shown_functions(browser)) == 2


def test_the_sum_is_the_requests_time(browser):
    for data in (TRACED, SAMPLING):
        browser.open(data)
        total = browser.js('return profilerPage.profile.total[0]')
        assert total == pytest.approx(data['meta']['wall_ns'], rel=0.01)


def test_the_table_is_copied(browser):
    browser.open(TRACED, table=TABLE)
    browser.js('''profilerPage.copied = null; profilerPage.copy = text => { profilerPage.copied = text; };''')
    browser.one('.menu summary').click()
    browser.one('#copy-table').click()
    assert browser.js('return profilerPage.copied') == TABLE.strip() + '\n'


def test_copying_without_a_clipboard(browser):
    browser.open(TRACED, table=TABLE)
    browser.press('c')
    browser.wait(lambda: 'Copied' in browser.text('#toast'), 'the toast')


# ------------------------------------------------------------------------------- scale

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


# ------------------------------------------------------------------------- the template

def test_the_template_opens_from_disk_as_it_is(browser):
    browser.driver.get((pages.TEMPLATES / 'report.html').as_uri())
    assert browser.one('#app').is_displayed()
    browser.requests()  # its own files


def test_the_template_holds_the_sample():
    page = (pages.TEMPLATES / 'report.html').read_text()
    assert page.count(pages.SAMPLING.read_text().strip()) == 1


def test_nothing_in_the_page_needs_a_wider_policy():
    text = ''.join(path.read_text() for path in pages.TEMPLATES.iterdir() if path.suffix in ('.js', '.css', '.html'))
    for forbidden in ('innerHTML', 'outerHTML', 'insertAdjacentHTML', 'eval(', 'new Function', 'document.write',
                      ' style=', 'onclick=', 'url(', '@import', 'fetch(', 'XMLHttpRequest', '</script>"'):
        found = [line for line in text.split('\n') if forbidden in line and not line.startswith('{"v"')]
        assert [line for line in found if 'no request' not in line and 'innerHTML.' not in line] == [], forbidden
