"""Two profiles next to each other: from files, and from the shelf."""
import json

import pytest

import pages
from browser import HASH_MS, Keys
from fake_shelf import Shelf
from steps import PAINTED, SAMPLING, TRACED, copy, selected

VIEWS = ('tree', 'flame', 'functions', 'waits')
IS_COMPARED = 'return Boolean(window.profilerPage && profilerPage.comparison)'

# Row texts of the visible list: what a reader sees of each.
ROWS = '''return [...document.querySelectorAll('#view .row:not([hidden])')].sort((a, b) => a.index - b.index)
    .map(row => [...row.children].map(cell => cell.textContent.trim()))'''

# Drops files, {name: text}, on the page, as the browser does it for a person.
DROP = '''const data = new DataTransfer();
for (const [name, text] of Object.entries(arguments[0]))
    data.items.add(new File([text], name));
for (const type of ['dragover', 'drop'])
    document.querySelector('#view').dispatchEvent(
        new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}));'''


def order(ms, calls, name='lines', **meta):
    """A request whose own function waits for a database below a library's."""
    data = pages.request((1, 'show', 3), (2, name, 1, calls), (3, 'EXECUTE', ms, calls), (2, 'render', 20))
    data['meta'].update(meta)
    return data


def waiting(ms, peer='10.0.0.5:5432', **meta):
    data = pages.request((1, 'show', 10), (2, 'lines', ms, 1, 'network read'), (2, 'render', 40), mode='sampling')
    data['meta'].update(peers=[{'peer': peer, 'wait': 3, 'ns': ms * 10**6}], interval_ns=100000, **meta)
    del data['tl']
    data['meta']['samples'] = (50 + ms) * 10
    return data


def drop(browser, files):
    browser.js(DROP, {name: text if isinstance(text, str) else json.dumps(text) for name, text in files.items()})
    browser.wait(lambda: browser.js(IS_COMPARED) or browser.all('#file-fault'), 'the dropped file')
    browser.settle()


def compared(browser, a, b):
    browser.open(a)
    drop(browser, {'b.json': b})
    assert browser.js(IS_COMPARED), browser.text('#file-fault')


def head(browser):
    return browser.text('#head h1')


def test_the_head_says_it_in_one_sentence(browser):
    compared(browser, waiting(10), waiting(300))
    assert head(browser).replace('\u202f', ' ') == \
        'B is 290 ms slower (+483 %): +290 ms network read 10.0.0.5:5432 in lines'
    assert selected(browser) == 'lines'


def test_calls_explain_it_if_every_call_is_counted(browser):
    compared(browser, order(5, 1), order(190, 37))
    assert head(browser).replace('\u202f', ' ') == \
        'B is 185 ms slower (+638 %): +185 ms in EXECUTE, called by lines, 37 calls instead of 1'
    browser.one('#head h1 .name-link.own').click()
    assert selected(browser) == 'lines'


def test_another_way_names_where_it_began(browser):
    before = pages.request((1, 'show', 1), (2, 'total', 1), (3, 'query', 5))
    after = pages.request((1, 'show', 1), (2, 'total', 1), (3, 'each', 1), (4, 'query', 90))
    compared(browser, before, after)
    assert head(browser).replace('\u202f', ' ').endswith('+85.0 ms in query, called by total')


def test_a_function_with_a_part_of_its_librarys_difference_is_not_said_to_have_all_of_it(browser):
    one, other = (pages.request((1, 'show', 3), (2, 'UPDATE', first), (3, 'PARSE', second))
                  for first, second in ((1, 1), (60, 40)))
    compared(browser, one, other)
    assert '+98.0\u202fms in lib (most in UPDATE), called by show' in head(browser)


def test_the_root_has_the_names_of_both_requests(browser):
    compared(browser, order(5, 1), order(190, 37))
    assert browser.js(ROWS)[0][-1].endswith('GET /x')
    other = order(190, 37)
    other['str'][0] = 'GET /y'
    drop(browser, {'c.json': other})
    browser.wait(lambda: browser.js(ROWS)[0][-1].endswith('GET /x \u2192 GET /y'), 'both names')


@pytest.mark.parametrize('wait_ms, name', [(20, 'not known'), (0, 'not on CPU')])
def test_time_of_no_kind_has_the_name_that_it_has_on_the_pages_of_both(browser, wait_ms, name):
    """Next to "CPU wait", "not on CPU" would be wrong: that is not on CPU, too."""
    one, other = order(100, 1), order(200, 1)
    for data in (one, other):
        data['meta'].update(cpu_ns=30 * 10**6, wait_ns={'cpu wait': wait_ms * 10**6})
    browser.open(one)
    assert name in browser.text('#head .split-names')
    compared(browser, one, other)
    browser.show('waits')
    names = [row.text.split('\n')[0] for row in browser.all('#view tbody th')]
    assert sorted(names) == sorted(['CPU', name, *(['CPU wait'] if wait_ms else [])])


def test_faster(browser):
    compared(browser, order(190, 37), order(5, 1))
    assert head(browser).replace('\u202f', ' ') == \
        'B is 185 ms faster (\u221286 %): \u2212185 ms in EXECUTE, called by lines, 1 call instead of 37'


def test_equal_profiles_colour_nothing(browser):
    for data in (SAMPLING, TRACED):
        compared(browser, data, copy(data))
        assert 'no function differs by more than the noise' in head(browser)
        for view in ('tree', 'functions', 'waits'):
            browser.show(view)
            assert browser.all('#view .difference.is-noise')
            assert not browser.all('#view .difference:not(.is-noise) .difference-bar')
        browser.show('flame')
        assert browser.js('''const view = profilerPage.views.flame;
            return Array.from({length: view.layout.count}, (_, row) => view.colourOf(row).fill)
                .every(fill => fill === view.fills.same.fill)''')


def test_the_tree_shows_both_and_the_difference(browser):
    compared(browser, order(5, 1), order(190, 37))
    browser.show('tree')
    rows = {row[-1].split(' ')[0].lstrip('\u25be\u25b8'): row for row in browser.js(ROWS)}
    name = next(key for key in rows if key.startswith('lines'))
    assert rows[name][:5] == ['6.00', '191.00', '+185.00', '0.00', '1 \u2192 37']
    label = browser.one('#view .row[aria-label^="lines"]').get_attribute('aria-label')
    assert 'A 6.00' in label and '185\u202fms slower in B' in label
    assert browser.text('#panel').count('+185\u202fms') >= 2


def test_call_paths_of_one_side_say_so(browser):
    compared(browser, order(50, 1, name='old'), order(50, 1, name='new'))
    browser.show('tree')
    text = browser.text('#view')
    assert 'only in A' in text and 'only in B' in text
    browser.show('flame')
    assert 'Not drawn: 51.0\u202fms only in A' in browser.text('#view .note')


def test_the_functions_with_the_greatest_difference_come_first(browser):
    compared(browser, order(5, 1), order(190, 37))
    browser.show('functions')
    rows = browser.js(ROWS)
    assert rows[0][-1].startswith('EXECUTE') and rows[0][:3] == ['+185.00', '5.00', '190.00']
    for key, column in (('Self A', 1), ('Self B', 2), ('Total A', 4), ('Total B', 5), ('Function', -1)):
        next(each for each in browser.all('#view .columns button') if each.text.startswith(key)).click()
        browser.settle()
        cells = [row[column] for row in browser.js(ROWS)]
        wanted = sorted(cells, key=str.lower) if column == -1 else sorted(cells, key=float, reverse=True)
        assert cells == wanted, key
        assert len(browser.all('#view [aria-sort=descending], #view [aria-sort=ascending]')) == 1


def test_the_flame_graph_has_the_widths_of_either(browser):
    compared(browser, order(5, 1), order(190, 37))
    browser.show('flame')
    assert browser.js(PAINTED) > 0.05
    widths = '''const view = profilerPage.views.flame, {boxes, layout} = view;
        return Object.fromEntries(Array.from(boxes.row, (row, box) =>
            [profilerPage.profile.label(layout.func(row)), boxes.width[box] / 1e6]))'''
    assert browser.js(widths)['EXECUTE'] == 190
    shown = browser.js('''const view = profilerPage.views.flame, rows = [...view.boxes.row];
        const row = rows.find(one => profilerPage.profile.label(view.layout.func(one)) === 'EXECUTE');
        return [view.colourOf(row).fill === view.fills.slower2.fill, view.boxText(rows.indexOf(row))]''')
    assert shown == [True, '+185\u202fms']
    choice = browser.one('select[aria-label="Widths"]')
    choice.send_keys('widths of A')
    browser.settle()
    assert browser.js(widths)['EXECUTE'] == 5


def test_paper_is_light(browser):
    browser.scheme('dark')
    compared(browser, order(5, 1), order(190, 37))
    browser.show('flame')
    fill = '''window.dispatchEvent(new Event(arguments[0]));
        return profilerPage.views.flame.fills.slower2.fill'''
    light, dark = browser.js(fill, 'beforeprint'), browser.js(fill, 'afterprint')
    assert light != dark
    browser.scheme('light')
    browser.settle()
    assert browser.js('return profilerPage.views.flame.fills.slower2.fill') == light


def test_the_waits_of_both(browser):
    compared(browser, waiting(10), waiting(300, peer='10.0.0.6:5432'))
    browser.show('waits')
    rows = [[cell.text for cell in row.find_elements('css selector', 'th, td')]
            for row in browser.all('#view tbody tr')]
    assert rows[0] == ['network read', '10.00', '300.00', '+290.00']
    assert [row[0].split('\n')[0] for row in rows[-2:]] == ['10.0.0.6:5432', '10.0.0.5:5432']
    assert 'network read' in browser.text('#panel .split-names')


def test_swapping_turns_every_sign(browser):
    compared(browser, order(5, 1), order(190, 37))
    browser.one('#head .actions button').click()
    browser.settle()
    assert head(browser).startswith('B is 185\u202fms faster')
    assert 'b.json' in browser.all('.compare-side')[0].text
    browser.one('.compare-side button').click()
    browser.settle()
    assert not browser.js(IS_COMPARED) and browser.js('return profilerPage.profile.total[0]') == 214000000


def test_search_keys_and_folding(browser):
    compared(browser, order(5, 1), order(190, 37))
    browser.search('render')
    assert '1 function' in browser.text('.found-count')
    browser.press(Keys.ENTER)
    assert selected(browser) == 'render'
    browser.one('#view [tabindex="0"]').send_keys('h')
    browser.settle()
    assert selected(browser) == 'EXECUTE'
    for key, view in zip('1234', VIEWS):
        browser.press(key)
        assert browser.js('return profilerPage.view') == view
        for step in (Keys.ARROW_DOWN, Keys.ARROW_UP, Keys.ENTER, 's', 'f', 'f', 'n', 't', 't', '0', Keys.ESCAPE):
            browser.press(step)
    browser.press('?')
    assert 'difference' in browser.text('#help')


@pytest.mark.parametrize('theme', ['light', 'dark'])
@pytest.mark.parametrize('width', [1400, 360])
def test_pictures(browser, theme, width):
    """Without sideways scrolling."""
    browser.scheme(theme)
    browser.resize(width, 900 if width > 400 else 740)
    other = copy(SAMPLING)
    other['node']['self'][40] += 50 * 10**6
    other['node']['cpu'][40] += 50 * 10**6
    compared(browser, SAMPLING, other)
    for view in VIEWS:
        browser.show(view)
        assert browser.document_size()[0] <= width
        browser.shot('compare-%s-%d-%s' % (view, width, theme))


# ------------------------------------------------------------------- files


def test_a_file_may_be_chosen_and_may_be_a_page(browser):
    browser.open(order(5, 1))
    path = browser.files / 'stored.html'
    path.write_text(pages.build(order(190, 37), table='lines & \u003ctable>'))
    browser.js('document.querySelector("input[type=file]").classList.remove("offscreen")')
    browser.one('input[type=file]').send_keys(str(path))
    browser.wait(lambda: browser.js(IS_COMPARED), 'the comparison')
    browser.settle()
    assert head(browser).startswith('B is 185\u202fms slower') and 'stored.html' in browser.text('.compare-sides')


def test_a_page_with_scripts_runs_none_of_them(browser):
    browser.open(order(5, 1))
    hostile = pages.build(order(190, 37)).replace('<body>', '''<body onload="window.ran = 1">
        <script>window.ran = 1</script><img src="http://127.0.0.1:9/x" onerror="window.ran = 1">
        <iframe src="http://127.0.0.1:9/y"></iframe><link rel="stylesheet" href="http://127.0.0.1:9/z">
        <meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/w">''')
    drop(browser, {'hostile.html': hostile})
    assert head(browser).startswith('B is 185')
    assert browser.js('return window.ran') is None


HOSTILE = '<img src=x onerror="window.ran = 1">'


NO_PROFILES = [
    ('broken.json', '{"v":1,"meta":', 'not JSON'),
    ('empty.json', '', 'not JSON'),
    ('other.json', '{"hello":1}', 'version undefined'),
    ('null.json', 'null', 'there is no profile'),
    ('future.json', '{"v":2}', 'version 2'),
    ('page.html', '<!doctype html><p>hello', 'without a profile'),
    ('merge.html', '<script type="application/json" id="profile">null</script>', 'there is no profile'),
    ('image.html', '<img id="profile">', 'without a profile'),
    ('a.prof', '\x63\x00\x01', 'not JSON'),
    (HOSTILE + '.json', '{"v":"%s"}' % HOSTILE.replace('"', '\\"'), HOSTILE),
]


@pytest.mark.parametrize('name, text, why', NO_PROFILES, ids=[
    'hostile' if name.startswith(HOSTILE) else name for name, *_ in NO_PROFILES])
def test_a_file_that_is_no_profile_is_named_with_the_reason(browser, name, text, why):
    browser.open(TRACED)
    drop(browser, {name: text})
    fault = browser.text('#file-fault')
    assert why in fault and name in fault
    assert not browser.js(IS_COMPARED) and browser.js('return window.ran') is None
    browser.one('#file-fault button').click()
    assert not browser.all('#file-fault')
    assert browser.js('return profilerPage.profile.meta.path') == TRACED['meta']['path']


def test_modes_are_not_mixed(browser):
    browser.open(TRACED)
    drop(browser, {'b.json': SAMPLING})
    assert 'sampled' in browser.text('#file-fault') and not browser.js(IS_COMPARED)


def test_two_files_at_once_are_refused(browser):
    browser.open(TRACED)
    drop(browser, {'a.json': TRACED, 'b.json': TRACED})
    assert 'one file' in browser.text('#file-fault')


def test_what_is_dropped_on_a_comparison_is_the_new_b(browser):
    compared(browser, order(5, 1), order(190, 37))
    browser.js('window.before = profilerPage')
    browser.js(DROP, {'c.json': json.dumps(order(25, 2))})
    browser.wait(lambda: browser.js('return profilerPage !== window.before'), 'the third profile')
    assert head(browser).startswith('B is 20.0\u202fms slower')


# ---------------------------------------------------------------- the shelf


@pytest.fixture
def shelf():
    shelf = Shelf({'%016x.json' % number: order(5 * number, number, id='%016x' % number, route='/orders/*')
                   for number in range(1, 7)})
    yield shelf
    shelf.stop()


def ids(*numbers):
    return ','.join('%016x' % number for number in numbers)


def test_two_profiles_of_the_shelf(browser, shelf):
    browser.load(shelf.url('compare#a=%s&b=%s' % (ids(1), ids(6))), '#app')
    assert head(browser).startswith('B is 25.0\u202fms slower')
    links = [each.get_attribute('href') for each in browser.all('.compare-side a')]
    assert links == [shelf.url(ids(1)), shelf.url(ids(6))]
    browser.show('functions')
    browser.pause(HASH_MS)
    address = browser.js('return location.hash')
    assert address.startswith('#a=%s&b=%s&' % (ids(1), ids(6))) and 'view=functions' in address
    browser.load(shelf.url('compare' + address), '#app')
    assert browser.js('return profilerPage.view') == 'functions'


def test_a_sampled_profile_and_one_with_every_call_counted_lead_back_to_the_list(browser, shelf):
    shelf.answers['%016x.json' % 9] = waiting(10, id='%016x' % 9)
    browser.load(shelf.url('compare#a=%s&b=%s' % (ids(1), ids(9))), '#error')
    assert browser.text('#error h1') == 'These profiles cannot be compared'
    assert browser.one('#error a').get_attribute('href') == shelf.url('')


def test_swapping_is_in_the_address(browser, shelf):
    browser.load(shelf.url('compare#a=%s&b=%s' % (ids(1, 2), ids(6))), '#app')
    browser.one('#head .actions button').click()
    browser.pause(HASH_MS)
    assert head(browser).startswith('B is') and 'faster' in head(browser)
    assert browser.js('return location.hash').startswith('#a=%s&b=%s&' % (ids(6), ids(1, 2)))
    browser.one('#head .actions button').click()
    browser.pause(HASH_MS)
    assert browser.js('return location.hash').startswith('#a=%s&b=%s&' % (ids(1, 2), ids(6)))


def test_selections_are_compared_per_request(browser, shelf):
    browser.load(shelf.url('compare#a=%s&b=%s' % (ids(1, 3), ids(4, 5, 6))), '#app')
    assert browser.js('return profilerPage.comparison.b.requests') == 3
    assert head(browser).startswith('B is 15.0\u202fms slower')
    assert '5 calls instead of 2' in head(browser)
    assert 'per request' in browser.text('.compare-how')
    links = [each.get_attribute('href') for each in browser.all('.compare-side a')]
    assert links == [shelf.url('merge#ids=' + ids(1, 3)), shelf.url('merge#ids=' + ids(4, 5, 6))]


def test_a_missing_profile_is_named_with_its_side(browser, shelf):
    browser.load(shelf.url('compare#a=%s&b=%s' % (ids(1), ids(99))), '#error')
    assert 'cannot be compared' in browser.text('#error') and 'B: ' in browser.text('#error')
    assert ids(99) in browser.text('#error')
    assert len(browser.errors()) == 1  # Chromium logs the 404


def test_an_address_without_profiles(browser, shelf):
    browser.load(shelf.url('compare'), '#error')
    assert 'A: no profile is chosen' in browser.text('#error')


def test_a_comparison_of_twenty_thousand_nodes(browser):
    """How long it takes is measured by tests/bench/page.py."""
    compared(browser, pages.big(20000, seed=7), pages.big(20000, seed=8))
    assert browser.js('return profilerPage.comparison.common.nodes') > 20000
    for view in VIEWS:
        browser.show(view)
