#!/bin/sh
# needs.sh SERVER [PYTHON] -- lists the packages that a build needs and this machine lacks.
# SERVER may be "": a server that is yet to be installed.
# Prints them and the command that installs them, and ends with status 1; installs nothing.
# Checks for commands and headers, not for packages: not every system is a Debian.
server=$1 python=${2:-}
missing='' extra=''

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

# What a build can do without (libraries.py): it is named beside what is required.
optional() { # a header, package, what it is for
    has_header "$1" || extra="$extra, $2 ($3)"
}

# Prints the first missing file that the server's own header includes. The server's flags
# are quoted for a shell.
absent_header() {
    "$server" --dot-h 2>/dev/null | eval "gcc $("$server" --cflags) -E -x c -" 2>&1 >/dev/null |
        sed -n 's/.*fatal error: \(.*\): No such file.*/\1/p'
}

# Checks for the headers of a Python, in the directory where it has them.
python_needs() {
    case $1 in
    '') ;;
    /usr/include/*) [ -e "$1/Python.h" ] || need python3-dev ;;
    *) [ -e "$1/Python.h" ] || hint="there are no headers of this Python: $1/Python.h" ;;
    esac
}

# Checks the needs of a server that exists.
server_needs() {
    facts=
    tool=${python:-python3}
    if has "$tool" && ! facts=$("$tool" "$(dirname "$0")/find_python.py" "$server"); then
        need uwsgi-plugin-python3 python3-dev
    fi
    [ -n "$python" ] || python_needs "$(printf '%s\n' "$facts" | sed -n 's/^include=//p')"
    [ -z "$missing" ] || return
    absent=$(absent_header)
    case $absent$server in
    "$server") ;; # none
    */usr/bin/*) need uwsgi-dev ;;
    *) hint="this server was built with a header that is gone: $absent" ;;
    esac
}

has "${python:-python3}" || need python3
has gcc || need gcc
has_header stdio.h || need libc6-dev
has_header pcre2.h || need libpcre2-dev
optional openssl/hmac.h libssl-dev profiler-key
optional protobuf-c/protobuf-c.h libprotobuf-c-dev 'format pprof'
optional zlib.h zlib1g-dev 'format pprof'

hint=
[ -z "$python" ] ||
    python_needs "$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')"
if [ -z "$server" ]; then
    :
elif has "$server"; then
    server_needs
elif [ -n "${VIRTUAL_ENV:-}" ] || [ "${server#*/}" != "$server" ]; then
    hint="there is no uWSGI at \"$server\": pip install uwsgi, in a virtualenv"
else
    need uwsgi-core uwsgi-dev uwsgi-plugin-python3 python3-dev
    hint='there is no uWSGI: Debian'"'"'s is among these; or pip install uwsgi, in a virtualenv'
fi
[ -n "$missing$hint" ] || exit 0
if [ -n "$missing" ]; then
    sudo=
    [ "$(id -u)" = 0 ] || sudo='sudo '
    echo "missing:$missing"
    echo "install them: ${sudo}apt-get install -y --no-install-recommends$missing"
    [ -z "$extra" ] || echo "optional:${extra#,}"
    has apt-get || echo "(these are Debian's names; your system has its own)"
fi >&2
[ -z "$hint" ] || echo "$hint" >&2
exit 1
