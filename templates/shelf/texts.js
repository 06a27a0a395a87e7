/* The texts of rows: times, durations, files, links. */
'use strict';

const NS_PER_MS = 1e6, DAY_MS = 86400000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function isKnown(number) {
    return typeof number === 'number' && isFinite(number);
}

/* Formats milliseconds in the unit of a column; '' if they are not known. */
function durationText(ms, unit) {
    return isKnown(ms) ? inUnit(ms * NS_PER_MS, unit) : '';
}

/* Formats milliseconds in a sentence. */
function durationProse(ms) {
    return prose(ms * NS_PER_MS);
}

function twoDigits(number) {
    return String(number).padStart(2, '0');
}

/* Returns the local time: with the day, unless it is the present one. */
function timeText(seconds, nowMs) {
    if (!isKnown(seconds))
        return '';
    const time = new Date(seconds * 1000), now = new Date(nowMs);
    const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(twoDigits).join(':');
    const day = MONTHS[time.getMonth()] + ' ' + time.getDate();
    if (time.toDateString() === now.toDateString())
        return clock;
    return time.getFullYear() === now.getFullYear() ? day + ' ' + clock : day + ' ' + time.getFullYear();
}

function fullTime(seconds) {
    return isKnown(seconds) ? new Date(seconds * 1000).toISOString() : '';
}

function pathText(row) {
    return shown(row.path + (row.query ? '?' + row.query : ''), 400);
}

/* ---------------------------------------------------------------------- files */

const ENDINGS = ['prof', 'html', 'txt', 'speedscope.json', 'json', 'folded', 'pb.gz', 'firefox.json', 'md'];

/* Returns the endings of a row's files, each once. */
function endingsOf(row) {
    const known = ENDINGS.slice().sort((a, b) => b.length - a.length);
    const found = row.files.map(file => known.find(ending => file.endsWith('.' + ending)));
    return ENDINGS.filter(ending => found.includes(ending));
}

/* A page, a merge and a comparison are made of the json file. */
function hasPage(row) {
    return endingsOf(row).includes('json');
}

/* Returns the address of a profile's page, or of its html file; null if there is neither. */
function linkOf(row) {
    return hasPage(row) ? row.id : endingsOf(row).includes('html') ? row.id + '.html' : null;
}

/* Returns why rows cannot be merged; '' if they can. */
function mergeFault(rows) {
    const without = rows.filter(row => !hasPage(row)).length;
    const sampled = rows.filter(row => row.mode === 'sampling').length;
    if (without)
        return plural(without, 'profile') + ' without a json file';
    return sampled && sampled < rows.length ? 'sampling and deterministic do not add up' : '';
}

/* Returns why two selections cannot be compared; '' if they can. */
function compareFault(a, b) {
    return mergeFault(a) || mergeFault(b) ||
        (mergeFault(a.concat(b)) ? 'sampling and deterministic measure different things' : '');
}

function idsOf(rows) {
    return rows.map(row => row.id).join(',');
}

function mergeLink(rows) {
    return 'merge#ids=' + idsOf(rows);
}

function compareLink(a, b) {
    return 'compare#a=' + idsOf(a) + '&b=' + idsOf(b);
}
