"""Prices: discounts by rule, taxes by country."""
from decimal import Decimal


class Discount:
    def __init__(self, tag, share):
        self.tag, self.share = tag, Decimal(share)

    def matches(self, basket):
        return self.tag in basket['tags']

    def off(self, price):
        return (price * self.share).quantize(Decimal('0.01'))


DISCOUNTS = [Discount('tag%d' % number, '0.0%d' % (number % 9 + 1)) for number in range(40)]
RATES = {'DE': '0.19', 'FR': '0.20', 'PT': '0.23'}


def apply_discounts(basket):
    price = Decimal(basket['price'])
    for discount in DISCOUNTS:
        if discount.matches(basket):
            price -= discount.off(price)
    return price


def tax_for(basket):
    rate = Decimal(RATES[basket['country']])
    return (Decimal(basket['price']) * rate).quantize(Decimal('0.01'))
