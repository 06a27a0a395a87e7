/* Tests of the page's scripts, with node:
 *     run.js FILE            lists the tests of a file, a name per line
 *     run.js FILE NAME...    runs these; prints {name: null or what failed} as JSON */
'use strict';

const path = require('path');

const [file, ...wanted] = process.argv.slice(2), tests = new Map();

global.test = (name, body) => {
    if (tests.has(name))
        throw new Error('two tests are called ' + name);
    tests.set(name, body);
};
require(path.resolve(file));

function run(name) {
    try {
        tests.get(name)();
        return null;
    } catch (error) {
        return error.stack;
    }
}

console.log(wanted.length ?
    JSON.stringify(Object.fromEntries(wanted.map(name => [name, run(name)]))) :
    Array.from(tests.keys()).join('\n'));
