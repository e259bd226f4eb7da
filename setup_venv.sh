#!/usr/bin/env bash
# Makes .venv/ with the versions in requirements.txt. Run it as often as you like: it does nothing when nothing changed.
#   ./setup_venv.sh           make .venv/, or bring it in line
#   ./setup_venv.sh --check   change nothing; exit 0 if .venv/ is in line, 1 if not
# Variables:
#   PYTHON             the Python to use, 3.11 to 3.13 (default: the first that fits of python3, python3.13, 3.12, 3.11)
#   ATTENTION101_TORCH cpu: the CPU build of torch; any: whatever the package index gives (gigabytes of CUDA on Linux);
#                      auto (default): any on macOS and where there is an NVIDIA GPU, else cpu
#   TORCH_INDEX_URL    where the CPU build is taken from when the configured package index has none
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

TORCH_INDEX_URL="${TORCH_INDEX_URL:-https://download.pytorch.org/whl/cpu}"
choice="${ATTENTION101_TORCH:-auto}"
stamp=.venv/attention101.stamp
log=.venv/setup.log
venv_python=.venv/bin/python
needed_mb=2500  # .venv takes 1.6 GB with the CPU build, and pip needs room to unpack
unset PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_REQUIRE_HASHES

say() { printf 'setup: %s\n' "$*"; }
fail() { printf 'setup: %s\n' "$@" >&2; exit 1; }

case "${1:-}" in "" | --check) ;; *) fail "Unknown option '$1'. Only --check is known." ;; esac
case "$choice" in auto | cpu | any) ;; *) fail "ATTENTION101_TORCH is '$choice'. It must be auto, cpu or any." ;; esac
case "$(uname -s)" in MINGW* | MSYS* | CYGWIN*) fail "This script needs Linux or macOS. On Windows, run it in WSL." ;; esac

fits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' >/dev/null 2>&1; }
makes_venvs() { "$1" -c 'import ensurepip, venv' >/dev/null 2>&1; }

check_named_python() {
    command -v "$PYTHON" >/dev/null 2>&1 ||
        fail "PYTHON is '$PYTHON', and there is no such program. Give a Python 3.11, 3.12 or 3.13, or unset PYTHON."
    fits "$PYTHON" ||
        fail "PYTHON is '$PYTHON' ($("$PYTHON" -V 2>&1 | head -n 1 || true)). Give a Python 3.11, 3.12 or 3.13, or unset PYTHON."
}

find_python() {
    local candidate without_venv=""
    for candidate in ${PYTHON:+"$PYTHON"} python3 python3.13 python3.12 python3.11; do
        if fits "$candidate"; then
            if makes_venvs "$candidate"; then found="$candidate"; return; fi
            without_venv="${without_venv:-$candidate}"
        fi
        if [ -n "${PYTHON:-}" ]; then break; fi
    done
    [ -z "$without_venv" ] || fail "$without_venv cannot make virtual environments: its venv or ensurepip module is missing." \
        "On Debian and Ubuntu: apt install python3-venv   (or name another Python: PYTHON=/path/to/python3.12 $0)"
    fail "No Python 3.11, 3.12 or 3.13 was found (python3 is: $(python3 -V 2>&1 | head -n 1 || echo missing))." \
        "Install one (Debian and Ubuntu: apt install python3 python3-venv), or name it: PYTHON=/path/to/python3.12 $0"
}

# What .venv/ depends on, as one line; empty when its Python does not run.
state() {
    "$venv_python" -I -S -c '
import hashlib, os, sys
digest = hashlib.sha256()
for name in ("requirements.txt", "pyproject.toml", "setup_venv.sh"):
    with open(name, "rb") as file:
        digest.update(file.read())
print(digest.hexdigest(), "%d.%d.%d" % sys.version_info[:3], sys.argv[1], os.getcwd())' "$choice" 2>/dev/null || true
}

in_line() {
    local now; now="$(state)"
    [ -n "$now" ] && [ -f "$stamp" ] && [ "$now" = "$(cat "$stamp" 2>/dev/null)" ] && named_python_is_used
}

named_python_is_used() {
    [ -z "${PYTHON:-}" ] || [ "$("$PYTHON" -c 'import sys; print(sys.version_info[:2])')" = \
        "$("$venv_python" -c 'import sys; print(sys.version_info[:2])' 2>/dev/null)" ]
}

pip_run() {  # what pip says goes to the log, its milestones to the screen too
    local status=0
    "$venv_python" -m pip --no-input --disable-pip-version-check "$@" --progress-bar off 2>&1 | tee -a "$log" |
        awk '/^ *(Downloading|Installing collected)/ { print "    " substr($0, 1, 100); fflush() }' || status=$?
    return "$status"
}

pip_failed() {
    local reason="pip could not install $1. Its last words are above, the rest is in $log."
    tail -n 5 "$log" >&2
    if grep -q "No space left on device" "$log"; then
        fail "$reason" "The disk is full. Free about $needed_mb MB (also where TMPDIR points, and in pip's cache: pip cache purge), then run $0 again."
    elif grep -qE "NameResolutionError|NewConnectionError|ConnectTimeout|Read timed out|Network is unreachable|ProxyError|SSLError|Connection refused" "$log"; then
        fail "$reason" "The package index could not be reached. Connect to the network, or point pip to a mirror (PIP_INDEX_URL) or a" \
            "folder of wheels (PIP_NO_INDEX=1 PIP_FIND_LINKS=folder), then run $0 again. After set-up no network is needed."
    fi
    fail "$reason" "Mend what it names and run $0 again; if nothing helps, remove .venv and start over."
}

torch_there() { "$venv_python" -c 'import torch; print(torch.__version__)' 2>/dev/null || true; }

has_gpu() { compgen -G '/dev/nvidia[0-9]*' >/dev/null || { command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi -L 2>/dev/null | grep -q '^GPU'; }; }

install_torch() {
    local version build why there
    version="$(sed -nE 's/^torch==([^ ;]+).*/\1/p' requirements.txt)"
    [ -n "$version" ] || fail "requirements.txt names no version of torch (a line torch==VERSION). Restore the file."
    there="$(torch_there)"
    if [ "${there%%+*}" = "$version" ] && { [ "$choice" = auto ] || [ "$choice" = any ] || [ "$there" = "$version+cpu" ]; }; then
        say "torch $there is there already."
        return
    fi
    build=cpu
    case "$choice" in
        any) build=any why="ATTENTION101_TORCH=any" ;;
        auto) if [ "$(uname -s)" = Darwin ]; then build=any why="macOS"; elif has_gpu; then build=any why="an NVIDIA GPU was found"; fi ;;
    esac
    : >"$log"
    if [ "$build" = any ]; then
        say "torch $version: the package index's own build ($why) ..."
        pip_run install -c requirements.txt "torch==$version" || pip_failed "torch $version"
        say "took torch $(torch_there)."
        return
    fi
    # The label +cpu is asked for, so that a build with CUDA is never even looked at: reading its metadata may mean downloading it.
    say "torch $version: looking for the CPU build in the configured package index ..."
    if pip_run install --no-deps --only-binary :all: --retries 1 "torch==$version+cpu"; then
        say "took torch $version+cpu from the configured package index."
        return
    fi
    say "not there. Trying $TORCH_INDEX_URL ..."
    if pip_run install --no-deps --only-binary :all: --retries 1 --timeout 20 --index-url "$TORCH_INDEX_URL" "torch==$version+cpu"; then
        say "took torch $version+cpu from $TORCH_INDEX_URL."
        return
    fi
    ! grep -q "No space left on device" "$log" || pip_failed "torch $version+cpu"
    fail "No CPU build of torch $version for $("$venv_python" -V) on $(uname -s) $(uname -m) could be had: neither the configured package" \
        "index nor $TORCH_INDEX_URL gave torch==$version+cpu (details: $log). One of these helps:" \
        "  - connect to the network, so that $TORCH_INDEX_URL can be reached;" \
        "  - TORCH_INDEX_URL=https://... $0   takes it from another index, or PIP_FIND_LINKS=folder $0 from a folder;" \
        "  - PYTHON=/path/to/another/python $0   uses a Python for which there is one;" \
        "  - ATTENTION101_TORCH=any $0   takes the index's own build, on Linux with about 5 GB of CUDA."
}

make_venv() {
    local entry free
    if [ -e .venv ] || [ -L .venv ]; then
        [ -d .venv ] && [ ! -L .venv ] || fail ".venv is not a folder. Move it away and run $0 again."
        if [ ! -e .venv/pyvenv.cfg ]; then
            for entry in .venv/*; do
                case "${entry##*/}" in "*" | bin | include | lib | lib64 | share | setup.log | attention101.stamp) ;;
                    *) fail ".venv is no virtual environment (it holds ${entry##*/}). Move it away and run $0 again." ;; esac
            done
        fi
        if ! fits "$venv_python" || ! "$venv_python" -m pip --version >/dev/null 2>&1; then
            say ".venv is not whole, or its Python is gone or not 3.11 to 3.13: making it anew."
        elif named_python_is_used; then return
        else say ".venv has another Python than '$PYTHON': making it anew."; fi
    fi
    find_python
    free="$(df -Pk . | awk 'NR == 2 { print int($4 / 1024) }')"
    [ "$free" -ge "$needed_mb" ] ||
        fail "Only $free MB are free here, and .venv needs about $needed_mb MB. Free some space, then run $0 again."
    say "making .venv with $("$found" -V) ($(command -v "$found")) ..."
    "$found" -m venv --clear .venv || fail "$found could not make .venv. On Debian and Ubuntu: apt install python3-venv"
}

[ -z "${PYTHON:-}" ] || check_named_python
if [ "${1:-}" = --check ]; then
    in_line || { say ".venv is not in line with requirements.txt and pyproject.toml. Run $0"; exit 1; }
    exit 0
fi
in_line && { say ".venv is up to date."; exit 0; }

if command -v flock >/dev/null 2>&1; then  # two at once would break each other's .venv
    exec 9<setup_venv.sh
    flock -n 9 || { say "waiting for another set-up in this folder to end ..."; flock 9; }
    in_line && { say ".venv is up to date."; exit 0; }
fi

make_venv
rm -f "$stamp"
: >"$log"
install_torch
say "installing the other packages of requirements.txt ..."
: >"$log"
# The file is complete, so that --no-deps is exact, and brings no library for GPUs in.
pip_run install --no-deps -r requirements.txt || pip_failed "requirements.txt"
pip_run install --no-deps --no-build-isolation -e . || pip_failed "attention101"
"$venv_python" -m pip check >>"$log" 2>&1 || say "note: packages in .venv do not agree with each other; pip check says: $(tail -n 3 "$log" | tr '\n' ' ')"
state >"$stamp"
say "done: .venv has $("$venv_python" -V) and torch $(torch_there)."
