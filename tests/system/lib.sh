# Helper functions of the system tests; sourced by each script. A test works in a folder of its own
# below $TMPDIR, on loopback ports of its own, and leaves no process behind.
#
#   begin NAME            makes the folder ($dir), sets the trap
#   need PROGRAM...       skips the test when one is not installed
#   check WORDS COMMAND   runs it; a failure is told and counted
#   equal WORDS WANT GOT
#   node_start [conf]     writes the configuration (further lines from $conf_more; $resolver, else
#                         none; $workers scanners, else two), waits until it answers
#   finish                exit code
#
# MUSTER is the program under test, MUSTER_SOURCE the project's folder.
set -u
export LC_ALL=C
: "${MUSTER:?set MUSTER to the program under test}"
here=$(cd "$(dirname "$0")" && pwd)
MUSTER_SOURCE=${MUSTER_SOURCE:-$(cd "$here/../.." && pwd)}
MUSTER=$(readlink -f "$MUSTER")
# A crash of the sanitized build is a signal, as in the release build; walls are in LSan's way.
export ASAN_OPTIONS="detect_leaks=0:abort_on_error=1:allocator_may_return_null=1${ASAN_OPTIONS:+:$ASAN_OPTIONS}"
export UBSAN_OPTIONS="print_stacktrace=1"
PATH=$PATH:/usr/sbin:/sbin
passed=0
failed=0
dir=
node=
helpers=
conf_more=

skip() {
    echo "skipped: $test_name ($1)"
    exit 77
}

need() {
    for program in "$@"; do
        command -v "$program" > /dev/null 2>&1 || skip "$program is not installed"
    done
}

need_root() {
    [ "$(id -u)" = 0 ] || skip "needs root"
}

begin() {
    test_name=$1
    need python3
    dir=$(mktemp -d "${TMPDIR:-/tmp}/muster-$1.XXXXXX") || exit 99
    chmod 755 "$dir"
    trap 'clean; exit 99' INT TERM HUP
    trap 'rc=$?; clean; exit $rc' EXIT
    export PORTS_OWNER=$$
    # shellcheck disable=SC2046
    set -- $(py ports 6)
    milter_port=$1 spamd_port=$2 http_port=$3 control_port=$4 relay_port=$5 web_port=$6
    mail=$MUSTER_SOURCE/samples/mail
}

# A test may define at_end for what it started itself.
at_end() { :; }

clean() {
    trap - EXIT INT TERM HUP
    at_end
    for pid in $helpers $node; do
        kill -KILL "$pid" 2> /dev/null
    done
    if [ -n "$dir" ] && [ -z "${KEEP:-}" ]; then
        rm -rf "$dir"
    fi
}

good() {
    passed=$((passed + 1))
    echo "ok    $1"
}

bad() {
    failed=$((failed + 1))
    echo "FAIL  $1"
    shift
    for line in "$@"; do
        printf '%s\n' "$line" | head -20 | sed 's/^/      /'
    done
}

check() {
    words=$1
    shift
    if "$@" > "$dir/check.out" 2>&1; then good "$words"; else bad "$words" "$* gave $?:" "$(tail -5 "$dir/check.out")"; fi
}

equal() {
    if [ "$2" = "$3" ]; then good "$1"; else bad "$1" "want: $2" "got:  $3"; fi
}

# has WORDS PATTERN TEXT: the text holds a line that matches.
has() {
    if printf '%s\n' "$3" | grep -Eq -- "$2"; then good "$1"; else bad "$1" "no line matches $2 in:" "$3"; fi
}

# lacks WORDS PATTERN TEXT
lacks() {
    if printf '%s' "$3" | grep -qE "$2"; then
        bad "$1" "there is $2 in: $3"
    else
        good "$1"
    fi
}

# at_most N COMMAND...: polls until it is true or N seconds are over.
at_most() {
    end=$(($(date +%s) + $1))
    shift
    until "$@" > /dev/null 2>&1; do
        [ "$(date +%s)" -lt "$end" ] || return 1
        sleep 0.1
    done
}

py() {
    python3 "$here/client.py" "$@"
}

# m COMMAND ARGS...: the program with this test's configuration.
m() {
    word=$1
    shift
    timeout 120 "$MUSTER" "$word" --config "$dir/muster.conf" "$@"
}

node_conf() {
    cat > "$dir/muster.conf" << CONF
data = $dir/data
run = $dir/run
user = ""
listen milter = 127.0.0.1:$milter_port
listen spamd = 127.0.0.1:$spamd_port
listen http = 127.0.0.1:$http_port
listen control = 127.0.0.1:$control_port
listen web = 127.0.0.1:$web_port
resolver = ${resolver:-none}
scan { workers = ${workers:-2} }
mailer { relay = 127.0.0.1:$relay_port }
$conf_more
CONF
}

node_alive() { kill -0 "$node" 2> /dev/null; }
answers() { timeout 20 "$MUSTER" status --config "$dir/muster.conf" > /dev/null 2>&1; }
answers_or_dead() { answers || ! node_alive; }

node_run() {
    # shellcheck disable=SC2086
    env ${node_env:-} "$MUSTER" serve --config "$dir/muster.conf" 2>> "$dir/log" &
    node=$!
    at_most 60 answers_or_dead
    if ! answers; then
        bad "the node starts" "$(tail -5 "$dir/log")"
        finish
    fi
}

node_start() {
    node_conf
    node_run
}

node_stop() {
    kill -TERM "$node" 2> /dev/null
    wait "$node" 2> /dev/null
    stop_code=$?
    node=
}

# pids ROLE: of the running node's processes, those that drain left out.
pids() {
    m status --json 2> /dev/null | tr '{' '\n' |
        sed -n "s/.*\"process\":\"$1\".*\"pid\":\([0-9]*\).*\"draining\":false.*/\1/p"
}

# The sanitizers' findings in any log count as failures.
finish() {
    found=$(grep -hsE 'AddressSanitizer|runtime error:|LeakSanitizer' "$dir"/log* "$dir"/*.err 2> /dev/null | head -5)
    [ -z "$found" ] || bad "no sanitizer finding" "$found"
    if [ "$failed" != 0 ] && [ -s "$dir/log" ]; then
        echo "--- the node's log, its end"
        tail -15 "$dir/log"
    fi
    echo "$test_name: $passed passed, $failed failed, 0 skipped"
    [ "$failed" = 0 ]
    exit
}
