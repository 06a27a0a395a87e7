#!/bin/sh
# deps.sh GROUP... -- installs what the named groups need, with the system's packages.
# Does nothing, and needs no root, when all is there; asks for nothing.
#   build: a C compiler, libraries   server: Debian's uWSGI and its Python
#   demo: the demo's framework       test: the test suite
#   smoke: unit tests and smoke test matrix: chroots of other Debians and processors
#   check, fuzz, bench, proto: what the targets of these names run
#   deb: make deb   browser: the tests of the page, with a real browser
set -eu

packages=
for group in "$@"; do
    case $group in
    build)
        packages="$packages gcc libc6-dev binutils libpcre2-dev python3"
        packages="$packages pkg-config libssl-dev libprotobuf-c-dev zlib1g-dev"
        ;;
    server) packages="$packages uwsgi-core uwsgi-dev uwsgi-plugin-python3 python3-dev" ;;
    proto) packages="$packages protobuf-c-compiler" ;;
    demo) packages="$packages python3-flask" ;;
    test)
        packages="$packages libcmocka-dev python3-dev python3-flask python3-django"
        packages="$packages python3-pytest python3-pytest-xdist locales"
        packages="$packages python3-greenlet python3-gevent"
        packages="$packages uwsgi-plugin-gevent-python3 uwsgi-plugin-greenlet-python3"
        packages="$packages clang libclang-rt-dev curl e2fsprogs nginx openssl"
        packages="$packages python3-hatchling python3-pip python3-venv"
        packages="$packages git debootstrap groff-base"
        ;;
    smoke) packages="$packages libcmocka-dev python3-pytest python3-pytest-xdist locales" ;;
    matrix) packages="$packages debootstrap qemu-user-static binfmt-support" ;;
    check)
        packages="$packages libcmocka-dev python3-dev clang clang-format llvm libclang-rt-dev"
        packages="$packages python3-pytest python3-pytest-xdist locales"
        packages="$packages flake8 git shellcheck"
        # What others package as nodejs has npm in it, and excludes Debian's npm.
        command -v npm >/dev/null || packages="$packages nodejs npm"
        ;;
    fuzz) packages="$packages clang libclang-rt-dev python3-dev" ;;
    bench) packages="$packages python3-flask python3-pip valgrind wrk" ;;
    browser) packages="$packages chromium chromium-driver python3-selenium firefox-esr poppler-utils" ;;
    deb) packages="$packages make build-essential debhelper lintian git" ;;
    *)
        echo "deps.sh: no group \"$group\"" >&2
        exit 2
        ;;
    esac
done

if ! command -v dpkg-query >/dev/null; then
    echo "not a Debian system: looking for none of:$packages" >&2
    exit 0
fi

is_installed() {
    # One word for each architecture; also of packages that others only mention: not-installed.
    case " $(dpkg-query -W -f '${db:Status-Status} ' "$1" 2>/dev/null)" in
    *" installed "*) return 0 ;;
    esac
    return 1
}

# The package of clang's sanitizers carries clang's version in its name.
clang_runtime() {
    apt-cache depends clang 2>/dev/null | sed -n 's/.*Depends: clang-\([0-9]*\)$/libclang-rt-\1-dev/p'
}

missing=
for package in $packages; do
    [ "$package" = libclang-rt-dev ] && package=$(clang_runtime)
    is_installed "${package:-libclang-rt-dev}" || missing="$missing ${package:-libclang-rt-dev}"
done
[ -n "$missing" ] || exit 0

echo "installing:$missing"
if [ "$(id -u)" = 0 ]; then
    run=
elif sudo -n true 2>/dev/null; then
    run=sudo
else
    echo "not root: please run: apt-get install$missing" >&2
    exit 1
fi
$run apt-get update -q
# clang's own version is known only now, on a machine without package lists.
missing=$(echo "$missing" | sed "s/ libclang-rt-dev/ $(clang_runtime)/")

# The tests start an nginx of their own: the package's, which listens on all addresses, is
# neither to be started now nor with the machine.
policy=/usr/sbin/policy-rc.d
case "$missing " in
*" nginx "*)
    if [ ! -e $policy ]; then
        trap '$run rm -f $policy' EXIT
        printf '#!/bin/sh\nexit 101\n' | $run tee $policy >/dev/null
        $run chmod 755 $policy
    fi
    ;;
esac

# shellcheck disable=SC2086 # a list
$run env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $missing

case "$missing " in
*" nginx "*) $run systemctl disable nginx >/dev/null 2>&1 || true ;;
esac
