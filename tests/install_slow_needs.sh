#!/usr/bin/env bash
# Installs what the slow tests need and this machine lacks, where it can (root and apt). Else it says what is missing:
# the tests that need it are then skipped, or fail where CI=true.
set -uo pipefail

missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || missing+=(postgresql)
# llama-cpp-python is compiled for the test with a real language model.
command -v g++ >/dev/null 2>&1 || missing+=(g++)
command -v cmake >/dev/null 2>&1 || missing+=(cmake)
if [ "${#missing[@]}" -eq 0 ]; then exit 0; fi
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing ${missing[*]} ..."
    export DEBIAN_FRONTEND=noninteractive
    apt-get -qq update </dev/null &&
        apt-get -qq -o DPkg::Lock::Timeout=300 install -y "${missing[@]}" </dev/null >/dev/null && exit 0
fi
echo "missing: ${missing[*]} (Debian and Ubuntu, as root: apt-get update && apt-get install -y ${missing[*]})"
