#!/bin/sh
# target.sh FILE PLUGIN SERVER INCLUDE [GOAL...] -- records in FILE for which server and
# which Python PLUGIN is built, and with which features (FEATURES in the environment: what
# libraries.py prints). FILE is written only when that changes; then make builds.
#
# If PLUGIN was built for another server, that server may be using it. So only a plain make
# replaces it, and says so. Other goals end with status 1 and one line.
file=$1 plugin=$2 server=$3 include=$4
shift 4

cflags=$("$server" --cflags) || exit 1
server=$(command -v "$server")
new=$(printf '%s\n' "$server" "$cflags" "${FEATURES:-}" "$include")
old=$(cat "$file" 2>/dev/null)
[ "$new" != "$old" ] || exit 0

other=$(printf '%s\n' "$old" | head -n 1)
# With the same flags and headers, the other server can load the new one, too.
if [ -z "$other" ] || [ "$other" = "$server" ] || [ ! -e "$plugin" ] ||
    [ "$(printf '%s\n' "$new" | tail -n +2)" = "$(printf '%s\n' "$old" | tail -n +2)" ]; then
    other=
fi
for goal in ${other:+"$@"}; do
    case $goal in
    all | "$plugin") ;;
    *)
        echo "$plugin is built for $other, and this is make $goal for $server:" \
            "make $goal UWSGI=$other, or make $goal SO=build/other/profiler_plugin.so" >&2
        exit 1
        ;;
    esac
done
[ -z "$other" ] || echo "$plugin was built for $other: the new one, for $server, replaces it"

if ! mkdir -p build 2>/dev/null || [ ! -w build ]; then
    echo "cannot write to $PWD/build: copy this directory to where you can, and run make there"
    exit 1
fi
printf '%s\n' "$new" >"$file"
