"""A real nginx in front of a server, and an HTTP/1.1 client that keeps connections."""
import http.client
import os
import shutil
import socket
import subprocess
from pathlib import Path

from harness import HANG, Response, free_port, wait_for

NGINX = shutil.which('nginx', path=os.environ.get('PATH', '') + ':/usr/sbin')

# The client's address is what it says in X-Client: so tests come from anywhere.
CONFIGURATION = '''
%(user)s
daemon off;
pid %(directory)s/nginx.pid;
error_log stderr info;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path %(directory)s/body;
    fastcgi_temp_path %(directory)s/fastcgi;
    proxy_temp_path %(directory)s/proxy;
    scgi_temp_path %(directory)s/scgi;
    uwsgi_temp_path %(directory)s/uwsgi;
    set_real_ip_from 127.0.0.1;
    real_ip_header X-Client;
    %(http)s
    server {
        listen 127.0.0.1:%(port)d;
        %(server)s
    }
}
'''


class Nginx:
    """http: directives of the http block, server: of the server block; @DIR@ in them is
    nginx's own directory, which is below the given one."""

    def __init__(self, directory, server, http=''):
        self.directory = Path(directory) / ('nginx-%d' % free_port())
        self.directory.mkdir()
        self.port = free_port()
        shutil.copy('/etc/nginx/uwsgi_params', self.directory)
        names = {'directory': str(self.directory), 'port': self.port,
                 'user': 'user root;' if os.getuid() == 0 else '',
                 'http': http.replace('@DIR@', str(self.directory)),
                 'server': server.replace('@DIR@', str(self.directory))}
        self.configuration = self.directory / 'nginx.conf'
        self.configuration.write_text(CONFIGURATION % names)
        self.log_path = self.directory / 'log'
        with open(self.log_path, 'wb') as log:
            self.process = subprocess.Popen(
                [NGINX, '-c', str(self.configuration), '-p', str(self.directory)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for(lambda: 'nginx: ' + self.log(), self.listens)

    def log(self):
        return self.log_path.read_text(errors='replace')

    def listens(self):
        assert self.process.poll() is None, self.log()
        with socket.socket() as probe:
            return probe.connect_ex(('127.0.0.1', self.port)) == 0

    def connect(self):
        return http.client.HTTPConnection('127.0.0.1', self.port, timeout=HANG)

    def get(self, path, headers=(), method='GET', client=None, connection=None):
        """One answer, its chunks put together. client: where the request comes from."""
        headers = dict(headers)
        if client:
            headers['X-Client'] = client
        kept = connection or self.connect()
        kept.request(method, path, headers=headers)
        answer = kept.getresponse()
        response = Response(answer.status, answer.getheaders(), answer.read())
        if not connection:
            kept.close()
        return response

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(HANG)
