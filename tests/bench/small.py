"""The smallest app there is: what is measured with it is the server's and ours."""


def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello']
