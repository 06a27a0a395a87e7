"""The measured app: Flask and a jinja2 template of 1000 rows, plain or wrapped in
Werkzeug's ProfilerMiddleware (BENCH_WERKZEUG=1)."""
import os

from flask import Flask, render_template_string

TEMPLATE = """<table>
{% for row in rows %}
<tr class="{{ loop.cycle('odd', 'even') }}">
{% for value in row.values() %}<td>{{ value|upper }}</td>{% endfor %}
<td>{{ loop.index }}</td></tr>
{% endfor %}
</table>"""

app = Flask(__name__)


@app.route('/')
def table():
    rows = [{'name': 'name %d' % n, 'city': 'city %d' % n, 'text': '<b>%d</b>' % n}
            for n in range(1000)]
    return render_template_string(TEMPLATE, rows=rows)


@app.route('/small')
def small():
    return 'hello'


if os.environ.get('BENCH_WERKZEUG'):
    from werkzeug.middleware.profiler import ProfilerMiddleware
    app.wsgi_app = ProfilerMiddleware(app.wsgi_app, stream=open(os.devnull, 'w'),
                                      restrictions=(40,))
application = app
