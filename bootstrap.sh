#!/usr/bin/env bash
# Makes .venv from constraints.txt, and installs the system packages that the wheels lack where it may without asking.
# PYTHON: the interpreter to use. TORCH_INDEX: an extra package index for torch alone. Does nothing when all is ready.
set -euo pipefail
cd "$(dirname "$0")"

say() { printf 'tensorreel: %s\n' "$*"; }
stop() { say "$@" >&2; exit 1; }

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

choose_python() { # sets python and version
    local found
    if [ -n "${PYTHON:-}" ]; then set -- "$PYTHON"; else set -- python3.13 python3.12 python3.11 python3; fi
    for python in "$@"; do
        if new_enough "$python"; then
            version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
            return
        fi
    done
    found=$("$python" -V 2>&1) || found=missing
    stop "Python 3.11 or newer is needed, and $python is ${found##*$'\n'}." \
        "Install one, or name one: make setup PYTHON=/path/to/python3.12"
}

missing() { # prints the Debian packages that would supply what is not there
    command -v cc >/dev/null || echo build-essential
    command -v pkg-config >/dev/null || echo pkg-config
    pkg-config --exists cairo 2>/dev/null || echo libcairo2-dev
    pkg-config --exists pangocairo 2>/dev/null || echo libpango1.0-dev
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo "python$version-venv"
    local headers
    headers=$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')
    [ -f "$headers/Python.h" ] || echo "python$version-dev"
}

remedy() {
    local packages="build-essential pkg-config python$version-dev python$version-venv libcairo2-dev libpango1.0-dev"
    stop "system packages are missing ($(missing | paste -s -d ' ' -)), and $1. Install them, then run make again:
  Debian, Ubuntu  sudo apt-get install $packages
  Fedora          sudo dnf install gcc gcc-c++ pkgconf-pkg-config python3-devel cairo-devel pango-devel
  macOS           xcode-select --install; brew install pkgconf cairo pango"
}

install_missing() {
    local packages sudo=""
    packages=$(missing)
    [ -n "$packages" ] || return 0
    command -v apt-get >/dev/null || remedy "there is no apt-get here to install them with"
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2>/dev/null || remedy "installing them needs root or a sudo that asks for no password"
        sudo="sudo -n"
    fi
    say "installing" $packages
    # The lists may be old, or a stranger's mirror down: only the install itself decides. A fresh cloud machine holds
    # the lock for its own upgrades, so wait for it.
    local apt="$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300"
    $apt update </dev/null || true
    $apt install --no-install-recommends $packages </dev/null >/dev/null || remedy "apt-get could not install them"
    [ -z "$(missing)" ] || remedy "apt-get has not supplied them"
}

sound() { # .venv runs, was made in this folder, still has the Python that its packages are for, and the one asked for
    local base='import sys; print(sys.base_prefix, sys.version_info[:2])'
    .venv/bin/python -I -S -c '
import os, sys
home = os.getcwd() + "/.venv"
packages = "{}/lib/python{}.{}/site-packages/pip".format(home, *sys.version_info)
made_here = f" {home}\n" in open(home + "/pyvenv.cfg").read()
sys.exit(sys.version_info < (3, 11) or not made_here or not os.path.isdir(packages))' 2>/dev/null || return 1
    [ -z "${PYTHON:-}" ] || [ "$("$PYTHON" -c "$base" 2>/dev/null)" = "$(.venv/bin/python -c "$base")" ]
}

ready() { # nothing was added, removed or changed since the last complete installation
    [ "$(cat .venv/ready 2>/dev/null)" = "$stamp" ] && [ ! .venv/lib/python*/site-packages -nt .venv/ready ] && sound
}

pip() { .venv/bin/python -m pip --no-input --disable-pip-version-check "$@"; }

install() { # pinned; a person sees something move, a log holds only what failed
    if [ -t 1 ]; then
        pip install -c constraints.txt "$@"
    elif ! pip -qq --log .venv/pip.log install -c constraints.txt "$@"; then
        tail -n 60 .venv/pip.log >&2
        stop "pip could not install the pinned packages: its reasons are above, its whole account in .venv/pip.log."
    fi
}

stamp=$(cat bootstrap.sh constraints.txt pyproject.toml | cksum)
if ready; then exit 0; fi
if [ -z "${PYTHON:-}" ] && sound; then PYTHON=.venv/bin/python; fi # whichever it was made with, stay with it
choose_python
install_missing
rm -f .venv/ready .venv/pip.log
if ! sound || ! pip --version >/dev/null 2>&1; then
    say "making .venv with Python $version"
    "$python" -m venv --clear .venv
fi
say "installing the pinned packages into .venv, which takes minutes the first time"
install pip setuptools
install ${TORCH_INDEX:+--extra-index-url "$TORCH_INDEX"} torch
install --editable . --group dev
echo "$stamp" >.venv/ready
say ".venv is ready"
