"""Merges of what real servers have profiled: figures against the sum of the servers' own .prof files, and time."""
import http.client
import json
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest

import pages
import shelves
from fake_shelf import Shelf
from test_merge import APP, merge_of, numbered, on_shelf

sys.path.insert(0, str(pages.ROOT / 'tests' / 'server'))

import harness  # noqa: E402

ADD_PROFS = pages.ROOT / 'tests' / 'page' / 'add_profs.py'
PATHS = ['/search?q=lamp', '/search?q=a', '/product/7', '/api/products', '/', '/raising', '/deep']
INI = '''
    pythonpath = %s
    pythonpath = %s
    profiler-dir = %s
    profiler-browse = /_profiles
    profiler-output = file
    profiler-format = prof
    profiler-interval = 200us
    processes = 2
    %s'''


def add_profs(paths):
    return json.loads(subprocess.run([sys.executable, ADD_PROFS, *paths], stdout=subprocess.PIPE, check=True).stdout)


class Profiled:
    """Profiles of several servers, one after the other, in one directory; the last one shows them."""

    def __init__(self, servers=2, options=''):
        self.directory = harness.temporary_directory()
        self.profiles = self.directory / 'profiles'
        self.profiles.mkdir()
        self.profiles.chmod(0o777)
        self.servers, self.options, self.server = servers, options, None

    def take(self, paths, mode):
        """The rows of the index, by their ids."""
        for _ in range(self.servers):
            self.stop()
            wanted = len(self.rows()) + len(paths)
            self.server = harness.Server(self.directory, 'served_app', INI % (
                pages.HERE, pages.ROOT / 'tests' / 'demo', self.profiles, self.options))
            with ThreadPoolExecutor(2) as clients:
                list(clients.map(lambda path: self.ask(path, mode), paths))
            harness.wait_for('all profiles', lambda: len(self.rows()) == wanted)
        return self.rows()

    def url(self, path):
        return 'http://127.0.0.1:%d%s' % (self.server.port, path)

    def ask(self, path, mode):
        url = self.url(path + ('&' if '?' in path else '?') + 'profile=' + mode)
        try:
            urllib.request.urlopen(url, timeout=600).read()
        except (urllib.error.HTTPError, http.client.RemoteDisconnected):
            pass  # the app has raised

    def rows(self):
        index = self.profiles / 'index.jsonl'
        rows = [json.loads(line) for line in index.read_text().splitlines()] if index.exists() else []
        return {row['id']: row for row in rows}

    def stop(self):
        if self.server:
            self.server.stop()
            self.server = None

    def end(self):
        try:
            self.stop()
        finally:
            harness.remove(self.directory)


@pytest.mark.parametrize('options', [
    pytest.param('', id='whole trees'),
    pytest.param('profiler-max-nodes = 400', id='truncated trees', marks=pytest.mark.slow)])
@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_a_merge_is_the_sum_of_its_prof_files(browser, mode, options):
    profiled = Profiled(options=options)
    try:
        rows = profiled.take(PATHS, mode)
        assert len(rows) == 2 * len(PATHS) and {row['mode'] for row in rows.values()} == {mode}
        assert any('truncated' in row['notices'] for row in rows.values()) == bool(options)
        browser.load(profiled.url('/_profiles/' + merge_of(rows)), APP)
        assert browser.js('return profilerPage.part.whole.requests') == len(rows)
        assert browser.js('return profilerPage.part.whole.meta.wall_ns') == sum(
            json.loads(path.read_text())['meta']['wall_ns'] for path in profiled.profiles.glob('*.json'))
        found = add_profs([browser.download('.prof')])
        files = [profiled.profiles / name for row in rows.values() for name in row['files'] if name.endswith('.prof')]
        assert len(files) == len(rows) and len(found) > 20
        assert found == add_profs(files)
        names = {name.rpartition('(')[2] for name, *_ in found}
        assert 'down)' in names and 'search)' in names
        # The one page of the slowest request, and back.
        link = browser.all('.spread a')[-1]
        assert rows[link.get_attribute('href').rpartition('/')[2]]['elapsed_ms'] == max(
            row['elapsed_ms'] for row in rows.values())
        browser.visited.append(link.get_attribute('href'))
        link.click()
        browser.wait(lambda: browser.js('return window.profilerPage && profilerPage.part.whole.requests') == 1,
                     'the page of the slowest request')
        assert browser.all('.shelf-links a')[0].get_attribute('href') == profiled.url('/_profiles/')
    finally:
        profiled.end()


def test_the_previous_profile_of_the_route(browser):
    profiled = Profiled(servers=1)
    try:
        for path, mode in [('/product/1', 'sampling'), ('/product/2', 'deterministic'), ('/product/3', 'sampling'),
                           ('/', 'sampling')]:
            rows = profiled.take([path], mode)
        ids = {row['path']: row['id'] for row in rows.values()}
        browser.load(profiled.url('/_profiles/' + ids['/product/3']), APP)
        assert browser.all('.shelf-links a')[1].get_attribute('href') == profiled.url(
            '/_profiles/?route=%2Fproduct%2F*')
        browser.visited.append(profiled.url('/_profiles/compare'))
        browser.one('.shelf-links button').click()
        wanted = '/_profiles/compare#a=%s&b=%s' % (ids['/product/1'], ids['/product/3'])
        browser.wait(lambda: wanted in browser.driver.current_url, wanted)
        browser.wait(lambda: browser.one(APP).is_displayed(), 'the comparison')
        browser.load(profiled.url('/_profiles/' + ids['/product/1']), APP)
        browser.one('.shelf-links button').click()
        browser.wait(lambda: 'No profiles of this route that were sampled are older' in browser.text('#toast'), 'that')
    finally:
        profiled.end()


def test_from_the_list_to_a_merge_and_back(browser):
    profiled = Profiled(servers=1)
    try:
        profiled.take(['/product/1', '/product/2', '/', '/product/3'], 'sampling')
        shelf = shelves.Shelf(browser, profiled.server)
        shelf.visit('?sort=path&order=asc')
        chosen = shelf.ids()[1:]  # of "/product/*"
        shelf.check(1, 2, 3)
        browser.visited.append(profiled.url('/_profiles/merge'))
        browser.js('profilerShelf.chosen.merge.click()')
        browser.wait(lambda: browser.all(APP) and browser.one(APP).is_displayed(), 'the merge')
        assert browser.js('return profilerPage.part.whole.meta.merged.ids') == chosen
        assert browser.text('#head h1') == '3 requests of GET /product/*'
        all_profiles, route = browser.all('.shelf-links a')
        assert all_profiles.get_attribute('href') == shelf.base
        browser.visited.append(route.get_attribute('href'))
        route.click()
        browser.wait(lambda: browser.js('return !!window.profilerShelf'), 'the list')
        shelf.loaded()
        assert sorted(shelf.ids()) == sorted(chosen)
        shelf.leave()
    finally:
        profiled.end()


# Time. It is printed, not judged: other tests may have the processors.

TIMES = '''
const [ids, done] = arguments, parts = {};
(async () => {
    let start = performance.now();
    const {report} = await loadSelection(ids);
    parts.load = performance.now() - start;
    const texts = await Promise.all(ids.map(id => fetch(id + '.json').then(answer => answer.text())));
    parts.size = texts.reduce((sum, text) => sum + text.length, 0) / 1e6;
    start = performance.now();
    const merge = new Merge();
    for (const text of texts)
        merge.add(JSON.parse(text));
    const profile = new Profile(merge.report());
    parts.merge = performance.now() - start;
    start = performance.now();
    profilerPage.end();
    openPage(profile, () => '');
    parts.page = performance.now() - start;
    parts.nodes = profile.nodes;
    return parts;
})().then(done, error => done(String(error)));'''


def print_times(browser, capsys, name, ids):
    times = browser.driver.execute_async_script(TIMES, ids)
    assert isinstance(times, dict), times
    with capsys.disabled():
        print('\n  %d profiles, %s: %.1f MB, %d nodes in the merge; loaded and merged in %.0f ms, merged alone in '
              '%.0f ms, shown in %.0f ms' % (len(ids), name, times['size'], times['nodes'], times['load'],
                                             times['merge'], times['page']))


@pytest.mark.slow
@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_a_hundred_profiles_of_an_app(browser, mode, capsys):
    profiled = Profiled(servers=1)
    try:
        rows = profiled.take(['/search?q=lamp', '/search?q=a', '/product/7', '/report'] * 25, mode)
        browser.load(profiled.url('/_profiles/' + merge_of(rows)), APP)
        assert browser.js('return profilerPage.part.whole.requests') == 100
        print_times(browser, capsys, 'a Flask app, ' + mode, list(rows))
    finally:
        profiled.end()


@pytest.mark.slow
@pytest.mark.parametrize('mode', ['deterministic', 'sampling'])
def test_a_hundred_profiles_of_5000_nodes(browser, mode, capsys):
    kinds = [pages.big(5000, mode, seed=seed) for seed in range(5)]
    for kind in kinds:  # one moment for each node: a request of five seconds
        kind.update({'tl': {key: column[:5000] for key, column in kind['tl'].items()}} if mode == 'sampling' else {})
    reports = [numbered(kinds[number % 5], number) for number in range(100)]
    shelf = Shelf(on_shelf(*reports))
    try:
        ids = [report['meta']['id'] for report in reports]
        browser.load(shelf.url(merge_of(ids)), APP)
        assert browser.js('return profilerPage.part.whole.total[0]') == sum(
            sum(report['node']['self']) for report in reports)
        print_times(browser, capsys, '5,000 nodes each, ' + mode, ids)
    finally:
        shelf.stop()
