/* Which differences are noise: they are grey.
 *
 * Sampled profiles. The time of a place is the sum of its samples' weights: each sample stands for
 * the time since the one before. Samples come at irregular moments, so their number is close to a
 * Poisson variable, and a sum S of weights w has the variance S * t, with t = sum(w^2) / sum(w)
 * (the second moment of a compound Poisson process; t is the interval if all weights are equal).
 * For places that run in one piece the true variance is smaller. Per request of n, a = S / n has
 * the variance S * t / n^2 = a * t / n. Both profiles are independent, so the difference of a and b
 * has the standard deviation sqrt(a * ta / na + b * tb / nb). Four of these are the limit: chance
 * alone exceeds it once in 16,000 places. For two requests with one interval the limit is
 * 4 * sqrt((a + b) * interval).
 *
 * While a thread waits for a CPU, the machine is busy: that time says nothing about the code, and
 * is left out before times are compared with the limit.
 *
 * Profiles with every call counted have no samples, and know the CPU wait of the whole request
 * only. Any place may have had all of it, so it is the limit.
 *
 * In both modes, differences below 1 % of the request are noise, too. */
'use strict';

const NOISE_SHARE = 0.01, NOISE_DEVIATIONS = 4, CPU_WAIT = WAIT_NAMES.indexOf('CPU wait');

function requestsOf(profile) {
    const merged = profile.meta.merged;
    return merged && merged.count > 0 ? merged.count : 1;
}

/* Returns sum(w^2) / sum(w) of the samples' weights. A merge has no timeline: its weights are
 * equal, as far as it is known. */
function sampleWeight(profile) {
    const least = profile.meta.interval_ns || 0, timeline = profile.timeline;
    if (!timeline || !timeline.count)
        return Math.max(least, profile.total[0] / (profile.meta.samples || 1));
    let sum = 0, squares = 0;
    for (const ns of timeline.dt) {
        sum += ns;
        squares += ns * ns;
    }
    return Math.max(least, sum ? squares / sum : 0);
}

/* Returns the CPU wait of a request with every call counted. */
function countedCpuWait(profile) {
    return (Number((profile.meta.wait_ns || {})['cpu wait']) || 0) / requestsOf(profile);
}

class Noise {
    constructor(a, b) {
        this.sampling = a.sampling;
        this.whole = Math.max(a.total[0] / requestsOf(a), b.total[0] / requestsOf(b));
        this.weights = [a, b].map(profile => this.sampling ? sampleWeight(profile) / requestsOf(profile) : 0);
        this.cpuWait = this.sampling ? 0 : countedCpuWait(a) + countedCpuWait(b);
    }

    /* Returns the least difference of two times per request that is not noise. */
    limit(a, b) {
        const deviation = Math.sqrt(a * this.weights[0] + b * this.weights[1]);
        return Math.max(NOISE_SHARE * this.whole, NOISE_DEVIATIONS * deviation, this.cpuWait);
    }

    /* cpuWaitA, cpuWaitB: the parts of a and b in which the thread waited for a CPU. */
    isNoise(a, b, cpuWaitA = 0, cpuWaitB = 0) {
        return Math.abs(b - cpuWaitB - (a - cpuWaitA)) < this.limit(a, b);
    }

    /* Says on the page what is grey. */
    words() {
        if (this.sampling)
            return 'Grey: a difference that sampling or a busy machine explains (less than four standard ' +
                'deviations, without CPU wait), or below 1 % of the request.';
        return 'Grey: a difference below 1 % of the request' + (this.cpuWait > NOISE_SHARE * this.whole ?
            ', or below the ' + prose(this.cpuWait) + ' that the two requests waited for a CPU.' : '.');
    }
}
