#!/usr/bin/env bash
# Installs what the slow tests need and this machine lacks, where it can (root and apt). Else it says what is missing:
# the tests that need it are then skipped, or fail where CI=true.
set -uo pipefail

if command -v chromium >/dev/null 2>&1; then exit 0; fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing chromium ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update </dev/null && apt-get -qq -o DPkg::Lock::Timeout=300 install -y chromium </dev/null >/dev/null && exit 0
fi
echo "missing: chromium (Debian and Ubuntu, as root: apt-get update && apt-get install -y chromium)"
