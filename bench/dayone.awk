# Day-one figures of one filter from lines "label TAB score TAB path": thresholds that call at most
# 0.2 % and 0.5 % of all ham spam, and per set what each catches. The set is the folder two or more
# levels up that follows "corpora/", else "samples". Prints JSON lines.
function set_of(path,    part) {
    if (match(path, /corpora\/[^\/]+\//)) {
        part = substr(path, RSTART + 8, RLENGTH - 9)
        return part
    }
    return "samples"
}
# Smallest threshold with at most rate of the ham at or above it.
function threshold(rate,    i, allowed) {
    allowed = int(rate * hams)
    # ham[] is sorted, highest first: just above the first ham that may not be called spam.
    return ham[allowed + 1] + 1e-6
}
function sort_desc(a, n,    gap, i, j, v) {
    for (gap = int(n / 2); gap > 0; gap = int(gap / 2))
        for (i = gap + 1; i <= n; i++) {
            v = a[i]
            for (j = i; j > gap && a[j - gap] < v; j -= gap)
                a[j] = a[j - gap]
            a[j] = v
        }
}
BEGIN { FS = "\t" }
$1 == "spam" || $1 == "ham" {
    n++
    label[n] = $1
    score[n] = $2 + 0
    set[n] = set_of($3)
    count[$1, set[n]]++
    if ($1 == "ham")
        ham[++hams] = $2 + 0
    else
        spams++
}
END {
    if (hams == 0 || spams == 0)
        exit 0
    sort_desc(ham, hams)
    at["0.2"] = threshold(0.002)
    at["0.5"] = threshold(0.005)
    at["own"] = usual
    for (t in at) {
        for (k in hit)
            delete hit[k]
        all["spam"] = all["ham"] = 0
        for (i = 1; i <= n; i++)
            if (score[i] >= at[t]) {
                hit[label[i], set[i]]++
                all[label[i]]++
            }
        row("spam", "all", all["spam"], spams)
        row("ham", "all", all["ham"], hams)
        for (k in count) {
            split(k, part, SUBSEP)
            row(part[1], part[2], hit[k], count[k])
        }
    }
}
function row(kind, name_of_set, hits, of) {
    printf "{\"part\":\"dayone\",\"filter\":\"%s\",\"at\":\"%s\",\"threshold\":%.4f,\"kind\":\"%s\",\"set\":\"%s\",\"hit\":%d,\"of\":%d,\"percent\":%.2f}\n",
        name, t, at[t], kind, name_of_set, hits, of, 100 * hits / of
}
