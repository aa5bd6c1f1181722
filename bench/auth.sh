# Part "auth": what one check of who sent it costs, in microseconds of CPU time.
auth_cost() {
    "$build/bench/auth_cost" > "$tmp/auth" || { say "bench: auth_cost failed"; return; }
    while IFS='	' read -r what us asks; do
        printf '{"part":"auth","what":"%s","microseconds":%s,"questions":%s}\n' "$what" "$us" "$asks" >> "$rows"
    done < "$tmp/auth"
}
