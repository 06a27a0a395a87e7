/* Tests of the links that repeat the request with another flag, or without one. */
'use strict';

const assert = require('assert');
const {load} = require('./page.js');

const page = load();

function links(address, meta = {}) {
    return Array.from(page.againLinks(Object.assign({flag: 'profile', method: 'GET'}, meta), address),
                      ([, href]) => href);
}

const SHOP = 'http://shop.example:8000/cart';

test('links change the mode and nothing else', () => {
    assert.deepStrictEqual(links(SHOP + '?profile'),
        [SHOP + '?profile=sampling', SHOP + '?profile=deterministic', SHOP]);
    const asked = '?a=%201&profile=deterministic%2Csort%3Dcumulative:calls,key=s+e&b&b=2#view=flame';
    assert.deepStrictEqual(links(SHOP + asked), [
        SHOP + '?a=%201&profile=sampling,sort=cumulative:calls,key=s%20e&b&b=2',
        SHOP + '?a=%201&profile=deterministic,sort=cumulative:calls,key=s%20e&b&b=2',
        SHOP + '?a=%201&b&b=2']);
    assert.deepStrictEqual(links(SHOP + '?profile=on, html&x=1&profile=sampling'),
        [SHOP + '?profile=sampling,html&x=1&profile=sampling',
         SHOP + '?profile=deterministic,html&x=1&profile=sampling',
         SHOP + '?profile=off&x=1&profile=sampling']);
});

test('parameters of the app stay, also those with the name of the flag', () => {
    assert.deepStrictEqual(links(SHOP + '?a=1&a=2&profile&a=3'),
        [SHOP + '?a=1&a=2&profile=sampling&a=3', SHOP + '?a=1&a=2&profile=deterministic&a=3', SHOP + '?a=1&a=2&a=3']);
    assert.deepStrictEqual(links(SHOP + '?profile&profile=alice&profile=bob'),
        [SHOP + '?profile=sampling&profile=alice&profile=bob',
         SHOP + '?profile=deterministic&profile=alice&profile=bob',
         SHOP + '?profile=off&profile=alice&profile=bob']);
});

test('the server names the parameter', () => {
    assert.deepStrictEqual(links(SHOP + '?profile=me&_p=1', {flag: '_p'})[2], SHOP + '?profile=me');
    assert.deepStrictEqual(links(SHOP + '?profiles=1'), []);
});

test('a signature is for one flag alone', () => {
    for (const flag of ['exp=1,sig=ab', 'sampling%2Csig%3Dab', 'sig=ab'])
        assert.deepStrictEqual(links(SHOP + '?a&profile=' + flag), [SHOP + '?a']);
});

test('no links if a link cannot repeat the request', () => {
    for (const [address, meta] of [
        ['file:///home/me/report.html?profile', {}], [SHOP + '?profile', {method: 'POST'}],
        [SHOP + '?profile', {flag: undefined}], [SHOP, {}], [SHOP + '?profile=%ff', {}],
        ['about:blank', {}], ['blob:http://shop.example/1?profile', {}]])
        assert.deepStrictEqual(links(address, meta), [], address);
});

test('a path is never a host', () => {
    assert.strictEqual(links('http://shop.example//evil.example/?profile')[2], 'http://shop.example//evil.example/');
});
