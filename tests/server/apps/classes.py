"""Methods that a base class defines, called for objects of several classes, as Django's
middlewares do: /chain nests them, /mixed calls all from one place."""


class Middleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        self.process(request)
        return self.get_response(request)

    def process(self, request):
        return [self for _ in range(2)]  # a function inside uses it: it is in a cell


class Security(Middleware):
    pass


class Session(Middleware):
    def process(self, request):
        return request


def view(request):
    return 'answer'


def not_a_method(self):
    return self


def mixed(request):
    for middleware in (Security(view), Session(view), Security(view)):
        middleware(request)
    return not_a_method(Security(view))


def application(environ, start_response):
    if environ['PATH_INFO'] == '/mixed':
        mixed(environ)
    else:
        Security(Session(Middleware(view)))(environ)
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'answer']
