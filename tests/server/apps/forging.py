"""Functions, files, paths and exceptions whose names would write lines into a log."""
FORGED = ('\n%s\nPATH: \'/forged\'\n' % ('-' * 80), '\r\x1b[2K\x1b[31mforged', '\x1b]0;title\x07', '\x9b31m',
          '\x85forged', 'nul\0', '\x7f\x08\x08', '\u2028forged', '\u202egnp.exe', '\u2067isolate\u2069',
          '\u200fmark', '\u200bhidden', '\ufeff', '\U000e0041tag', '\udc9b31m')


def made(text):
    """A function of this name in a file of this name."""
    def named():
        return sum(i for i in range(20000))
    changes = {'co_name': text, 'co_filename': text + '.py'}
    if hasattr(named.__code__, 'co_qualname'):
        changes['co_qualname'] = text
    named.__code__ = named.__code__.replace(**changes)
    return named


def raising():
    yield b'hello'
    raise type('Forged\x1b[31m\nError\u202e', (Exception,), {})('x')


def application(environ, start_response):
    for text in FORGED:
        made(text)()
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return raising() if environ['PATH_INFO'] == '/raise' else [b'hello']
