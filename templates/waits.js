/* The kinds of waiting of a thread: names and times. */
'use strict';

const WAIT_NAMES = ['CPU', 'GIL', 'sleep', 'network read', 'network write', 'disk', 'lock',
                    'child', 'other waits', 'switched out', 'event loop', 'CPU wait', 'not known'];
const WAIT_OTHER = 8;
const WAIT_UNKNOWN = 12; /* only in the page: the data do not name the kind */

/* A newer server may have more kinds; they are not known here. */
function knownKinds(numbers) {
    return numbers.map(kind => Math.min(kind, WAIT_UNKNOWN));
}

/* Explains names that do not explain themselves. */
const WAIT_HELP = {
    'other waits': 'waits that fit no other kind, and waits that began and ended between two samples, so that ' +
        'their kind was not seen; a shorter interval leaves fewer of these',
    'CPU wait': 'the request could run, but other threads or processes had the processors that it may use',
    'switched out': 'the thread served other greenlets or coroutines',
    'event loop': 'the event loop waited for something in the process: an executor, a callback of another thread',
    'not known': 'the data of this page do not say what the thread did',
};

/* The waits of nodes (or of left nodes): time by kind for each. */
class Parts {
    /* wait: parallel columns of, kind and ns, in node order; undefined if there are no waits. */
    constructor(wait, count, what) {
        const items = wait && Array.isArray(wait.of) ? wait.of.length : 0;
        const of = indexes(wait ? wait.of : [], items, what + '.of', count);
        this.kind = knownKinds(indexes(wait ? wait.kind : [], items, what + '.kind', 256));
        this.ns = numbers(wait ? wait.ns : [], items, what + '.ns');
        this.start = new Int32Array(count + 1);
        for (let i = 0; i < items; i++) {
            need(i === 0 || of[i] >= of[i - 1], what + '.of is not in order');
            this.start[of[i] + 1]++;
        }
        for (let i = 0; i < count; i++)
            this.start[i + 1] += this.start[i];
    }

    /* Adds the waits of nodes from one to before another. */
    addTo(sums, from, to) {
        for (let i = this.start[from]; i < this.start[to]; i++)
            sums[this.kind[i]] += this.ns[i];
        return sums;
    }

    sums(from, to) {
        return Array.from(this.addTo(new Float64Array(WAIT_NAMES.length), from, to));
    }
}

/* Returns [[kind, ns], ...] from sums by kind, the longest first. */
function sortedWaits(sums) {
    return Array.from(sums, (ns, kind) => [kind, ns]).filter(([, ns]) => ns > 0)
        .sort((a, b) => b[1] - a[1]);
}

/* A kind with a smaller share of the request is not named. */
const NAMED_LEAST = 0.001;

/* Returns the name of the time that no kind has: next to named waits, "not on CPU" would say too
 * much. */
function restName(isNamed) {
    return isNamed ? WAIT_NAMES[WAIT_UNKNOWN] : 'not on CPU';
}
