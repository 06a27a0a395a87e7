/* Formats numbers and text for the page, and has the helpers that make elements.
 *
 * Times are in nanoseconds. A column has one unit, so that its figures compare at a glance; a
 * sentence uses the unit that suits the figure. All text of the profile goes through shown(), and
 * enters the page as text, never as HTML. */
'use strict';

const NONE = -1; /* no node, function, row or box */
const MICRO = '\u00b5s';

/* -------------------------------------------------------------------- numbers */

const formats = new Map(); /* making a formatter takes longer than drawing a hundred boxes */

/* Formats a number with thousands separators and least to most decimals. */
function digitsOf(number, least, most = least) {
    const key = least * 10 + most;
    let format = formats.get(key);
    if (!format)
        formats.set(key, format = new Intl.NumberFormat('en-US', {
            minimumFractionDigits: least, maximumFractionDigits: most}));
    return format.format(number);
}

/* Counts are whole numbers. Means of counts have two digits at least. */
function grouped(number) {
    if (Number.isInteger(number) || number >= 100)
        return digitsOf(Math.round(number), 0);
    return number > 0 && number < 0.005 ? '<0.01' : digitsOf(number, 0, number < 10 ? 2 : 1);
}

/* Returns the nearest-rank percentile of sorted numbers. */
function percentile(sorted, share) {
    return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
}

/* Returns the middle of sorted numbers, or the mean of the two in the middle. */
function median(sorted) {
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/* Returns the unit of a column, from its greatest time. */
function columnUnit(greatestNs) {
    return greatestNs >= 10e9 ? {name: 's', ns: 1e9, digits: 3} : {name: 'ms', ns: 1e6, digits: 2};
}

function inUnit(ns, unit) {
    return digitsOf(ns / unit.ns, unit.digits);
}

/* Formats the time per call. There are enough digits to compare calls of less than a microsecond. */
function perCall(ns, calls, unit) {
    const digits = unit.digits + 2, least = 10 ** -digits, time = calls ? ns / calls / unit.ns : 0;
    return time > 0 && time < least / 2 ? '<' + digitsOf(least, digits) : calls ? digitsOf(time, digits) : '';
}

/* Formats a sampling interval, always in ms, as the log does. */
function milliseconds(ns) {
    return digitsOf(ns / 1e6, 0, 3) + '\u202fms';
}

/* Formats with three significant digits: 339 ms, 15.7 ms, 2.08 s. A scale has no trailing zeros. */
function prose(ns, isScale = false) {
    if (ns === 0)
        return '0';
    const [size, name] = ns >= 1e9 ? [1e9, 's'] : ns >= 1e6 ? [1e6, 'ms'] :
        ns >= 1e3 ? [1e3, MICRO] : [1, 'ns'];
    const value = ns / size;
    const digits = size === 1 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
    return digitsOf(value, isScale ? 0 : digits, digits) + '\u202f' + name;
}

function percent(part, whole) {
    const share = whole > 0 ? 100 * part / whole : 0;
    if (share > 0 && share < 0.1)
        return '<0.1 %';
    return (share >= 9.95 || share === 0 ? share.toFixed(0) : share.toFixed(1)) + ' %';
}

function bytes(count) {
    if (count < 1000)
        return count + ' B';
    return count < 999500 ? (count / 1e3).toPrecision(3) + ' kB' : (count / 1e6).toPrecision(3) + ' MB';
}

function plural(count, one, many) {
    return grouped(count) + ' ' + (count === 1 ? one : many || one + 's');
}

/* ---------------------------------------------------------------------- texts */

/* Control characters, and marks that change the direction of the text around them. Joiners are
 * not here: scripts and emoji need them. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function visible(character) {
    const code = character.charCodeAt(0);
    if (code < 0x20)
        return String.fromCharCode(0x2400 + code);
    return '\\u' + code.toString(16).padStart(4, '0');
}

/* Returns the text with invisible characters replaced, cut after most characters. */
function shown(text, most = 300) {
    text = String(text);
    if (text.length > most)
        text = text.slice(0, most).replace(/[\ud800-\udbff]$/, '') + '\u2026';
    return text.replace(INVISIBLE, visible);
}

/* ------------------------------------------------------------------- elements */

function make(tag, className, text) {
    const element = document.createElement(tag);
    if (className)
        element.className = className;
    if (text !== undefined)
        element.textContent = text;
    return element;
}

/* Makes the cells of a row, by name; the caller adds and fills them. */
function addCells(row, tag, classes) {
    for (const name of Object.keys(classes))
        row[name] = make(tag, classes[name]);
}

function add(parent, ...children) {
    for (const child of children)
        if (child !== null && child !== undefined)
            parent.append(child);
    return parent;
}

function attributes(element, values) {
    for (const name of Object.keys(values))
        element.setAttribute(name, values[name]);
    return element;
}

function button(text, title, act) {
    const element = attributes(make('button', '', text), {type: 'button', title});
    element.addEventListener('click', act);
    return element;
}

/* A <select> of [value, text] pairs. act gets the chosen value. */
function choice(label, options, value, act) {
    const select = attributes(make('select'), {'aria-label': label, title: label});
    for (const [name, text] of options)
        select.append(new Option(text, name, false, String(name) === String(value)));
    select.addEventListener('change', () => act(select.value));
    return select;
}

function checkbox(text, title, checked, act) {
    const input = attributes(make('input'), {type: 'checkbox'});
    input.checked = checked;
    input.addEventListener('change', () => act(input.checked));
    return attributes(add(make('label', 'check'), input, text), {title});
}

/* Makes a table of names and their meanings. */
function helpTable(rows) {
    const table = make('table');
    for (const [name, text] of rows)
        add(table, add(make('tr'), attributes(make('th', '', name), {scope: 'row'}), make('td', '', text)));
    return table;
}

/* Returns the views' sentence about a request with no known calls. */
function nothingBelow(profile) {
    if (profile.range)
        return 'Nothing was seen below the request in this range.';
    const finished = 'finished in ' + prose(profile.total[0]), {merged} = profile.meta;
    if (merged)
        return 'Nothing below the requests: they ' + (profile.isMean ? finished + ' on average.' :
            'took ' + prose(profile.total[0]) + ' in all.');
    return profile.isUnseen() ?
        'No samples were taken: the request ' + finished + ', before the first one.' :
        'Nothing below the request: it ' + finished + '.';
}

/* Changes the text only if it differs: rows are drawn again while scrolling. */
function setText(element, text) {
    if (element.textContent !== text)
        element.textContent = text;
}

function clear(element) {
    element.replaceChildren();
    return element;
}

function debounce(act, delayMs) {
    let timer = 0;
    return () => {
        clearTimeout(timer);
        timer = setTimeout(act, delayMs);
    };
}

/* Calls act once in the next frame, even if it is called several times. */
function onceAFrame(act) {
    let asked = false;
    return () => {
        if (!asked)
            requestAnimationFrame(() => {
                asked = false;
                act();
            });
        asked = true;
    };
}
