#!/bin/sh
# in_chroot.sh PORT deb|URL -- runs in a fresh Debian. Starts Debian's uWSGI with the example
# and profiles requests.
#   deb  installs /profiler.deb with apt before, and purges it afterwards
#   URL  lets uWSGI build the plugin from this git repository, with the least packages
set -eu
port=$1 what=$2
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
doc=/usr/share/doc/uwsgi-plugin-profiler-python3

install() {
    apt-get install -q -y --no-install-recommends "$@"
}

all_files() {
    find / -xdev \( -path /proc -o -path /tmp -o -path /run -o -path /var/cache \
        -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/log \) -prune -o -print | sort
}

ask() {
    python3 -c 'import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())' \
        "http://127.0.0.1:$port/?profile=$1"
}

profile() { # the example's ini
    sed -i "s/8000/$port/" "$1"
    uwsgi --ini "$1" >/tmp/log 2>&1 &
    server=$!
    for _ in $(seq 600); do
        grep -q 'spawned uWSGI worker' /tmp/log && break
        kill -0 $server || { cat /tmp/log && exit 1; }
        sleep 0.1
    done
    ask txt
    ask sampling,txt
    kill $server
    wait $server || true
    cat /tmp/log
}

apt-get update -q
install python3-flask uwsgi-plugin-python3
if [ "$what" = deb ]; then
    all_files >/tmp/before
    install /profiler.deb
    profile $doc/examples/profiler.ini
    apt-get purge -q -y --auto-remove uwsgi-plugin-profiler-python3
    all_files >/tmp/after
    diff /tmp/before /tmp/after
    echo 'nothing is left'
else
    install git uwsgi-dev python3-dev libpcre2-dev
    mkdir /here
    cd /here
    PYTHON=/usr/bin/python3 uwsgi --build-plugin "$what"
    cp uwsgi-profiler/packaging/debian/examples/* .
    sed -i 's#^need-plugin = .*#need-plugin = /here/profiler_plugin.so#' profiler.ini
    profile profiler.ini
fi
