/* "Profile what I do": sets the flag's cookie for this browser, so that the site's pages that are
 * opened afterwards are profiled. The server says in flag.json whether that is possible. */
'use strict';

const RECORDING_MS = 3000; /* between two looks at the limit while the cookie is set */
const FLAGS = [['', 'no'], ['sampling', 'sampling'], ['deterministic', 'deterministic: every call'],
               ['off', 'never, not even automatically']];
const INTERVALS = [['', 'interval as configured'], ['100us', 'every 0.1 ms'], ['1ms', 'every 1 ms'],
                   ['10ms', 'every 10 ms']];
/* Words of the flag that have no control: the profile is stored, whatever profiler-output is. */
const STORED = 'file';

/* Returns the value of a cookie; '' if there is none. */
function cookieValue(cookies, name) {
    for (const cookie of cookies.split(';')) {
        const [key, ...value] = cookie.trim().split('=');
        if (key === name)
            try {
                return decodeURIComponent(value.join('='));
            } catch (error) {
                return '';
            }
    }
    return '';
}

/* Returns the flag's words for a mode ('' and 'off' are none) and an interval. */
function flagWords(mode, interval) {
    if (mode === '' || mode === 'off')
        return mode;
    return [mode, STORED, ...mode === 'sampling' && interval ? ['interval=' + interval] : []].join(',');
}

class Recording {
    constructor(shelf, head, line) {
        this.shelf = shelf;
        this.line = line;
        this.state = null; /* the data of flag.json */
        this.asked = 0;
        this.title = make('summary');
        this.body = make('div', 'menu-body');
        this.menu = add(make('details', 'menu'), this.title, this.body);
        this.menu.hidden = true;
        this.menu.addEventListener('keydown', event => {
            if (event.key !== 'Escape' || !this.menu.open)
                return;
            this.menu.open = false;
            this.title.focus();
            event.stopPropagation();
        });
        add(head, this.menu);
    }

    /* Loads flag.json at first, and from time to time while this browser is profiled. */
    async ask() {
        const now = this.shelf.now(), isDue = now - this.asked >= RECORDING_MS;
        if (this.state && !(isDue && this.words()))
            return;
        this.asked = now;
        const state = await askJson('flag.json');
        const isNew = !this.state;
        this.state = state;
        if (isNew && state.possible)
            this.build();
        this.update();
        if (isNew)
            this.shelf.changed();
    }

    build() {
        this.menu.hidden = false;
        if (this.state.cookie === null) {
            add(this.body, make('p', '', 'This sets a cookie, for which the server needs the line'),
                make('code', '', 'profiler-trigger = cookie:profile'),
                make('p', 'hint', 'profiler-trigger replaces its default: name query:profile and header:X-Profile, ' +
                    'too, if you use them.'));
            return;
        }
        this.mode = choice('Profile what I do', FLAGS, '', () => this.set());
        this.interval = choice('Sampling interval', INTERVALS, '', () => this.set());
        this.hint = attributes(make('p', 'hint'), {role: 'status'});
        add(this.body, this.mode, this.interval, this.hint);
    }

    words() {
        return this.state && this.state.cookie ? cookieValue(document.cookie, this.state.cookie) : '';
    }

    set() {
        const words = flagWords(this.mode.value, this.interval.value), {cookie} = this.state;
        document.cookie = cookie + '=' + encodeURIComponent(words) + '; Path=/; SameSite=Strict' +
            (words ? '' : '; Max-Age=0') + (location.protocol === 'https:' ? '; Secure' : '');
        this.update();
        if (this.words() !== words)
            setText(this.hint, 'This browser does not keep the cookie.');
        this.shelf.poller.now();
    }

    update() {
        const words = this.words().split(','), mode = words[0];
        const isOn = mode !== '' && mode !== 'off';
        setText(this.title, mode ? 'Profiling: ' + shown(mode, 30) : 'Profile what I do');
        this.title.classList.toggle('active', mode !== '');
        if (this.mode) {
            this.mode.value = FLAGS.some(([value]) => value === mode) ? mode : 'sampling';
            this.interval.value = (words.find(word => word.startsWith('interval=')) || '').slice(9);
            this.interval.hidden = mode !== 'sampling';
            setText(this.hint, isOn ? 'Pages of this site that you open now are profiled, and appear in the list. ' +
                'The site answers as usual. Choose "no" or close the browser to end it.' :
                mode === 'off' ? 'Nothing that this browser asks for is profiled.' : '');
        }
        this.updateLimit(isOn);
    }

    updateLimit(isOn) {
        const {possible, most, taken} = this.state, isReached = possible && isOn && most > 0 && taken >= most;
        setText(this.line, isReached ? 'profiler-max-per-minute is reached: ' + plural(taken, 'profile') +
            ' in this minute. Other requests are not profiled before the next one.' : '');
        this.line.hidden = !isReached;
    }
}
