/* Files made by the page equal the server's, byte for byte. */
'use strict';

const assert = require('assert');
const {load, read} = require('./page.js');

const page = load();

for (const name of ['sample', 'sampling']) {
    const profile = new page.Profile(JSON.parse(read('tests', 'golden', name + '.json')));

    test(name + '.folded is the server\'s', () =>
        assert.strictEqual(Array.from(page.foldedText(profile)).join(''),
                           read('tests', 'golden', name + '.folded').toString()));

    test(name + '.speedscope.json is the server\'s', () =>
        assert.deepStrictEqual(JSON.parse(page.speedscopeText(profile)),
                               JSON.parse(read('tests', 'golden', name + '.speedscope.json'))));

    test(name + '.prof has each function once', () => {
        const stats = new page.Stats(profile), bytes = Buffer.from(page.profBytes(profile, stats));
        assert.strictEqual(bytes[0], '{'.charCodeAt(0));
        assert(bytes.toString('latin1').endsWith('0\nprofile ' + profile.meta.id + '\n'));
        assert.strictEqual(new Set(stats.functions).size, stats.functions.length);
    });
}
