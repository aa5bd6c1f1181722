# Part "law": the check of a mailing, recipients a second of CPU time, start-up taken off. One million
# random recipients in 60 countries (BENCH_RECIPIENTS), with and without the list of rows.
law_list() {
    awk -v n="$1" 'BEGIN {
        srand(7)
        split("AE AR AT AU BE BR CA CH CL CN CO CR CZ DE DK DO EG ES ET FI FR GB GE GH HK ID IE IL IN IT JP KE KR LK MA MX MY NG NL NO NZ PE PH PK PL PT QA RO RU SA SE SG SN TH TR TZ UA US VN ZA", cc, " ")
        split("express customer inquiry none double_opt-in member given", basis, " ")
        split("person company sole_trader", type, " ")
        print "email,country,consent,consent date,last purchase,type,unsubscribed"
        for (i = 1; i <= n; i++) {
            day = sprintf("%04d-%02d-%02d", 2018 + int(rand() * 9), 1 + int(rand() * 12), 1 + int(rand() * 28))
            printf "user%d@example.org,%s,%s,%s,%s,%s,%s\n", i, cc[1 + int(rand() * 60)], basis[1 + int(rand() * 7)],
                i % 3 ? day : "", i % 5 ? "" : day, type[1 + int(rand() * 3)], rand() < 0.1 ? "yes" : "no"
        }
    }'
}

# CPU seconds of one check of LIST with the rest of the arguments.
law_seconds() {
    list=$1
    shift
    MUSTER_LAW=$root/law "$build/bench/cputime" "$muster" check --config "$tmp/law.conf" tests/law/campaigns/08-tasman.eml \
        --recipients "$list" --at 2026-11-02 --json "$@" 3> "$tmp/cpu" > /dev/null 2>&1
    sed 's/.*"cpu_s":\([0-9.]*\).*/\1/' "$tmp/cpu"
}

law_rows() {
    n=${BENCH_RECIPIENTS:-1000000}
    : > "$tmp/law.conf"
    law_list 1 > "$tmp/one.csv"
    law_list "$n" > "$tmp/list.csv"
    start=$(law_seconds "$tmp/one.csv")
    for what in "report alone" "with the list of rows"; do
        if [ "$what" = "report alone" ]; then all=$(law_seconds "$tmp/list.csv"); else all=$(law_seconds "$tmp/list.csv" --rows "$tmp/rows.csv"); fi
        awk -v n="$n" -v a="$all" -v s="$start" -v what="$what" 'BEGIN {
            printf "{\"part\":\"law\",\"what\":\"%s\",\"recipients\":%d,\"rows_per_cpu_s\":%.0f}\n", what, n, n / (a > s ? a - s : 1)
        }' >> "$rows"
    done
    rm -f "$tmp/list.csv" "$tmp/rows.csv"
}
