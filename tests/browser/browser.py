"""A real browser for the tests: Debian's Chromium, without a screen and without a network."""
import json
import os
import time

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

import pages

HANG = 120  # seconds after which something that never comes is given up, not a measure
SHOTS = os.environ.get('PROFILER_SCREENSHOTS')

# The page waits so long for more: before it searches, folds, writes its address; and a
# zoom moves so long.
SEARCH_MS, HASH_MS, ZOOM_MS = 130, 160, 200

# What the page's policy has forbidden it.
VIOLATIONS = '''window.violations = [];
addEventListener('securitypolicyviolation', event =>
    window.violations.push(event.effectiveDirective + ' ' + event.blockedURI));'''


class Browser:
    def __init__(self, downloads):
        options = webdriver.ChromeOptions()
        for argument in ('--headless=new', '--no-sandbox', '--disable-gpu',
                         '--disable-dev-shm-usage', '--window-size=1280,800'):
            options.add_argument(argument)
        options.add_experimental_option('prefs', {'download.default_directory': str(downloads)})
        options.set_capability('goog:loggingPrefs', {'browser': 'ALL', 'performance': 'ALL'})
        self.driver = webdriver.Chrome(service=Service('/usr/bin/chromedriver'), options=options)
        self.driver.set_script_timeout(HANG)
        self.downloads = downloads
        self.files = downloads.parent
        self.visited = []
        self.loaded = None
        self.driver.execute_cdp_cmd('Page.addScriptToEvaluateOnNewDocument', {'source': VIOLATIONS})
        self.resize(1280, 800)

    def resize(self, width, height):
        self.driver.execute_cdp_cmd('Emulation.setDeviceMetricsOverride', {
            'width': width, 'height': height, 'deviceScaleFactor': 1, 'mobile': False})

    def scheme(self, value, motion='reduce'):
        """Without motion a zoom is there at once."""
        self.driver.execute_cdp_cmd('Emulation.setEmulatedMedia', {
            'features': [{'name': 'prefers-color-scheme', 'value': value},
                         {'name': 'prefers-reduced-motion', 'value': motion}]})

    def open(self, data, name='page', table='', fresh=True, hash=''):
        """Opens a page made of the data; forgets what earlier ones have stored."""
        path = self.files / (name + '.html')
        path.write_text(pages.build(data, table), encoding='utf-8', errors='surrogatepass')
        return self.go(path, fresh, hash)

    def go(self, path, fresh=True, hash=''):
        self.driver.get('about:blank')
        if fresh:
            self.forget('file://')
        self.driver.get(path.as_uri() + hash)
        self.settle()
        return path

    def forget(self, origin):
        """What pages of it have stored."""
        self.driver.execute_cdp_cmd('Storage.clearDataForOrigin', {
            'origin': origin, 'storageTypes': 'local_storage'})

    def visit(self, url, fresh=True):
        """Asks a server for a page, once."""
        if fresh:
            self.forget('/'.join(url.split('/')[:3]))
        # a history of 50 entries drops those that no click has made
        self.driver.execute_cdp_cmd('Page.resetNavigationHistory', {})
        self.driver.get('about:blank')
        self.visited.append(url.partition('#')[0])
        self.driver.get(url)
        self.settle()

    def load(self, url, ready, **options):
        """Opens a page that loads data from beside it, until there is an element."""
        self.loaded = url.partition('#')[0].rpartition('/')[0] + '/'
        self.visit(url, **options)
        self.wait(lambda: any(each.is_displayed() for each in self.all(ready)), ready + ' on ' + url)

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def document_size(self):
        """[width, height], with what one must scroll to."""
        return self.js('const {scrollWidth, scrollHeight} = document.documentElement; '
                       'return [scrollWidth, scrollHeight]')

    def settle(self):
        """Until what was asked for in this frame and the next is drawn."""
        self.driver.execute_async_script(
            'const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))')

    def pause(self, ms):
        """Until the page's own timers of at most so many ms have run, and what they changed is
        drawn: on its clock, which a busy machine holds up as it does the timers."""
        self.driver.execute_async_script('setTimeout(arguments[1], arguments[0])', ms)
        self.settle()

    def wait(self, condition, what):
        deadline = time.monotonic() + HANG
        while time.monotonic() < deadline:
            value = condition()
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError('waited in vain for %s' % what)

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.js('return document.querySelector(arguments[0]).textContent', selector)

    def press(self, *keys):
        """On what has the focus, one after the other."""
        ActionChains(self.driver).send_keys(*keys).perform()
        self.settle()

    def double_click(self, x, y):
        """Says in each event which click it is: on a busy machine the two come too far apart for
        Chromium to see that they belong together."""
        for count in (1, 2):
            for kind in ('mousePressed', 'mouseReleased'):
                self.driver.execute_cdp_cmd('Input.dispatchMouseEvent', {
                    'type': kind, 'x': x, 'y': y, 'button': 'left', 'clickCount': count})
        self.settle()

    def double_click_on(self, element):
        box = self.js('const r = arguments[0].getBoundingClientRect(); return [r.left + r.width / 2, '
                      'r.top + r.height / 2]', element)
        self.double_click(*box)

    def show(self, view):
        self.one('[data-view=%s]' % view).click()
        self.settle()

    def search(self, text):
        box = self.one('input[type=search]')
        box.clear()
        box.send_keys(text)
        self.pause(SEARCH_MS)

    def shot(self, name):
        """A picture, for people: only where a directory for them is named."""
        if SHOTS:
            os.makedirs(SHOTS, exist_ok=True)
            self.driver.save_screenshot(os.path.join(SHOTS, name + '.png'))

    def errors(self):
        log = [entry['message'] for entry in self.driver.get_log('browser')
               if entry['level'] in ('SEVERE', 'WARNING') and
               'willReadFrequently' not in entry['message']]  # the tests read canvases
        return log + self.js('return window.violations || []')

    def requests(self):
        """What was asked of anything but the page's own file and its Blobs; a page that was
        visited may be asked for once each time, data beside a page that loads them as often
        as it likes."""
        found = []
        for entry in self.driver.get_log('performance'):
            message = json.loads(entry['message'])['message']
            if message['method'] == 'Network.requestWillBeSent':
                url = message['params']['request']['url']
                if url in self.visited:
                    self.visited.remove(url)
                elif self.loaded and url.startswith(self.loaded):
                    continue
                elif not (url.startswith(('about:', 'blob:', 'data:', self.files.as_uri())) or
                          url.endswith('/favicon.ico')):
                    found.append(url)
        missed, self.visited, self.loaded = self.visited, [], None
        assert missed == []
        return found

    def assert_quiet(self, where):
        """Nothing in the console, nothing over the network, nothing against the policy."""
        assert (self.errors(), self.requests()) == ([], []), where

    def download(self, name):
        """Clicks a button of the menu; the file that comes of it."""
        ending = {'speedscope': '.speedscope*.json', 'json': 'ms*.json'}.get(name, '.' + name.lstrip('.'))

        def there():
            return {path for path in self.downloads.glob('*' + ending) if path.stat().st_size}
        before = there()
        self.one('.menu summary').click()
        self.one('[data-format="%s"]' % name).click()
        return self.wait(lambda: there() - before, 'the download of ' + name).pop()


__all__ = ['Browser', 'Keys', 'SEARCH_MS', 'HASH_MS', 'ZOOM_MS']
