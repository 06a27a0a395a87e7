"""All the apps behind one callable: /plain/..., /flask/..., /django/..."""
import django_app
import flask_app
import plain

APPS = {'plain': plain.application, 'flask': flask_app.application,
        'django': django_app.application}


def application(environ, start_response):
    _, name, rest = (environ['PATH_INFO'] + '/').split('/', 2)
    environ['SCRIPT_NAME'], environ['PATH_INFO'] = '/' + name, '/' + rest.rstrip('/')
    return APPS.get(name, plain.application)(environ, start_response)
