#!/usr/bin/env bash
set -euxo pipefail

export LIBCLANG_PATH="${BUILD_PREFIX}/lib"
cargo-bundle-licenses --format yaml --output THIRDPARTY.yml
cargo install --no-track --locked --verbose --root "${PREFIX}" --path crates/nadsplice
