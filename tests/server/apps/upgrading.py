"""A websocket that echoes, and an ordinary page, in one app."""
import uwsgi


def application(environ, start_response):
    if 'HTTP_SEC_WEBSOCKET_KEY' not in environ:
        start_response('200 OK', [('Content-Type', 'text/plain')])
        return [b'page']
    uwsgi.websocket_handshake(environ['HTTP_SEC_WEBSOCKET_KEY'], '')
    try:
        while True:
            uwsgi.websocket_send(uwsgi.websocket_recv())
    except OSError:
        return [b'']
