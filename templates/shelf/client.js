/* Polls the server while the page is visible. Each failure in a row makes the next pause longer. */
'use strict';

const POLL_MS = 1000, PATIENCE_MS = 15000, LONGEST_PAUSE_MS = 30000;

/* The server rejects the request: a filter in the address is wrong. */
class BadQuestion extends Error {}

/* Resolves to the data at an address of the shelf. */
async function askJson(address) {
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(), PATIENCE_MS);
    try {
        const response = await fetch(address, {signal: controller.signal, cache: 'no-store'});
        const isJson = (response.headers.get('content-type') || '').startsWith('application/json');
        if (response.status === 400 && isJson)
            throw new BadQuestion((await response.json()).error);
        if (!response.ok || !isJson)
            throw new Error('it answers with status ' + response.status +
                            ': this browser may no longer see the profiles');
        return await response.json();
    } catch (error) {
        if (controller.signal.aborted)
            throw new Error('no answer in ' + PATIENCE_MS / 1000 + ' s');
        throw error instanceof TypeError ? new Error('no connection') : error;
    } finally {
        clearTimeout(timer);
    }
}

/* Resolves to an answer of index.json. */
function askIndex(parameters) {
    return askJson('index.json?' + new URLSearchParams(parameters));
}

class Poller {
    /* act() asks once. failed(error, pauseMs) is called when it fails, worked() when it works. */
    constructor(act, worked, failed) {
        Object.assign(this, {act, worked, failed, timer: 0, failures: 0, isAsking: false, isStopped: false});
        document.addEventListener('visibilitychange', () => this.now());
    }

    /* Asks at once, unless the page is hidden. If it is asking already, it asks again after that. */
    now() {
        clearTimeout(this.timer);
        this.isStopped = false;
        if (!document.hidden)
            this.turn();
    }

    stop() {
        clearTimeout(this.timer);
        this.isStopped = true;
    }

    async turn() {
        if (this.isAsking) {
            this.isAskedAgain = true;
            return;
        }
        this.isAsking = true;
        this.isAskedAgain = false;
        try {
            await this.act();
            this.failures = 0;
            this.worked();
        } catch (error) {
            this.failures++;
            this.failed(error, this.pause());
        }
        this.isAsking = false;
        this.plan();
    }

    pause() {
        return Math.min(LONGEST_PAUSE_MS, POLL_MS * 2 ** this.failures);
    }

    plan() {
        clearTimeout(this.timer);
        if (!document.hidden && !this.isStopped)
            this.timer = setTimeout(() => this.turn(), this.isAskedAgain ? 0 : this.pause());
    }
}
