#!/bin/sh
# in_chroot.sh PORT -- runs in a fresh Debian: installs /profiler.deb with apt, starts Debian's uWSGI
# with the example, profiles requests, and purges the package.
set -eu
port=$1
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
doc=/usr/share/doc/uwsgi-plugin-profiler-python3

all_files() {
    find / -xdev \( -path /proc -o -path /tmp -o -path /run -o -path /var/cache \
        -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/log \) -prune -o -print | sort
}

ask() {
    python3 -c 'import sys, urllib.request as r; print(r.urlopen(sys.argv[1]).read().decode())' \
        "http://127.0.0.1:$port/?profile=$1"
}

apt-get update -q
apt-get install -q -y --no-install-recommends python3-flask uwsgi-plugin-python3
all_files >/tmp/before
apt-get install -q -y --no-install-recommends /profiler.deb
sed -i "s/8000/$port/" $doc/examples/profiler.ini

uwsgi --ini $doc/examples/profiler.ini >/tmp/log 2>&1 &
server=$!
for _ in $(seq 600); do
    grep -q 'spawned uWSGI worker' /tmp/log && break
    kill -0 $server || break
    sleep 0.1
done
ask txt
ask sampling,txt
kill $server
wait $server || true
cat /tmp/log

apt-get purge -q -y --auto-remove uwsgi-plugin-profiler-python3
all_files >/tmp/after
diff /tmp/before /tmp/after
echo 'nothing is left'
