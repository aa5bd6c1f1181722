#!/bin/sh
# Wrong use and damaged files: one clear line each, the right exit code, no state lost.
. "$(dirname "$0")/lib.sh"
begin baduse
node_conf
lesson=$mail/005-parcel-fee.eml
# says WORDS CODE PATTERN COMMAND...: exit code, and one line on stderr that matches.
says() {
    words=$1 code=$2 pattern=$3
    shift 3
    timeout 60 "$@" > "$dir/out" 2> "$dir/says.err" < /dev/null
    equal "$words: exit code" "$code" $?
    cat "$dir/says.err" >> "$dir/all.err"
    has "$words: the line" "$pattern" "$(cat "$dir/says.err")"
    equal "$words: one line" 1 "$(wc -l < "$dir/says.err")"
}
conf() { printf '%s\n' "$1" > "$dir/bad.conf"; }

says "unknown command" 2 "unknown command 'scna'; did you mean 'scan'" "$MUSTER" scna x
says "unknown option" 2 "unknown option '--jsno'; did you mean '--json'" "$MUSTER" scan --jsno x
says "option without its value" 2 "option '--config' needs FILE" "$MUSTER" scan --config
says "learn without a side" 2 "say what it was: spam or ham, not 'spma'" "$MUSTER" learn spma "$lesson"
says "quarantine with a wrong word" 2 "unknown word 'relase'; did you mean 'release'" "$MUSTER" quarantine relase x
says "a file that is not there" 3 "$dir/none.eml: No such file" "$MUSTER" scan --private --config "$dir/muster.conf" "$dir/none.eml"
mkdir "$dir/empty"
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null 2>&1; then
    cp "$lesson" "$dir/secret.eml" && chmod 600 "$dir/secret.eml"
    says "an unreadable file" 3 "secret.eml: Permission denied" \
        setpriv --reuid=65534 --regid=65534 --clear-groups "$MUSTER" scan --private --config "$dir/muster.conf" "$dir/secret.eml"
fi
conf 'polciy { tag = 5 }'
says "config: unknown section" 2 "bad.conf:1: unknown section .polciy.; did you mean .policy" "$MUSTER" config check "$dir/bad.conf"
conf '# one
policy { tga = 5 }'
says "config: unknown key" 2 "bad.conf:2: unknown .*tga.*; did you mean .tag" "$MUSTER" config check "$dir/bad.conf"
conf 'scan { max_size = 50Q }'
says "config: bad unit" 2 "bad.conf:1: .*max_size.*50Q" "$MUSTER" config check "$dir/bad.conf"
conf 'scan { workers = 100000 }'
says "config: out of range" 2 "bad.conf:1: .*workers" "$MUSTER" config check "$dir/bad.conf"
conf 'policy { tag = 5'
says "config: not closed" 2 "bad.conf:[0-9]+: " "$MUSTER" config check "$dir/bad.conf"
conf 'polciy { tag = 5 }'
says "serve refuses it too" 2 "bad.conf:1: unknown section" "$MUSTER" serve --config "$dir/bad.conf"
says "serve without its file" 3 "none.conf: No such file" "$MUSTER" serve --config "$dir/none.conf"
conf 'listen milter = nowhere
run = '"$dir"'/r
user = ""
data = '"$dir"'/d'
says "an address that is none" 2 "listen milter.*nowhere" "$MUSTER" serve --config "$dir/bad.conf"
printf 'spam %s\nspma %s\n' "$lesson" "$lesson" > "$dir/index"
says "eval: a wrong line of the index" 2 "index:2: .*spma" "$MUSTER" eval --index "$dir/index"
says "status without a node" 3 "no node is running" "$MUSTER" status --config "$dir/muster.conf"
if [ "$(id -u)" = 0 ] && command -v setpriv > /dev/null 2>&1; then
    conf "data = $dir/locked/data
run = $dir/locked/run
user = \"\"
listen spamd = \"\""
    mkdir -m 700 "$dir/locked"
    says "no right to the data folder" 3 "$dir/locked/.*Permission denied" \
        setpriv --reuid=65534 --regid=65534 --clear-groups "$MUSTER" serve --config "$dir/bad.conf"
fi

# ---- damaged files
node_start
for f in "$mail"/00*.eml; do m learn spam "$f"; done > "$dir/learned" 2>&1
lessons=$(grep -c '^1 learned' "$dir/learned")
node_stop
cp -a "$dir/data" "$dir/kept"
known() { for f in "$mail"/00*.eml; do m learn spam "$f" 2>&1; done | grep -c '1 known already'; }
restore() { rm -rf "$dir/data"; cp -a "$dir/kept" "$dir/data"; }

# The journal's last bytes are torn: cut with one warning, the rest is there.
segment=$(find "$dir/data/journal" -name '*.seg' | sort | tail -1)
size=$(stat -c %s "$segment")
python3 "$here/client.py" flip "$segment" $((size - 20))
node_run
left=$(known)
[ "$left" -ge $((lessons - 1)) ] && good "a torn journal tail costs at most its last event ($left of $lessons)" || bad "a torn journal tail" "$left of $lessons lessons left"
has "and is told" '(cut|recover|torn|damaged|checksum)' "$(grep -v ' info ' "$dir/log")"
node_stop

# Damage in the middle is no torn tail: refused with the place, or read past with a warning.
restore
: > "$dir/log"
python3 "$here/client.py" flip "$(find "$dir/data/journal" -name '*.seg' | sort | head -1)" $((size / 2))
before=$(cksum < "$(find "$dir/data/journal" -name '*.seg' | sort | head -1)")
timeout 60 "$MUSTER" serve --config "$dir/muster.conf" 2> "$dir/log" &
node=$!
at_most 20 answers_or_dead
if answers; then
    has "damage inside the journal is told" '(damaged|checksum|corrupt|cut)' "$(cat "$dir/log")"
    node_stop
else
    wait "$node"
    equal "damage inside the journal stops the start with 3" 3 $?
    node=
    has "naming the file" 'journal/[0-9]+\.seg' "$(cat "$dir/log")"
    equal "and changes nothing" "$before" "$(cksum < "$(find "$dir/data/journal" -name '*.seg' | sort | head -1)")"
fi

# The model is made anew from the journal when its file is damaged.
restore
: > "$dir/log"
python3 "$here/client.py" flip "$dir/data/site.model" 100
python3 "$here/client.py" flip "$dir/data/site.model" 4000
rm -f "$dir/data/site.model.live"
node_run
equal "with a damaged model file every lesson is still there" "$lessons" "$(known)"
has "and the damage is told" 'warn model error=.*site.model' "$(cat "$dir/log")"
check "the damaged file is kept for study" test -s "$dir/data/site.model.damaged"
node_stop
finish
