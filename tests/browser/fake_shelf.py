"""A shelf of profiles without uWSGI: for answers that a real server gives only once in a while."""
import http.server
import json
import threading

import pages


NO_ANSWER = (None, b'')
HALF = b'{"v":1'  # as a body: the connection ends in the middle of it


class Shelf:
    """answers: by name below the shelf, the data of a profile, or (status, body)."""

    def __init__(self, answers):
        self.answers = answers
        self.asked = []
        self.held = {}  # by name: an event to wait for before the answer
        shelf = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                shelf.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def url(self, name):
        return 'http://127.0.0.1:%d/_profiles/%s' % (self.server.server_port, name)

    def answer(self, handler):
        name = handler.path.rpartition('/')[2]
        self.asked.append(name)
        if name in self.held:
            self.held[name].wait(60)
        status, body = self.body(name)
        if status is None:
            return
        handler.send_response(status)
        handler.send_header('Content-Type', 'text/html' if body.startswith(b'<!') else 'application/json')
        handler.send_header('Content-Length', str(len(body) + (body == HALF)))
        handler.end_headers()
        handler.wfile.write(body)

    def body(self, name):
        known = self.answers.get(name)
        if known is None and name in ('merge', 'compare'):
            return 200, pages.build(None, shelf={'page': name}).encode()
        if known is None and name + '.json' in self.answers:
            data = self.answers[name + '.json']
            shelf = {'page': 'profile', 'id': name, 'route': data['meta'].get('route')}
            return 200, pages.build(data, shelf=shelf).encode()
        if known is None:
            return 404, b'not found\n'
        return known if isinstance(known, tuple) else (200, json.dumps(known).encode())

    def hold(self, name):
        self.held[name] = threading.Event()
        return self.held[name]

    def stop(self):
        for event in self.held.values():
            event.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
