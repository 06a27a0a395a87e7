/* Which differences are noise: they are grey.
 *
 * Sampled profiles. The time of a place is the sum of its samples' weights: each sample stands for
 * the time since the one before. Samples come at irregular moments, so their number is close to a
 * Poisson variable, and their sum is a compound Poisson variable: sum(w^2) is an unbiased estimate
 * of its variance (for places that run in one piece, the true variance is smaller). If all weights
 * are the interval t, that is S * t for a time S. Samples that came late weigh more, and on a busy
 * machine many do, so the weights themselves count where they are known.
 *
 * Per request of n, a = S / n has the variance sum(w^2) / n^2, or a * t / n. Both profiles are
 * independent, so the variances of a and b add up. Four standard deviations are the limit: chance
 * alone exceeds it once in 16,000 places. For two requests with one interval and no late samples,
 * the limit is 4 * sqrt((a + b) * interval).
 *
 * While a thread waits for a CPU, the machine is busy: that time says nothing about the code, and
 * is left out before times are compared with the limit. It took more than half of a moment whose
 * kind it is, so at most half of that weight is left.
 *
 * Profiles with every call counted have no samples, and know the CPU wait of the whole request
 * only. Any place may have had all of it, so it is the limit. Interrupts, page faults and cold
 * caches add up to some tenths of a millisecond: of 74 pairs of equal requests of 0.3 ms on a busy
 * machine, 70 differed somewhere by more than 1 %, but 4 by more than 0.2 ms. For means of n
 * requests, that noise is smaller by sqrt(n).
 *
 * In both modes, differences below 1 % of the request are noise, too. */
'use strict';

const NOISE_SHARE = 0.01, NOISE_DEVIATIONS = 4, NOISE_COUNTED_NS = 200000;
const CPU_WAIT = WAIT_NAMES.indexOf('CPU wait');

/* Returns the weight of a sample: the interval, or more if samples came late. */
function sampleWeight(profile) {
    return Math.max(profile.meta.interval_ns || 0, profile.total[0] / (profile.meta.samples || 1));
}

/* Returns the variance of the self time of each node. A merge has no timeline: its weights are
 * equal, as far as it is known. */
function variances(profile) {
    const timeline = profile.timeline, interval = profile.meta.interval_ns || 0;
    const squares = new Float64Array(profile.nodes);
    if (!timeline || !timeline.count)
        return profile.self.map(ns => ns * sampleWeight(profile));
    for (let i = 0; i < timeline.count; i++) {
        const weight = timeline.wait[i] === CPU_WAIT ? timeline.dt[i] / 2 : timeline.dt[i];
        squares[timeline.node[i]] += weight * weight;
    }
    return squares.map((sum, node) => Math.max(sum, profile.self[node] * interval));
}

/* Returns the CPU wait of a request with every call counted. */
function countedCpuWait(profile) {
    return (Number((profile.meta.wait_ns || {})['cpu wait']) || 0) / profile.requests;
}

/* Returns B minus A without CPU wait. */
function ownDifference(a, b) {
    return b.ns - b.cpuWait - (a.ns - a.cpuWait);
}

/* Compares times per request: {ns, cpuWait (a part of ns), variance}. */
class Noise {
    constructor(a, b) {
        this.sampling = a.sampling;
        this.whole = Math.max(a.total[0] / a.requests, b.total[0] / b.requests);
        this.weights = [a, b].map(profile => this.sampling ? sampleWeight(profile) / profile.requests : 0);
        this.cpuWait = this.sampling ? 0 : countedCpuWait(a) + countedCpuWait(b);
        this.counted = this.sampling ? 0 :
            NOISE_COUNTED_NS * Math.sqrt((1 / a.requests + 1 / b.requests) / 2);
        this.least = Math.max(NOISE_SHARE * this.whole, this.cpuWait, this.counted);
    }

    /* Returns the least difference that is not noise. */
    limit(a, b) {
        return Math.max(this.least, NOISE_DEVIATIONS * Math.sqrt(a.variance + b.variance));
    }

    isNoise(a, b) {
        return Math.abs(ownDifference(a, b)) < this.limit(a, b);
    }

    /* Does the same for times without CPU wait whose samples are not known. */
    isNoiseOf(a, b) {
        const [timeA, timeB] = [a, b].map((ns, side) => ({ns, cpuWait: 0, variance: ns * this.weights[side]}));
        return this.isNoise(timeA, timeB);
    }

    /* Says on the page what is grey. */
    words() {
        if (this.sampling)
            return 'Grey: a difference that sampling or a busy machine explains (less than four standard ' +
                'deviations, without CPU wait), or below 1 % of the request.';
        return 'Grey: a difference below ' + prose(this.least) + (this.cpuWait === this.least ?
            ', the time in which the requests waited for a CPU.' : this.counted === this.least ?
                ', as equal requests have it.' : ', 1 % of the request.');
    }
}
