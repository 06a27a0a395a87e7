"""An app that sets the locale of its users, as C code then sees it."""
import locale
import os
import time

locale.setlocale(locale.LC_ALL, os.environ['SET'])


def work():
    return sum(range(100000)), time.sleep(0.01)


def application(environ, start_response):
    if environ['PATH_INFO'] == '/hang':
        time.sleep(60)
    if environ['QUERY_STRING'] or 'HTTP_X_PROFILE' in environ:
        work()
    start_response('200 OK', [('Content-Type', 'text/plain'), ('SET-COOKIE', 'kept=1')])
    return [locale.format_string('%.3f', 2.5).encode()]
