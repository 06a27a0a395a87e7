#!/bin/sh
# Installs the linters that Debian has no current package of into build/lint, in exactly the
# versions of package-lock.json. Does nothing, and needs no network, when they are there.
set -eu
cd "$(dirname "$0")"
there=../../build/lint

cmp -s package-lock.json $there/package-lock.json && exit 0
if ! command -v npm >/dev/null; then
    echo "no npm: build/lint gets no linters" >&2
    exit 1
fi
echo "installing: eslint, jscpd, into build/lint"
mkdir -p $there/new
cp package.json package-lock.json $there/new
npm ci --prefix $there/new --prefer-offline --ignore-scripts --no-audit --no-fund --loglevel=error
rm -rf $there/node_modules
# The lock file comes last: it says that the others are whole.
mv $there/new/node_modules $there/new/package.json $there/
mv $there/new/package-lock.json $there/
rmdir $there/new
