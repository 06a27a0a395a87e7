"""An app that changes its directory, and closes descriptors that are not its own."""
import os
import threading
import time

TAKEN = {}  # {number: inode of the file that the app has put there}


def take(*names):
    """Closes the descriptors of files with these names, and gives their numbers to files of
    the app's."""
    for number in map(int, os.listdir('/proc/self/fd')):
        try:
            target = os.readlink('/proc/self/fd/%d' % number)
        except OSError:
            continue
        if number not in TAKEN and any(name in target for name in names):
            mine = os.open(os.environ['DATA'] + '/mine', os.O_RDWR | os.O_CREAT)
            os.dup2(mine, number)
            os.close(mine)
            TAKEN[number] = os.fstat(number).st_ino


take('memfd:profiler-key')
os.chdir('/')


def is_there(number, inode):
    try:
        return os.fstat(number).st_ino == inode
    except OSError:
        return False


def take_while_it_waits():
    deadline = time.monotonic() + 20
    while not TAKEN and time.monotonic() < deadline:
        take('/syscall', '/stat')
        time.sleep(0.001)
    time.sleep(0.1)  # samples are taken meanwhile


def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    if environ['PATH_INFO'] == '/wait':
        helper = threading.Thread(target=take_while_it_waits)
        helper.start()
        helper.join()
    if environ['PATH_INFO'] == '/away':
        os.chdir(os.environ['DATA'] + '/elsewhere')
    return [repr(sorted(is_there(*item) for item in TAKEN.items())).encode()]
