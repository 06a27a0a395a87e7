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

async function run(name) {
    try {
        await tests.get(name)();
        return null;
    } catch (error) {
        return error.stack;
    }
}

async function main() {
    const results = {};
    for (const name of wanted)
        results[name] = await run(name);
    console.log(wanted.length ? JSON.stringify(results) : Array.from(tests.keys()).join('\n'));
}

main();
