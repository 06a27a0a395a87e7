"""Where the time went, at first sight: what is selected, what the sentence says, where the hot
path ends; folded runs that open and close."""
import pytest

import pages
from browser import Keys

MODES = ('deterministic', 'sampling')

VIEW = ((1, 'view', 604), (2, 'helper', 39), (2, 'other', 8))
LIBRARY = ((1, 'view', 5), (2, 'ENTER', 1), (3, 'INNER', 2), (4, 'HOT', 380), (4, 'COLD', 12))
MANY = ((1, 'view', 20), (2, 'total', 147, 98), (2, 'render', 60))
WAITING = ((1, 'view', 10), (2, 'quote', 5), (3, 'READ', 300, 1, 'network read'), (2, 'render', 85))
BUILTIN = ((1, 'view', 10), (2, 'ask', 1), (3, 'time.sleep', 89))


def selected(browser):
    return browser.js('return profilerPage.profile.label(profilerPage.func)')


def rows(browser):
    """[name, frames folded into it] of what the tree shows."""
    return browser.js('''const v = profilerPage.views.tree, l = v.layout;
        return v.rows.map(r => r < 0 ? ['small', 0] : [profilerPage.profile.label(l.func(r)), l.folded[r]])''')


def hot_path(browser):
    browser.press('h')
    return selected(browser)


@pytest.mark.parametrize('mode', MODES)
@pytest.mark.parametrize('nodes, hottest, sentence, end', [
    (VIEW, 'view', '93 % in view', 'view'),
    (LIBRARY, 'HOT', '99 % in HOT (lib), called by view', 'HOT'),
    (MANY, 'total', '65 % in total · 26 % in render', 'total'),
])
def test_the_hot_spot(browser, mode, nodes, hottest, sentence, end):
    browser.open(pages.request(*nodes, mode=mode))
    assert selected(browser) == hottest
    assert browser.one('.tree .row.selected').is_displayed()
    assert browser.text('#sentence') == sentence
    assert hot_path(browser) == end
    browser.shot('hotspot-%s-%s' % (hottest, mode))


def test_what_a_request_waited_for_is_said_with_the_function_that_asked(browser):
    browser.open(pages.request(*WAITING, mode='sampling'))
    assert browser.text('#sentence') == '75 % network read in quote · 21 % in render'
    assert selected(browser) == hot_path(browser) == 'READ'
    browser.all('#sentence .name-link')[1].click()
    assert selected(browser) == 'render'


def test_a_request_that_waits_for_a_processor_says_so(browser):
    browser.open(pages.request((1, 'view', 10), (2, 'busy', 700, 1, 'CPU wait'), (2, 'busy', 290), mode='sampling'))
    assert browser.text('#sentence') == (
        'The machine was busy: the request waited for a CPU 70 % of the time. '
        'Measure again. 99 % in busy (with 70 % CPU wait)')
    assert selected(browser) == hot_path(browser) == 'busy'
    assert '[CPU wait]' in browser.text('.tree .row.selected')


def test_a_busy_machine_is_named_where_every_call_is_counted_too(browser):
    data = pages.request((1, 'view', 100), (2, 'helper', 400))
    data['meta'].update(cpu_ns=100 * 10**6, wait_ns={'cpu wait': 395 * 10**6})
    browser.open(data)
    assert browser.text('#sentence').startswith('The machine was busy: the request waited for a CPU 79 % of the time.')
    data['meta']['wait_ns'] = {'cpu wait': 20 * 10**6}
    browser.open(data)
    assert browser.text('#sentence') == '80 % in helper · 20 % in view'


def test_a_view_that_has_nothing_to_show_is_not_opened_again(browser):
    browser.open(pages.request((1, 'view', 100), mode='sampling'))
    browser.show('timeline')
    browser.open(pages.request((1, 'view', 100)), fresh=False)
    assert browser.js('return profilerPage.view') == 'tree'


def test_a_builtin_is_named_with_its_caller(browser):
    browser.open(pages.request(*BUILTIN))
    assert browser.text('#sentence').endswith('time.sleep, called by ask · 10 % in view')


def test_time_of_the_server_itself_is_said(browser):
    browser.open(pages.request((1, 'view', 100), root_ms=900))
    assert selected(browser) == 'GET /x'
    assert browser.text('#sentence') == '90 % in the server itself, outside Python · 10 % in view'


# As an ORM spreads its time: the run has most of the request, none of its functions has much.
SPREAD = ((1, 'view', 30), (2, 'ORM', 5), *[(3, 'PART%s' % letter, 12) for letter in 'ABCDEFGH'], (2, 'render', 20))


@pytest.mark.parametrize('mode', MODES)
def test_where_a_library_spreads_its_time_its_run_is_the_hot_spot(browser, mode):
    """And stays folded; without folding the hottest function is."""
    browser.open(pages.request(*SPREAD, mode=mode))
    assert selected(browser) == 'ORM' and ['ORM', 8] in rows(browser)
    assert browser.text('#sentence') == '67 % in lib, called by view \u00b7 20 % in view \u00b7 13 % in render'
    browser.js('profilerPage.choose("fold", false)')
    assert browser.js('const p = profilerPage; '
                      'return p.profile.label(p.profile.func[p.layout.hotNode()])') == 'view'


@pytest.mark.parametrize('mode', MODES)
def test_a_function_with_a_part_of_its_librarys_time_is_not_said_to_have_all_of_it(browser, mode):
    browser.open(pages.request((1, 'view', 10), (2, 'UPDATE', 55), (3, 'PARSE', 35), mode=mode))
    assert browser.text('#sentence') == '90 % in lib (most in UPDATE), called by view \u00b7 10 % in view'


def test_long_names_of_the_sentence_stay_on_a_narrow_page(browser):
    browser.resize(360, 700)
    browser.open(pages.request((1, 'v' * 200, 10), (2, 'L' * 200, 50)))
    assert browser.js('''return Array.from(document.querySelectorAll('#sentence .name-link')).every(
        name => name.getBoundingClientRect().right <= innerWidth)''')


def test_waits_of_the_server_itself_are_its_own(browser):
    data = pages.request((1, 'view', 60), root_ms=40, mode='sampling')
    data['node'].update(cpu=[0, 60 * 10**6], wait={'of': [0], 'kind': [11], 'ns': [40 * 10**6]})
    browser.open(data)
    assert browser.text('#sentence').endswith(
        '60 % in view \u00b7 40 % in the server itself, outside Python (with 40 % CPU wait)')


def test_what_no_sample_met_says_why_it_has_time(browser):
    data = pages.request((1, 'view', 10), (2, 'waits', 90, 1, 'switched out'), mode='sampling')
    data['node']['samples'][2] = 0
    browser.open(data)
    assert 'Samplesnone: it was switched out' in browser.text('#panel .facts')


# -------------------------------------------------------------------------- folded runs

def unhot(mode='deterministic'):
    """Two runs that nothing hot is in: opened by the reader only."""
    return pages.request((1, 'OUTER', 1), (2, 'DISPATCH', 2), (3, 'view', 400), (4, 'API', 3), (5, 'SEND', 4),
                         (6, 'callback', 5), (5, 'READ', 6), (4, 'DUMP', 20), (5, 'ENCODE', 10), mode=mode)


CLOSED = [['GET /x', 0], ['OUTER', 1], ['view', 0], ['DUMP', 1], ['API', 2], ['callback', 0]]
OPENED = [['GET /x', 0], ['OUTER', 1], ['view', 0], ['DUMP', 1], ['API', 0], ['SEND', 0], ['callback', 0],
          ['READ', 0]]


def row_of(browser, name):
    return next(row for row in browser.all('.tree .row:not([hidden])') if row.find_element(
        'css selector', '.label').text == name)


def by_chip(browser):
    row_of(browser, 'API').find_element('css selector', '.chip').click()


def by_key(browser, key):
    row_of(browser, 'API').click()
    browser.press(key)


def by_double_click(browser):
    browser.double_click_on(row_of(browser, 'API').find_element('css selector', '.label'))


OPENERS = {'chip': by_chip, 'double click': by_double_click, 'Enter': lambda browser: by_key(browser, Keys.ENTER),
           'o': lambda browser: by_key(browser, 'o')}


@pytest.mark.parametrize('opener', OPENERS)
def test_a_folded_run_opens_at_its_own_row(browser, opener):
    browser.open(unhot())
    assert sorted(rows(browser)) == sorted(CLOSED)
    OPENERS[opener](browser)
    browser.settle()
    assert sorted(rows(browser)) == sorted(OPENED)  # the other runs stay folded
    assert browser.js('''const l = profilerPage.layout; let sum = 0;
        for (let i = 0; i < l.count; i++) sum += l.self[i]; return sum === l.total[0]''')
    row_of(browser, 'API').find_element('css selector', '.chip').click()
    browser.settle()
    assert sorted(rows(browser)) == sorted(CLOSED)


def test_the_panel_opens_and_folds_a_run_too(browser):
    browser.open(unhot())
    row_of(browser, 'API').click()
    browser.one('#panel .buttons button:last-child').click()
    assert sorted(rows(browser)) == sorted(OPENED)
    assert browser.one('#panel .buttons button:last-child').text == 'Fold'
    browser.one('#panel .buttons button:last-child').click()
    assert sorted(rows(browser)) == sorted(CLOSED)


@pytest.mark.parametrize('view, mode', [('flame', 'deterministic'), ('timeline', 'sampling')])
def test_a_double_click_opens_a_box(browser, view, mode):
    browser.open(unhot(mode))
    browser.show(view)
    browser.js('''const v = profilerPage.views[profilerPage.view], r = v.box.getBoundingClientRect(), b = v.boxes;
        const box = [...b.row.keys()].find(i => profilerPage.profile.label(v.layout.func(b.row[i])) === 'API');
        const at = {clientX: r.left + (b.start[box] + b.width[box] / 2 - v.from) * v.scale,
                    clientY: r.top + v.levelY(b.levelOf(box)) + 10, bubbles: true};
        v.box.dispatchEvent(new MouseEvent('dblclick', at))''')
    browser.settle()
    names = browser.js('''const v = profilerPage.views[profilerPage.view];
        return [...v.boxes.row].map(r => profilerPage.profile.label(v.layout.func(r)))''')
    assert {'SEND', 'READ'} <= set(names) and 'ENCODE' not in names


def test_a_sunburst_opens_a_run_with_a_key(browser):
    browser.open(unhot())
    browser.show('flame')
    browser.js('profilerPage.choose("shape", "sunburst"); profilerPage.selectFunction('
               'profilerPage.profile.func[profilerPage.layout.node['
               'profilerPage.layout.folded.findIndex((n, i) => n === 2)]])')
    assert selected(browser) == 'API'
    browser.press('o')
    assert browser.js('return profilerPage.layout.folded[profilerPage.row()]') == 0


def test_what_a_search_finds_in_a_folded_run_has_a_row_of_its_own(browser):
    """The highlighted row and the panel are of the same function, with the same figures."""
    browser.open(unhot())
    browser.js('profilerPage.search("READ"); profilerPage.nextMatch(1)')
    browser.settle()
    assert selected(browser) == 'READ'
    row = browser.one('.tree .row.selected')
    assert row.find_element('css selector', '.label').text == 'READ'
    assert browser.text('#panel .panel-name') == 'READ'
    assert row.find_element('css selector', '.self').text == '6.00'
    assert '6.00' in browser.text('#panel .facts')


def test_the_panel_of_a_folded_row_has_the_rows_figures(browser):
    browser.open(unhot('sampling'))
    row_of(browser, 'API').click()
    assert row_of(browser, 'API').find_element('css selector', '.self').text == '13.00'
    facts = browser.text('#panel .facts')
    assert '13.0\u202fms' in facts and 'with 2 folded frames' in facts


# ------------------------------------------------------------------------ small rows, cut trees

def test_rows_below_a_tenth_of_a_percent_stand_as_one(browser):
    browser.open(pages.request((1, 'view', 900), *((2, 'f%d' % i, 0.1 + i / 1000) for i in range(30)),
                               (2, 'big', 90)))
    assert [name for name, _ in rows(browser)] == ['GET /x', 'view', 'big', 'small']
    row = browser.all('.tree .row:not([hidden])')[3]
    assert '30 rows below 0.1 %' in row.text and '3.44' in row.text
    browser.js('profilerPage.select(1)')
    browser.one('.tree .list').click()
    browser.js('profilerPage.select(profilerPage.profile.nodes - 1)')
    browser.press(Keys.ARROW_DOWN, Keys.ENTER)
    assert len(rows(browser)) == 33


@pytest.mark.parametrize('target', ['.chip', '.small'])
def test_the_second_click_of_a_double_click_means_what_the_first_did(browser, target):
    nodes = [(1, 'view', 900), (2, 'API', 90), (3, 'DB', 80), (3, 'call', 10)]
    browser.open(pages.request(*nodes, *((2, 'f%d' % i, 0.1 + i / 1000) for i in range(30))))
    before = len(rows(browser))
    found = [row for row in browser.all('.tree .row:not([hidden])') if 'rows below 0.1 %' in row.text]
    element = found[0] if target == '.small' else row_of(browser, 'API').find_element('css selector', '.chip')
    node = browser.js('return profilerPage.node')
    browser.js('''window.clicks = []; document.querySelector('.tree .list').addEventListener('dblclick', () =>
        window.clicks.push(profilerPage.views.tree.rows.length))''')
    browser.double_click_on(element)
    assert len(browser.js('return window.clicks')) == 1
    assert len(rows(browser)) > before
    assert target == '.chip' or browser.js('return profilerPage.node') == node


@pytest.mark.parametrize('mode', MODES)
def test_what_is_not_in_the_tree_has_a_row_of_its_own(browser, mode):
    """render had 300 of the 392 ms that the page had no room for below view."""
    data = pages.request((1, 'view', 592), (2, 'render', 8), mode=mode)
    names = [data['str'][i] for i in data['func']['name']]
    data['left'] = {'node': [1], 'func': [names.index('render')], 'self': [392 * 10**6]}
    if mode == 'sampling':
        data['left'].update(cpu=[392 * 10**6], wait={'of': [], 'kind': [], 'ns': []})
    data['exact'] = {'func': [names.index('view'), names.index('render')], 'calls': [1, 501], 'primitive': [1, 501],
                     'self': [200 * 10**6, 308 * 10**6], 'cumulative': [600 * 10**6, 308 * 10**6],
                     'callers': [[], []]}
    browser.open(data)
    shown = browser.js('''const l = profilerPage.layout;
        return Array.from({length: l.count}, (_, i) => [profilerPage.profile.label(l.func(i)), l.self[i] / 1e6])''')
    assert shown == [['GET /x', 0], ['view', 200], ['not in the tree, mostly render', 392], ['render', 8]]
    assert browser.text('#sentence').startswith('65 % not in the tree, mostly render, called by view · 33 % in view')
    assert selected(browser) == 'view' and '200\u202fms' in browser.text('#panel .facts')
    assert '392\u202fms' in browser.text('#notices')
    browser.shot('left-' + mode)


@pytest.mark.parametrize('mode', MODES)
def test_what_is_not_in_the_tree_has_no_count(browser, mode):
    data = pages.request((1, 'view', 10), mode=mode)
    data['left'] = {'node': [1], 'func': [0], 'self': [10**6]}
    browser.open(data)
    browser.js('profilerPage.select(2)')
    word = 'Samples' if mode == 'sampling' else 'Calls'
    assert word + 'not counted here' in browser.text('#panel .facts')
    assert browser.all('#panel .panel-place') == []
    assert browser.text('#panel .facts').endswith(' self · %s not counted' % word.lower())
    row = browser.one('.tree .row.selected')
    assert row.get_attribute('aria-label').endswith(', %s not counted' % word.lower())
    assert row.find_element('css selector', '.calls').text == ''


def test_a_request_that_ran_without_a_sample_was_not_switched_out(browser):
    data = pages.request(mode='sampling', root_ms=0.2)
    data['node']['samples'] = [0]
    data['meta']['samples'] = 0
    browser.open(data)
    assert browser.js('return profilerPage.profile.waitsOf(0)') == [[0, 200000]]
    assert browser.text('#panel .facts').endswith('Samples0')


@pytest.mark.parametrize('name, change', [
    ('func.file', lambda data: data['func'].pop('file')), ('func.hide', lambda data: data['func'].update(hide=7)),
    ('node.class.of', lambda data: data['node'].update({'class': {}}))])
def test_broken_columns_of_a_cut_tree_make_a_card(browser, name, change):
    data = pages.request((1, 'view', 10))
    data['left'] = {'node': [1], 'func': [0], 'self': [10**6]}
    change(data)
    browser.open(data)
    assert name + ' is not an array' in browser.text('#error')


@pytest.mark.parametrize('change', [
    {'node': [2]}, {'node': [0, 0], 'func': [0, 0], 'self': [1, 1]}, {'self': [10**12]}, {'func': [9]},
    {'node': 'x'}])
def test_what_is_left_must_fit(browser, change):
    data = pages.request((1, 'view', 10))
    data['left'] = {'node': [1], 'func': [0], 'self': [10**6], **change}
    browser.open(data)
    assert browser.one('#error').is_displayed() and 'left' in browser.text('#error')
