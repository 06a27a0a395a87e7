"""An application to profile."""
import time

from flask import Flask

app = Flask(__name__)


def wait():
    time.sleep(0.02)


def compute():
    return sum(number * number for number in range(100000))


@app.route('/')
def index():
    wait()
    return 'the sum is %d\n' % compute()
