"""Links that open the reader's editor."""
import pytest

import pages

NODES = ((1, 'view', 100), (2, 'LIB', 50), (3, 'time.sleep', 20))
TEMPLATE = '#editor-settings input[aria-label="Link template"]'


def preset(browser, text):
    next(one for one in browser.all('#editor-settings option') if one.text == text).click()
    browser.settle()


def type_into(browser, label, text):
    field = browser.one('#editor-settings input[aria-label="%s"]' % label)
    field.clear()
    field.send_keys(text)
    browser.settle()


def links(browser, where):
    return [link.get_attribute('href') for link in browser.all(where + ' .editor-link') if link.is_displayed()]


def test_a_reader_chooses_once(browser):
    data = pages.request(*NODES)
    browser.open(data)
    assert links(browser, '#panel') == []
    next(one for one in browser.all('#panel .buttons button') if one.text.startswith('Open in editor')).click()
    assert browser.js('return document.activeElement.getAttribute("aria-label")') == 'Editor'
    preset(browser, 'VS Code')
    browser.shot('editor-settings')
    browser.js('document.getElementById("help").close()')
    line = browser.js('return profilerPage.profile.lineOf[profilerPage.func]')
    assert links(browser, '#panel') == ['vscode://file//srv/shop/app.py:%d' % line]
    browser.shot('editor-panel')
    browser.open(data, fresh=False)
    assert links(browser, '#panel') == ['vscode://file//srv/shop/app.py:%d' % line]
    browser.js('profilerPage.select(3)')
    assert browser.text('#panel .panel-name') == 'time.sleep' and links(browser, '#panel') == []
    browser.assert_quiet('editor')


def test_the_directory_of_the_server_is_mapped(browser):
    browser.open(pages.request(*NODES))
    browser.press('?')
    preset(browser, 'PyCharm')
    type_into(browser, 'Directory on the server', '/srv/shop')
    type_into(browser, 'The same directory on this machine', '/home/me/my shop')
    assert links(browser, '#panel')[0].startswith('pycharm://open?file=/home/me/my%20shop/app.py&line=')


@pytest.mark.parametrize('template', ['javascript:alert({path})', 'data:text/html,{path}', 'vbscript:{path}',
                                      'vscode:'])
def test_no_other_link_than_to_an_editor(browser, template):
    browser.open(pages.request(*NODES))
    browser.press('?')
    preset(browser, 'other')
    type_into(browser, 'Link template', template)
    assert links(browser, '#panel') == [] and 'No links' in browser.text('#editor-settings')
    assert browser.one(TEMPLATE).get_attribute('aria-invalid') == 'true'
    type_into(browser, 'Link template', 'myeditor:{path}#{line}')
    assert links(browser, '#panel')[0].startswith('myeditor:/srv/shop/app.py#')


def test_every_line_has_a_link(browser):
    browser.open(pages.SAMPLING.read_text())
    browser.show('lines')
    assert links(browser, '.lines') == []
    browser.js('profilerPage.choose("editor", "vscode://file/{path}:{line}")')
    browser.settle()
    wanted = browser.js("""const v = profilerPage.views.lines;
        return v.rows.slice(0, 8).map(({group, line}) => profilerPage.profile.file(group.func) + ':' +
            (line < 0 ? profilerPage.profile.lineOf[group.func] : profilerPage.profile.lines.line[line]))""")
    found = browser.js("""return [...document.querySelectorAll('.lines .row:not([hidden])')]
        .sort((a, b) => a.index - b.index).slice(0, 8)
        .map(row => row.querySelector('.editor-link').getAttribute('href'))""")
    assert found == ['vscode://file/' + place if place.startswith('/') else None for place in wanted]
    browser.assert_quiet('lines')
    browser.shot('editor-lines')
