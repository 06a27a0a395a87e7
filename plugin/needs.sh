#!/bin/sh
# needs.sh SERVER [PYTHON] -- what a build of the plugin needs, and this machine lacks.
# Prints it, and the command that installs it, and ends with status 1; installs nothing.
# Looks at what there is, not for packages: not every system is a Debian.
server=$1 python=${2:-}
missing=

need() {
    for package in "$@"; do
        case "$missing " in
        *" $package "*) ;;
        *) missing="$missing $package" ;;
        esac
    done
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# Can the compiler find this header?
has_header() {
    printf '#include <%s>\n' "$1" | gcc -DPCRE2_CODE_UNIT_WIDTH=8 -E -x c - >/dev/null 2>&1
}

library() { # its name to pkg-config, a header, its package
    { has pkg-config && pkg-config --exists "$1"; } || need pkg-config
    has_header "$2" && { ! has pkg-config || pkg-config --exists "$1"; } || need "$3"
}

# All that the server's own header includes; its flags are quoted for a shell.
server_header() {
    "$server" --dot-h 2>/dev/null | eval "gcc $("$server" --cflags) -E -x c -" >/dev/null 2>&1
}

has python3 || need python3
has gcc || need gcc
has_header stdio.h || need libc6-dev
library libpcre2-8 pcre2.h libpcre2-dev
library libcrypto openssl/hmac.h libssl-dev
library libprotobuf-c protobuf-c/protobuf-c.h libprotobuf-c-dev
library zlib zlib.h zlib1g-dev

case $server in
*/*) hint='; in a virtualenv, pip install uwsgi' ;;
*) hint='; or pip install uwsgi, in a virtualenv that is activated' ;;
esac
if ! has "$server"; then
    need uwsgi-core uwsgi-dev uwsgi-plugin-python3 python3-dev
else
    hint=
    if has python3 && ! facts=$(python3 "$(dirname "$0")/find_python.py" "$server"); then
        need uwsgi-plugin-python3 python3-dev
    elif [ -z "$python" ]; then
        include=$(printf '%s\n' "$facts" | sed -n 's/^include=//p')
        case $include in
        '') ;;
        /usr/include/*) [ -e "$include/Python.h" ] || need python3-dev ;;
        *) [ -e "$include/Python.h" ] || {
            echo "missing: the headers of this server's Python: $include/Python.h" >&2
            exit 1
        } ;;
        esac
    fi
    [ -n "$missing" ] || server_header || need uwsgi-dev
fi

[ -n "$missing" ] || exit 0
echo "missing:$missing" >&2
sudo=
[ "$(id -u)" = 0 ] || sudo='sudo '
echo "install them: ${sudo}apt-get install -y --no-install-recommends$missing" >&2
if ! has apt-get; then
    echo "(these are Debian's names; your system has its own)" >&2
fi
[ -z "$hint" ] || echo "there is no uWSGI at \"$server\": Debian's is among these$hint" >&2
exit 1
