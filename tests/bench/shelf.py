"""What the list of stored profiles costs a worker, with 1,000 and 100,000 of them.

    TIMES    how often each question is asked; medians

shelf.c makes an index as requests write it, and asks what the page asks. Times are CPU
time, as machines are shared. An answer ends after 50 ms of the clock, so the number of
slices depends on what else the machine does. Chromium opens the list from a real server,
without a screen: the time is that from navigation until the first rows are drawn.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / 'server'))
import bigpage  # noqa: E402
import harness  # noqa: E402
import sampling  # noqa: E402

TIMES = int(os.environ.get('TIMES', '15'))
SIZES = (1000, 100000)
QUESTIONS = (('the newest 100', 'limit=100'),
             ('a search that finds nothing', 'q=no+such+path'),
             ('the slowest 100 of all', 'sort=elapsed_ms'),
             ('routes', 'view=routes'))
ANSWER_MS = 50
MEMORY_KB = 4096
PAINT_MS = 1000

# Runs before the list's own script.
WATCH = '''new MutationObserver((_, observer) => {
    if (document.querySelector('.row')) {
        observer.disconnect();
        requestAnimationFrame(() => setTimeout(() => { window.rowsAt = performance.now(); }));
    }
}).observe(document, {childList: true, subtree: true});'''
VIEWS = (('the list', ''), ('routes', '?view=routes'), ('the slowest', '?sort=elapsed_ms'))


def program(*words):
    """The numbers that shelf.c's program prints."""
    output = subprocess.run([bigpage.build('shelf'), *map(str, words)], check=True,
                            stdout=subprocess.PIPE).stdout
    return [int(word) for word in output.split()]


def measure(directory, size):
    megabytes = program('make', size, directory)[0] / 1e6
    what = '%d: ' % size
    sampling.row('%d profiles: the index, MB' % size, figure='%.1f' % megabytes)
    for name, query in QUESTIONS:
        slices, first, longest, total, answer, memory = program('ask', directory, TIMES, query)
        sampling.at_most(what + name, ANSWER_MS, '%.1f', longest / 1000,
                         'all %d slices %.1f' % (slices, total / 1000))
        sampling.at_most('  memory, KB', MEMORY_KB, '%d', memory,
                         'answer %d' % (answer / 1000))
    us, memory = program('find', directory, TIMES, '0' * 16)
    sampling.at_most(what + 'an id that is not there', ANSWER_MS, '%.1f', us / 1000)


def paint(directory, size, browser):
    """Of a server without an app, which serves the index."""
    server = harness.Server(directory, '', '''
        profiler-dir = %s
        profiler-browse = /''' % directory)
    try:
        for name, query in VIEWS:
            ms = browser.open_ms('http://127.0.0.1:%d/%s' % (server.port, query), 'return window.rowsAt')
            if ms is not None:
                sampling.at_most('%d: first rows of %s, ms' % (size, name), PAINT_MS, '%.0f', ms)
    finally:
        server.stop()


def browser_in(directory):
    downloads = Path(directory) / 'browser' / 'downloads'
    downloads.mkdir(parents=True)
    browser = bigpage.browser_for(downloads)
    if isinstance(browser, bigpage.Chromium):
        browser.browser.driver.execute_cdp_cmd('Page.addScriptToEvaluateOnNewDocument', {'source': WATCH})
    return browser


def main():
    load = sampling.OthersLoad()
    with tempfile.TemporaryDirectory() as directory:
        browser = browser_in(directory)
        print('The list of stored profiles: CPU ms of the longest answer, medians of %d\n' % TIMES)
        sampling.row('', 'bound', 'measured', '', 'more')
        sampling.row('---', '---', '---', '---', '---')
        for size in SIZES:
            measure(directory, size)
            paint(directory, size, browser)
        browser.quit()
        print('\n' + sampling.machine(load))


if __name__ == '__main__':
    main()
