#!/bin/sh
# dist.sh -- writes the source archive build/uwsgi-profiler-VERSION.tar.gz and prints its name.
#
# In a checkout the archive holds the files of the last commit. Elsewhere, as in an unpacked
# archive, it holds the files that are there, without built ones. Both ways, the same files
# give the same bytes.
set -eu
cd "$(dirname "$0")/.."

name=uwsgi-profiler-$(packaging/version.sh)
archive=build/$name.tar.gz
mkdir -p build

# Is this directory, and not one above it, a checkout?
is_checkout() {
    [ -e .git ] && git rev-parse --verify -q HEAD >/dev/null 2>&1
}

files() {
    find . \( -path ./build -o -path ./.git -o -name __pycache__ -o -name .pytest_cache \
        -o -name .uwsgi_plugins_builder \) -prune -o -type f ! -name '*.so' ! -name '*.o' \
        ! -name '*.pyc' ! -path ./compile_commands.json -print
}

if is_checkout; then
    git diff --quiet HEAD -- ||
        echo "dist: changes that are not committed are not in the archive" >&2
    git archive --format=tar --prefix="$name/" HEAD >"$archive.tar"
else
    # The time of a file that every version changes.
    files | sed 's#^\./##' | LC_ALL=C sort | tar --create --file="$archive.tar" \
        --format=ustar --mtime="@$(stat -c %Y CHANGELOG.md)" --owner=root:0 --group=root:0 \
        --mode=u=rwX,go=rX --transform="s#^#$name/#" --no-recursion --verbatim-files-from \
        --files-from=-
fi
gzip -n -9 <"$archive.tar" >"$archive"
rm "$archive.tar"
echo "$archive"
