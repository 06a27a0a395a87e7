#!/bin/sh
# deb.sh -- builds the Debian package for this machine's uWSGI and Python into build/deb/.
#
# The source is that of make dist. It is built below TMPDIR: the compiler's options that Debian
# asks for hold the path, which must not have a blank then.
set -eu
cd "$(dirname "$0")/.."

top=$PWD
version=$(packaging/version.sh)
archive=$(packaging/dist.sh)
work=$(mktemp -d "${TMPDIR:-/tmp}/uwsgi-profiler-deb.XXXXXX")
trap 'rm -rf "$work"' EXIT
source=$work/uwsgi-profiler-$version

tar --extract --gzip --file="$archive" --directory="$work" --no-same-owner
cp -R "$source/packaging/debian" "$source/debian"

maintainer="${DEBFULLNAME:-uwsgi-profiler maintainers} <${DEBEMAIL:-maintainers@uwsgi-profiler.invalid}>"
{
    printf 'Maintainer: %s\n' "$maintainer"
    cat "$source/packaging/debian/control"
} >"$source/debian/control"

# The date of the source, and a package that was not uploaded anywhere.
cat >"$source/debian/changelog" <<END
uwsgi-profiler ($version-1) UNRELEASED; urgency=medium

  * Built from the upstream source, with make deb.

 -- $maintainer  $(
    date --utc -R --date="@$(stat -c %Y "$source/CHANGELOG.md")"
)
END

cd "$source"
mkdir -p "$top/build/deb"
log=$top/build/deb/log
echo "building the package; this takes a minute, and its log is build/deb/log"
if ! env -u MAKEFLAGS -u MFLAGS -u MAKEOVERRIDES -u MAKELEVEL \
    dpkg-buildpackage --build=binary --no-sign >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    exit 1
fi
cd "$top/build/deb"
rm -f -- *.deb *.changes *.buildinfo
mv "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo .
echo "built:"
printf '    build/deb/%s\n' ./*.deb | sed 's#/./#/#'
