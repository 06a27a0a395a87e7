"""The app of the page's sample profiles: an order with prices, taxes, shipping, a page.

One request does what real ones do: queries through an ORM, an answer from another server,
a template with macros, recursion, a lock, and work of its own. See ../make_samples.py.
"""
import copy
import json
import threading
import time
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
from flask import Flask, render_template

from pricing import apply_discounts, tax_for
from stock import Order, session_for

app = application = Flask(__name__)
ledger = threading.Lock()


class Carrier(BaseHTTPRequestHandler):
    """The carrier's server, which takes its time."""

    def do_GET(self):
        time.sleep(0.04)
        body = json.dumps({'days': 3, 'price': '7.90'}).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def start_carrier():
    server = ThreadingHTTPServer(('127.0.0.1', 0), Carrier)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


PORT = []


def shipping_quote(order):
    if not PORT:
        PORT.append(start_carrier())
    answer = requests.get('http://127.0.0.1:%d/quote/%d' % (PORT[0], order.id), timeout=5)
    return parse_quote(answer.json())


def parse_quote(quote):
    return Decimal(quote['price'])


def depth_of(category):
    return 1 + depth_of(category['parent']) if category else 0


def price_order(order):
    total = Decimal(0)
    for item in order.items:
        basket = copy.deepcopy(item.as_dict())
        total += apply_discounts(basket) + tax_for(basket)
        depth_of(basket['category'])
    return total


def audit(order, total):
    with ledger:
        time.sleep(0.003)
        return json.dumps({'order': order.id, 'total': str(total)}, indent=1)


def hold_ledger():
    with ledger:
        time.sleep(0.02)


@app.template_filter()
def currency(value):
    return '{:,.2f} EUR'.format(value)


@app.route('/orders/<int:number>')
def show_order(number):
    with session_for() as session:
        order = session.get(Order, number)
        threading.Timer(0.03, hold_ledger).start()
        total = price_order(order) + shipping_quote(order)
        audit(order, total)
        return render_template('order.html', order=order, total=total)
