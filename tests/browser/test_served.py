"""The page as a real server answers with it, and as it writes it."""
import hashlib
import hmac
import json
import pstats
import re
import sys
import time
import urllib.parse
import urllib.request

import pytest

import pages
from browser import SEARCH_MS, ZOOM_MS, Keys
from test_agree import assert_agrees, assert_text_agrees
from steps import KEYS, PAINTED, VIEWS, selected, zoom_range

sys.path.insert(0, str(pages.ROOT / 'tests' / 'server'))

import harness  # noqa: E402

MODES = ('deterministic', 'sampling')


def serve(options=''):
    directory = harness.temporary_directory()
    server = harness.Server(directory, 'served_app', '''
        pythonpath = %s
        pythonpath = %s
        profiler-dir = @DIR@/profiles
        profiler-format = html, prof, txt
        %s''' % (pages.HERE, pages.ROOT / 'tests' / 'demo', options))
    yield server
    try:
        server.stop()
    finally:
        harness.remove(directory)


@pytest.fixture(scope='module')
def server():
    yield from serve()


@pytest.fixture(scope='module')
def small_server():
    """With little room for call trees."""
    yield from serve('profiler-max-nodes = 1000')


@pytest.fixture(params=MODES)
def mode(request):
    return request.param


def url(server, path):
    return 'http://127.0.0.1:%d%s' % (server.port, path)


def visit(browser, server, path, flag, **options):
    browser.visit(url(server, path + ('&' if '?' in path else '?') + 'profile=' + flag), **options)
    assert browser.one('#app').is_displayed(), browser.text('#error')


def visit_sampled(browser, server, path, flag, condition=lambda: True):
    """As visit(), until samples have met something, and the condition holds: the sampler of a
    busy machine may miss what is short."""
    def visited():
        visit(browser, server, path, flag)
        return browser.js('return profilerPage.stats.calls') and condition()
    harness.wait_for('samples of ' + path, visited)


def index_line(browser, server):
    """What the server's index says of the profile that is shown."""
    wanted = browser.js('return profilerPage.profile.meta.id')

    def written():
        index = server.directory / 'profiles' / 'index.jsonl'
        lines = index.read_text().splitlines() if index.exists() else []
        return [line for line in map(json.loads, lines) if line['id'] == wanted]
    return harness.wait_for('the files of ' + wanted, written)[0]


def file_of(browser, server, ending):
    """The file that the server has written of that profile."""
    names = index_line(browser, server)['files']
    return server.directory / 'profiles' / next(name for name in names if name.endswith(ending))


def look_at_every_view(browser, shot, rows=1):
    for number, view in enumerate(VIEWS, 1):
        browser.press(str(number))
        assert browser.js('return profilerPage.view') == view
        browser.shot('%s-%s' % (shot, view))
        if not browser.all('#view .state'):
            assert (browser.js(PAINTED) > 0.01 if view in ('flame', 'timeline') else
                    len(browser.all('#view .row')) >= rows)
        browser.assert_quiet(view)
    text = browser.js('return document.body.innerText')
    assert 'NaN' not in text and 'undefined' not in text


def test_every_view(browser, server, mode):
    visit_sampled(browser, server, '/report?q=teapot', mode)
    look_at_every_view(browser, 'served-' + mode)
    states = []
    for view in VIEWS:
        browser.show(view)
        browser.press(*KEYS)
        browser.assert_quiet(view)
        states += [view] if browser.all('#view .state') else []
    assert states == ([] if mode == 'sampling' else ['timeline', 'lines'])
    browser.show('flame')
    browser.js('profilerPage.choose("shape", "sunburst")')
    browser.settle()
    assert browser.js(PAINTED) > 0.05
    browser.shot('served-%s-sunburst' % mode)
    head = browser.text('#head')
    assert all(text in head for text in ('GET /report', 'q=teapot', '200', mode, 'worker 1'))


def test_search_sort_zoom_and_keys(browser, server, mode):
    visit_sampled(browser, server, '/report', mode, lambda: browser.js(
        'return profilerPage.profile.nodes > 4 && [...profilerPage.stats.functions].some('
        'f => profilerPage.profile.coName(f) === "ask_warehouse")'))
    browser.press('/')
    browser.driver.switch_to.active_element.send_keys(r'/^ask_warehouse .*\/shop\.py:\d+$/')
    browser.pause(SEARCH_MS)
    assert re.match(r'1 function, \d+ %', browser.text('.found-count'))
    browser.press(Keys.ENTER)
    assert selected(browser) == 'ask_warehouse'
    browser.press(Keys.ESCAPE)
    browser.one('.tree .list').click()
    browser.press(Keys.HOME)
    assert selected(browser) == 'GET /report'
    browser.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
    assert browser.js('return profilerPage.node') > 0
    browser.show('functions')
    head = browser.all('.functions .columns button')[2]
    for direction in (True, False):
        values = browser.js('const v = profilerPage.views.functions; return v.rows.map(f => v.columns[2].value(f))')
        assert len(values) > 3 and values == sorted(values, reverse=direction)
        head.click()
        browser.settle()
    for view in ('flame', 'timeline') if mode == 'sampling' else ('flame',):
        browser.show(view)
        whole = zoom_range(browser)
        browser.one('.chart-box').send_keys('+')
        browser.pause(ZOOM_MS)
        near = zoom_range(browser)
        assert near[1] - near[0] < whole[1] - whole[0]
        browser.press('0')
        browser.pause(ZOOM_MS)
        assert zoom_range(browser) == whole
    browser.press('?')
    assert browser.one('#help').is_displayed()
    browser.press(Keys.ESCAPE)


def test_choices_hold_for_the_next_request(browser, server, mode):
    visit(browser, server, '/report', mode)
    browser.press('4', 'f', 't')
    visit(browser, server, '/search?q=red', mode, fresh=False)
    assert browser.js('return [profilerPage.view, profilerPage.choices.fold, profilerPage.theme()]') == \
        ['functions', False, 'dark']
    assert 'search' not in browser.js('return JSON.stringify(localStorage)')


@pytest.mark.parametrize('width, height', [(1280, 800), (360, 740)])
@pytest.mark.parametrize('theme', ['light', 'dark'])
def test_themes_and_widths(browser, server, mode, theme, width, height):
    browser.scheme(theme)
    browser.resize(width, height)
    visit(browser, server, '/report', mode)
    assert browser.js('return document.documentElement.dataset.theme') == theme
    for view in VIEWS:
        browser.show(view)
        assert browser.document_size() == [width, height]
        browser.shot('served-%s-%s-%d-%s' % (mode, theme, width, view))
        browser.assert_quiet((view, theme, width))


def test_downloads_are_what_the_server_writes(browser, server, mode):
    visit_sampled(browser, server, '/search?q=teapot', mode + ',sort=cumulative')
    prof = browser.download('.prof')
    assert prof.read_bytes() == file_of(browser, server, '.prof').read_bytes()
    assert pstats.Stats(str(prof)).total_calls > 0
    data = json.loads(browser.download('json').read_text())
    assert data['meta']['mode'] == mode
    assert sum(data['node']['self']) == pytest.approx(data['meta']['wall_ns'], rel=0.01)
    assert len(json.loads(browser.download('speedscope').read_text())['shared']['frames']) > 3
    assert browser.download('folded').stat().st_size


# -------------------------------------------------- figures of trees that were cut

FIGURES = '''
const {profile: p, stats} = profilerPage;
const key = f => [p.file(f), p.lineOf[f], p.coName(f)];
const of = f => [f.primitive, f.calls, f.self, f.cumulative];
return Array.from(stats.functions, f => [key(f), of(stats.figuresOf(f)),
                                         stats.callersOf(f).map(([caller, pair]) => [key(caller), of(pair)])])'''

# Function, calls and self time of the rows that are in sight, as they stand there.
SHOWN = '''
const {profile: p, views: {functions: view}} = profilerPage;
return view.rows.flatMap((f, i) => {
    const row = document.getElementById('function-row-' + i);
    const text = key => row.cells[view.columns.findIndex(column => column.key === key)].textContent;
    return row ? [[[p.file(f), p.lineOf[f], p.coName(f)], text('ncalls'), text('tottime')]] : [];
})'''


def in_ns(seconds):
    return round(seconds * 1e9)


def figures_of_page(browser):
    """{function: (primitive, calls, self ns, cumulative ns, {caller: the same four})}"""
    found = {}
    for key, own, callers in browser.js(FIGURES):
        pairs = {tuple(caller): tuple(pair) for caller, pair in callers}
        assert tuple(key) not in found and len(pairs) == len(callers), key
        found[tuple(key)] = (*own, pairs)
    return found


def figures_of_prof(path):
    """The same, of a .prof, in which pstats has calls before primitive calls in callers."""
    found = {}
    for key, (primitive, calls, self, cumulative, callers) in pstats.Stats(str(path)).stats.items():
        pairs = {caller: (pair[1], pair[0], in_ns(pair[2]), in_ns(pair[3])) for caller, pair in callers.items()}
        found[key] = (primitive, calls, in_ns(self), in_ns(cumulative), pairs)
    return found


def assert_shown(browser, prof):
    """What stands in the table is what pstats knows."""
    browser.show('functions')
    assert browser.text('.functions .columns .tottime').split()[1] == 'ms'
    rows = browser.js(SHOWN)
    assert rows
    for key, calls, self in rows:
        primitive, all_calls, ns, *_ = prof[tuple(key)]
        assert [int(part) for part in calls.replace(',', '').split('/')] == \
            ([all_calls] if primitive == all_calls else [all_calls, primitive])
        assert float(self.replace(',', '')) == pytest.approx(ns / 1e6, abs=0.0051)


# Functions whose nodes have more self time than the function itself (but for what rounding
# adds): that of calls below, which the tree has no room for.
MORE_THAN_ITS_OWN = '''
const p = profilerPage.profile, self = new Float64Array(p.functions), found = [];
for (let i = 1; i < p.nodes; i++)
    self[p.func[i]] += p.self[i];
for (let f = 1; f < p.functions; f++)
    if (!p.isLeft(f) && self[f] > profilerPage.stats.figuresOf(f).self + 2 * p.nodesOf(f).length + 1)
        found.push([p.label(f), self[f], profilerPage.stats.figuresOf(f).self]);
return found'''


# What is wrong with what is selected first, the sentence, or the end of the hot path.
HOT_SPOT = '''
const page = profilerPage, p = page.profile, wrong = [];
const most = [...p.self.keys()].filter(i => i && !p.isLeft(p.func[i])).reduce((a, b) => p.self[b] > p.self[a] ? b : a);
if (page.node !== (2 * p.self[0] > p.total[0] ? 0 : most))
    wrong.push(p.label(page.func) + ' is selected');
const sentence = document.getElementById('sentence').textContent;
const left = sentenceGroups(p).some(group => !group.kind && p.isLeft(p.func[group.node]));
if (!/^(The machine was busy: .* Measure again\\. )?\\d+ % /.test(sentence) ||
    left && !sentence.includes('not in the tree'))
    wrong.push(sentence);
page.hotPath();
const l = page.layout, row = page.row();
if (l.end[row] > row + 1 && l.total[row + 1] > l.self[row])
    wrong.push('the hot path ends at ' + p.label(page.func));
return wrong'''


@pytest.mark.parametrize('cut, kind, path, nodes', [
    ([], 'server', '/search?q=teapot', None), (['truncated'], 'small_server', '/wide', 1000),
    (['pruned'], 'server', '/wide', 20000), (['truncated', 'pruned'], 'server', '/wider', 20000)])
def test_figures_are_those_of_the_prof(browser, request, mode, cut, kind, path, nodes):
    server = request.getfixturevalue(kind)

    def is_cut():
        notices = browser.js('return profilerPage.profile.meta.notices.map(notice => notice.code)')
        found = [code for code in ('truncated', 'pruned') if code in notices]
        assert set(found) <= set(cut) and (mode == 'sampling' or found == cut)
        return found == cut
    visit_sampled(browser, server, path, mode, is_cut)
    assert (browser.js('return profilerPage.profile.exact') is not None) == bool(cut)
    assert nodes in (None, browser.js('return profilerPage.profile.nodes - profilerPage.profile.left().nodes'))
    if mode == 'deterministic' or 'truncated' not in cut:  # sampling has the time with the caller then
        assert browser.js(MORE_THAN_ITS_OWN) == []

    assert browser.js(HOT_SPOT) == []

    written = file_of(browser, server, '.prof')
    prof = figures_of_prof(written)
    assert prof and figures_of_page(browser) == prof
    assert_shown(browser, prof)

    downloaded = browser.download('.prof')
    assert pstats.Stats(str(downloaded)).stats == pstats.Stats(str(written)).stats
    assert_agrees(browser)
    if mode == 'sampling' and not cut:
        assert_text_agrees(browser, file_of(browser, server, '.txt').read_text())
    total, wall = browser.js('return [profilerPage.profile.total[0], profilerPage.profile.meta.wall_ns]')
    assert total == pytest.approx(wall, rel=0.01)
    assert wall / 1e6 == pytest.approx(index_line(browser, server)['elapsed_ms'], abs=0.001)
    look_at_every_view(browser, '-'.join(['served', *(cut or ['whole']), mode]))


def test_the_written_page_opens_from_disk(browser, server, mode):
    visit_sampled(browser, server, '/report', mode)
    served = browser.js('return document.body.textContent')
    path = browser.files / 'written.html'
    path.write_bytes(file_of(browser, server, '.html').read_bytes())
    browser.go(path)
    assert browser.js('return document.getElementById("profile").textContent') in served
    look_at_every_view(browser, 'written-' + mode)
    assert browser.download('.prof').read_bytes() == file_of(browser, server, '.prof').read_bytes()


def test_the_policy_is_in_force(browser, server):
    visit(browser, server, '/', 'html')
    browser.js('''const script = document.createElement('script');
        script.textContent = 'window.owned = true';
        document.body.append(script);
        document.body.setAttribute('style', 'color: red');
        document.createElement('img').src = '/image';
        fetch('/data').catch(() => null);''')
    browser.wait(lambda: len(browser.js('return violations')) >= 4, 'violations')
    assert browser.js('return window.owned') is None
    found = {violation.split()[0] for violation in browser.errors() if ' ' in violation}
    assert {'script-src-elem', 'style-src-attr', 'img-src', 'connect-src'} <= found
    browser.js('window.violations = []')
    assert {asked.rpartition('/')[2] for asked in browser.requests()} <= {'image', 'data'}  # asked for in vain


def test_a_deep_recursion(browser, server, mode):
    visit_sampled(browser, server, '/deep', mode, lambda: browser.js(
        'return Math.max(...profilerPage.profile.depth)') > 1000)
    browser.js('profilerPage.choose("fold", false); profilerPage.views.tree.setBelow(0, 1)')
    look_at_every_view(browser, 'served-deep-' + mode)


def test_a_request_without_samples(browser, server):
    visit(browser, server, '/nothing', 'sampling,interval=1s')
    assert browser.js('return profilerPage.profile.meta.samples') == 0
    assert len(browser.all('#notices p')) == 1
    for view in VIEWS:
        browser.show(view)
        assert re.search('[Nn]o samples? (were|was) taken', browser.text('#view')), view
    look_at_every_view(browser, 'served-nothing', rows=0)
    browser.resize(360, 740)
    look_at_every_view(browser, 'served-nothing-narrow', rows=0)


def test_what_the_app_has_answered_is_said(browser, server):
    visit(browser, server, '/old', '')
    assert browser.text('.status') == '302' and browser.text('a.redirect') == '/search?q=lamp'
    assert browser.driver.get_cookie('seen')['value'] == '1'
    visit(browser, server, '/raising', '')
    assert 'KeyError' in browser.text('.exception')
    browser.shot('served-raising')
    visit(browser, server, '/product/1000', '')
    assert browser.text('.status') == '404'


def test_hostile_names_are_text(browser, server, mode):
    path = '/hostile</title></script><script>document.title="owned"</script>\u202e"\'&'

    def is_found():
        browser.search(r'/^<\/script><!-- .* \/<\/script><!-- /s')
        return browser.text('.found-count').startswith('1 function, ')
    visit_sampled(browser, server, urllib.parse.quote(path), mode, is_found)
    assert path.replace('\u202e', '\\u202e') in browser.text('h1')
    browser.one('.tree .list').click()
    look_at_every_view(browser, 'served-hostile-' + mode)
    assert 'owned' != browser.driver.title and len(browser.all('script')) == 2


def test_only_a_page_is_replaced(server):
    """What asks as a browser does not for a page gets the app's own answer."""
    for headers in ({}, {'Accept': '*/*'}, {'Accept': 'text/html', 'Sec-Fetch-Dest': 'image'}):
        request = urllib.request.Request(url(server, '/nothing?profile'), headers=headers)
        with urllib.request.urlopen(request) as answer:
            assert answer.read() == b'nothing'


# ------------------------------------------------------------- the same request again

@pytest.fixture(scope='module')
def renamed_server():
    """Whose flag has another name."""
    yield from serve('''profiler-trigger = query:_prof
        profiler-trigger = header:X-Prof''')


@pytest.fixture(scope='module')
def signing_server():
    """Whose flags are signed."""
    yield from serve('profiler-key = sesame-open-0123')


def again(browser):
    return {link.text: link for link in browser.all('.again a')}


def follow(browser, text):
    link, shown = again(browser)[text], 'return window.profilerPage && profilerPage.profile.meta.id'
    browser.visited.append(link.get_attribute('href'))
    before = browser.js(shown)
    link.click()
    browser.wait(lambda: browser.js(shown) not in (None, before), 'the next page')
    browser.settle()


def test_the_same_request_again(browser, server):
    visit(browser, server, '/search?q=tea%20pot', 'deterministic,sort=cumulative')
    first = browser.js('return profilerPage.profile.meta.id')
    follow(browser, 'Profile again, sampled')
    meta = browser.js('return profilerPage.profile.meta')
    assert meta['mode'] == 'sampling' and meta['sort_by'][0] == 'cumtime' and meta['query'] == 'q=tea%20pot'
    assert meta['id'] != first and meta['flag'] == 'profile'
    browser.assert_quiet('again')
    browser.shot('again')
    follow(browser, 'Profile again, every call counted')
    assert browser.js('return profilerPage.profile.meta.mode') == 'deterministic'
    plain = again(browser)['Open without profiling'].get_attribute('href')
    assert plain == url(server, '/search?q=tea%20pot')
    with urllib.request.urlopen(urllib.request.Request(plain, headers={'Accept': 'text/html'})) as answer:
        assert b'id="profile"' not in answer.read() and answer.headers['X-Profile-Id'] is None


def test_again_with_another_parameter(browser, renamed_server):
    browser.visit(url(renamed_server, '/search?profile=mine&_prof'))
    follow(browser, 'Profile again, sampled')
    assert browser.js('return profilerPage.profile.meta.mode') == 'sampling'
    assert browser.driver.current_url.partition('#')[0] == \
        url(renamed_server, '/search?profile=mine&_prof=sampling')
    assert again(browser)['Open without profiling'].get_attribute('href') == \
        url(renamed_server, '/search?profile=mine')


def test_a_signed_address_has_no_link_to_another_profile(browser, signing_server):
    flag = 'exp=%d' % (time.time() + 3600)
    text = '\n'.join(('GET', '/search', flag)).encode()
    sig = hmac.new(b'sesame-open-0123', text, hashlib.sha256).hexdigest()
    browser.visit(url(signing_server, '/search?profile=%s,sig=%s' % (flag, sig)))
    assert list(again(browser)) == ['Open without profiling']


def posted(address):
    """The app does not read the body: the server may reset the connection before the answer
    is read."""
    for _ in range(20):
        try:
            with urllib.request.urlopen(urllib.request.Request(address, data=b'a=1')) as answer:
                return answer.read()
        except ConnectionResetError:
            pass
    raise AssertionError('the connection was reset each time')


def test_what_no_link_can_ask_for_has_none(browser, server, renamed_server):
    visit(browser, server, '/report', 'sampling')
    assert len(again(browser)) == 3
    path = browser.files / 'again.html'
    path.write_bytes(file_of(browser, server, '.html').read_bytes())
    browser.go(path)
    assert again(browser) == {}  # from disk: the server is not known
    page = posted(url(server, '/report?profile=html'))
    assert b'"method":"POST"' in page and b'"flag":"profile"' in page
    path.write_bytes(page)
    browser.go(path)
    assert again(browser) == {}
    request = urllib.request.Request(url(renamed_server, '/report'), headers={'X-Prof': 'html'})
    with urllib.request.urlopen(request) as answer:
        page = answer.read()
    assert b'"meta":{' in page and b'"flag":' not in page
