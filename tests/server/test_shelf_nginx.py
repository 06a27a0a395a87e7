"""The shelf behind nginx, as the documentation sets it up, and below a path that nginx
removes."""
import json

import pytest

from harness import header, profile_id, wait_for
from shelf import KEY, SHELF, signed_list
from test_deployments import GZIP, INSIDE, OUTSIDE, PROXIES, needs_nginx, options, usual

LIST = b'<title>Profiles</title>'


@needs_nginx
@pytest.mark.parametrize('kind', PROXIES)
def test_the_client_counts(serve, nginx, kind):
    server = serve('plain', SHELF + options(kind) + '\nprofiler-browse-host = shop.example\n')
    front = nginx(PROXIES[kind](server), http=GZIP)
    plain = usual(front.get('/_profiles/', client=OUTSIDE))
    assert plain.body == b'hello'
    profile = profile_id(front.get('/recursion', {'X-Profile': 'file'}, client=INSIDE))

    def get(path, client=INSIDE, host='shop.example', **headers):
        return front.get('/_profiles' + path, {'Host': host, **headers}, client=client)
    assert LIST in get('/').body
    row = wait_for('a row', lambda: json.loads(get('/index.json').body)['rows'])[0]
    assert row['id'] == profile
    assert json.loads(get('/%s.json' % profile).body)['meta']['id'] == profile
    assert b'"page":"profile"' in get('/' + profile).body
    assert get('/x').status == 404 and get('').status == 303
    assert header(get('', host='shop.example'), 'Location') == '_profiles/'
    head = front.get('/_profiles/', {'Host': 'shop.example'}, 'HEAD', client=INSIDE)
    assert head.status == 200 and head.body == b''
    for answer in (get('/', OUTSIDE), get('/', host='evil.example'), get('/', '127.0.0.1'),
                   get('/', OUTSIDE, **{'X-Forwarded-For': INSIDE}),
                   get('/', **{'Sec-Fetch-Site': 'cross-site'})):
        assert usual(answer) == plain


@needs_nginx
@pytest.mark.parametrize('scheme', ['http', 'https'])
def test_a_prefix_that_nginx_removes(serve, nginx, scheme):
    """Redirects are relative, and the cookie has no path: the browser's own path counts. The
    signature is of the path that arrives."""
    server = serve('plain', SHELF + 'profiler-key = ' + KEY)
    front = nginx('''
        location /shop/ {
            proxy_set_header X-Forwarded-Proto %s;
            proxy_pass http://127.0.0.1:%d/;
        }''' % (scheme, server.port))
    assert LIST not in front.get('/shop/_profiles/').body
    answer = front.get('/shop' + signed_list() + '&q=x')
    assert answer.status == 303 and header(answer, 'Location') == './?q=x'
    cookie, *attributes = header(answer, 'Set-Cookie').split('; ')
    assert ('Secure' in attributes) == (scheme == 'https')
    assert not any(name.lower().startswith('path') for name in attributes)
    for path in ('', 'index.json', 'merge'):
        assert front.get('/shop/_profiles/' + path, {'Cookie': cookie}).status == 200
    answer = front.get('/shop/_profiles', {'Cookie': cookie})
    assert header(answer, 'Location') == '_profiles/'
    assert LIST in front.get('/shop/_profiles/', {'Cookie': cookie}).body


@needs_nginx
def test_a_proxy_that_keeps_connections(serve, nginx):
    server = serve('plain', SHELF + 'threads = 2')
    front = nginx('''
        location / {
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host localhost;
            proxy_pass http://kept;
        }''', http='upstream kept { server 127.0.0.1:%d; keepalive 2; }' % server.port)
    for _ in range(5):
        assert LIST in front.get('/_profiles/').body
        assert front.get('/hello').body == b'hello'
