"""The demo's app: a small shop that searches, renders and now and then waits."""
import json
import time

from flask import Flask, Response, abort, jsonify, render_template, request

app = application = Flask(__name__)

COLOURS = ('red', 'green', 'blue', 'black')
THINGS = ('teapot', 'bicycle', 'lamp', 'umbrella', 'notebook')


class Product:
    def __init__(self, number):
        self.number = number
        self.name = '%s %s' % (COLOURS[number % 4], THINGS[number % 5])

    @property
    def price(self):
        return 5 + self.number * 37 % 200


PRODUCTS = [Product(number) for number in range(200)]


def matches(product, words):
    return all(word in product.name for word in words)


def rank(product, words):
    return -sum(product.name.count(word) for word in words), product.price


def find_products(text):
    words = text.lower().split()
    found = [product for product in PRODUCTS if matches(product, words)]
    return sorted(found, key=lambda product: rank(product, words))


def ask_warehouse(products):
    """Another machine's answer: here, a wait."""
    time.sleep(0.02)
    return {product.number: product.number % 3 for product in products}


@app.route('/')
def index():
    return render_template('index.html', things=THINGS)


@app.route('/search')
def search():
    text = request.args.get('q', '')
    products = find_products(text)
    return render_template('search.html', text=text, products=products,
                           stock=ask_warehouse(products))


@app.route('/api/products')
def api():
    return jsonify([json.loads(json.dumps(vars(product))) for product in PRODUCTS])


def turnover(month):
    return sum(product.price * (month * product.number % 7) for product in PRODUCTS)


class Report:
    """The slow page: it computes, it writes, it waits."""

    def year(self):
        return [self.month(month) for month in range(12)]

    def month(self, month):
        stock = ask_warehouse(PRODUCTS) if month % 3 == 0 else {}
        best = max(range(100), key=lambda shift: turnover(month + shift))
        return {'month': month, 'best': best, 'stock': json.dumps(stock, sort_keys=True)}


@app.route('/report')
def report():
    return jsonify(Report().year())


@app.route('/export')
def export():
    def rows():
        for product in PRODUCTS:
            yield '%d;%s;%d\n' % (product.number, product.name, product.price)
    return Response(rows(), mimetype='text/csv')


@app.route('/product/<int:number>')
def product(number):
    if number >= len(PRODUCTS):
        abort(404)
    return jsonify(vars(PRODUCTS[number]))
