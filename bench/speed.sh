# The speed part of ./dev bench: each server under the same messages. Sourced by scripts/bench.

# row NAME CONNS MESSAGES [load arguments]: one measurement, kept in $rows.
row() {
    name=$1
    conns=$2
    count=$3
    shift 3
    say_run "$name" "$conns connections, $count messages"
    # shellcheck disable=SC2086
    if line=$("$load" $target --list "$sets/mix" --seed 7 --pid "$pids" ${side:+--side "$side"} \
        --conns "$conns" --messages "$count" "$@" 2>> "$tmp/log"); then
        printf '{"part":"speed","server":"%s",%s\n' "$name" "${line#\{}" >> "$rows"
    else
        printf 'bench: %s at %s connections: %s\n' "$name" "$conns" "$(tail -1 "$tmp/log")" >&2
    fi
}

# memory NAME: what the idle server holds, two seconds after its first answer.
idle() {
    sleep 2
    # shellcheck disable=SC2086
    line=$("$load" $target --list "$tmp/one" --messages 0 --pid "$pids" ${side:+--side "$side"} 2>> "$tmp/log") || return 0
    printf '{"part":"idle","server":"%s","first_answer_ms":%s,"later_answer_ms":%s,%s\n' "$1" \
        "${cold_ms:-$first_ms}" "$first_ms" "${line#\{}" >> "$rows"
}

# warm: what is asked first costs more everywhere; ask it before measuring.
warm() {
    # shellcheck disable=SC2086
    "$load" $target --list "$sets/mix" --seed 3 --conns 4 --messages "$1" > /dev/null 2>> "$tmp/log"
}

speed_muster() {
    cold_ms=
    start_muster "$tmp/muster" || { skip "muster: the node did not start"; return; }
    cold_ms=$first_ms
    stop_server
    start_muster "$tmp/muster" || return
    idle muster
    warm 1000
    for conns in 1 4 32; do
        row muster $conns $((amount * 10))
    done
    row "muster, kept connection" 4 $((amount * 10)) --keep
    target="--http 127.0.0.1:$muster_port/checkv2"
    row "muster, /checkv2" 4 $((amount * 10))
    target="--spamc 127.0.0.1:$muster_spamd_port"
    row "muster, spamc" 4 $((amount * 10))
    # What the peers with Bayes are held against: a node that has learned the same mail.
    target="--http 127.0.0.1:$muster_port/v1/scan"
    say_run "muster, taught" "learning $(wc -l < "$sets/teach") messages"
    if teach_muster "$tmp/muster"; then
        warm 1000
        row "muster, taught" 4 $((amount * 10))
    else
        skip "muster, taught: $(tail -1 "$tmp/log")"
    fi
    stop_server
}

# speed_rspamd NAME [bayes]
speed_rspamd() {
    start_rspamd "$tmp/rspamd-${2:-none}" "${2:-none}" || { skip "$1: did not start"; stop_server; return; }
    cold_ms=$first_ms
    stop_server
    start_rspamd "$tmp/rspamd-${2:-none}" "${2:-none}" || return
    idle "$1"
    if [ "${2:-none}" = bayes ]; then
        say_run "$1" "learning $(wc -l < "$sets/teach") messages"
        train_rspamd "$sets/teach" || { skip "$1: could not be taught"; stop_server; return; }
    fi
    warm 400
    for conns in 1 4 32; do
        row "$1" $conns "$amount"
    done
    stop_server
}

# Both servers up, one at work: the same client and messages in turns, so that what else the machine does
# meets both. The table takes medians of the rounds. 32 connections on a few processors measure
# queueing: a wait is 32 / (messages a second), the client's own share of the machine included.
rounds() {
    have rspamd || return
    in_turns muster "rspamd, no DNS" none
    ! have redis-server || in_turns "muster, taught" "rspamd, Bayes" bayes
}

# in_turns OURS THEIRS none|bayes: with bayes, both learn the same mail first.
in_turns() {
    start_rspamd "$tmp/rspamd-turns-$3" "$3" || { skip "$2 in turns: did not start"; stop_server; return; }
    their_target=$target their_pids=$pids their_side=$side their_list=$stop_list
    start_muster "$tmp/muster-turns-$3" || { skip "$1 in turns: did not start"; stop_list="$their_list $stop_list"; stop_server; return; }
    our_target=$target our_pids=$pids
    stop_list="$their_list $stop_list"
    if [ "$3" = bayes ]; then
        say_run "$1 and $2" "learning $(wc -l < "$sets/teach") messages each"
        { teach_muster "$tmp/muster-turns-$3" && train_rspamd "$sets/teach"; } || {
            skip "$1 in turns: one could not be taught"
            stop_server
            return
        }
    fi
    turns=${BENCH_ROUNDS:-7}
    counted=0
    for turn in $(seq 0 $((turns * 3))); do
        [ "$counted" -lt "$turns" ] || break
        : > "$tmp/turn"
        target=$our_target pids=$our_pids side=
        round "$1" $((amount * 3))
        target=$their_target pids=$their_pids side=$their_side
        round "$2" $((amount / 2))
        [ "$turn" != 0 ] || continue # it only warms both
        if was_ours; then
            cat "$tmp/turn" >> "$rows"
            counted=$((counted + 1))
        fi
    done
    [ "$counted" -ge "$turns" ] || skip "$1 in turns: $counted of $turns turns counted, the host took the machine in the others"
    stop_server
}

# False when the machine's host gave more than a twentieth of it to others in this turn: who waits
# for a processor then is chance, and the slowest percent of answers is that wait.
was_ours() {
    awk '{
        match($0, /"stolen":[-0-9.]+/)
        stolen = substr($0, RSTART + 9, RLENGTH - 9) + 0
        if (stolen > most) most = stolen
    } END {
        if (most > 0.05) printf "bench: not counted: the host took %.0f %% of the machine\n", 100 * most > "/dev/stderr"
        exit most > 0.05
    }' "$tmp/turn"
}

# round NAME COUNT: one turn of one server, kept in $tmp/turn.
round() {
    say_run "round $turn" "$1, 32 connections, $2 messages"
    # shellcheck disable=SC2086
    if line=$("$load" $target --list "$sets/mix" --seed "$((turn + 7))" --pid "$pids" ${side:+--side "$side"} \
        --conns 32 --messages "$2" 2>> "$tmp/log"); then
        printf '{"part":"round","server":"%s",%s\n' "$1" "${line#\{}" >> "$tmp/turn"
    else
        printf 'bench: %s in round %s: %s\n' "$1" "$turn" "$(tail -1 "$tmp/log")" >&2
    fi
}

speed_spamd() {
    cold_ms=
    start_spamd || { skip "spamd: did not start"; stop_server; return; }
    idle "spamd -L"
    warm 40
    for conns in 1 4 32; do
        row "spamd -L" $conns $((amount / 5))
    done
    stop_server
}

# Cost against size: each message 3 to 40 times, one connection.
sizes() {
    make_stuff
    start_muster "$tmp/muster-sizes" || { skip "sizes: the node did not start"; return; }
    for kind in text html attachment; do
        for bytes in 10000 30000 100000 300000 1000000 3000000 10000000 25000000; do
            grown $kind $bytes "$tmp/grown"
            echo "$tmp/grown" > "$tmp/grown.list"
            n=$((60000000 / (bytes + 1000000) + 3))
            say_run "size" "$kind of $bytes bytes"
            # shellcheck disable=SC2086
            line=$("$load" $target --list "$tmp/grown.list" --pid "$pids" --messages $n 2>> "$tmp/log") || continue
            printf '{"part":"size","kind":"%s",%s\n' $kind "${line#\{}" >> "$rows"
        done
    done
    stop_server
}

# What muster eval says scoring took, so that learning can be told apart.
score_us() {
    v=$(sed -n 's/.*"score_us":\([0-9.]*\).*/\1/p' "$1" | tail -1)
    printf '"score_us":%s' "${v:-0}"
}

# cpu NAME DOING COUNT COMMAND...: CPU of one command for so many messages. Standard input is kept.
cpu() {
    name=$1
    doing=$2
    count=$3
    shift 3
    if "$build/bench/cputime" "$@" 3> "$tmp/cpu" > "$tmp/out" 2>> "$tmp/log" || [ $? -le 2 ]; then
        printf '{"part":"bulk","server":"%s","doing":"%s","messages":%s,%s\n' "$name" "$doing" "$count" \
            "$(sed 's/^{//; s/}$//' "$tmp/cpu"),$(score_us "$tmp/out")}" >> "$rows"
    else
        printf 'bench: %s could not %s: %s\n' "$name" "$doing" "$(tail -1 "$tmp/log")" >&2
    fi
}

# Bulk learning and classifying from the command line: 3,000 messages each, as a mailbox is sorted.
bulk() {
    if unpack trec07p-a; then
        pick trec07p-a 6000 | awk '{ print > (NR % 2 ? "'"$sets"'/bulk.learn" : "'"$sets"'/bulk.sort") }'
    else
        awk -F'\t' 'NR > 1 { print $2 " " dir "/" $1 }' \
            dir="$root/samples" "$root/samples/index.tsv" > "$sets/bulk.learn"
        cp "$sets/bulk.learn" "$sets/bulk.sort"
    fi
    n=$(wc -l < "$sets/bulk.learn")
    m=$(wc -l < "$sets/bulk.sort")
    for label in spam ham; do
        sed -n "s/^$label //p" "$sets/bulk.learn" > "$tmp/bulk.$label"
    done
    sed 's/^[a-z]* //' "$sets/bulk.sort" > "$tmp/bulk.all"
    xargs -d '\n' cat < "$tmp/bulk.all" > /dev/null # the disk is not the question
    for turn in 1 2 3; do
        say_run bulk "round $turn of 3"
        if command -v bogofilter > /dev/null; then
            rm -rf "$tmp/bogo"
            mkdir "$tmp/bogo"
            cpu bogofilter learn "$(wc -l < "$tmp/bulk.spam")" bogofilter -C -d "$tmp/bogo" -s -b < "$tmp/bulk.spam"
            cpu bogofilter learn "$(wc -l < "$tmp/bulk.ham")" bogofilter -C -d "$tmp/bogo" -n -b < "$tmp/bulk.ham"
            cpu bogofilter classify "$m" bogofilter -C -d "$tmp/bogo" -t -b < "$tmp/bulk.all"
        fi
        cpu muster "learn and classify" "$n" "$muster" eval --index "$sets/bulk.learn" --save "$tmp/bulk.model" --json
        cpu muster classify "$m" "$muster" eval --index "$sets/bulk.sort" --protocol frozen --model "$tmp/bulk.model" --json
    done
}

# No input may take over 50 ms a megabyte: every file of the fuzz corpus, as mail.
worst() {
    set -- "$root/fuzz/corpus"
    grown=${BENCH_CORPUS:-$root/.cache/fuzz}
    [ ! -d "$grown" ] || set -- "$@" "$grown"
    printf 'data = %s\nbase_model = %s\nresolver = none\n' "$tmp/none" "$root/models/base.muster" > "$tmp/worst.conf"
    say_run worst "$*"
    "$build/bench/worst" "$tmp/worst.conf" 50 "$@" > "$tmp/worst" || [ $? = 1 ] || {
        skip "worst: it could not run"
        return
    }
    sed -n '2s/^ *\([0-9.]*\)  *\(.*\)/{"part":"worst","ms_per_mb":\1,"input":"\2"}/p' "$tmp/worst" >> "$rows"
    cat "$tmp/worst" >&2
}
