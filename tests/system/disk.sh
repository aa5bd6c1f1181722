#!/bin/sh
# A full disk and a read-only one: scanning goes on, learning answers with an error, and when there
# is room again nothing that was acknowledged is lost.
. "$(dirname "$0")/lib.sh"
begin disk
need_root
mkdir "$dir/data"
mount -t tmpfs -o size=48m,mode=755 muster-disk "$dir/data" 2> /dev/null || skip "cannot mount a tmpfs here"
at_end() {
    [ -z "$node" ] || kill -KILL "$node" 2> /dev/null
    sleep 0.3
    umount "$dir/data" 2> /dev/null || umount -l "$dir/data" 2> /dev/null
}
node_start
lesson=$mail/005-parcel-fee.eml
second=$mail/010-tax-refund.eml
third=$mail/008-bank-homoglyph.eml
scans_all() { equal "$1" "$(find "$mail" -name '*.eml' | wc -l)" "$(m scan --json "$mail" 2> /dev/null | grep -c '"verdict"')"; }
learns() { m learn spam "$1" 2>&1 | grep -Eq '^1 learned as spam|1 known already'; }

has "with room a lesson is taken" '^1 learned' "$(m learn spam "$lesson" 2>&1)"
dd if=/dev/zero of="$dir/data/filler" bs=64k > /dev/null 2>&1
dd if=/dev/zero of="$dir/data/filler2" bs=1 count=65536 > /dev/null 2>&1
scans_all "on a full disk every message is scanned"
out=$(m learn spam "$second" 2>&1); code=$?
equal "learning ends with 3" 3 $code
has "and says why" '[Nn]o space|disk is full|full' "$out"
check "the node is alive" m status
scans_all "and goes on scanning"
rm -f "$dir/data/filler" "$dir/data/filler2"
check "with room again learning works" at_most 30 learns "$second"
has "what was acknowledged before is there" '1 known already' "$(m learn spam "$lesson" 2>&1)"
kill -KILL "$(pids keeper)"
check "keeper starts again" at_most 30 learns "$second"
has "and has it all" '1 known already' "$(m learn spam "$second" 2>&1)"

# ---- read-only
read_only() { mount -o remount,ro "$dir/data"; }
if read_only 2> "$dir/remount.out" || mount -o remount,ro,bind "$dir/data" 2>> "$dir/remount.out"; then
    scans_all "on a read-only disk every message is scanned"
    out=$(m learn spam "$third" 2>&1); code=$?
    equal "learning ends with 3" 3 $code
    has "and says why" '[Rr]ead-only' "$out"
    mount -o remount,rw "$dir/data" 2> /dev/null || mount -o remount,rw,bind "$dir/data"
    check "writable again, learning works" at_most 30 learns "$third"
    has "with all lessons there" '1 known already' "$(m learn spam "$lesson" 2>&1)"
else
    # Files that are open for writing keep the kernel from a read-only remount; so the disk of a
    # stopped node is made read-only and the node started on it.
    echo "skipped: read-only remount under a running node (the kernel refuses: open files)"
fi
node_stop
equal "the node stops well" 0 "$stop_code"
if mount -o remount,ro "$dir/data" 2> /dev/null; then
    out=$(timeout 60 "$MUSTER" learn spam --config "$dir/muster.conf" "$mail/001-letter-from-aunt.eml" 2>&1); code=$?
    equal "without a node on a read-only disk learning ends with 3" 3 $code
    has "and says why" '[Rr]ead-only' "$out"
    timeout 60 "$MUSTER" scan --config "$dir/muster.conf" "$lesson" > "$dir/out" 2>&1
    [ $? -le 1 ] && good "scanning works" || bad "scanning works" "$(cat "$dir/out")"
    mount -o remount,rw "$dir/data"
fi
node_run
has "after all that the lessons are there" '1 known already' "$(m learn spam "$lesson" 2>&1)"
node_stop
finish
