"""The flame graph under pointer, fingers and keys."""
import re

import pytest
from selenium.webdriver.common.action_chains import ActionChains

import pages
from browser import HASH_MS, ZOOM_MS, Keys
from steps import PAINTED, SAMPLING, TRACED, own_profile, selected, zoom_range


def test_flame_zooms_by_click_wheel_and_key(browser):
    browser.scheme('light', motion='no-preference')
    browser.open(TRACED)
    browser.show('flame')
    whole = zoom_range(browser)
    browser.js('profilerPage.zoomTo(profilerPage.node)')
    browser.pause(ZOOM_MS)
    near = zoom_range(browser)
    assert near[1] - near[0] < whole[1] - whole[0]
    browser.shot('traced-flame-zoomed')
    browser.press(Keys.ESCAPE)
    browser.pause(ZOOM_MS)
    assert zoom_range(browser) == whole
    browser.js('''const b = document.querySelector('.chart-box'), r = b.getBoundingClientRect();
        b.dispatchEvent(new WheelEvent('wheel', {deltaY: -300, ctrlKey: true, bubbles: true, cancelable: true,
                                                 clientX: r.left + 100, clientY: r.top + 50}))''')
    zoomed = zoom_range(browser)
    at = lambda r: r[0] + (r[1] - r[0]) * 100 / browser.js('return profilerPage.views.flame.width')  # noqa: E731
    assert zoomed[1] - zoomed[0] < whole[1] - whole[0]
    assert at(zoomed) == pytest.approx(at(whole), rel=0.02)
    browser.pause(HASH_MS)
    assert 'from=' in browser.driver.current_url
    browser.press('0')
    browser.pause(ZOOM_MS)
    assert zoom_range(browser) == whole


def drag(browser, box, start, end):
    browser.js('''
        const [box, start, end] = arguments, r = box.getBoundingClientRect();
        const send = (type, [x, y]) => box.dispatchEvent(new PointerEvent(type, {
            pointerId: 1, pointerType: 'touch', button: type === 'pointermove' ? -1 : 0, bubbles: true,
            clientX: r.left + x, clientY: r.top + y}));
        send('pointerdown', start); send('pointermove', [(start[0] + end[0]) / 2, start[1]]);
        send('pointermove', end); send('pointerup', end);''', box, start, end)


def test_dragging_pans_and_does_not_click(browser):
    browser.open(TRACED)
    browser.show('flame')
    browser.js('profilerPage.views.flame.zoomAt(200, 0.3)')
    before, node = zoom_range(browser), browser.js('return profilerPage.node')
    drag(browser, browser.one('.chart-box'), [400, 90], [300, 90])
    after = zoom_range(browser)
    assert after[0] > before[0] and after[1] - after[0] == pytest.approx(before[1] - before[0])
    assert browser.js('return profilerPage.node') == node


def test_two_fingers_zoom(browser):
    browser.open(SAMPLING)
    browser.show('timeline')
    before = zoom_range(browser)
    browser.js('''
        const box = document.querySelector('.chart-box'), r = box.getBoundingClientRect();
        const send = (type, id, x) => box.dispatchEvent(new PointerEvent(type, {
            pointerId: id, pointerType: 'touch', button: 0, bubbles: true, clientX: r.left + x, clientY: r.top + 90}));
        send('pointerdown', 1, 300); send('pointerdown', 2, 400);
        send('pointermove', 2, 500); send('pointerup', 1, 300); send('pointerup', 2, 500);''')
    after = zoom_range(browser)
    assert after[1] - after[0] == pytest.approx((before[1] - before[0]) / 2, rel=0.01)


def test_a_click_selects_and_zooms_and_the_breadcrumb_leads_back(browser):
    browser.open(TRACED)
    browser.show('flame')
    x, y = browser.js('''
        const v = profilerPage.views.flame, l = v.layout, p = v.page.profile;
        const row = [...Array(l.count).keys()].find(i => p.name(l.func(i)) === 'price_order');
        return [(l.start[row] + l.total[row] / 2 - v.from) * v.scale, v.levelY(l.depth[row]) + 8]''')
    drag(browser, browser.one('.chart-box'), [x, y], [x, y])
    assert selected(browser) == 'price_order'
    assert browser.js('return profilerPage.profile.name(profilerPage.profile.func[profilerPage.zoom])') == 'price_order'
    browser.all('#crumbs button')[0].click()
    assert browser.js('return profilerPage.zoom') == 0


def test_a_real_mouse_hovers_clicks_and_drags(browser):
    browser.open(TRACED)
    browser.show('flame')
    box = browser.one('.chart-box')
    actions = ActionChains(browser.driver)
    actions.move_to_element_with_offset(box, -100, -box.size['height'] // 2 + 70).perform()
    browser.settle()
    assert browser.js('return profilerPage.profile.label(profilerPage.hovered)') in browser.text('.tip')
    actions.click().perform()
    assert browser.js('return profilerPage.zoom') == browser.js('return profilerPage.node') > 0
    browser.js('profilerPage.views.flame.zoomAt(300, 0.2)')
    before = zoom_range(browser)
    ActionChains(browser.driver).move_to_element(box).click_and_hold().move_by_offset(-60, 0).release().perform()
    after = zoom_range(browser)
    assert after[0] > before[0] and after[1] - after[0] == pytest.approx(before[1] - before[0])


def test_the_panel_has_the_width_that_the_reader_gives_it(browser):
    path = browser.open(TRACED)
    ActionChains(browser.driver).drag_and_drop_by_offset(browser.one('#splitter'), -100, 0).perform()
    assert 415 <= browser.one('#panel').size['width'] <= 425
    browser.one('#splitter').send_keys(Keys.ARROW_RIGHT)
    width = browser.one('#panel').size['width']
    splitter = browser.one('#splitter')
    least, now, most = (int(splitter.get_attribute('aria-value' + name)) for name in ('min', 'now', 'max'))
    assert now == round(width) and least <= now <= most
    browser.go(path, fresh=False)
    assert browser.one('#panel').size['width'] == width


def test_keys_lead_to_caller_callee_and_siblings_and_say_so(browser):
    browser.open(TRACED)
    browser.show('flame')
    browser.js('profilerPage.selectFunction(profilerPage.profile.func[profilerPage.profile.pathTo(profilerPage.node)'
               '.find(node => profilerPage.profile.label(profilerPage.profile.func[node]) === "shipping_quote")])')
    browser.one('.chart-box').send_keys(Keys.ARROW_UP)
    assert selected(browser) == 'show_order'
    browser.press(Keys.ARROW_DOWN)
    assert selected(browser) == 'shipping_quote'
    browser.press(Keys.ARROW_RIGHT)
    assert selected(browser) == 'price_order'
    assert browser.text('#live').startswith(
        'price_order, %.1f' % (pages.total_ns(TRACED, 'price_order') / 1e6))
    browser.press('+')
    assert zoom_range(browser)[1] < browser.js('return profilerPage.profile.total[0]')


def test_flame_upside_down_and_as_a_sunburst(browser):
    browser.open(TRACED)
    browser.show('flame')
    for shape in ('flame', 'sunburst'):
        browser.js('profilerPage.choose("shape", arguments[0])', shape)
        browser.settle()
        assert browser.js(PAINTED) > 0.05
        browser.shot('traced-' + shape)
    box = browser.js('''const v = profilerPage.views.flame, s = v.sunburst; s.measure();
        return v.hit(s.x + 4, s.y - s.centre - s.ring / 2)''')
    assert browser.js('return profilerPage.profile.name(profilerPage.views.flame.layout.func('
                      'profilerPage.views.flame.boxes.row[arguments[0]]))', box) == 'Flask.__call__'
    browser.press('+')
    assert browser.js('return profilerPage.zoom === profilerPage.node')
    browser.settle()
    browser.shot('traced-sunburst-zoomed')


@pytest.mark.parametrize('colour', ['library', 'file', 'self'])
def test_colours(browser, colour):
    browser.open(TRACED)
    browser.show('flame')
    browser.js('profilerPage.choose("fold", false); profilerPage.choose("colour", arguments[0])', colour)
    browser.shot('traced-flame-by-' + colour)
    assert len(browser.all('.legend-entry')) >= 5


def test_hovering_tells_about_the_box(browser):
    browser.open(SAMPLING)
    browser.show('timeline')
    browser.js('''const b = document.querySelector('.chart-box'), r = b.getBoundingClientRect();
        const v = profilerPage.views.timeline, p = profilerPage.profile, boxes = v.boxes;
        const box = [...boxes.row.keys()].filter(i => p.label(v.layout.func(boxes.row[i])) === 'shipping_quote')
            .sort((a, b) => boxes.width[b] - boxes.width[a])[0];
        b.dispatchEvent(new PointerEvent('pointermove', {bubbles: true,
            clientX: r.left + (boxes.start[box] + boxes.width[box] / 2 - v.from) * v.scale,
            clientY: r.top + v.levelY(boxes.levelOf(box)) + 10}))''')
    browser.shot('sampling-timeline-hover')
    tip = browser.text('.tip')
    assert 'shipping_quote' in tip and 'network read' in tip
    assert browser.js('return profilerPage.hovered > 0')
    browser.js('profilerPage.select(profilerPage.profile.heaviestNode(profilerPage.hovered))')
    assert selected(browser) == 'shipping_quote'  # the same call path: the same figures
    parts = re.findall(r'(network read|CPU|other waits) ([\d.]+\s[mµ]s)', browser.text('#panel .split-names'))
    assert len(parts) == 3
    for part in parts:
        assert '%s %s' % part in tip, (parts, tip)


def test_what_is_too_small_is_hatched_not_blank(browser):
    data = own_profile(['root'], [0])
    data['node'] = {'depth': [0, 1] + [2] * 50000, 'func': [0, 1] + [1] * 50000,
                    'self': [0, 0] + [10] * 50000, 'calls': [1] * 50002}
    browser.open(data)
    browser.js('profilerPage.zoomTo(0)')
    browser.show('flame')
    row = browser.js('''const v = profilerPage.views.flame, y = Math.round((v.levelY(2) + 10) * devicePixelRatio);
        const d = v.context.getImageData(0, y, v.canvas.width, 1).data; let n = 0;
        for (let i = 3; i < d.length; i += 4) n += d[i] > 0; return n / (d.length / 4)''')
    assert row > 0.2
