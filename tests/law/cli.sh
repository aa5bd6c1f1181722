#!/bin/sh
# muster law as one uses it: exit codes, the same bytes for the same question, JSON that parses, one
# line for each error. usage: cli.sh MUSTER SOURCE
set -u
muster=$1 source=$2 passed=0 failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
export MUSTER_LAW="$source/law"

# expect CODE NAME COMMAND...: the exit code of a command; its output is kept in out
expect() {
    want=$1 name=$2
    shift 2
    "$@" >"$tmp/out" 2>"$tmp/err"
    got=$?
    if [ "$got" = "$want" ]; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf '%s: exit %s, not %s\n' "$name" "$got" "$want"
        head -3 "$tmp/err"
    fi
}
# holds NAME PATTERN: the last output has a line like this
holds() {
    if grep -q -e "$2" "$tmp/out" "$tmp/err"; then passed=$((passed + 1)); else
        failed=$((failed + 1))
        printf '%s: no "%s"\n' "$1" "$2"
    fi
}

cat >"$tmp/facts.json" <<'END'
{"medium": "email", "purpose": "commercial", "recipient": "person", "consent": "none"}
END
printf 'law X "1" {\n name = "x"\n kind = persn\n consnt { a = b }\n}\n' >"$tmp/wrong.law"

expect 0 list "$muster" law list --at 2026-11-21
holds list '^CA  *casl-2017'
[ "$(wc -l <"$tmp/out")" = 83 ] && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "list: not 82 profiles"; }
expect 0 show "$muster" law show DE --at 2026-11-21
holds show 'double_opt_in  *de_facto'
holds show 'not legal advice'
expect 0 text "$muster" law show CA --text --at 2026-11-21
cp "$tmp/out" "$tmp/ca.law"
expect 0 'text reads back' "$muster" law check "$tmp/ca.law"
expect 0 member "$muster" law show PT --at 2026-11-21
holds member '(EU)'
expect 2 'no such country' "$muster" law show XQ
expect 2 'nearest' "$muster" law show gmial
holds nearest 'did you mean "gmail"'
expect 2 'too early' "$muster" law show CA --at 2014-06-30
holds 'too early' 'no version on file for 2014-06-30'
expect 0 compare "$muster" law compare DE FR KR CN --at 2026-11-21
holds compare 'the common core'
holds compare 'no subject can begin with the labels of both KR and CN'
cp "$tmp/out" "$tmp/first"
expect 0 again "$muster" law compare DE FR KR CN --at 2026-11-21
cmp -s "$tmp/first" "$tmp/out" && passed=$((passed + 1)) || { failed=$((failed + 1)); echo "compare: other bytes"; }
expect 2 'one law' "$muster" law compare DE
expect 1 diff "$muster" law diff GB --at 2026-02-04 2026-02-05
holds diff 'soft_charity: no -> yes'
expect 0 'no diff' "$muster" law diff GB --at 2026-02-05 2026-02-06
expect 1 matrix "$muster" law matrix "$tmp/facts.json" --to CA,US,DE --at 2026-11-21
holds matrix '^CA  *violation found  *fails \[consent\]'
holds matrix "^US  *can't tell"
expect 1 json "$muster" law matrix "$tmp/facts.json" --to CA,US --at 2026-11-21 --json
holds json '"result":"violation found","force":"fails"'
if grep -qiE 'lawful|compliant' "$tmp/out"; then failed=$((failed + 1)); echo "a word that is never said"; else passed=$((passed + 1)); fi
expect 0 'mail under a law' "$muster" law matrix "$source/samples/mail/001-letter-from-aunt.eml" --to DE --at 2026-11-21
holds 'mail under a law' "^DE  *can't tell"
expect 1 wrong "$muster" law check "$tmp/wrong.law"
holds wrong 'wrong.law:3: kind: "persn" is none of'
holds wrong 'wrong.law:4: consnt: no block is called so; did you mean "consent"'
expect 0 kits "$muster" law check "$source/kits/law"
expect 0 'beside the laws' "$muster" law list --dir "$source/kits/law" --at 2026-11-21
holds 'beside the laws' '^my-wishes'
expect 0 reference "$muster" law reference
holds reference '^### unsubscribe'
expect 2 'unknown word' "$muster" law lst
expect 0 help "$muster" law --help
printf 'law command: %s passed, %s failed, 0 skipped\n' "$passed" "$failed"
[ "$failed" = 0 ]
