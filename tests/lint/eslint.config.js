/* ESLint for the pages' scripts and for what tests them. tests/check.sh runs it.
 *
 * The scripts of a page share one scope. Each one knows only the names of the scripts that the
 * page loads before it: so `no-undef` finds a circle between two of them, too. */
'use strict';

const fs = require('fs'), path = require('path');
const espree = require('espree'), js = require('@eslint/js');

const TEMPLATES = path.join(__dirname, '..', '..', 'templates');
const PAGES = ['report.html', 'shelf.html'];

const OF_BROWSERS = ['AbortController', 'Blob', 'Option', 'ResizeObserver', 'TextEncoder', 'URL', 'URLSearchParams',
    'WheelEvent', 'cancelAnimationFrame', 'clearTimeout', 'devicePixelRatio', 'document', 'fetch', 'getComputedStyle',
    'history', 'innerHeight', 'innerWidth', 'localStorage', 'location', 'matchMedia', 'navigator', 'performance',
    'requestAnimationFrame', 'setTimeout', 'window'];
const OF_NODE = ['Buffer', '__dirname', 'console', 'global', 'process', 'TextEncoder', 'URL', 'URLSearchParams'];

const RULES = {
    'curly': ['error', 'multi', 'consistent'], /* as in the C code: none around one statement */
    'eqeqeq': 'error',
    'no-control-regex': 'off', /* what is not to be shown is looked for on purpose */
    'no-shadow': 'error',
    'no-unused-vars': ['error', {vars: 'local', caughtErrors: 'none'}],
    'no-var': 'error',
    'prefer-const': 'error',
    'strict': ['error', 'global'],
    'max-len': ['error', {code: 120}],
};

function readonly(names) {
    return Object.fromEntries(names.map(name => [name, 'readonly']));
}

/* The names that a script declares for those behind it. */
function declared(script) {
    const text = fs.readFileSync(path.join(TEMPLATES, script), 'utf8');
    return espree.parse(text, {ecmaVersion: 'latest'}).body
        .flatMap(one => one.type === 'VariableDeclaration' ? one.declarations : one.id ? [one] : [])
        .map(one => one.id.name);
}

/* By script: the names of the scripts before it. If both pages load it, those that it has in both. */
function knownNames() {
    const known = new Map();
    for (const page of PAGES) {
        const html = fs.readFileSync(path.join(TEMPLATES, page), 'utf8'), names = [...OF_BROWSERS];
        for (const [, script] of html.matchAll(/<script src="([^"]+)">/g)) {
            const others = known.get(script) || names;
            known.set(script, names.filter(name => others.includes(name)));
            names.push(...declared(script));
        }
    }
    return known;
}

function ofThePages() {
    return Array.from(knownNames(), ([script, names]) => ({
        files: ['templates/' + script], languageOptions: {sourceType: 'script', globals: readonly(names)}}));
}

module.exports = [
    js.configs.recommended,
    {rules: RULES, linterOptions: {reportUnusedDisableDirectives: 'error'}},
    ...ofThePages(),
    {files: ['tests/**/*.js'],
     languageOptions: {sourceType: 'commonjs', globals: readonly(OF_NODE)}},
    {files: ['tests/page/test_*.js'], languageOptions: {globals: readonly(['test'])}},
];
