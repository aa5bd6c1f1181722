/* Reading messages from an open descriptor. See mailbox.h.
 *
 * An mbox has no grammar that all writers share. A line begins a message when it starts with
 * "From ", stands at the top or behind an empty line, and holds a time of day; so neither an
 * unquoted sentence in a body nor a lying Content-Length moves the cut. One '>' is taken from
 * ">From ", ">>From " and so on (mboxrd; in mboxo files only the first kind occurs).
 */
#include "doors/mailbox.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define BLOCK (128u * 1024)

struct mail_reader {
    int fd;
    enum mail_kind kind;
    struct buf msg, from_line;
    size_t at, n;    /* unread bytes in block */
    uint64_t offset; /* of block[at] in the file */
    uint64_t number;
    bool is_end, has_begun;
    char block[BLOCK];
};

struct mail_reader *mail_reader_new(int fd, enum mail_kind kind, size_t max_bytes)
{
    struct mail_reader *r = malloc(sizeof(*r));
    if (r == NULL)
        BUG("out of memory");
    memset(r, 0, offsetof(struct mail_reader, block));
    r->fd = fd;
    r->kind = kind;
    r->msg = BUF_INIT(max_bytes);
    r->from_line = BUF_INIT(1024);
    return r;
}

void mail_reader_free(struct mail_reader *r)
{
    if (r == NULL)
        return;
    buf_fini(&r->msg);
    buf_fini(&r->from_line);
    free(r);
}

/* Moves what is unread to the front and reads on. */
static int fill(struct mail_reader *r, struct err *e)
{
    if (r->is_end)
        return 0;
    memmove(r->block, r->block + r->at, r->n);
    r->at = 0;
    ssize_t got;
    do {
        got = read(r->fd, r->block + r->n, BLOCK - r->n);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return err_errno(e, "cannot read");
    if (got == 0)
        r->is_end = true;
    r->n += (size_t)got;
    return 0;
}

static struct slice unread(const struct mail_reader *r)
{
    return slice_of(r->block + r->at, r->n);
}

static void skip(struct mail_reader *r, size_t n)
{
    r->at += n;
    r->n -= n;
    r->offset += n;
}

/* The next line with its LF, or as much of a line as the block holds; empty at the end. */
static int peek_line(struct mail_reader *r, struct err *e, struct slice *out)
{
    for (;;) {
        size_t lf = slice_chr(unread(r), '\n');
        if (lf != SIZE_MAX) {
            *out = slice_head(unread(r), lf + 1);
            return 0;
        }
        if (r->is_end || r->n == BLOCK) {
            *out = unread(r);
            return 0;
        }
        int rc = fill(r, e);
        if (rc < 0)
            return rc;
    }
}

static bool has_time(struct slice s)
{
    for (size_t i = 0; i + 4 < s.n; i++)
        if (s.p[i + 2] == ':' && ascii_is_digit(s.p[i + 1]) && ascii_is_digit(s.p[i + 3]) &&
            ascii_is_digit(s.p[i + 4]))
            return true;
    return false;
}

static bool is_from_line(struct slice line)
{
    return slice_starts(line, SLICE("From ")) && line.n < 1024 && has_time(line);
}

static bool is_quoted_from(struct slice line)
{
    size_t i = 0;
    while (i < line.n && line.p[i] == '>')
        i++;
    return i > 0 && slice_starts(slice_from(line, i), SLICE("From "));
}

static struct slice without_eol(struct slice line)
{
    if (slice_ends(line, SLICE("\n")))
        line.n--;
    if (slice_ends(line, SLICE("\r")))
        line.n--;
    return line;
}

/* Takes the From_ line at the front, whatever it holds: at the top of a file it needs no date. */
static int take_from_line(struct mail_reader *r, struct err *e)
{
    struct slice line;
    int rc = peek_line(r, e, &line);
    if (rc < 0)
        return rc;
    buf_reset(&r->from_line);
    buf_add(&r->from_line, without_eol(line));
    skip(r, line.n);
    return 0;
}

static int begin(struct mail_reader *r, struct err *e)
{
    struct slice line;
    r->has_begun = true;
    int rc = peek_line(r, e, &line);
    if (rc < 0)
        return rc;
    bool has_from = slice_starts(line, SLICE("From "));
    if (r->kind == MAIL_AUTO)
        r->kind = has_from ? MAIL_MBOX : MAIL_EML;
    return has_from ? take_from_line(r, e) : 0;
}

static int read_whole(struct mail_reader *r, struct err *e)
{
    for (;;) {
        buf_add(&r->msg, unread(r));
        skip(r, r->n);
        if (r->is_end || r->msg.full)
            return 0;
        int rc = fill(r, e);
        if (rc < 0)
            return rc;
    }
}

/* Up to the next From_ line, which stays in front for the next call; the blank line before it
 * belongs to the mbox, not to the message. */
static int read_to_from(struct mail_reader *r, struct err *e)
{
    bool at_start = true, after_blank = false;
    size_t blank = 0;
    for (;;) {
        struct slice line;
        int rc = peek_line(r, e, &line);
        if (rc < 0)
            return rc;
        if (line.n == 0)
            break;
        if (at_start && after_blank && is_from_line(line)) {
            if (!r->msg.full)
                r->msg.n -= blank;
            return 0;
        }
        bool is_blank = at_start && without_eol(line).n == 0;
        buf_add(&r->msg, slice_from(line, at_start && is_quoted_from(line)));
        after_blank = is_blank;
        blank = line.n;
        at_start = slice_ends(line, SLICE("\n"));
        skip(r, line.n);
    }
    if (after_blank && !r->msg.full && r->msg.n > blank)
        r->msg.n -= blank;
    return 0;
}

int mail_reader_next(struct mail_reader *r, struct err *e, struct mail_item *out)
{
    int rc = 0;
    if (!r->has_begun)
        rc = begin(r, e);
    else if (r->kind == MAIL_MBOX && r->n)
        rc = take_from_line(r, e);
    if (rc < 0)
        return rc;
    bool is_empty_first = r->number == 0 && r->from_line.n > 0;
    if (r->n == 0 && r->is_end && !is_empty_first)
        return 0;
    buf_reset(&r->msg);
    uint64_t offset = r->offset;
    rc = r->kind == MAIL_MBOX ? read_to_from(r, e) : read_whole(r, e);
    if (rc < 0)
        return rc;
    *out = (struct mail_item){.raw = buf_slice(&r->msg),
                              .from_line = buf_slice(&r->from_line),
                              .number = ++r->number,
                              .offset = offset,
                              .is_cut = r->msg.full};
    if (r->kind == MAIL_EML) { /* nothing behind it, even when it was cut */
        r->n = 0;
        r->is_end = true;
    }
    return 1;
}
