#!/usr/bin/env bash
# Installs what the build needs and this machine lacks. Needs nothing but bash to run; does nothing the second time.
#
# Needed are a C compiler with the headers of the C library (htslib, zlib, bzip2, lzma, libdeflate, zstd and BLAKE3
# are compiled from source that comes with their crates), and libclang with its own headers (it reads htslib's headers).
# Neither make nor cmake, pkg-config or any -dev package of a compression library is used.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# The first line is what is wrong, the second what helps.
fail() {
    printf 'setup: error: %s\n' "$1" >&2
    if (($# > 1)); then printf 'hint: %s\n' "$2" >&2; fi
    exit 1
}

# Whether a program that includes a header of the C library can be compiled and linked.
has_c_compiler() {
    local folder status=0
    folder=$(mktemp -d)
    printf '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n' >"$folder/probe.c"
    "${CC:-cc}" -o "$folder/probe" "$folder/probe.c" >/dev/null 2>&1 || status=1
    rm -r "$folder"
    return $status
}

# Whether one of the paths or globs names a file.
any_file() {
    local path
    for path in "$@"; do
        if [[ -e $path ]]; then return 0; fi
    done
    return 1
}

has_libclang() {
    # Whoever sets this has a libclang of their own.
    if [[ -n ${LIBCLANG_PATH:-} ]]; then return 0; fi
    any_file /usr/lib/llvm-*/lib/libclang.so* /usr/lib/*-linux-gnu/libclang-[0-9]*.so* \
        /usr/lib/libclang.so* /usr/lib64/libclang.so* /usr/lib64/llvm*/lib*/libclang.so* \
        /usr/local/lib/libclang.so* &&
        any_file /usr/lib/llvm-*/lib/clang/*/include/stddef.h /usr/lib/clang/*/include/stddef.h \
            /usr/lib64/clang/*/include/stddef.h /usr/local/lib/clang/*/include/stddef.h
}

check_rust() {
    local version needed
    needed=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)
    PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
    command -v cargo >/dev/null || fail "cargo was not found" "install Rust with rustup (https://rustup.rs)"
    version=$(cargo --version) || fail "cargo does not run" "rustup default stable"
    version=${version#cargo }
    version=${version%% *}
    if [[ $(printf '%s\n' "$needed" "$version" | sort -V | head -n 1) != "$needed" ]]; then
        fail "Rust $version is too old, $needed or newer is needed" "rustup update stable"
    fi
    printf 'setup: Rust %s\n' "$version"
}

main() {
    local -a missing=() as_root=()
    check_rust
    if has_c_compiler; then
        printf 'setup: C compiler found\n'
    else
        missing+=(gcc libc6-dev)
    fi
    if has_libclang; then
        printf 'setup: libclang found\n'
    else
        missing+=(libclang-dev)
    fi
    if ((${#missing[@]} == 0)); then
        return
    fi
    if ! command -v apt-get >/dev/null; then
        fail "this is neither Debian nor Ubuntu, so nothing was installed; missing: ${missing[*]} (Debian's names)" \
            "install a C compiler and libclang with its headers (Fedora: gcc clang-devel; Arch: gcc clang)"
    fi
    if ((EUID != 0)); then
        command -v sudo >/dev/null ||
            fail "missing: ${missing[*]}" "as root, apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo)
    fi
    printf 'setup: installing %s\n' "${missing[*]}"
    "${as_root[@]}" apt-get update -q
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
    has_c_compiler || fail "there is still no working C compiler"
    has_libclang || fail "there is still no libclang" "set LIBCLANG_PATH to the folder of libclang.so"
}

main
