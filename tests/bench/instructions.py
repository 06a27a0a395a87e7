"""Instructions that the loaded plugin adds to a request that is not profiled, counted by
callgrind in the worker: the same for the same binary, whatever else the machine does.

Two runs of different length are subtracted, so that starting and stopping cancel out.
The difference of two servers moves by some hundreds with where their memory lies; what
the plugin's own functions execute does not.
"""
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / 'server'))
import harness  # noqa: E402

REQUESTS = (100, 500)
BROWSER = {'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64)', 'Accept': 'text/html',
           'Accept-Language': 'en', 'Accept-Encoding': 'gzip', 'Referer': 'http://localhost/',
           'Cookie': 'session=0123456789abcdef', 'Cache-Control': 'no-cache'}
STRANGER = dict(BROWSER, **{'X-Forwarded-For': '203.0.113.9'})
KEY = 'profiler-key = 0123456789abcdef0123456789abcdef'
SHELF = 'profiler-dir = @DIR@/profiles\nprofiler-browse = /_profiles\n'
SIG = 'sig=' + '0123456789abcdef' * 4


def with_header(value):
    return dict(STRANGER, **{'X-Profile': value})


def cases():
    """(what, path, headers, options) of requests that are not profiled."""
    in_force = 'exp=%d' % (time.time() + 43200)
    return (
        ('no flag', '/?q=x&page=2', BROWSER, ''),
        ('a flag of a stranger', '/?q=x&profile', STRANGER, ''),
        ('of many words', '/?q=x&profile=sampling%2Clog%2Csort%3Dcumulative%3Acalls%2C'
         'limit%3D50%2Cinterval%3D2ms%2Ctxt', STRANGER, ''),
        ('signed, of a stranger', '/?q=x&profile=txt,%s,%s' % (in_force, SIG), STRANGER,
         KEY + '\nprofiler-allow = 10.0.0.0/8'),
        ("the app's parameter", '/?q=x&profile=alice', STRANGER, ''),
        ('almost a flag', '/?q=x&profile=samplng', STRANGER, ''),
        ('almost, without a key', '/?q=x&profile=samplng', STRANGER, KEY),
        ('behind a proxy', '/?q=x&profile', STRANGER,
         'profiler-allow = 10.0.0.0/8\nprofiler-trusted-proxies = 127.0.0.1'),
        ('without a key', '/?q=x&profile', STRANGER, KEY),
        ('with a wrong key', '/?q=x', with_header('txt,key=fedcba9876543210fedcba9876543210'), KEY),
        ('expired', '/?q=x&profile=txt,exp=1700000000,%s' % SIG, STRANGER, KEY),
        ('malformed signature', '/?q=x&profile=txt,%s,%s0' % (in_force, SIG), STRANGER, KEY),
        ('no flag, a shelf', '/?q=x&page=2', BROWSER, SHELF),
        ('the shelf, a stranger', '/_profiles/', STRANGER, SHELF),
        ('the same, with a key', '/_profiles/', STRANGER, SHELF + KEY),
        ('wrong signature', '/?q=x&profile=txt,%s,%s' % (in_force, SIG), STRANGER, KEY),
    )


def worker_counts(directory, plugin, path, headers, options, requests):
    """The counts of a worker that has served that many requests."""
    wrapper = Path(directory) / 'uwsgi-under-callgrind'
    wrapper.write_text('#!/bin/sh\nexec valgrind -q --tool=callgrind '
                       '--callgrind-out-file=%s/cg.%%p %s "$@"\n' % (directory, harness.UWSGI))
    wrapper.chmod(0o755)
    for old in Path(directory).glob('cg.*'):
        old.unlink()
    real, harness.UWSGI = harness.UWSGI, str(wrapper)
    try:
        server = harness.Server(directory, 'small', 'pythonpath = %s\ndisable-logging = true\n'
                                'env = PYTHONHASHSEED=0\n%s' % (HERE, options if plugin else ''),
                                plugin=plugin)
        worker = server.workers()[0]
        for _ in range(requests):
            assert server.get(path, headers).status == 200
        server.stop()
    finally:
        harness.UWSGI = real
    return counts(Path(directory) / ('cg.%d' % worker))


def counts(file):
    """(all instructions, those in the plugin's own functions)"""
    text = file.read_text()
    listing = subprocess.run(['callgrind_annotate', '--threshold=100', str(file)],
                             stdout=subprocess.PIPE, check=True).stdout.decode()
    own = re.findall(r'^ *([\d,]+) .*\[\S*profiler_plugin\.so\]$', listing, re.M)
    return (int(re.search(r'^(?:totals|summary): (\d+)', text, re.M)[1]),
            sum(int(number.replace(',', '')) for number in own))


def per_request(directory, plugin, path, headers, options):
    few, many = (worker_counts(directory, plugin, path, headers, options, n) for n in REQUESTS)
    return [(b - a) / (REQUESTS[1] - REQUESTS[0]) for a, b in zip(few, many)]


def main():
    version = subprocess.run(['valgrind', '--version'], stdout=subprocess.PIPE, check=True)
    print('Instructions a request, %s, by %s' % (
        harness.run_uwsgi('--version')[1].strip(), version.stdout.decode().strip()))
    with tempfile.TemporaryDirectory() as directory:
        os.chmod(directory, 0o755)
        for name, path, headers, options in cases():
            without, _ = per_request(directory, False, path, headers, options)
            loaded, own = per_request(directory, True, path, headers, options)
            print('  %-21s %6.0f without the plugin, %5.0f more with it; %4.0f in the '
                  'plugin itself' % (name, without, loaded - without, own))


if __name__ == '__main__':
    main()
