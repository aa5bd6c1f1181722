# Part "auth": what one check of who sent it costs, in microseconds of CPU time.
auth_cost() {
    "$build/bench/auth_cost" > "$tmp/auth" || { say "bench: auth_cost failed"; return; }
    while IFS='	' read -r what us asks; do
        printf '{"part":"auth","what":"%s","microseconds":%s,"questions":%s}\n' "$what" "$us" "$asks" >> "$rows"
    done < "$tmp/auth"
    "$build/bench/dkim_cost" > "$tmp/dkim" || { say "bench: dkim_cost failed"; return; }
    while IFS='	' read -r what us least peer; do
        printf '{"part":"dkim","what":"%s","microseconds":%s,"least":%s,"opendkim":%s}\n' "$what" "$us" "$least" "$peer" >> "$rows"
    done < "$tmp/dkim"
}
