"""Profiles a request of a tiny app, on a real server that ends with the trial."""
import http.client
import os
import re
import shutil
import subprocess
import tempfile
import time

from . import places  # noqa: F401: finds the next module
from .errors import Failure

import find_python  # noqa: E402

# Should nobody be left to end the server, it ends itself.
APP = """import signal
signal.alarm(120)

def tiny_app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello']

application = tiny_app
"""
SECONDS = 60  # a start takes one


class Trial:
    def __init__(self, server, lines):
        """lines: those of an ini file that load the plugin."""
        self.server, self.lines = server, lines
        self.process, self.port = None, 0

    def __enter__(self):
        self.directory = tempfile.mkdtemp(prefix='uwsgi-profiler-')
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.directory, name)

    def start(self):
        """Without a master: one process. The system chooses a free port."""
        with open(self.path('tiny.py'), 'w') as file:
            file.write(APP)
        with open(self.path('app.ini'), 'w') as file:
            file.write('\n'.join(['[uwsgi]', *self.lines, 'http-socket = 127.0.0.1:0',
                                  'wsgi-file = ' + self.path('tiny.py').replace('%', '%%'),
                                  'need-app = true', '']))
        with open(self.path('log'), 'wb') as log:
            self.process = subprocess.Popen(
                [self.server.path, '--ini', 'app.ini'], cwd=self.directory, env=find_python.environment(),
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)
        self.wait()

    def log(self):
        with open(self.path('log'), 'rb') as file:
            return file.read().decode(errors='replace')

    def wait(self):
        deadline = time.monotonic() + SECONDS
        while 'spawned uWSGI worker 1' not in self.log():
            if self.process.poll() is not None:
                self.fail('the server ended at its start')
            if time.monotonic() > deadline:
                self.fail('the server was not ready after %d seconds' % SECONDS)
            time.sleep(0.02)
        bound = re.search(r'bound to TCP address 127\.0\.0\.1:(\d+)', self.log())
        if not bound:
            self.fail('the server does not say at which port it listens')
        self.port = int(bound.group(1))

    def fail(self, what):
        """With what the server said last."""
        lines = self.log().strip().splitlines()
        ours = [line for line in lines if line.startswith('profiler: ')]
        print('the last lines of the server:')
        print('\n'.join('    ' + line for line in lines[-15:]), flush=True)
        raise Failure('%s%s' % (what, ': ' + ours[-1] if ours else ', see above'))

    def profile(self, flag):
        """Returns the report of a profiled request, as text."""
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=SECONDS)
        try:
            connection.request('GET', '/?profile=%s,txt' % flag)
            response = connection.getresponse()
            body = response.read().decode(errors='replace')
        except (OSError, http.client.HTTPException) as error:
            self.fail('the server did not answer a request (%s)' % (error or type(error).__name__))
        finally:
            connection.close()
        error = response.getheader('X-Profile-Error')
        if error:
            raise Failure('a request was not profiled (%s): %s' % (flag, error))
        if response.status != 200 or not re.search('^PROFILE [0-9a-f]{16} %s ' % flag, body, re.M):
            self.fail('the answer of a request (status %d) is no profile' % response.status)
        return body
