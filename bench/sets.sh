# Message sets for ./dev bench, as lists of "spam PATH" and "ham PATH" in $sets. Sourced.
# From the mail corpora in CORPORA_DIR when they are there (unpacked once below the build folder),
# else from the project's own sample mailbox, and then it says so.

# unpack NAME: fetches a pack into $packs; 1 when it is not there.
unpack() {
    [ -f "$packs/$1/index" ] && return 0
    [ -f "$CORPORA_DIR/$1.tar.zst" ] || return 1
    mkdir -p "$packs"
    tar -C "$packs" -I zstd -xf "$CORPORA_DIR/$1.tar.zst"
}

# pick NAME COUNT [LABEL [PATTERN]]: COUNT messages spread evenly over a pack's index, with full paths.
pick() {
    unpack "$1" || return 0
    awk -v want="$2" -v label="${3:-}" -v pattern="${4:-.}" -v dir="$packs/$1" '
        (label == "" || $1 == label) && $2 ~ pattern { line[n++] = $1 " " dir "/" $2 }
        END {
            if (want > n) want = n
            for (i = 0; i < want; i++) print line[int(i * n / want)]
        }' "$packs/$1/index"
}

# The body of each message in a list that has the given start of Content-Type at its top.
bodies() {
    while read -r _ path; do
        awk -v type="$2" '
            BODY { print; next }
            tolower($0) ~ "^content-type:[ \t]*" type { hit = 1 }
            tolower($0) ~ /^content-transfer-encoding:[ \t]*(base64|quoted)/ { hit = -9 }
            /^\r?$/ { if (hit < 1) exit; BODY = 1 }' "$path"
    done < "$1"
}

# grown KIND BYTES FILE: one message of about that size out of real text, HTML or an attachment.
grown() {
    {
        printf 'From: Bench <bench@example.org>\nTo: you@example.net\nSubject: %s of %s bytes\n' "$1" "$2"
        printf 'Date: Sun, 22 Nov 2026 00:00:00 +0000\nMessage-ID: <%s.%s@example.org>\nMIME-Version: 1.0\n' "$1" "$2"
        case $1 in
        text) printf 'Content-Type: text/plain; charset=iso-8859-1\n\n' ;;
        html) printf 'Content-Type: text/html; charset=iso-8859-1\n\n' ;;
        attachment)
            printf 'Content-Type: multipart/mixed; boundary="cut-here"\n\n--cut-here\n'
            printf 'Content-Type: text/plain\n\nThe scan you asked for.\n\n--cut-here\n'
            printf 'Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n'
            printf 'Content-Disposition: attachment; filename="scan.pdf"\n\n'
            ;;
        esac
        head -c "$2" "$sets/stuff.$1"
        [ "$1" != attachment ] || printf '\n--cut-here--\n'
    } > "$3"
}

# Stuff of at least 25 MB of each kind; goes round what there is.
make_stuff() {
    [ ! -s "$sets/stuff.attachment" ] || return 0
    { pick trec07p-a 6000; pick spamassassin 3000; } > "$sets/stuff.list"
    [ -s "$sets/stuff.list" ] || sed 's/^/- /' "$sets/samples" > "$sets/stuff.list"
    for kind in text html; do
        bodies "$sets/stuff.list" "text/$( [ $kind = text ] && echo plain || echo html )" > "$sets/part"
        # A corpus of plain mail without any header of its own still gives text.
        [ -s "$sets/part" ] || cut -d' ' -f2- "$sets/stuff.list" | tr '\n' '\0' | xargs -0 cat > "$sets/part"
        : > "$sets/stuff.$kind"
        while [ "$(wc -c < "$sets/stuff.$kind")" -lt 26214400 ]; do
            cat "$sets/part" >> "$sets/stuff.$kind"
        done
    done
    rm -f "$sets/part"
    # An attachment is compressed data in practice: gzip of real mail, then base64.
    gzip -1c "$sets/stuff.text" "$sets/stuff.html" "$sets/stuff.text" "$sets/stuff.html" "$muster" |
        base64 -w 76 > "$sets/stuff.attachment"
    while [ "$(wc -c < "$sets/stuff.attachment")" -lt 26214400 ]; do
        cp "$sets/stuff.attachment" "$sets/part"
        cat "$sets/part" >> "$sets/stuff.attachment"
    done
    rm -f "$sets/part"
}

make_sets() {
    mkdir -p "$sets"
    find "$root/samples/mail" -name '*.eml' | sort > "$sets/samples"
    # As in the measurements of other filters: four corpora, old and new, spam and ham.
    {
        pick spamassassin 600
        pick trec07p-a 600
        pick phishing_pot-a 500
        pick csdmc2010-new 300
    } > "$sets/mix"
    mixed="SpamAssassin corpus, TREC 2007, phishing_pot, CSDMC 2010"
    if [ ! -s "$sets/mix" ]; then
        sed 's/^/- /; s/^- //' "$sets/samples" > "$sets/mix"
        mixed="the project's own samples, for want of corpora in $CORPORA_DIR: small and few, so"
        mixed="$mixed ratios flatter whoever has little to do per message"
    fi
    head -1 "$sets/mix" > "$tmp/one"
    mix_n=$(wc -l < "$sets/mix")
    mix_bytes=$(sed 's/^spam //; s/^ham //' "$sets/mix" | tr '\n' '\0' | xargs -0 cat | wc -c)
}
