"""What the page of a large profile costs: to make, in the worker, and to open, in a
browser; beside pyinstrument's page of the same profile. And what it costs to compare two.

    TIMES    how often each page is made and opened; medians

page.c makes the profiles; what is measured to make a page is CPU time, as machines are
shared. pyinstrument is given the same stacks with the same times; its page is made by its
HTMLRenderer, as in a request. Chromium opens each page from disk,
without a screen: the time is that of the first contentful paint after navigation, and not
before the script has drawn the page. Two pages of different trees are compared by handing one
the file of the other: the time is from there to the frame that shows the comparison.
"""
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / 'browser'))
import sampling  # noqa: E402

TIMES = int(os.environ.get('TIMES', '15'))
SIZES = (5000, 65536)
MODES = ('traced', 'sampled')
BOUNDS = {5000: (10, 1.0)}  # nodes: (ms to make, MB)
OPEN_MS = 1000
COMPARED, COMPARE_MS = (20000, 19000), 1000  # nodes of the two

COMPARE = '''const [text, done] = arguments, file = new File([text], 'b.html'), start = performance.now();
profilerPage.compareWith(file).then(() => requestAnimationFrame(() => setTimeout(() =>
    done(profilerPage.comparison ? performance.now() - start : null))));'''


# ------------------------------------------------------------------ ours

def build(name='page'):
    """The path of page.c's program, or of another one of plain.mk."""
    subprocess.run(['make', '-s', '-f', 'tests/bench/plain.mk', 'OUT=build/bench', name],
                   cwd=ROOT, check=True)
    return ROOT / 'build' / 'bench' / name


def make(program, mode, nodes, directory):
    """(ms to make the page, its bytes, the page, the profile)"""
    page, profile = (directory / ('%s-%d.%s' % (mode, nodes, ending))
                     for ending in ('html', 'json'))
    output = subprocess.run([program, mode, str(nodes), str(TIMES), page, profile],
                            check=True, stdout=subprocess.PIPE).stdout
    us, size = output.split()
    return float(us) / 1000, int(size), page, profile


# ------------------------------------------------------------------ pyinstrument's

THEIRS = '''
import json, sys, time
import pyinstrument
from pyinstrument.renderers import HTMLRenderer
from pyinstrument.session import Session
profile_path, page, times = sys.argv[1], sys.argv[2], int(sys.argv[3])
profile = json.load(open(profile_path))
text, func, node = profile['str'], profile['func'], profile['node']
frames = ['%s\\0%s\\0%d' % (text[n], text[f], line)
          for n, f, line in zip(func['name'], func['file'], func['line'])]
records, path = [], []
for depth, f, ns in zip(node['depth'], node['func'], node['self']):
    path[depth:] = [frames[f]]
    if ns or depth:
        records.append((list(path), ns / 1e9))
wall = profile['meta']['wall_ns'] / 1e9
def session():
    common = dict(frame_records=records, start_time=1.7e9, duration=wall,
                  sample_count=len(records), start_call_stack=[frames[0], ''], cpu_time=wall / 2)
    try:
        return Session(min_interval=0.001, max_interval=0.001, target_description='GET /orders',
                       sys_path=sys.path, sys_prefixes=[sys.prefix], **common)
    except TypeError:
        return Session(program='GET /orders', **common)
taken = []
for _ in range(times):
    one, start = session(), time.process_time()
    html = HTMLRenderer().render(one)
    taken.append(time.process_time() - start)
open(page, 'w').write(html)
taken.sort()
print(pyinstrument.__version__, taken[len(taken) // 2] * 1000, len(html.encode()))
'''


def their_page(directory, modules, profile):
    """(version, ms, bytes, page); None, with the reason printed."""
    page = directory / (profile.stem + '-pyinstrument.html')
    done = subprocess.run([sys.executable, '-c', THEIRS, profile, page, str(min(TIMES, 5))],
                          env=dict(os.environ, PYTHONPATH=str(modules)),
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    output = done.stdout.decode(errors='replace').strip().splitlines()[-1:]
    if done.returncode:
        print("pyinstrument's page cannot be made: %s" % output)
        return None
    version, ms, size = output[0].split()
    return version, float(ms), int(size), page


# ------------------------------------------------------------------ opening

PAINTED = '''
const [paint] = performance.getEntriesByName("first-contentful-paint");
const {domComplete, navigationStart} = performance.timing;
return paint && Math.max(paint.startTime, domComplete - navigationStart)'''


class NoBrowser:
    def open_ms(self, url, painted=PAINTED):
        return None

    def compare_ms(self, a, b):
        return None

    def quit(self):
        pass


class Chromium:
    def __init__(self, downloads):
        from browser import Browser
        self.browser = Browser(downloads)

    def open_ms(self, url, painted=PAINTED):
        """painted: a script that returns the time of the paint, or nothing before it."""
        def look():
            self.browser.settle()
            return self.browser.js(painted)
        taken = []
        for _ in range(min(TIMES, 5)):
            self.browser.driver.get('about:blank')
            self.browser.driver.get(url)
            taken.append(self.browser.wait(look, 'the first paint'))
        return statistics.median(taken)

    def compare_ms(self, a, b):
        taken = []
        for _ in range(min(TIMES, 5)):
            self.browser.driver.get(a.as_uri())
            self.browser.settle()
            taken.append(self.browser.driver.execute_async_script(COMPARE, b.read_text()))
        return statistics.median(taken)

    def quit(self):
        self.browser.driver.quit()


def browser_for(directory):
    try:
        if not shutil.which('chromedriver'):
            raise OSError('there is no chromedriver')
        return Chromium(directory)
    except Exception as error:  # selenium's own, and that it is missing
        print('pages cannot be opened: %s' % (str(error).strip().splitlines() or ['?'])[0])
        return NoBrowser()


# ------------------------------------------------------------------ the table

def print_open(what, bound, ms, theirs):
    if ms is not None:
        sampling.at_most(what, bound, '%.0f', ms,
                         '' if theirs is None else 'pyinstrument %.0f' % theirs)


def measure(directory):
    load, program = sampling.OthersLoad(), build()
    modules = sampling.pyinstrument({'prefix': sys.base_prefix,
                                     'version': platform.python_version()})
    browser, rows, version = browser_for(directory), [], None
    try:
        for mode, nodes in ((mode, nodes) for nodes in SIZES for mode in MODES):
            ms, size, page, profile = make(program, mode, nodes, directory)
            theirs = their_page(directory, modules, profile) if modules else None
            version = theirs[0] if theirs else version
            rows.append((mode, nodes, ms, size, browser.open_ms(page.as_uri()), theirs,
                         browser.open_ms(theirs[3].as_uri()) if theirs else None))
        compared = {mode: browser.compare_ms(*(make(program, mode, nodes, directory)[2] for nodes in COMPARED))
                    for mode in MODES}
    finally:
        browser.quit()
    print('The page of a large profile: medians of %d%s;\n%s\n' % (
        TIMES, '; pyinstrument %s' % version if version else '', sampling.machine(load)))
    sampling.row('', 'bound', 'measured', '', 'more')
    sampling.row('---', '---', '---', '---', '---')
    for mode, nodes, ms, size, open_ms, theirs, their_open_ms in rows:
        what = '%s, %d nodes: ' % (mode, nodes)
        most_ms, most_mb = BOUNDS.get(nodes, (None, None))
        sampling.at_most(what + 'to make, CPU ms', most_ms, '%.1f', ms,
                         'pyinstrument %.0f' % theirs[1] if theirs else '')
        sampling.at_most(what + 'size, MB', most_mb, '%.2f', size / 1e6,
                         'pyinstrument %.2f' % (theirs[2] / 1e6) if theirs else '')
        print_open(what + 'to open, ms', OPEN_MS, open_ms, their_open_ms)
    for mode, ms in compared.items():
        print_open('%s, 20,000 nodes: to compare two, ms' % mode, COMPARE_MS, ms, None)


def main():
    with tempfile.TemporaryDirectory() as directory:
        downloads = Path(directory) / 'downloads'
        downloads.mkdir()
        measure(downloads)


if __name__ == '__main__':
    main()
