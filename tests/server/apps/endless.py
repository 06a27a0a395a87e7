"""An answer that does not end by itself."""
import sys
import time


def chunks(count):
    try:
        while count:
            time.sleep(0.05)
            print('a chunk', file=sys.stderr, flush=True)
            yield b'chunk'
            count -= 1
    finally:
        print('the generator ends', file=sys.stderr, flush=True)


def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    if environ['PATH_INFO'] == '/short':
        return [b'short']
    return chunks(20 if environ['PATH_INFO'] == '/twenty' else -1)
