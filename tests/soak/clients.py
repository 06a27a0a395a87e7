"""What asks the server under load, and what every answer must be."""
import collections
import gzip
import hashlib
import hmac
import json
import random
import socket
import threading
import time

import harness

KEY = 'soak-open-0123456789'
KINDS = ('code', 'recursion', 'objects', 'threads', 'waits', 'coroutines')
MODES = ['sampling,interval=200us'] * 4 + ['sampling', 'deterministic']
ANSWERS = ['html', 'txt', 'pprof', 'json', 'folded', 'prof']
# which limit a request met is counted by the server as well as told
LIMITS = ('profiler-max-active', 'profiler-max-per-minute')


def compute(number):
    return sum(n * number % 7 for n in range(2000))


def app_body(kind, number):
    if kind == 'stream':
        return b''.join(b'%08d' % compute(number + part) for part in range(20))
    if kind == 'raising':
        return b''
    return b'%s %d' % (kind.encode(), compute(number))


def is_report(form, response, profile):
    """Is this the whole report that the flag asked for?"""
    body = response.body
    if form == 'html':
        return body.rstrip().endswith(b'</html>') and profile in body
    if form == 'json':
        return json.loads(body)['meta']['id'] == profile.decode()
    if form == 'pprof':
        return len(gzip.decompress(body)) > 0
    if form == 'prof':
        return body[:1] in (b'{', b'\xfb') and profile in body
    return body.endswith(b'\n') and (form == 'folded' or profile in body)


def is_cut(response, kind, wanted):
    """Is it the beginning of a stream, or of a report, which can be as long?"""
    headers = dict(response.headers)
    return (kind == 'stream' and wanted.startswith(response.body) or
            response.status == 200 and 'X-Profile-Status' in headers and
            len(response.body) < int(headers['Content-Length']))


class Flag:
    """What a request says about profiling, as a header or in the query."""

    def __init__(self, path, may_be_refused):
        self.form = random.choice([None, None] + [random.choice(ANSWERS)])
        words = [random.choice(MODES)] + [self.form] * bool(self.form)
        self.wrong = random.random() < 0.1
        self.bad = may_be_refused and not self.wrong and random.random() < 0.05
        words += ['basic'] * self.bad
        self.query = random.random() < 0.3 and not self.bad  # there it is the app's own
        if self.query or random.random() < 0.2:
            self.value = self.signed(path, ','.join(words))
        else:
            key = KEY[::-1] if self.wrong else KEY
            self.value = ','.join(words + ['key=' + key])

    def signed(self, path, value):
        how = random.choice(('secret', 'time', 'path')) if self.wrong else ''
        value += ',exp=%d' % (time.time() + (-60 if how == 'time' else 600))
        text = 'GET\n%s\n%s' % (path + 'x' * (how == 'path'), value)
        key = KEY[::-1] if how == 'secret' else KEY
        return '%s,sig=%s' % (value, hmac.new(key.encode(), text.encode(),
                                              hashlib.sha256).hexdigest())


class Load:
    """Clients of one server that ask until they are told to stop. All may be paused."""

    def __init__(self, server, name, clients, kinds=KINDS):
        self.server, self.name, self.kinds = server, name, kinds
        self.counts, self.problems = collections.Counter(), []
        self.since = collections.Counter()  # the same since mark()
        self.reloaded = (-60, -60)  # monotonic: the last one's begin, end
        self.ended = False
        self.state = threading.Condition()
        self.paused, self.asking = False, 0
        self.threads = [threading.Thread(target=self.run) for _ in range(clients)]
        for thread in self.threads:
            thread.start()

    def problem(self, text):
        with self.state:
            self.problems.append('%s %s: %s' % (time.strftime('%H:%M:%S'), self.name, text))

    def count(self, *names):
        with self.state:
            self.counts.update(names)
            self.since.update(names)

    def pause(self):
        """Returns when no client has a request under way."""
        with self.state:
            self.paused = True
            self.state.wait_for(lambda: not self.asking)

    def resume(self):
        with self.state:
            self.paused = False
            self.state.notify_all()

    def mark(self):
        self.since.clear()

    def stop(self):
        self.ended = True
        self.resume()
        for thread in self.threads:
            thread.join()

    def reloading(self, seconds=3):
        begin, end = self.reloaded
        now = time.monotonic()
        return begin > end or now - end < seconds

    def send(self, path, flag, read):
        """What read makes of the connection; None when the server was being replaced."""
        head = path
        if flag and flag.query:
            head += '?profile=' + flag.value
        head = 'GET %s HTTP/1.0\r\nHost: localhost\r\n' % head
        if flag and not flag.query:
            head += 'X-Profile: %s\r\n' % flag.value
        try:
            with socket.create_connection(('127.0.0.1', self.server.port), 60) as connection:
                connection.sendall(head.encode() + b'\r\n')
                self.count('requests', *['wrong flags'] * bool(flag and flag.wrong))
                return read(connection)
        except socket.timeout:
            self.problem('%s (%s) hung' % (path, flag and flag.value))
        except OSError as error:
            if not self.reloading():
                self.problem('%s: %s' % (path, error))
        return None

    def leave(self):
        """Reads the beginning of a stream and goes."""
        path = '/stream/%d' % random.randrange(1000)
        self.send(path, random.choice((None, Flag(path, False))),
                  lambda connection: connection.recv(64))
        self.count('left')

    def check(self, kind, number, flag, data):
        """Of an answer that came while the server was not replaced, or whole."""
        response = harness.parse_response(data)
        names = {name.lower(): value for name, value in response.headers}
        profile = names.get('x-profile-id', '').encode()
        error = names.get('x-profile-error')
        accepted = flag and not flag.wrong
        wanted = app_body(kind, number)
        if error:
            limited = any(limit in error for limit in LIMITS)
            self.count('told of a limit' if limited else 'refused',
                       'unprofiled: ' + error[:60])
        right = response.status == 200 and response.body == wanted
        if accepted and profile and flag.form:
            right = self.is_right_report(flag, response, profile)
            self.count('reports as the answer, ' + flag.form)
        elif profile:
            self.count('flagged, ' + flag.value.split(',')[0])
        if accepted and names and not profile and not error or not accepted and (profile or error):
            right = False
        if right:
            self.count('answers')
        elif self.name == 'threads' and self.reloading(5) and is_cut(response, kind, wanted):
            self.count('answers cut by a reload')  # by uWSGI's threads, without us, too
        elif not data and self.reloading():
            self.count('no answer (reload)')
        else:
            self.problem('/%s/%d (%s): %r' % (kind, number, flag and flag.value, data[:300]))

    def is_right_report(self, flag, response, profile):
        try:
            return response.status == 200 and is_report(flag.form, response, profile)
        except (ValueError, OSError, EOFError, KeyError):
            return False

    def ask(self):
        kind = random.choice(self.kinds + ('stream', 'stream', 'raising', 'leave'))
        if kind == 'leave':
            self.leave()
            return
        number = random.randrange(1000)
        path = '/%s/%d' % (kind, number)
        flag = random.choice((None, Flag(path, kind != 'raising')))
        data = self.send(path, flag, harness.read_all)
        if data is None:
            self.count('no answer (reload)')
        else:
            self.check(kind, number, flag, data)

    def run(self):
        while not self.ended:
            with self.state:
                self.state.wait_for(lambda: not self.paused)
                self.asking += 1
            try:
                self.ask()
            except Exception as error:  # a client that is gone would go unnoticed
                self.problem('the client: %r' % error)
            finally:
                with self.state:
                    self.asking -= 1
                    self.state.notify_all()
