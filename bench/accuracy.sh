# The accuracy part of ./dev bench. Sourced by scripts/bench.
#
# Day one: Muster as shipped (base model and rules, nothing learned), rspamd and SpamAssassin with
# their defaults, on the same messages. None saw the ham; each gets the lowest threshold that calls
# no more than 0.2 % (0.5 %) of all that ham spam, and is then asked how much spam it catches. No
# figure mixes one spam source with one ham source, which would only tell the sources apart.

make_dayone_list() {
    share=${BENCH_DAYONE:-100}
    {
        pick lists_modern-a $((1000 * share / 100)) ham
        pick fixtures_ham-a $((531 * share / 100)) ham
        pick csdmc2010-new $((1000 * share / 100)) ham
        pick trec07p-a $((1000 * share / 100)) ham
        pick phishing_pot-a $((1000 * share / 100)) spam
        pick trec07p-a $((400 * share / 100)) spam
        pick csdmc2010-new $((400 * share / 100)) spam
    } > "$sets/dayone"
    [ -s "$sets/dayone" ] && return
    awk -F'\t' 'NR > 1 { print $2 " " dir "/" $1 }' dir="$root/samples" "$root/samples/index.tsv" > "$sets/dayone"
    say "Day one on the project's own samples only: too few and too tidy to mean much."
}

# scores NAME THRESHOLD FILE: has the running server judge the list.
scores() {
    say_run "$1" "judging $(wc -l < "$sets/dayone") messages"
    # shellcheck disable=SC2086
    "$load" $target --list "$sets/dayone" --conns 4 --scores "$3" > "$tmp/judged" 2>> "$tmp/log" || {
        skip "$1: $(tail -1 "$tmp/log")"
        return 1
    }
    awk -f "$root/bench/dayone.awk" -v name="$1" -v usual="$2" "$3" >> "$rows"
}

dayone() {
    make_dayone_list
    if start_muster "$tmp/muster-dayone"; then
        scores muster 5 "$tmp/scores.muster"
    else
        skip "muster: the node did not start"
    fi
    stop_server
    if have rspamd; then
        start_rspamd "$tmp/rspamd-none" && scores "rspamd, no DNS" 6 "$tmp/scores.rspamd"
        stop_server
    fi
    if have spamd; then
        start_spamd && scores SpamAssassin 5 "$tmp/scores.spamd"
        stop_server
    fi
}

# bogofilter_online PACK: classify a block, then learn it; blocks grow from 1 to 500 messages, which
# is nearly "learn each at once" and lets bogofilter use its bulk mode.
bogofilter_online() {
    rm -rf "$tmp/bogo"
    mkdir "$tmp/bogo"
    bogofilter -C -d "$tmp/bogo" -n < /dev/null
    : > "$tmp/bogo.scores"
    at=1
    block=1
    n=$(wc -l < "$packs/$1/index")
    (
        cd "$packs/$1" || exit 1
        while [ $at -le "$n" ]; do
            end=$((at + block - 1))
            sed -n "${at},${end}p" index > "$tmp/block"
            sed 's/^[a-z]* //' "$tmp/block" | bogofilter -C -d "$tmp/bogo" -T -T -b > "$tmp/block.out"
            # -T -T prints path and number; the label comes from the index.
            paste -d' ' "$tmp/block" "$tmp/block.out" | awk '{ print $1 "\t" $4 "\t" $2 }' >> "$tmp/bogo.scores"
            sed -n 's/^spam //p' "$tmp/block" | bogofilter -C -d "$tmp/bogo" -s -b
            sed -n 's/^ham //p' "$tmp/block" | bogofilter -C -d "$tmp/bogo" -n -b
            at=$((end + 1))
            block=$((1 + at / 20))
            [ $block -le 500 ] || block=500
        done
    ) >> "$tmp/log" 2>&1
    sort -t "$(printf '\t')" -k2,2gr "$tmp/bogo.scores" | awk -F'\t' -f "$root/bench/roc.awk" -v pack="$1" >> "$rows"
}

online() {
    for pack in trec07p-a spamassassin csdmc2010-new; do
        unpack $pack || { skip "learning as you go on $pack: no corpus in $CORPORA_DIR"; continue; }
        for evidence in all notrace text; do
            say_run "muster eval" "$pack, $evidence"
            line=$("$muster" eval --index "$packs/$pack/index" --features $evidence --json 2>> "$tmp/log") || {
                skip "muster eval on $pack: $(tail -1 "$tmp/log")"
                continue
            }
            printf '{"part":"online","filter":"muster, %s","pack":"%s",%s\n' $evidence $pack "${line#\{}" >> "$rows"
        done
        if have bogofilter; then
            say_run bogofilter "$pack"
            bogofilter_online $pack
        fi
    done
}
