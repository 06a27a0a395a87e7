#!/usr/bin/env python3
"""make demo, make serve: run.py demo|serve

demo: starts a real uWSGI with a real Flask app, asks it in every way there is, prints the
log's reports, lists the files, and ends with status 0, or 1 when anything was missing.
serve: the same server, kept running until Ctrl-C, on PORT= (8000).
"""
import json
import os
import pstats
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
UWSGI = os.environ.get('PROFILER_UWSGI', 'uwsgi')
PLUGIN = Path(os.environ.get('PROFILER_PLUGIN', ROOT / 'profiler_plugin.so'))
DIRECTORY = ROOT / 'build' / 'demo'
LOG = DIRECTORY / 'uwsgi.log'

# Each stands alone on its line, and has nothing that a shell or a browser would change.
PLACES = """In a browser, open

    http://127.0.0.1:%d/report?profile=sampling

or in a terminal

    curl 'http://127.0.0.1:%d/search?profile=txt'

All stored profiles, to list, merge and compare, are at

    http://127.0.0.1:%d/_profiles/

Ctrl-C ends it."""

NO_APP_STATUS = 22  # uWSGI's, with need-app
NO_APP = "the app does not load: has the Python of %s Flask? In its virtualenv: pip install flask"

missing = []


def check(condition, what):
    if not condition:
        missing.append(what)
        print('MISSING: %s' % what)


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def python_plugin():
    """Of the server; '' when it is built in."""
    return subprocess.run([sys.executable, str(ROOT / 'plugin' / 'find_python.py'), UWSGI, 'plugin'],
                          stdout=subprocess.PIPE, check=True).stdout.decode().strip()


def server_ini():
    """The demo's own uwsgi.ini, without the line that loads Python: see start()."""
    changed = DIRECTORY / 'uwsgi.ini'
    changed.write_text((HERE / 'uwsgi.ini').read_text().replace('plugin = python3\n', '', 1))
    return changed


def start(port, **options):
    """The server, in the shop's directory, with the plugin in a directory of its own. Python
    is loaded before: the server would say that it is not in that directory."""
    plugins = DIRECTORY / 'plugins'
    plugins.mkdir(parents=True, exist_ok=True)
    link = plugins / 'profiler_plugin.so'
    if link.is_symlink():
        link.unlink()
    link.symlink_to(PLUGIN.resolve())
    environment = dict(os.environ, DEMO_DIR=str(DIRECTORY),
                       DEMO_PORT=str(port), PYTHONDONTWRITEBYTECODE='1')
    python = python_plugin()
    return subprocess.Popen([UWSGI, *(['--plugin', python] if python else []), '--plugins-dir',
                             str(plugins), '--ini', str(server_ini())], cwd=HERE, env=environment,
                            stdin=subprocess.DEVNULL, **options)


def wait_until(what, condition, server):
    for _ in range(1500):
        if condition():
            return
        if server.poll() is not None:
            break
        time.sleep(0.02)
    print(LOG.read_text(errors='replace'))
    sys.exit(NO_APP % UWSGI if server.poll() == NO_APP_STATUS else
             'demo: waited in vain for %s' % what)


def answers(port):
    try:
        socket.create_connection(('127.0.0.1', port), 1).close()
    except OSError:
        return False
    return True


def ask(port, path, **headers):
    """A request, shown as the curl command that would make it; its headers and body."""
    url = 'http://127.0.0.1:%d%s' % (port, path)
    shown = ''.join(" -H '%s: %s'" % header for header in headers.items())
    print("$ curl%s '%s'" % (shown, url), flush=True)
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        body = answer.read()
        for name in ('X-Profile-Id', 'X-Profile-Status', 'X-Profile-Error', 'Server-Timing'):
            if name in answer.headers:
                print('  %s: %s' % (name, answer.headers[name]))
    return answer, body


def records():
    return re.findall(r'^-{80}\nPATH: .*?\n-{80}\n\n', LOG.read_text(errors='replace'),
                      re.S | re.M)


def demo():
    port = free_port()
    with open(LOG, 'wb') as log:
        server = start(port, stdout=log, stderr=log)
    try:
        wait_until('the server', lambda: 'spawned uWSGI worker 2' in LOG.read_text(
            errors='replace') and answers(port), server)
        visit(port, server)
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGINT)
        status = server.wait(30)
    check(status == 0, 'the server ends with status 0')
    check('Segmentation' not in LOG.read_text(errors='replace'), 'a server that did not crash')


def show_record(path, order):
    """Two workers write as they finish: the order of records is not that of requests."""
    found = [record for record in records() if path in record]
    print('\n'.join(found))
    check(len(found) == 1 and order in found[0], '%s, %s' % (path, order))


def visit(port, server):
    answer, body = ask(port, '/search?q=teapot')
    check('X-Profile-Id' not in answer.headers, 'a request without a flag is left alone')
    print('  (not flagged: not profiled)\n')

    answer, body = ask(port, '/search?q=teapot&profile')
    check(b'Teapot' in body and answer.status == 200, "the app's own page")
    check(answer.headers['X-Profile-Id'], 'X-Profile-Id')
    answer, body = ask(port, '/export', **{'X-Profile': 'sort=cumulative:calls,limit=5'})
    check(body.count(b'\n') == 200, 'the whole export')
    check(answer.headers['X-Profile-Id'], 'X-Profile-Id for a header')
    answer, body = ask(port, '/api/products', **{'X-Profile': 'nonsense'})
    check('nonsense' in answer.headers.get('X-Profile-Error', ''), 'X-Profile-Error')

    answer, body = ask(port, '/api/products?profile=txt,limit=3')
    check(b'function calls' in body and b'/api/products' in body, '?profile=txt as the answer')
    print('\n'.join('  | ' + line for line in body.decode().splitlines()))
    answer, body = ask(port, '/product/7?profile=prof')
    (DIRECTORY / 'x.prof').write_bytes(body)
    check(pstats.Stats(str(DIRECTORY / 'x.prof')).total_calls > 100, '?profile=prof for pstats')
    print('  (%d bytes for pstats or SnakeViz)\n' % len(body))

    answer, body = ask(port, '/report', **{'X-Profile': 'sampling'})
    check(answer.headers['X-Profile-Id'], 'X-Profile-Id of a sampled request')
    answer, body = ask(port, '/report?profile=sampling,interval=500us,folded')
    stacks = body.decode().splitlines()
    check(any('Report.month' in line for line in stacks), '?profile=sampling,folded')
    print('  (%d stacks for flamegraph.pl; the deepest: ...%s)\n' % (
        len(stacks), max(stacks, key=lambda line: line.count(';'))[-90:]))

    answer, body = ask(port, '/report?profile=sampling', Accept='text/html')
    check(b'<!doctype html>' in body and b'Report.month' in body, 'the page for a browser')
    (DIRECTORY / 'page.html').write_bytes(body)
    print('  (the page, %d bytes: open %s)\n' % (
        len(body), (DIRECTORY / 'page.html').relative_to(ROOT)))

    wait_until('seven reports', lambda: len(records()) >= 7, server)
    print("--- What uWSGI's log (%s) got:\n" % LOG.relative_to(ROOT))
    check(len(records()) == 7, 'seven records in the log')
    show_record("PATH: '/search'", 'Ordered by: internal time')
    show_record("PATH: '/export'", 'Ordered by: cumulative time')
    sampled = [record for record in records() if ' samples at 1 ms' in record]
    print(sampled[0] if sampled else '')
    check(len(sampled) == 2 and 'Report.month' in sampled[0] and '[sleep]' in sampled[0],
          'the call tree of a sampled request')

    show_files()
    show_shelf(port, server)


def show_files():
    print('--- Files in %s:\n' % (DIRECTORY / 'profiles').relative_to(ROOT))
    files = sorted((DIRECTORY / 'profiles').iterdir())
    for file in files:
        print('%8d  %s' % (file.stat().st_size, file.name))
    for ending in ('.prof', '.txt', '.json'):
        check(sum(file.suffix == ending for file in files) == 7, 'seven %s files' % ending)
    check(any(file.name == 'index.jsonl' for file in files), 'index.jsonl')
    for request, function in (('search', 'find_products'), ('export', 'rows'),
                              ('report', 'month')):
        check(any(function in functions(file) for file in files
                  if file.match('GET.%s.*.prof' % request)), '%s() in its .prof' % function)


def rows_of(port, query=''):
    url = 'http://127.0.0.1:%d/_profiles/index.json?%s' % (port, query)
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def show_shelf(port, server):
    wait_until('seven profiles on the shelf', lambda: len(rows_of(port)['rows']) >= 7, server)
    print('\n--- The shelf lists them:\n')
    answer, body = ask(port, '/_profiles/')
    check(answer.status == 200 and b'<title>Profiles</title>' in body, 'the list for a browser')
    rows = rows_of(port)['rows']
    for row in rows:
        print('  %s %-13s %7.1f ms %7.1f ms on CPU  %-14s %s' % (
            row['method'], row['path'], row['elapsed_ms'], row['cpu_ms'], row['mode'], row['id']))
    paths = sorted(row['path'] for row in rows)
    check(paths == ['/api/products', '/export', '/product/7', '/report', '/report', '/report',
                    '/search'], 'seven profiles on the shelf')
    routes = {route['route']: route['count'] for route in rows_of(port, 'view=routes')['routes']}
    check(routes.get('/product/*') == 1 and routes.get('/report') == 3, 'their routes')
    answer, body = ask(port, '/_profiles/' + rows[0]['id'])
    check(b'<!doctype html>' in body and rows[0]['id'].encode() in body, 'the page of one of them')


def functions(prof):
    return {name for _, _, name in pstats.Stats(str(prof)).stats}


def port_to_serve():
    """PORT=, if a server can listen there; else ends with a line that says what to do."""
    text = os.environ.get('PORT') or '8000'
    if not text.isdecimal() or not 0 < int(text) < 65536:
        sys.exit('PORT=%s: not a port; for example make serve PORT=8001' % text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', int(text)))
        except OSError as error:
            sys.exit('cannot listen on port %s (%s): make serve PORT=%d takes another'
                     % (text, error.strerror, free_port()))
    return int(text)


def has_answered(port, server):
    """Waits until it does, as it listens before it has the app; False when it ends."""
    while server.poll() is None:
        try:
            with socket.create_connection(('127.0.0.1', port), 1) as asking:
                asking.settimeout(None)
                asking.sendall(b'GET / HTTP/1.0\r\n\r\n')
                if asking.recv(1):
                    return True
        except OSError:
            pass
        time.sleep(0.05)
    return False


def serve(port):
    server, told = start(port), False
    while True:
        try:
            if not told and has_answered(port, server):  # below what it says as it starts
                print('\n' + PLACES % (port, port, port), flush=True)
            told = True
            status = server.wait()
            return NO_APP % UWSGI if status == NO_APP_STATUS else status
        except KeyboardInterrupt:
            pass  # the server has it too, and ends


def main(what):
    port = port_to_serve() if what == 'serve' else None
    for old in sorted(DIRECTORY.glob('**/*'), reverse=True):
        old.rmdir() if old.is_dir() and not old.is_symlink() else old.unlink()
    DIRECTORY.mkdir(parents=True, exist_ok=True)
    if port:
        return serve(port)
    demo()
    if missing:
        print('\ndemo: %d things were missing' % len(missing))
        return 1
    print('\nMore: `make serve` keeps this server running for a browser and curl;\n'
          '`python3 -m pstats %s` reads a profile; so does SnakeViz.'
          % next((DIRECTORY / 'profiles').glob('GET.search*.prof')).relative_to(ROOT))
    return 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:] or ['demo']))
