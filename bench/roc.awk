# Ranking quality of one filter: lines "label TAB score TAB path", highest score first.
# Prints one JSON line: 1-ROCA in percent (ties count half) and the spam missed when at most 0.1 %
# or 0.5 % of the ham lies at or above the threshold.
function close_tie() {
    area += tied_ham * (spam + tied_spam / 2)
    spam += tied_spam
    ham += tied_ham
    caught[++steps] = spam
    blocked[steps] = ham
    tied_spam = tied_ham = 0
}
function missed(rate,    i, best) {
    for (i = 1; i <= steps; i++)
        if (blocked[i] <= int(rate * ham) && caught[i] > best)
            best = caught[i]
    return 100 * (spam - best) / spam
}
{
    if (NR > 1 && $2 != last)
        close_tie()
    last = $2
    if ($1 == "spam") tied_spam++
    else tied_ham++
}
END {
    close_tie()
    printf "{\"part\":\"online\",\"filter\":\"bogofilter\",\"pack\":\"%s\",\"messages\":%d,\"spam\":%d,\"ham\":%d," \
        "\"roca_percent\":%.5f,\"miss_at_fpr_0.1\":%.3f,\"miss_at_fpr_0.5\":%.3f}\n",
        pack, NR, spam, ham, 100 * (1 - area / (spam * ham)), missed(0.001), missed(0.005)
}
