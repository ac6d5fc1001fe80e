#!/usr/bin/env bash
set -euxo pipefail

# bindgen reads htslib's headers with the compiler's flags, which name the system's headers.
export LIBCLANG_PATH="${BUILD_PREFIX}/lib"
export BINDGEN_EXTRA_CLANG_ARGS="${CPPFLAGS} ${CFLAGS}"
cargo-bundle-licenses --format yaml --output THIRDPARTY.yml
cargo install --no-track --locked --verbose --root "${PREFIX}" --path crates/nadsplice
