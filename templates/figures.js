/* Figures and texts as the page shows them, and the few helpers that make elements.
 *
 * Times come in nanoseconds. A column has one unit, so that its figures can be compared
 * at a glance; prose takes the unit that suits the figure. Everything that comes from
 * the profile goes through shown(), and into the page as text only. */
'use strict';

const MICRO = '\u00b5s';

/* -------------------------------------------------------------------- numbers */

const formats = new Map(); /* to make one takes longer than to draw a hundred boxes */

/* With thousands marked, and so many digits behind the point. */
function digitsOf(number, least, most = least) {
    const key = least * 10 + most;
    let format = formats.get(key);
    if (!format)
        formats.set(key, format = new Intl.NumberFormat('en-US', {
            minimumFractionDigits: least, maximumFractionDigits: most}));
    return format.format(number);
}

function grouped(number) {
    return digitsOf(Math.round(number), 0);
}

/* The unit of a column of times, the greatest of which is given. */
function columnUnit(greatestNs) {
    return greatestNs >= 10e9 ? {name: 's', ns: 1e9, digits: 3} : {name: 'ms', ns: 1e6, digits: 2};
}

function inUnit(ns, unit) {
    return digitsOf(ns / unit.ns, unit.digits);
}

/* What one call takes: so many digits that calls of less than a microsecond are told apart. */
function perCall(ns, calls, unit) {
    const digits = unit.digits + 2, least = 10 ** -digits, time = calls ? ns / calls / unit.ns : 0;
    return time > 0 && time < least / 2 ? '<' + digitsOf(least, digits) : calls ? digitsOf(time, digits) : '';
}

/* Of an interval, as the log has it: always in milliseconds. */
function milliseconds(ns) {
    return digitsOf(ns / 1e6, 0, 3) + '\u202fms';
}

/* Three digits that matter: 339 ms, 15.7 ms, 2.08 s; on a scale no zeros behind. */
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

/* Controls, and marks that turn the direction of what stands around them. Joiners are
 * part of how a script, or an emoji, is written. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function visible(character) {
    const code = character.charCodeAt(0);
    if (code < 0x20)
        return String.fromCharCode(0x2400 + code);
    return '\\u' + code.toString(16).padStart(4, '0');
}

/* The text with nothing invisible in it, at most so many characters long. */
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

/* What a row consists of, by name, to be put in place and filled. */
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

/* A select of [value, text] pairs; act gets the chosen value. */
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

/* What the views say of a request that nothing is known to have been called in. */
function nothingBelow(profile) {
    if (profile.range)
        return 'Nothing was seen below the request in this range.';
    const finished = 'finished in ' + prose(profile.total[0]);
    return profile.isUnseen() ?
        'No samples were taken: the request ' + finished + ', before the first one.' :
        'Nothing below the request: it ' + finished + '.';
}

/* Sets a text only when it changes: rows are drawn again while scrolling. */
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

/* Calls act once in the next frame, however often it is asked to. */
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
