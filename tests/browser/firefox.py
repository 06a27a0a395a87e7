"""Debian's Firefox, spoken to in its own protocol (Marionette): Debian has no geckodriver."""
import json
import socket
import subprocess
import time

PREFERENCES = '''user_pref("marionette.port", 0);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.enabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("toolkit.telemetry.enabled", false);
'''

# What went wrong in pages: errors of scripts, and what a policy has forbidden.
ERRORS = '''const found = Services.console.getMessageArray()
    .filter(m => m instanceof Ci.nsIScriptError && !(m.flags & Ci.nsIScriptError.warningFlag) &&
        String(m.sourceName).startsWith('file:'))
    .map(m => m.errorMessage);
Services.console.reset();
return found;'''


class Firefox:
    def __init__(self, program, profile):
        profile.mkdir()
        (profile / 'user.js').write_text(PREFERENCES)
        self.process = subprocess.Popen(
            [program, '--headless', '--marionette', '--remote-allow-system-access', '--no-remote',
             '--profile', profile], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        port = profile / 'MarionetteActivePort'
        while not (port.exists() and port.read_text().strip()):
            assert self.process.poll() is None, 'Firefox has ended: %s' % self.process.returncode
            time.sleep(0.1)
        self.socket = socket.create_connection(('127.0.0.1', int(port.read_text())))
        self.stream = self.socket.makefile('rb')
        self.number = 0
        self.receive()
        self.call('WebDriver:NewSession')

    def receive(self):
        length = b''
        while not length.endswith(b':'):
            one = self.stream.read(1)
            assert one, 'Firefox has closed the connection'
            length += one
        return json.loads(self.stream.read(int(length[:-1])))

    def call(self, name, **arguments):
        self.number += 1
        message = json.dumps([0, self.number, name, arguments]).encode()
        self.socket.sendall(b'%d:%s' % (len(message), message))
        kind, number, error, result = self.receive()
        assert (kind, number, error) == (1, self.number, None), (name, error)
        return result['value'] if isinstance(result, dict) and set(result) == {'value'} else result

    def js(self, script):
        return self.call('WebDriver:ExecuteScript', script=script, args=[], newSandbox=False, sandbox='default')

    def settle(self):
        """As in Chromium: what was asked for in this frame and the next is drawn."""
        self.call('WebDriver:ExecuteAsyncScript', args=[], script='''const done = arguments[0];
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)))''')

    def go(self, url):
        self.call('WebDriver:Navigate', url=url)
        self.settle()

    def press(self, key):
        self.call('WebDriver:PerformActions', actions=[{'type': 'key', 'id': 'keys', 'actions': [
            {'type': 'keyDown', 'value': key}, {'type': 'keyUp', 'value': key}]}])
        self.settle()

    def resize(self, width, height):
        self.call('WebDriver:SetWindowRect', width=width, height=height)

    def errors(self):
        self.call('Marionette:SetContext', value='chrome')
        found = self.js(ERRORS)
        self.call('Marionette:SetContext', value='content')
        return found

    def picture(self):
        """PNG, in base64."""
        return self.call('WebDriver:TakeScreenshot', full=False)

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()
