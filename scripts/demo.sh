#!/usr/bin/env bash
# Installs what is missing, builds, and runs the demonstration: scripts/demo.sh [FOLDER]
set -euo pipefail

folder=${1:-demo}
if [[ $folder != /* ]]; then folder=$PWD/$folder; fi
cd "$(dirname "${BASH_SOURCE[0]}")/.."
./scripts/setup.sh
PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
cargo run --release -- demo --outdir "$folder"
