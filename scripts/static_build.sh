#!/usr/bin/env bash
# Builds a program that needs no library of the system: scripts/static_build.sh FILE
#
# Needs rustup's target x86_64-unknown-linux-musl, musl-gcc with its headers (Debian: musl-tools) and libclang, which
# reads htslib's headers together with musl's.
set -euo pipefail

file=$(realpath -m "${1:?the file to write}")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target=x86_64-unknown-linux-musl

command -v musl-gcc >/dev/null || {
    printf 'static_build: error: there is no musl-gcc\nhint: apt-get install musl-tools\n' >&2
    exit 1
}
export CC_x86_64_unknown_linux_musl=musl-gcc
export BINDGEN_EXTRA_CLANG_ARGS_x86_64_unknown_linux_musl="-isystem /usr/include/x86_64-linux-musl"
cargo build --release --locked --target "$target" --package nadsplice
program=${CARGO_TARGET_DIR:-target}/$target/release/nadsplice
if ldd "$program" 2>&1 | grep -q '=>'; then
    printf 'static_build: error: %s needs libraries:\n' "$program" >&2
    ldd "$program" >&2
    exit 1
fi
"$program" --version
install -D -m 755 "$program" "$file"
