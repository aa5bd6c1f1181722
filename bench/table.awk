# Tables and targets from the rows that bench collected: one flat JSON object a line.
# -v json=1 prints the targets as JSON lines instead of tables.
function text(key,    s) {
    if (!match($0, "\"" key "\":\"[^\"]*\""))
        return ""
    s = substr($0, RSTART, RLENGTH)
    sub(/^"[^"]*":"/, "", s)
    sub(/"$/, "", s)
    return s
}
function num(key,    s) {
    if (!match($0, "\"" key "\":-?[0-9.e+-]+"))
        return ""
    s = substr($0, RSTART, RLENGTH)
    sub(/^"[^"]*":/, "", s)
    return s + 0
}
function heading(s) {
    if (!json)
        printf "\n%s\n", s
}
# "1/18.3" or "2.4x": how the first stands to the second.
function ratio(a, b) {
    if (a == "" || b == "" || a <= 0 || b <= 0)
        return "-"
    return a < b ? sprintf("1/%.1f", b / a) : sprintf("%.2fx", a / b)
}
# A target: the measured value must not exceed the bar; aim is the tighter one, or "".
function target(what, value, bar, aim, shown, bar_shown,    verdict) {
    if (value == "" || value < 0)
        verdict = "not measured"
    else if (value <= bar)
        verdict = aim != "" && value <= aim ? "met, and the aim" : "met"
    else
        verdict = "MISSED"
    if (json)
        printf "{\"part\":\"target\",\"target\":\"%s\",\"measured\":\"%s\",\"bar\":\"%s\",\"result\":\"%s\"}\n",
            what, shown, bar_shown, verdict
    else
        printf "  %-58s %12s   %-22s %s\n", what, shown, bar_shown, verdict
}
function part_of(a, b) {
    return a == "" || b == "" || b <= 0 ? "" : a / b
}

# The median of v[s, 1..n]; sets least and most.
function median(v, s, n,    i, k, x, sorted) {
    for (i = 1; i <= n; i++) {
        x = v[s, i]
        for (k = i - 1; k > 0 && sorted[k] > x; k--)
            sorted[k + 1] = sorted[k]
        sorted[k + 1] = x
    }
    least = sorted[1]
    most = sorted[n]
    return n == 0 ? "" : (sorted[int((n + 1) / 2)] + sorted[int(n / 2) + 1]) / 2
}
function round_row(s,    n, p, c) {
    n = round_n[s]
    if (n == 0)
        return
    p = median(round_p99, s, n)
    printf "  %-18s %2d  %8.2f (%.2f-%.2f)", s, n, p, least, most
    c = median(round_cpu, s, n)
    printf "  %8.3f (%.3f-%.3f)", c, least, most
    printf "  %9.1f", median(round_rate, s, n)
    printf "  %8.3f", median(round_own, s, n)
    printf "   %6.2f", median(round_foreign, s, n)
    printf " %6.2f\n", median(round_stolen, s, n)
}

{ part = text("part") }

part == "web" {
    web_rows[++webs] = sprintf("  %-44s %8d pages/s  p50 %7.2f ms  p99 %7.2f ms", text("what"), num("pages_per_s"),
        num("p50_ms"), num("p99_ms"))
    web_messages = num("messages")
}
part == "law" {
    law_rows[++laws] = sprintf("  %-44s %10d recipients, %d a second of CPU time", text("what"), num("recipients"),
        num("rows_per_cpu_s"))
}
part == "auth" {
    auth_rows[++auths] = sprintf("  %-44s %10.2f us %6d questions", text("what"), num("microseconds"),
        num("questions"))
}
part == "dkim" {
    m = num("microseconds")
    least = num("least")
    peer = num("opendkim")
    dkim_rows[++dkims] = sprintf("  %-24s %10.1f us  %10.1f us  %5.2f   %s", text("what"), m, least, m / least,
        peer > 0 ? sprintf("%10.1f us  %s", peer, ratio(m, peer)) : "not installed")
    if (m / least > dkim_worst)
        dkim_worst = m / least
}
part == "speed" {
    s = text("server")
    c = num("conns")
    if (!(s in seen)) {
        seen[s] = 1
        order[++servers] = s
    }
    cpu[s, c] = num("cpu_ms") + num("side_cpu_ms")
    rate[s, c] = num("per_second")
    p50[s, c] = num("p50_ms")
    p99[s, c] = num("p99_ms")
    wrong[s, c] = num("errors")
    loaded[s] = num("pss_mb") + num("side_pss_mb")
    foreign[s, c] = num("foreign")
    stolen[s, c] = num("stolen")
    own[s, c] = num("client_cpu_ms")
    if (!(c in has_conns)) {
        has_conns[c] = 1
        conns[++widths] = c
    }
}
part == "round" {
    s = text("server")
    r = ++round_n[s]
    round_p99[s, r] = num("p99_ms")
    round_cpu[s, r] = num("cpu_ms") + num("side_cpu_ms")
    round_own[s, r] = num("client_cpu_ms")
    round_foreign[s, r] = num("foreign")
    round_stolen[s, r] = num("stolen")
    round_rate[s, r] = num("per_second")
}
part == "idle" {
    s = text("server")
    idle[s] = num("pss_before_mb")
    cold[s] = num("first_answer_ms")
    again[s] = num("later_answer_ms")
    processes[s] = num("processes")
}
part == "bulk" {
    k = text("server") SUBSEP text("doing")
    n = num("messages")
    # Both halves of a learning round add up; rounds are averaged by adding up too.
    bulk_cpu[k] += num("cpu_s")
    bulk_n[k] += n
    bulk_score_s[k] += num("score_us") * n / 1e6
}
part == "worst" { dearest = num("ms_per_mb") }
part == "size" {
    k = text("kind")
    b = num("mean_bytes")
    if (!(k in size_kind)) {
        size_kind[k] = 1
        kinds[++kind_n] = k
    }
    size_at[k, ++size_n[k]] = b
    size_cpu[k, size_n[k]] = num("cpu_ms")
    size_p50[k, size_n[k]] = num("p50_ms")
}
part == "dayone" {
    f = text("filter")
    if (!(f in filter_seen)) {
        filter_seen[f] = 1
        filters[++filter_n] = f
    }
    k = text("kind") SUBSEP text("set")
    if (!(k in set_seen)) {
        set_seen[k] = 1
        sets[++set_n] = k
        set_of[k] = num("of")
    }
    day[f, text("at"), k] = num("percent")
    cut[f, text("at")] = num("threshold")
}
part == "online" { online[++online_n] = $0 }

function speed_table(    i, w, s, c) {
    heading("Scan servers: CPU of all their processes (helpers such as Redis too), a new connection a message unless said")
    printf "  %-26s %5s %9s %11s %8s %8s %7s %8s %7s\n", "server", "conns", "msg/s", "CPU ms/msg", "p50 ms", "p99 ms", "errors", "foreign", "stolen"
    for (i = 1; i <= servers; i++)
        for (w = 1; w <= widths; w++) {
            s = order[i]
            c = conns[w]
            if ((s, c) in cpu)
                printf "  %-26s %5d %9.1f %11.3f %8.2f %8.2f %7d %8.2f %7.2f\n", s, c, rate[s, c], cpu[s, c], p50[s, c], p99[s, c], wrong[s, c], foreign[s, c], stolen[s, c]
        }
    heading("Memory (sum of PSS of all processes) and start")
    printf "  %-26s %9s %9s %10s %14s %14s\n", "server", "idle MB", "loaded MB", "processes", "first start ms", "next start ms"
    for (i = 1; i <= servers; i++) {
        s = order[i]
        if (s in idle)
            printf "  %-26s %9.1f %9.1f %10d %14.0f %14.0f\n", s, idle[s], loaded[s], processes[s], cold[s], again[s]
    }
}

function bulk_per(s, doing,    k) {
    k = s SUBSEP doing
    return bulk_n[k] ? bulk_cpu[k] * 1000 / bulk_n[k] : ""
}
function bulk_learn(    k) {
    k = "muster" SUBSEP "learn and classify"
    return bulk_n[k] ? (bulk_cpu[k] - bulk_score_s[k]) * 1000 / bulk_n[k] : ""
}

function bulk_table() {
    heading("Bulk, from the command line: CPU ms a message, mean of three rounds")
    printf "  %-26s %10s %10s %10s\n", "", "learn", "classify", "both"
    if (bulk_per("bogofilter", "learn") != "")
        printf "  %-26s %10.3f %10.3f %10.3f\n", "bogofilter", bulk_per("bogofilter", "learn"), bulk_per("bogofilter", "classify"), bulk_per("bogofilter", "learn") + bulk_per("bogofilter", "classify")
    if (bulk_learn() != "")
        printf "  %-26s %10.3f %10.3f %10.3f   (one pass does both)\n", "muster", bulk_learn(), bulk_per("muster", "classify"), bulk_per("muster", "learn and classify")
}

# Exponent of cost against size for messages of 300 kB and more, by least squares on logarithms:
# 1 is linear, 2 quadratic.
function exponent(k,    i, x, y, n, sx, sy, sxx, sxy) {
    for (i = 1; i <= size_n[k]; i++) {
        if (size_at[k, i] < 300000 || size_cpu[k, i] <= 0)
            continue
        x = log(size_at[k, i])
        y = log(size_cpu[k, i])
        n++
        sx += x; sy += y; sxx += x * x; sxy += x * y
    }
    return n < 3 ? "" : (n * sxy - sx * sy) / (n * sxx - sx * sx)
}
function size_table(    i, k, j) {
    heading("Cost against message size, one connection: CPU ms a message, and ms a MB")
    for (i = 1; i <= kind_n; i++) {
        k = kinds[i]
        printf "  %s:\n", k
        for (j = 1; j <= size_n[k]; j++)
            printf "    %9.0f kB %10.2f ms %9.2f ms/MB\n", size_at[k, j] / 1000, size_cpu[k, j], size_cpu[k, j] / (size_at[k, j] / 1e6)
        printf "    slope (exponent from 300 kB on): %s\n", exponent(k) == "" ? "-" : sprintf("%.2f", exponent(k))
    }
}

function dayone_table(    a, i, j, k, p) {
    heading("Day one, nothing learned: percent called spam (spam sets: caught; ham sets: false positives)")
    printf "  %-34s %6s", "", "of"
    for (i = 1; i <= filter_n; i++)
        printf " %26s", filters[i]
    printf "\n  %-34s %6s", "thresholds for 0.2 % / 0.5 % / own", ""
    for (i = 1; i <= filter_n; i++)
        printf " %26s", sprintf("%.2f / %.2f / %.2f", cut[filters[i], "0.2"], cut[filters[i], "0.5"], cut[filters[i], "own"])
    printf "\n"
    for (a = 1; a <= 2; a++)
        for (j = 1; j <= set_n; j++) {
            k = sets[j]
            split(k, p, SUBSEP)
            if (p[1] != (a == 1 ? "spam" : "ham"))
                continue
            printf "  %-34s %6d", p[1] " " p[2], set_of[k]
            for (i = 1; i <= filter_n; i++)
                printf " %26s", sprintf("%.1f / %.1f / %.1f", day[filters[i], "0.2", k], day[filters[i], "0.5", k], day[filters[i], "own", k])
            printf "\n"
        }
}

function online_table(    i) {
    heading("Learn as you go, from an empty model (each message is scored, then learned)")
    printf "  %-16s %-20s %8s %10s %8s %10s %10s\n", "corpus", "filter", "messages", "1-ROCA %", "lam %", "miss@0.1 %", "miss@0.5 %"
    for (i = 1; i <= online_n; i++) {
        $0 = online[i]
        printf "  %-16s %-20s %8d %10.4f %8s %10.2f %10.2f\n", text("pack"), text("filter"), num("messages"), num("roca_percent"),
            num("lam_percent") == "" ? "-" : sprintf("%.3f", num("lam_percent")), num("miss_at_fpr_0.1"), num("miss_at_fpr_0.5")
    }
}

function targets() {
    heading("Targets, from the ratios just measured")
    if (servers)
        speed_targets()
    if (round_n["muster"])
        round_targets()
    if (kind_n)
        size_target()
    if (dearest != "")
        target("dearest input of the fuzz corpus, CPU a megabyte", dearest, 50, "", sprintf("%.1f ms", dearest), "50 ms")
    if (bulk_n["muster" SUBSEP "classify"])
        bulk_targets()
}
function speed_targets(    r, worst) {
    r = part_of(cpu["muster", 4], cpu["rspamd, no DNS", 4])
    target("CPU a message / rspamd without DNS modules, 4 conns", r, 1 / 10, 1 / 20, ratio(cpu["muster", 4], cpu["rspamd, no DNS", 4]), "1/10 (aim 1/20)")
    r = part_of(cpu["muster, taught", 4], cpu["rspamd, Bayes", 4])
    if (!round_n["muster, taught"])
        target("CPU a message, both taught / rspamd with Bayes and Redis", r, 1 / 20, 1 / 40, ratio(cpu["muster, taught", 4], cpu["rspamd, Bayes", 4]), "1/20 (aim 1/40)")
    if (!round_n["muster"])
        target("p99 at 32 connections / rspamd without DNS modules", part_of(p99["muster", 32], p99["rspamd, no DNS", 32]), 1 / 10, "",
            ratio(p99["muster", 32], p99["rspamd, no DNS", 32]), "1/10")
    if (!json && (("muster, spamc", 4) in cpu) && (("spamd -L", 4) in cpu))
        printf "  %-58s %12s   %-22s\n", "CPU a message / spamd -L, spamc's protocol, 4 conns", ratio(cpu["muster, spamc", 4], cpu["spamd -L", 4]), "(no bar)"
    target("sum of PSS, idle node", idle["muster"], 64, "", idle["muster"] == "" ? "-" : sprintf("%.1f MB", idle["muster"]), "64 MB")
    worst = cold["muster"] > again["muster"] ? cold["muster"] : again["muster"]
    target("start to first answer, slower of two starts", worst, 300, "", worst == "" ? "-" : sprintf("%.0f ms", worst), "300 ms")
}
# Medians of turns are sounder than one row after the other.
function round_targets(    a, b) {
    a = median(round_p99, "muster", round_n["muster"])
    b = median(round_p99, "rspamd, no DNS", round_n["rspamd, no DNS"])
    target("p99 at 32 connections / rspamd without DNS, in turns", part_of(a, b), 1 / 10, "", ratio(a, b), "1/10")
    a = median(round_cpu, "muster", round_n["muster"])
    b = median(round_cpu, "rspamd, no DNS", round_n["rspamd, no DNS"])
    target("CPU a message / rspamd without DNS, in turns", part_of(a, b), 1 / 10, 1 / 20, ratio(a, b), "1/10 (aim 1/20)")
    a = median(round_cpu, "muster, taught", round_n["muster, taught"])
    b = median(round_cpu, "rspamd, Bayes", round_n["rspamd, Bayes"])
    target("CPU a message, both taught, Redis counted, in turns", part_of(a, b), 1 / 20, 1 / 40, ratio(a, b), "1/20 (aim 1/40)")
}
function round_table() {
    heading("In turns, both servers up, 32 connections: medians (least-most)")
    printf "  %-18s %2s  %-24s  %-22s  %9s  %8s  %7s %6s\n", "server", "n", "p99 ms", "CPU ms/msg", "msg/s", "client's", "foreign", "stolen"
    round_row("muster")
    round_row("rspamd, no DNS")
    round_row("muster, taught")
    round_row("rspamd, Bayes")
}
function bulk_targets(    r) {
    r = part_of(bulk_per("muster", "classify"), bulk_per("bogofilter", "classify"))
    target("bulk classify CPU / bogofilter", r, 1, "", ratio(bulk_per("muster", "classify"), bulk_per("bogofilter", "classify")), "1")
    r = part_of(bulk_learn(), bulk_per("bogofilter", "learn"))
    target("bulk learn CPU / bogofilter", r, 1, "", ratio(bulk_learn(), bulk_per("bogofilter", "learn")), "1")
}
function size_target(    i, worst, name) {
    worst = ""
    for (i = 1; i <= kind_n; i++)
        if (exponent(kinds[i]) != "" && (worst == "" || exponent(kinds[i]) > worst)) {
            worst = exponent(kinds[i])
            name = kinds[i]
        }
    target("cost against size up to 25 MB, exponent, worst: " (name == "" ? "-" : name), worst, 1.1, "", worst == "" ? "-" : sprintf("%.2f", worst), "1.1 (1 is linear)")
}

END {
    if (webs) {
        heading("Pages, one thread, without HTTP, at " web_messages " archived messages")
        for (i = 1; i <= webs; i++) {
            if (!json)
                print web_rows[i]
        }
    }
    if (laws) {
        heading("The check of a mailing (start-up taken off)")
        for (i = 1; i <= laws; i++) {
            if (!json)
                print law_rows[i]
        }
    }
    if (auths) {
        heading("Who sent it: CPU time of one check, answers at hand")
        for (i = 1; i <= auths && !json; i++)
            print auth_rows[i]
    }
    if (dkims) {
        heading("DKIM, warm cache: Muster, the least (one raw verification + one SHA-256 pass), OpenDKIM")
        for (i = 1; i <= dkims && !json; i++)
            print dkim_rows[i]
        target("one DKIM check / the least that it takes, worst", dkim_worst, 1.3, "", sprintf("%.2f", dkim_worst), "1.3")
    }
}
END {
    if (!json) {
        if (servers) speed_table()
        if (round_n["muster"]) round_table()
        if (bulk_per("muster", "classify") != "" || bulk_per("bogofilter", "classify") != "") bulk_table()
        if (kind_n) size_table()
        if (online_n) online_table()
        if (filter_n) dayone_table()
    }
    if (servers || round_n["muster"] || kind_n || bulk_n["muster" SUBSEP "classify"]) targets()
}
