"""The kinds of waiting: each has its name and colour, and says what its name does not."""
import re

import pages

BUSY = ((1, 'view', 10), (2, 'render', 300, 1, 'CPU wait'), (2, 'ask', 40, 1, 'other waits'),
        (2, 'rest', 30, 1, 'sleep'))


def entries(browser, place):
    """{name: its help} of a legend."""
    return {re.sub(r'\s[\d.,]+\s\S+$', '', entry.text): entry.get_attribute('title')
            for entry in browser.all(place + ' .legend-entry')}


def test_a_wait_for_a_processor_is_a_kind_of_its_own(browser):
    browser.open(pages.request(*BUSY, mode='sampling'))
    assert '[CPU wait]' in browser.text('.tree .row.selected')
    assert '79 % in render (with 79 % CPU wait)' in browser.text('#sentence')
    head = entries(browser, '.head-small')
    assert 'had the processors' in head['CPU wait']
    assert 'between two samples' in head['other waits']
    assert head['sleep'] == ''
    browser.show('timeline')
    legend = {name: title for name, title in browser.js('''
        return Array.from(document.querySelectorAll('.legend .legend-entry'), e => [e.textContent, e.title])''')}
    assert 'had the processors' in legend['CPU wait'] and 'between two samples' in legend['other waits']


def test_every_kind_has_a_colour_in_both_themes(browser):
    browser.open(pages.request(*BUSY, mode='sampling'))
    for theme in ('light', 'dark'):
        browser.js('document.documentElement.dataset.theme = arguments[0]', theme)
        colours = browser.js('''return WAIT_NAMES.map((_, kind) =>
            getComputedStyle(document.documentElement).getPropertyValue('--wait-' + kind).trim())''')
        assert len(set(colours)) == len(colours) and all(len(colour) == 7 for colour in colours), colours
        inks = browser.js('return arguments[0].map(inkOn)', colours)
        for colour, ink in zip(colours, inks):
            assert contrast(colour, ink) >= 4.5, (theme, colour, ink)
        browser.show('timeline')
        browser.shot('waits-' + theme)


def contrast(one, other):
    """As WCAG 2 counts it."""
    def luminance(colour):
        channels = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
