#!/usr/bin/env python3
"""Makes the page's samples anew: make_samples.py [DIRECTORY]

Copies the app of orders/ to DIRECTORY (whose name then stands in the profiles: /srv/shop),
profiles one request in each mode with a real server, and writes templates/sample.json (sampling)
and tests/browser/traced.json, each with the text table of the same request beside it.
Without a directory, only puts the sample into templates/report.html once more. The app needs
Debian's python3-flask, python3-requests and python3-sqlalchemy, and a quiet machine.
"""
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from html import escape
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SAMPLES = {'deterministic': HERE / 'traced', 'sampling': ROOT / 'templates' / 'sample'}


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        try:
            return socket.create_connection(('127.0.0.1', port), 1).close()
        except OSError:
            time.sleep(0.05)
    sys.exit('the server does not answer')


def profile(mode, app, files):
    """Profiles one request of a fresh server; the files of the profile, by ending."""
    port = free_port()
    plugin = subprocess.run([sys.executable, ROOT / 'plugin' / 'find_python.py', 'uwsgi',
                             'plugin'], stdout=subprocess.PIPE, text=True, check=True)
    command = ['uwsgi', '--http-socket', '127.0.0.1:%d' % port, '--enable-threads',
               '--need-plugin', str(ROOT / 'profiler_plugin.so'), '--module', 'orders:app',
               '--profiler-dir', files, '--profiler-format', 'json,txt', '--die-on-term',
               '--profiler-interval', '200us', '--master', '--need-app']
    if plugin.stdout.strip():
        command[1:1] = ['--plugin', plugin.stdout.strip()]
    server = subprocess.Popen(command, cwd=app)
    try:
        wait_for(port)
        url = 'http://127.0.0.1:%d/orders/42?currency=EUR&profile=%s,file' % (port, mode)
        urllib.request.urlopen(url).read()
        time.sleep(0.5)
    finally:
        server.terminate()
        server.wait(30)
    return {path.suffix: path for path in Path(files).iterdir()}


def embed():
    """Between the markers of templates/report.html."""
    sample = SAMPLES['sampling']
    page = ROOT / 'templates' / 'report.html'
    text = page.read_text()
    for name, before, content, after in (
            ('text', '<pre id="text">', escape(sample.with_suffix('.txt').read_text(), quote=False),
             '</pre>'),
            ('data', '<script type="application/json" id="profile">',
             sample.with_suffix('.json').read_text(), '</script>')):
        start, end = '<!-- profiler:%s -->\n' % name, '<!-- /profiler:%s -->\n' % name
        head, _, rest = text.partition(start)
        text = head + start + before + content + after + '\n' + end + rest.partition(end)[2]
    page.write_text(text)


def main():
    if len(sys.argv) > 1:
        make(Path(sys.argv[1]))
    embed()


def make(app):
    shutil.copytree(HERE / 'orders', app, dirs_exist_ok=True)
    for mode, sample in SAMPLES.items():
        with tempfile.TemporaryDirectory() as files:
            made = profile(mode, app, files)
            for ending in ('.json', '.txt'):
                sample.with_suffix(ending).write_bytes(made[ending].read_bytes())


if __name__ == '__main__':
    main()
