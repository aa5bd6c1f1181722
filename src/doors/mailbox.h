/* Mail that lies in files: eml, mbox, Maildir, directories of eml, standard input.
 *
 * Two halves that never meet, so that they can run in two processes. The walk lists and opens
 * (it needs the rights of the caller, and looks at names only); the reader takes an open
 * descriptor and turns its bytes into messages (it needs no rights at all). Both stream: memory
 * holds one message up to the cap, and one directory's names per level.
 */
#ifndef MUSTER_DOORS_MAILBOX_H
#define MUSTER_DOORS_MAILBOX_H

#include "base/buf.h"
#include "base/err.h"

enum mail_kind {
    MAIL_AUTO, /* mbox when the first line begins with "From ", else one message */
    MAIL_EML,  /* one message; a From_ line in front is dropped */
    MAIL_MBOX  /* RFC 4155; mboxrd and mboxo; Content-Length is not looked at */
};

enum {
    MAIL_SEEN = 1,
    MAIL_REPLIED = 2,
    MAIL_FLAGGED = 4,
    MAIL_TRASHED = 8,
    MAIL_DRAFT = 16,
    MAIL_PASSED = 32
};

/* ---- the walk ---- */

struct mail_file {
    int fd;           /* open for reading; the receiver's to close */
    const char *path; /* valid until the next call; "-" for standard input */
    enum mail_kind kind;
    bool is_maildir;
    unsigned flags; /* MAIL_SEEN ... from a Maildir name */
};

struct mail_walk;

/* path: a file (mail or mbox), a Maildir (cur and new, read new first), a directory (all regular
 * files below, in byte order of their names; names that begin with a dot are passed over; files
 * named *.mbox are mbox, Maildirs inside are read as such), or "-". ERR_NOENT, ERR_DENIED, ERR_IO
 * name the path. */
MUST_USE int mail_walk_new(const char *path, struct err *e, struct mail_walk **out);
/* 1: *out is filled; 0: the end; negative: this one could not be opened or listed, ask on. */
MUST_USE int mail_walk_next(struct mail_walk *w, struct err *e, struct mail_file *out);
void mail_walk_free(struct mail_walk *w);

/* ---- the reader ---- */

struct mail_item {
    struct slice raw;       /* valid until the next call */
    struct slice from_line; /* of an mbox, without its line end; else empty */
    uint64_t number;        /* from 1 within the file */
    uint64_t offset;        /* of the message's first byte in the file */
    bool is_cut;            /* longer than the cap: only the head is here */
};

struct mail_reader;

/* fd stays the caller's. max_bytes caps one message. */
struct mail_reader *mail_reader_new(int fd, enum mail_kind kind, size_t max_bytes);
/* 1: *out is filled; 0: the end; negative: ERR_IO. An empty file has no message. */
MUST_USE int mail_reader_next(struct mail_reader *r, struct err *e, struct mail_item *out);
void mail_reader_free(struct mail_reader *r);

#endif
