#!/bin/sh
# version.sh -- prints the version: the one of plugin/base/version.h.
sed -n 's/^#define PROFILER_VERSION "\(.*\)"$/\1/p' "$(dirname "$0")/../plugin/base/version.h"
