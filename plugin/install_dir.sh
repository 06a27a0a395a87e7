#!/bin/sh
# install_dir.sh SERVER DESTDIR -- prints the server's plugin directory, below DESTDIR.
# Ends with status 1 and one line if there is none, or if this user cannot write to it.
server=$1 destdir=$2

directory=$("$server" --cflags | sed -n 's/.*-DUWSGI_PLUGIN_DIR="\\"\([^"\\]*\)\\"".*/\1/p')
case $directory in
/*) directory=$destdir$directory ;;
*)
    echo "this server has no plugin directory: run make, copy profiler_plugin.so where you" \
        "like, and load it by its absolute path: need-plugin = /path/to/profiler_plugin.so" >&2
    exit 1
    ;;
esac

there=$directory
while [ -n "$there" ] && [ ! -e "$there" ]; do
    case $there in
    */*) there=${there%/*} ;;
    *) there=. ;;
    esac
done
if [ ! -w "${there:-/}" ]; then
    echo "cannot write to $directory: run make, then sudo make install UWSGI=$server${destdir:+ DESTDIR=$destdir}" >&2
    exit 1
fi
echo "$directory"
