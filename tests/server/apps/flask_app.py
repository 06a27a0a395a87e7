"""A small Flask app: templates, json, redirects, streaming, errors."""
import time

import flask

application = app = flask.Flask(__name__, template_folder='templates')


class Product:
    def __init__(self, number):
        self.number = number
        self.name = 'product %d' % number

    @property
    def price(self):
        return 'EUR %.2f' % (self.number * 1.5)


def find_products(words, count=50):
    return [Product(i) for i in range(count) if words in 'product %d' % i]


@app.route('/')
def index():
    return 'index'


@app.route('/search')
def search():
    words = flask.request.args.get('q', '')
    return flask.render_template('search.html', words=words, products=find_products(words))


@app.route('/api')
def api():
    return flask.jsonify([product.name for product in find_products('1')])


@app.route('/redirect')
def redirect():
    return flask.redirect('/search')


@app.route('/stream')
def stream():
    def rows():
        for product in find_products('2'):
            yield product.name + '\n'
    return app.response_class(rows(), mimetype='text/plain')


@app.route('/error')
def error():
    raise ValueError('a bug in the shop')


@app.route('/sleep')
def sleep():
    time.sleep(0.01)
    return 'slept'


@app.errorhandler(404)
def not_found(problem):
    return 'no such page', 404
