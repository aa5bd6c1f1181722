/* muster receipt: signed records of consent, made by a sender and verified by anybody
 * (law/receipt.h). Lists and receipts of others are read in a process without rights; the key stays
 * in this one.
 */
#include "cli/command.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/pack.h"
#include "law/csv.h"
#include "law/fact.h"
#include "law/receipt.h"
#include "law/recipients.h"
#include "node/walled.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const struct option_doc options[] = {
    {'c', "config", "FILE", "configuration (default /etc/muster/muster.conf)"},
    {'k', "key", "PEM", "the sender's key: private to make, public to verify"},
    {'a', "address", "A", "whose receipt is made, looked for or verified"},
    {0, "sender", "NAME", "who may write"},
    {0, "what", "TEXT", "what was agreed to"},
    {0, "basis", "WORD", "express (default), customer, inquiry, member, given ..."},
    {0, "when", "TIME", "when (default now)"},
    {0, "how", "TEXT", "how: which form, confirmed by what"},
    {0, "text", "FILE", "the text that was shown"},
    {0, "clock", "UNIXTIME", "fix the clock"},
    {0}};
enum { O_CONFIG, O_KEY, O_ADDRESS, O_SENDER, O_WHAT, O_BASIS, O_WHEN, O_HOW, O_TEXT, O_CLOCK };

struct job {
    struct arena *arena;
    struct conf *conf;
    const char *config, *key_path, *text_path;
    struct receipt_key key;
    struct receipt common; /* what the options say; address empty in an import */
    int fd;
    uint64_t made, bad;
    bool verify, found;
};

/* ---- files ---- */

static int read_file(struct job *k, const char *path, size_t most, struct slice *out, struct err *e)
{
    char *p = arena_bytes(k->arena, most + 1);
    size_t n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "opening %s", path);
    ssize_t got;
    while (n <= most && ((got = read(fd, p + n, most + 1 - n)) > 0 || (got < 0 && errno == EINTR)))
        n += got > 0 ? (size_t)got : 0;
    close(fd);
    *out = slice_of(p, n);
    return n > most ? err_set(e, ERR_LIMIT, "%s is too long", path) : 0;
}

static int read_key(struct job *k, struct err *e)
{
    struct slice pem;
    if (k->key_path == NULL)
        return err_set(e, ERR_USAGE,
                       "say whose key: --key PEM ('muster receipt key FILE' makes one)");
    int rc = read_file(k, k->key_path, 4096, &pem, e);
    return rc < 0 ? rc : receipt_key_read(pem, e, &k->key);
}

static int write_new(const char *path, struct slice text, mode_t mode, struct err *e)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return err_errno(e, "making %s", path);
    ssize_t n = write(fd, text.p, text.n);
    int rc = n != (ssize_t)text.n || fsync(fd) < 0 ? err_errno(e, "writing %s", path) : 0;
    close(fd);
    return rc;
}

/* ---- key ---- */

static int run_key(struct job *k, const char *path, struct err *e)
{
    struct buf secret = BUF_INIT(1024), public = BUF_INIT(1024);
    struct slice name = arena_printf(k->arena, "%s.pub", path);
    receipt_key_make(&k->key);
    receipt_key_pem(&k->key, true, &secret);
    receipt_key_pem(&k->key, false, &public);
    int rc = write_new(path, buf_slice(&secret), 0600, e);
    if (rc == 0)
        rc = write_new(arena_cstr(k->arena, name), buf_slice(&public), 0644, e);
    if (rc == 0)
        printf("%s holds the private key: keep it. %.*s is for everybody who verifies your "
               "receipts.\n",
               path, SLICE_ARG(name));
    buf_fini(&secret);
    buf_fini(&public);
    return rc;
}

/* ---- make and import ---- */

static int finish_common(struct job *k, struct err *e)
{
    char now[32];
    int32_t value;
    if (k->common.basis.n == 0)
        k->common.basis = SLICE("express");
    if (law_fact_value(LAW_FACT_CONSENT, k->common.basis, &value, e) < 0)
        return ERR_USAGE;
    if (k->common.when.n == 0) {
        struct slice t = slice_str(clock_rfc3339(clock_now_us(), now));
        k->common.when = arena_printf(k->arena, "%.*sZ", SLICE_ARG(slice_head(t, 19)));
    }
    return k->text_path ? read_file(k, k->text_path, RECEIPT_MOST / 2, &k->common.text, e) : 0;
}

static int make_one(struct job *k, const struct receipt *r, struct err *e)
{
    struct buf line = BUF_INIT(RECEIPT_MOST);
    int rc = receipt_make(r, &k->key, e, &line);
    if (rc == 0)
        fwrite(line.p, 1, line.n, stdout);
    k->made += rc == 0;
    buf_fini(&line);
    return rc;
}

static long read_list(void *arg, char *p, size_t n)
{
    struct job *k = arg;
    ssize_t got;
    do
        got = read(k->fd, p, n);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Which column is what, in an import: 0 none. */
enum import_column {
    IMPORT_NONE,
    IMPORT_ADDRESS,
    IMPORT_WHEN,
    IMPORT_WHAT,
    IMPORT_HOW,
    IMPORT_TEXT,
    IMPORT_BASIS,
    IMPORT_COLUMNS
};

static enum import_column import_column(struct slice title)
{
    static const struct {
        const char *titles;
        enum import_column is;
    } rows[] = {
        {"email|e-mail|mail|address|email address|e-mail-adresse|courriel|correo", IMPORT_ADDRESS},
        {"when|date|consent date|consent_date|opt-in date|optin date|confirmed at|einwilligung "
         "am|datum|fecha",
         IMPORT_WHEN},
        {"what|purpose|topic|list|newsletter|zweck", IMPORT_WHAT},
        {"how|source|form|evidence|proof|nachweis|quelle|ip", IMPORT_HOW},
        {"text|wording|text shown|consent text|wortlaut", IMPORT_TEXT},
        {"basis|consent|consent basis|legal basis", IMPORT_BASIS}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct slice rest = slice_str(rows[i].titles), one;
        while (slice_split(&rest, '|', &one))
            if (slice_ieq(slice_trim(title), one))
                return rows[i].is;
    }
    return IMPORT_NONE;
}

/* In the child: rows of the list, packed. */
static int import_child(void *arg, int out, struct err *e)
{
    struct job *k = arg;
    struct csv *csv = csv_new(read_list, k);
    struct csv_row row;
    enum import_column use[CSV_FIELDS_MOST] = {IMPORT_NONE};
    size_t n = 0;
    int rc = 0;
    if (csv_next(csv, &row) && !row.broken)
        for (n = 0; n < row.n; n++)
            use[n] = import_column(row.fields[n]);
    while (rc == 0 && csv_next(csv, &row)) {
        struct slice of[IMPORT_COLUMNS] = {{0}};
        struct buf b = BUF_INIT(2 * RECEIPT_MOST);
        for (size_t i = 0; !row.broken && row.n == n && i < n; i++)
            if (of[use[i]].n == 0)
                of[use[i]] = slice_trim(row.fields[i]);
        pack_u64(&b, row.line);
        for (int c = IMPORT_ADDRESS; c < IMPORT_COLUMNS; c++)
            pack_bytes(&b, of[c]);
        rc = walled_tell(out, buf_slice(&b), e);
        buf_fini(&b);
    }
    csv_free(csv);
    return rc;
}

/* In the parent: signs a row; one that cannot be is named and the others go on. */
static int import_row(void *arg, struct slice message, struct err *e)
{
    struct job *k = arg;
    struct unpack u = {.rest = message};
    struct receipt r = k->common;
    struct err why = {0};
    int32_t day, basis;
    char text[16];
    uint64_t line = unpack_u64(&u);
    struct slice of[IMPORT_COLUMNS];
    for (int c = IMPORT_ADDRESS; c < IMPORT_COLUMNS; c++)
        of[c] = unpack_bytes(&u);
    if (u.bad)
        return err_set(e, ERR_CORRUPT, "the reader's answer is not well formed");
    r.address = of[IMPORT_ADDRESS];
    r.what = of[IMPORT_WHAT].n ? of[IMPORT_WHAT] : r.what;
    r.how = of[IMPORT_HOW].n ? of[IMPORT_HOW] : r.how;
    r.text = of[IMPORT_TEXT].n ? of[IMPORT_TEXT] : r.text;
    r.basis = of[IMPORT_BASIS].n ? of[IMPORT_BASIS] : r.basis;
    int rc = 0;
    if (of[IMPORT_WHEN].n && day_read(of[IMPORT_WHEN], DATES_UNKNOWN, &day) == 1)
        r.when = slice_str(law_date_text(day, text));
    else
        rc = err_set(&why, ERR_USAGE, "it has no date that can be read");
    if (rc == 0)
        rc = law_fact_value(LAW_FACT_CONSENT, r.basis, &basis, &why);
    if (rc == 0)
        rc = make_one(k, &r, &why);
    if (rc < 0) {
        fprintf(stderr, "muster receipt: line %llu: %s\n", (unsigned long long)line, why.text);
        k->bad++;
    }
    return 0;
}

static int run_import(struct job *k, const char *path, struct err *e)
{
    struct walled_work w = {import_child, import_row, k, {-1, -1, -1}};
    int rc = read_key(k, e);
    if (rc == 0)
        rc = finish_common(k, e);
    k->fd = rc < 0 ? -1 : strcmp(path, "-") == 0 ? dup(0) : open(path, O_RDONLY | O_CLOEXEC);
    if (rc == 0 && k->fd < 0)
        rc = err_errno(e, "opening %s", path);
    w.fds[0] = k->fd;
    if (rc == 0)
        rc = walled_run(k->conf, &w, e);
    if (rc == 0)
        fprintf(stderr, "%llu receipts made, %llu lines left out\n", (unsigned long long)k->made,
                (unsigned long long)k->bad);
    return rc < 0 ? rc : k->bad > 0;
}

static int run_make(struct job *k, struct err *e)
{
    int rc = read_key(k, e);
    if (rc == 0)
        rc = finish_common(k, e);
    return rc < 0 ? rc : make_one(k, &k->common, e);
}

/* ---- show and verify ---- */

static void field(const char *name, struct slice text)
{
    struct buf b = BUF_INIT(RECEIPT_MOST);
    escape_add(&b, ESCAPE_TERM, text, 0);
    printf("  %-7s %s\n", name, buf_cstr(&b));
    buf_fini(&b);
}

static void show_one(const struct receipt *r)
{
    field("sender", r->sender);
    field("what", r->what);
    field("basis", r->basis);
    field("when", r->when);
    field("how", r->how);
    if (r->text.n)
        field("text", r->text);
    field("key", r->key);
}

/* One line of a file of receipts: true when it is what was asked for and in order. */
static bool one_receipt(struct job *k, struct arena *a, struct slice line, uint64_t number)
{
    struct receipt r;
    struct err e = {0};
    bool has_key = k->key_path != NULL;
    if (receipt_read(a, line, &e, &r) < 0) {
        printf("line %llu: %s\n", (unsigned long long)number, e.text);
        return false;
    }
    bool is_about = k->common.address.n == 0 || receipt_is_about(&r, k->common.address);
    if (!is_about && !k->verify)
        return true; /* somebody else's */
    bool is_signed = receipt_is_signed(line, &r, has_key ? &k->key : NULL);
    k->found |= is_about;
    printf("line %llu: %s%s\n", (unsigned long long)number,
           !is_signed ? "NOT signed by this key, or changed"
           : has_key  ? "signed by this key"
                      : "unchanged; by whom was not checked (give --key)",
           k->common.address.n == 0 ? ""
           : is_about               ? ", about this address"
                                    : ", NOT about this address");
    show_one(&r);
    return is_signed && is_about;
}

static int show_child(void *arg, int out, struct err *e)
{
    struct job *k = arg;
    struct arena *a = arena_new(0);
    FILE *f = fdopen(k->fd, "r");
    char *p = NULL;
    size_t room = 0;
    ssize_t n;
    uint64_t number = 0, bad = 0;
    (void)out;
    if (f == NULL)
        return err_errno(e, "reading the receipts");
    while ((n = getline(&p, &room, f)) > 0) {
        struct slice line = slice_trim(slice_of(p, (size_t)n));
        number++;
        if (line.n && !one_receipt(k, a, line, number))
            bad++;
        arena_reset(a);
    }
    free(p);
    if (number == 0)
        printf("there is no receipt\n");
    if (number && k->common.address.n && !k->found)
        printf("no receipt is about this address\n");
    return bad || number == 0 || (k->common.address.n && !k->found) ? 1 : 0;
}

static int run_show(struct job *k, const char *path, struct err *e)
{
    struct walled_work w = {show_child, NULL, k, {-1, -1, -1}};
    int rc = k->key_path ? read_key(k, e) : 0;
    memset(k->key.seed, 0, sizeof k->key.seed); /* the child that reads gets no secret */
    if (rc == 0 && k->verify && !k->key_path)
        rc = err_set(e, ERR_USAGE, "say whose key: --key PEM (the sender's public key)");
    k->fd = rc < 0 ? -1 : strcmp(path, "-") == 0 ? dup(0) : open(path, O_RDONLY | O_CLOEXEC);
    if (rc == 0 && k->fd < 0)
        rc = err_errno(e, "opening %s", path);
    w.fds[0] = k->fd;
    return rc < 0 ? rc : walled_run(k->conf, &w, e);
}

/* ---- the command ---- */

static int read_options(struct option_reader *r, struct job *k)
{
    struct slice *texts[] = {[O_ADDRESS] = &k->common.address, [O_SENDER] = &k->common.sender,
                             [O_WHAT] = &k->common.what,       [O_BASIS] = &k->common.basis,
                             [O_WHEN] = &k->common.when,       [O_HOW] = &k->common.how};
    uint64_t clock;
    int o;
    while ((o = option_next(r)) >= 0) {
        if (o == O_CONFIG)
            k->config = r->value;
        else if (o == O_KEY)
            k->key_path = r->value;
        else if (o == O_TEXT)
            k->text_path = r->value;
        else if (o != O_CLOCK)
            *texts[o] = slice_str(r->value);
        else if (slice_u64(slice_str(r->value), &clock) && clock < INT64_MAX / 1000000)
            clock_fix((int64_t)clock);
        else
            return command_error(&cmd_receipt, EXIT_USAGE,
                                 "--clock takes seconds since 1970, not '%s'", r->value);
    }
    return o == OPTION_HELP ? -1 : o == OPTION_BAD ? EXIT_USAGE : 0;
}

static int dispatch(struct job *k, int argc, char **argv, struct err *e)
{
    const char *word = argc > 0 ? argv[0] : "";
    if (strcmp(word, "make") == 0 && argc == 1)
        return run_make(k, e);
    if (strcmp(word, "key") == 0 && argc == 2)
        return run_key(k, argv[1], e);
    if (strcmp(word, "import") == 0 && argc == 2)
        return run_import(k, argv[1], e);
    k->verify = strcmp(word, "verify") == 0;
    if ((k->verify || strcmp(word, "show") == 0) && argc == 2)
        return run_show(k, argv[1], e);
    return err_set(e, ERR_USAGE, "say: key FILE, make, import CSV, show FILE or verify FILE");
}

static int run(int argc, char **argv)
{
    struct option_reader r = {.command = &cmd_receipt, .argc = argc, .argv = argv};
    struct job k = {.arena = arena_new(0), .fd = -1};
    struct err e = {0};
    int code = read_options(&r, &k);
    if (code == 0) {
        int rc = node_config_read(k.arena, k.config, &e, &k.conf);
        if (rc == 0)
            rc = dispatch(&k, argc - r.at, argv + r.at, &e);
        code = rc < 0 ? command_fail(&cmd_receipt, &e) : rc ? EXIT_NEGATIVE : EXIT_FINE;
    } else if (code < 0) {
        code = EXIT_FINE;
    }
    receipt_key_wipe(&k.key);
    arena_free(k.arena);
    return code;
}

const struct command cmd_receipt = {
    .name = "receipt",
    .args = "key FILE | make | import CSV | show FILE | verify FILE",
    .summary = "make and verify signed records of consent",
    .about = "A receipt says who agreed to what, when, how and under which text, without the "
             "address itself, "
             "signed by the sender. 'key' makes a pair of keys, 'make' and 'import' print "
             "receipts, one a "
             "line, 'verify' checks them with the sender's public key, offline. Exit code 1 means "
             "that one "
             "does not verify, is not about the address, or that a line of the list was left out.",
    .options = options,
    .run = run};
