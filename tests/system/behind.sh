#!/bin/sh
# A keeper that stands still, as behind a disk that does not answer: scanning goes on, the history
# that waits for it in a scanner's memory is bounded, and when it goes on what waited is kept.
. "$(dirname "$0")/lib.sh"
begin behind
at_end() { [ -z "${keeper:-}" ] || kill -CONT "$keeper" 2> /dev/null; } # whatever stopped the test
workers=1
node_env="ASAN_OPTIONS=$ASAN_OPTIONS:quarantine_size_mb=4" # what was freed is no memory in use
node_start

# A message with a long answer, so that few of them are much.
python3 - > "$dir/long.eml" << 'PY'
print("From: a@b.example\nTo: c@d.example\nSubject: many parts\nMessage-ID: <1@b.example>\n"
      "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n")
for i in range(400):
    print("--x\nContent-Type: application/octet-stream; name=\"%s%d.pdf\"\n"
          "Content-Disposition: attachment; filename=\"%s%d.exe\"\n\nx" % ("invoice-" * 12, i, "payment-" * 12, i))
print("--x--")
PY
bytes=$(m scan --json "$dir/long.eml" 2> /dev/null | wc -c)
[ "$bytes" -gt 100000 ] && good "an answer is long ($bytes bytes)" || bad "an answer is long" "$bytes"
sent=1200
[ $((sent * bytes)) -gt 120000000 ] || bad "and all of them far over the bound" "$((sent * bytes))"
scanner=$(pids scanner)
keeper=$(pids keeper)
resident_kb() { sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$scanner/status"; }
equal "ten are scanned before" 10 "$(py scans "$http_port" "$dir/long.eml" 10)"
before=$(resident_kb)

kill -STOP "$keeper"
equal "keeper stands still: every message has its verdict" $sent "$(py scans "$http_port" "$dir/long.eml" $sent)"
grown=$(($(resident_kb) - before))
echo "the scanner grew by $((grown / 1024)) MB; all history would be $((sent * bytes / 1048576)) MB"
[ "$grown" -lt 64000 ] && good "the scanner's memory is bounded" || bad "the scanner's memory is bounded" "it grew by $grown kB"
equal "it says so, once" 1 "$(grep -c 'keeper does not keep up' "$dir/log")"

kill -CONT "$keeper"
kept() { m status --json | grep -q '"process"' && [ "$(m history --json --limit 1000 2> /dev/null | grep -o '"id":' | wc -l)" -ge 100 ]; }
check "keeper goes on: what waited is kept" at_most 60 kept
printf 'From: a@b.example\nTo: c@d.example\nSubject: one that came later\n\nHello.\n' > "$dir/later.eml"
equal "and one more is scanned" 1 "$(py scans "$http_port" "$dir/later.eml" 1)"
later() { m history --json --limit 5 2> /dev/null | grep -q 'one that came later'; }
check "whose history is kept again" at_most 30 later
finish
