# Part "web": what pages cost at one million archived messages (BENCH_HISTORY) and 2,000 cases
# (BENCH_CASES), the page engine and keeper's answers without HTTP; pages a second, p50 and p99 of one
# thread.
web_rows() {
    mkdir -p "$tmp/web"
    "$build/bench/web_cost" "$tmp/web" "${BENCH_HISTORY:-1000000}" "${BENCH_PAGES:-300}" "${BENCH_CASES:-2000}" >> "$rows" || skip "web_cost failed"
    rm -rf "$tmp/web"
}
