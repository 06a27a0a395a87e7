"""What shares.py measures: functions that are called and return all the time. WORK has by
name what to call, which takes some hundredths of a second, and the function whose share of
that is compared."""


def f1(i):
    return i * i


def calls(n=300_000):
    for i in range(n):
        f1(i)


def generator(n=300_000):
    return sum(i * i for i in range(n))


class Point:
    def __init__(self):
        self.x = 1

    def get(self):
        return self.x


def methods(n=300_000, point=Point()):
    for _ in range(n):
        point.get()


WORK = {'calls': (calls, 'f1'), 'generator': (generator, '<genexpr>'), 'methods': (methods, 'get')}
