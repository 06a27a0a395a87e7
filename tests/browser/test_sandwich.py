"""The sandwich: one function between its callers and its callees."""
import json
from collections import Counter

import pytest
from selenium.webdriver.common.action_chains import ActionChains

import pages
from browser import Keys

SAMPLING = json.loads(pages.SAMPLING.read_text())
TRACED = json.loads(pages.TRACED.read_text())

# Every box by the names on its way from the middle: [names, is a caller, time, calls, self].
WAYS = '''
const v = profilerPage.views.flame, l = v.layout, b = v.boxes, found = [];
for (let i = 0; i < l.count; i++) {
    const way = [], row = b.row[i];
    for (let at = i; at !== -1; at = b.under(at)) way.push(profilerPage.profile.label(l.func(b.row[at])));
    found.push([way.reverse().join(' '), l.isCaller(row), l.total[row], l.calls[row], l.self[row]]);
}
return found'''


def tree(*nodes):
    """[depth, name, self, calls] each, below the request; a name in capitals is a library's."""
    data = json.loads(pages.TRACED.read_text())
    names = sorted({name for _, name, _, _ in nodes})
    data['str'] = ['GET /x', '', '/srv/shop/app.py', '/usr/lib/python3/dist-packages/lib.py', 'lib'] + names
    isLibrary = [name.isupper() for name in names]
    data['func'] = {'name': [0] + [5 + i for i in range(len(names))],
                    'file': [1] + [3 if one else 2 for one in isLibrary],
                    'line': [0] + [1 + i for i in range(len(names))],
                    'lib': [1] + [4 if one else 1 for one in isLibrary],
                    'kind': [4] + [1 if one else 0 for one in isLibrary]}
    data['node'] = {'depth': [0] + [depth for depth, _, _, _ in nodes],
                    'func': [0] + [1 + names.index(name) for _, name, _, _ in nodes],
                    'self': [5] + [self for _, _, self, _ in nodes],
                    'calls': [1] + [calls for _, _, _, calls in nodes]}
    data['meta']['wall_ns'] = sum(data['node']['self'])
    return data


def func_of(browser, name):
    return browser.js('''const p = profilerPage.profile;
        for (let f = 0; f < p.functions; f++) if (p.label(f) === arguments[0]) return f;''', name)


def open_sandwich(browser, name):
    browser.js('profilerPage.openSandwich(arguments[0])', func_of(browser, name))
    browser.settle()


def ways(browser, callers):
    return {way: figures for way, is_caller, *figures in browser.js(WAYS) if is_caller == callers}


def selected(browser):
    return browser.js('return profilerPage.profile.label(profilerPage.func)')


def middle(browser):
    return browser.js('return profilerPage.profile.label(profilerPage.centre)')


# f is called by a and by b; within itself, through g; and has x below it in all of them.
SHAPE = ((1, 'a', 1, 1), (2, 'f', 10, 2), (3, 'x', 3, 6), (3, 'g', 2, 1), (4, 'f', 20, 1), (5, 'x', 4, 1),
         (1, 'b', 1, 1), (2, 'f', 30, 3), (3, 'x', 7, 3), (3, 'y', 9, 1))


def test_all_calls_of_a_function_are_one(browser):
    browser.open(tree(*SHAPE))
    open_sandwich(browser, 'f')
    assert ways(browser, callers=False) == {
        'f': [85, 5, 40], 'f x': [10, 9, 10], 'f y': [9, 1, 9],
        'f g': [26, 1, 2], 'f g f': [24, 1, 20], 'f g f x': [4, 1, 4]}
    assert ways(browser, callers=True) == {
        'f a': [39, 2, 0], 'f a GET /x': [39, 2, 0], 'f b': [46, 3, 0], 'f b GET /x': [46, 3, 0]}
    assert browser.js('return profilerPage.stats.figuresOf(arguments[0]).cumulative', func_of(browser, 'f')) == 85


def test_the_callers_of_a_library_function_are_the_folded_ones(browser):
    """A run of libraries is one box above, and the function stands by itself."""
    data = tree((1, 'view', 1, 1), (2, 'API', 2, 1), (3, 'SEND', 3, 1), (4, 'READ', 50, 4),
                (3, 'READ', 20, 1), (1, 'job', 1, 1), (2, 'READ', 7, 1))
    browser.open(data)
    open_sandwich(browser, 'READ')
    assert ways(browser, callers=True) == {
        'READ API': [70, 5, 0], 'READ API view': [70, 5, 0], 'READ API view GET /x': [70, 5, 0],
        'READ job': [7, 1, 0], 'READ job GET /x': [7, 1, 0]}
    assert ways(browser, callers=False) == {'READ': [77, 6, 77]}
    browser.press('f')
    assert 'READ SEND API view GET /x' in ways(browser, callers=True)
    assert middle(browser) == 'READ'


def reference(data, func):
    """Both halves, by brute force: {way: time}."""
    depth, funcs, self = (data['node'][key] for key in ('depth', 'func', 'self'))
    count, path, total = len(depth), [], [0] * len(depth)
    above, below, is_inside = Counter(), Counter(), [False] * len(depth)
    parents = [-1] * count
    for i in range(count):
        path = path[:depth[i]] + [i]
        parents[i] = path[-2] if i else -1
        for node in path:
            total[node] += self[i]
    for i in range(count):
        if funcs[i] != func and (i == 0 or not is_inside[parents[i]]):
            continue
        is_top = not (i and is_inside[parents[i]])
        is_inside[i] = True
        way = [i]
        while parents[way[-1]] >= 0:
            way.append(parents[way[-1]])
        if is_top:
            for k in range(1, len(way)):
                above[tuple(funcs[node] for node in way[:k + 1])] += total[i]
        top = max(k for k, node in enumerate(way) if is_inside[node])
        below[tuple(funcs[node] for node in reversed(way[:top + 1]))] += total[i]
    return above, below


@pytest.mark.parametrize('data', [TRACED, SAMPLING, pages.big(3000, functions=60)],
                         ids=['traced', 'sampling', 'recursive'])
def test_every_function_of_a_profile_against_brute_force(browser, data):
    browser.open(data)
    browser.js('profilerPage.choices.imports = false; profilerPage.choose("fold", false)')
    count = len(data['func']['name'])
    for func in range(0, count, max(1, count // 25)):
        above, below = reference(data, func)
        found = browser.js('''
            const s = new Sandwich(profilerPage.layout, arguments[0]), b = s.boxes, ways = [];
            for (let i = 0; i < s.count; i++) {
                const way = [];
                for (let at = i; at !== -1; at = b.under(at)) way.push(s.func(b.row[at]));
                ways.push([s.isCaller(b.row[i]), way.reverse(), b.width[i]]);
            }
            return [s.isEmpty, profilerPage.stats.figuresOf(arguments[0]).cumulative, ways]''', func)
        is_empty, cumulative, rows = found
        if is_empty:
            assert not below
            continue
        assert below[(func,)] == (cumulative if func else sum(data['node']['self']))
        for is_caller, want in ((True, above), (False, below)):
            got = Counter()
            for caller, way, ns in rows:
                if caller == is_caller and ns:  # boxes without a width stand on none
                    got[tuple(way)] += ns
            assert got == Counter({way: ns for way, ns in want.items() if ns})


def test_figures_stay_the_same_when_libraries_are_folded(browser):
    browser.open(TRACED)
    wrong = browser.js('''const p = profilerPage, wrong = [];
        for (const f of p.stats.functions) {
            const s = new Sandwich(p.layout, f);
            let direct = 0, self = 0;
            for (let row = 0; row < s.count; row++) {
                if (s.depth[row] === s.levelsAbove - 1) direct += s.total[row];
                self += s.self[row];
            }
            const sum = p.stats.figuresOf(f).cumulative;
            if (s.total[0] !== sum || direct !== sum || self !== sum) wrong.push([f, s.total[0], direct, self, sum]);
        }
        return wrong''')
    assert wrong == []


# -------------------------------------------------------------------------- ways to it

def test_a_row_of_the_functions_opens_it(browser):
    browser.open(tree(*SHAPE))
    browser.show('functions')
    row = next(row for row in browser.all('#view .row') if row.find_element('css selector', '.label').text == 'f')
    browser.double_click_on(row)
    assert browser.one('[data-view=flame]').get_attribute('aria-selected') == 'true'
    assert browser.one('select[aria-label=Shape]').get_attribute('value') == 'sandwich'
    assert middle(browser) == 'f' and 'Callers are above' in browser.text('.caption')
    browser.shot('sandwich-small')


def test_enter_on_a_row_the_panels_button_and_a_key_open_it(browser):
    browser.open(tree(*SHAPE))
    browser.show('functions')
    browser.js('profilerPage.selectFunction(arguments[0])', func_of(browser, 'x'))
    browser.one('.functions .list').click()
    browser.js('profilerPage.selectFunction(arguments[0])', func_of(browser, 'x'))
    browser.press(Keys.ENTER)
    assert middle(browser) == 'x'
    browser.js('profilerPage.choose("shape", "icicle"); profilerPage.show("tree")')
    assert browser.js('return profilerPage.centre') == -1
    browser.one('#panel .buttons button:nth-child(2)').click()
    assert middle(browser) == 'x'
    browser.js('profilerPage.choose("shape", "icicle"); profilerPage.show("tree"); profilerPage.select(1)')
    browser.press('s')
    assert middle(browser) == 'a'
    assert browser.js('return profilerPage.view') == 'flame'


def test_the_select_has_it_and_it_is_not_remembered(browser):
    path = browser.open(tree(*SHAPE))
    browser.js('profilerPage.choose("shape", "flame")')
    browser.show('flame')
    shape = browser.one('select[aria-label=Shape]')
    shape.find_element('css selector', '[value=sandwich]').click()
    browser.settle()
    assert middle(browser) == selected(browser)
    assert browser.js('return profilerPage.shape()') == 'sandwich'
    shape.find_element('css selector', '[value=sunburst]').click()
    shape.find_element('css selector', '[value=flame]').click()
    shape.find_element('css selector', '[value=sandwich]').click()
    browser.go(path, fresh=False)
    assert browser.js('return profilerPage.shape()') == 'flame'
    assert browser.one('select[aria-label=Shape]').get_attribute('value') == 'flame'


def test_the_address_holds_it(browser):
    path = browser.open(tree(*SHAPE))
    open_sandwich(browser, 'x')
    browser.wait(lambda: 'sandwich=' in browser.js('return location.hash'), 'the address')
    hash = browser.js('return location.hash')
    browser.go(path, hash=hash)
    assert middle(browser) == 'x' and ways(browser, callers=True)
    browser.go(path, hash='#view=flame&sandwich=77')
    assert browser.js('return profilerPage.centre') == -1


# ------------------------------------------------------------------------------ in it

def test_keys_go_to_callers_callees_and_siblings_and_say_so(browser):
    browser.open(tree(*SHAPE))
    open_sandwich(browser, 'f')
    browser.press(Keys.ARROW_UP)
    assert selected(browser) == 'b' and middle(browser) == 'f'
    assert 'b, 46' in browser.text('#live') and 'of f came from here (54 %)' in browser.text('#live')
    browser.press(Keys.ARROW_RIGHT)
    assert selected(browser) == 'a'
    browser.press(Keys.ARROW_UP)
    assert selected(browser) == 'GET /x'
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert selected(browser) == 'f'
    browser.press(Keys.ARROW_DOWN)
    assert selected(browser) == 'g' and 'spent here' in browser.text('#live')
    browser.press(Keys.ARROW_RIGHT)
    assert selected(browser) == 'x'
    browser.press(Keys.HOME)
    assert selected(browser) == 'f'
    browser.press(Keys.ARROW_DOWN, Keys.ENTER)
    assert middle(browser) == 'g' and list(ways(browser, callers=True)) == ['g f a GET /x', 'g f a', 'g f']


def box_place(browser, name, is_caller):
    """Where a box of that name is on the screen."""
    return browser.js('''
        const v = profilerPage.views.flame, l = v.layout, b = v.boxes, frame = v.box.getBoundingClientRect();
        for (let i = 0; i < l.count; i++) {
            if (profilerPage.profile.label(l.func(b.row[i])) !== arguments[0] || l.isCaller(b.row[i]) !== arguments[1])
                continue;
            return [frame.left + (b.start[i] + b.width[i] / 2 - v.from) * v.scale,
                    frame.top + v.levelY(b.levelOf(i)) + 10].map(Math.round);
        }''', name, is_caller)


def test_the_mouse_selects_tells_and_chooses_another_middle(browser):
    browser.open(tree(*SHAPE))
    open_sandwich(browser, 'f')
    mouse = ActionChains(browser.driver)
    mouse.w3c_actions.pointer_action.move_to_location(*box_place(browser, 'b', True))
    mouse.perform()
    tip = browser.text('.flame .tip')
    assert '46' in tip and 'of the 85' in tip and '3 calls' in tip
    mouse = ActionChains(browser.driver)
    mouse.w3c_actions.pointer_action.move_to_location(*box_place(browser, 'b', True)).click()
    mouse.perform()
    assert selected(browser) == 'b' and middle(browser) == 'f'
    assert browser.text('#panel .panel-name') == 'b'
    browser.double_click(*box_place(browser, 'y', False))
    assert middle(browser) == 'y'
    browser.one('#panel .pair').click()
    assert selected(browser) == middle(browser) == 'f'


def test_search_marks_and_goes_from_match_to_match(browser):
    browser.open(tree(*SHAPE))
    open_sandwich(browser, 'f')
    browser.search('/^x/')
    marked = browser.js('''const v = profilerPage.views.flame;
        return [...v.found].map((one, row) => one ? profilerPage.profile.label(v.layout.func(row)) : '')
            .filter(Boolean)''')
    assert marked == ['x', 'x']
    browser.press(Keys.ENTER)
    assert selected(browser) == 'x' and middle(browser) == 'f'
    browser.search('/^b/')
    assert browser.js('const v = profilerPage.views.flame; return v.layout.isCaller([...v.found].indexOf(1))')


def test_zoom_stays_in_the_picture(browser):
    browser.open(TRACED)
    open_sandwich(browser, 'deepcopy')
    whole = browser.js('return profilerPage.views.flame.to')
    browser.press('+', '+')
    assert browser.js('return profilerPage.views.flame.to - profilerPage.views.flame.from') < whole / 1.5
    assert browser.js('return profilerPage.zoom') == 0
    browser.press('0')
    browser.wait(lambda: browser.js('return profilerPage.views.flame.to') == whole, 'the whole again')
    browser.one('#panel .buttons button').click()
    assert browser.js('return profilerPage.shape()') == 'icicle'
    assert browser.js('return profilerPage.zoom') == browser.js('return profilerPage.node')


# -------------------------------------------------------------------------- states, scale

def cut_profile():
    data = tree((1, 'a', 100, 1), (2, 'f', 50, 2), (1, 'gone', 0, 1))
    for column in data['node'].values():
        del column[-1]
    data['exact'] = {'func': [1, 2, 3], 'calls': [1, 9, 3], 'primitive': [1, 9, 3], 'self': [40, 80, 30],
                     'cumulative': [150, 80, 30],
                     'callers': [[], [[1, 9, 9, 80, 80]], [[1, 3, 3, 30, 30]]]}
    return data


def test_a_tree_that_was_cut_says_what_is_exact(browser):
    browser.open(cut_profile())
    open_sandwich(browser, 'f')
    caption = browser.text('.caption')
    assert 'f: 50\u202fns of its 80\u202fns' in caption
    assert 'only calls in the call tree' in caption and 'exact' in caption
    open_sandwich(browser, 'gone')
    assert 'did not fit into the call tree' in browser.text('.flame > .state')
    assert not browser.one('.flame .chart-box').is_displayed()
    assert '30' in browser.text('#panel')
    browser.press(Keys.ARROW_DOWN, '+', '0')
    open_sandwich(browser, 'f')
    assert browser.one('.flame .chart-box').is_displayed()


def test_a_function_without_time(browser):
    browser.open(tree((1, 'a', 100, 1), (2, 'quick', 0, 7)))
    open_sandwich(browser, 'quick')
    assert 'took no measurable time' in browser.text('.flame > .state')


def test_the_request_itself_has_only_callees(browser):
    browser.open(tree(*SHAPE))
    open_sandwich(browser, 'GET /x')
    assert ways(browser, callers=True) == {}
    assert ways(browser, callers=False)['GET /x'][0] == 92


@pytest.mark.parametrize('nodes', [100000])
def test_a_hundred_thousand_nodes(browser, nodes, capsys):
    browser.open(pages.big(nodes, functions=300), 'big-sandwich')
    browser.js('profilerPage.choose("fold", false); profilerPage.show("flame")')
    ms, frame, count = browser.js('''
        const p = profilerPage, most = [...p.stats.functions].sort((a, b) =>
            p.stats.figuresOf(b).calls - p.stats.figuresOf(a).calls)[0], start = performance.now();
        p.openSandwich(most);
        const made = performance.now(), v = p.views.flame, whole = v.to;
        for (let i = 0; i < 40; i++) { v.setRange(whole * i / 80, whole * (i / 80 + 0.5), false); v.drawNow(); }
        return [made - start, (performance.now() - made) / 40, v.layout.count]''')
    browser.shot('big-sandwich')
    with capsys.disabled():
        print('\n  sandwich of %d boxes: opened in %.0f ms, a frame takes %.1f ms' % (count, ms, frame))
    assert count > 100


def test_callers_without_end_are_cut_and_that_is_said(browser):
    """Each level of a deep recursion calls the function."""
    nodes = []
    for i in range(1, 3001):
        nodes += [(i, 'down', 10, 1), (i + 1, 'len', 5, 1)]
    order = [one for i, one in enumerate(nodes) if i % 2 == 0]
    tail = [one for i, one in enumerate(nodes) if i % 2][::-1]
    browser.open(tree(*order, *tail), 'deep-sandwich')
    open_sandwich(browser, 'len')
    assert browser.js('return profilerPage.views.flame.layout.isCut')
    assert 'Callers more than' in browser.text('.caption')
    assert browser.js('return profilerPage.views.flame.layout.total[0]') == 15000


# ---------------------------------------------------------------------------- looks

@pytest.mark.parametrize('scheme', ['light', 'dark'])
@pytest.mark.parametrize('name, data, func', [('traced', TRACED, 'deepcopy'), ('sampling', SAMPLING, 'shipping_quote')])
def test_the_picture(browser, scheme, name, data, func):
    browser.scheme(scheme)
    browser.open(data)
    open_sandwich(browser, func)
    browser.shot('sandwich-%s-%s' % (name, scheme))
    browser.resize(360, 740)
    browser.settle()
    assert browser.document_size() == [360, 740]
    browser.shot('sandwich-narrow-%s-%s' % (name, scheme))
