/* The journal: an append-only log of events in segment files DIR/00000001.seg, ...
 *
 * One process writes. journal_append only puts an event into the batch in memory;
 * journal_commit writes the batch and, asked to be durable, waits for the disk. A batch is
 * written whole or not at all: on failure it is dropped, the file is cut back to what is known
 * to be on disk, and the journal goes on (disk full: ERR_FULL, reading still works, later commits
 * try again). What journal_synced says is there after a crash at any point.
 *
 * Opening walks the last segment: a torn tail is cut with one warning that names file and offset
 * (the cut bytes are kept beside it as *.seg.torn), damage before events that were promised is
 * refused with ERR_CORRUPT. Limits: EVENT_MOST per event, 16 MiB per batch.
 */
#ifndef MUSTER_JOURNAL_LOG_H
#define MUSTER_JOURNAL_LOG_H

#include "journal/events.h"

struct journal;

struct journal_options {
    uint64_t segment_bytes; /* a new file from this size on; 0: 16 MiB */
    bool read_only;         /* changes nothing, cuts nothing */
};

/* Opens or makes DIR. options may be NULL. On a read-only file system it opens for reading and
 * journal_is_read_only is true. */
MUST_USE int journal_open(const char *dir, const struct journal_options *options, struct err *e,
                          struct journal **out);
/* Drops a batch that was not committed. NULL is fine. */
void journal_close(struct journal *j);
bool journal_is_read_only(const struct journal *j);
/* Adds to the batch; *out_seq (may be NULL) is its sequence if the commit succeeds. ERR_LIMIT for
 * an oversized event or batch, ERR_FULL when the journal is read-only. */
MUST_USE int journal_append(struct journal *j, const struct event *ev, struct err *e,
                            uint64_t *out_seq);
/* Writes the batch; durable: and all written before is on disk when this returns. */
MUST_USE int journal_commit(struct journal *j, bool durable, struct err *e);
/* Sequences: oldest that may be there, last written, last known to be on disk. 0: none. */
uint64_t journal_first(const struct journal *j);
uint64_t journal_last(const struct journal *j);
uint64_t journal_synced(const struct journal *j);
/* This node's number, made with the journal's first segment. */
const unsigned char *journal_node(const struct journal *j);
/* What the opening cut: bytes and a sentence, or 0 and "". */
uint64_t journal_cut(const struct journal *j, const char **out_words);

struct journal_size {
    uint64_t segments, bytes;
    uint64_t pending;     /* events appended, written or not, that are not known to be on disk */
    uint64_t batch_bytes; /* of those in memory alone */
    int64_t oldest_us;    /* when the oldest segment was made */
};
void journal_size(const struct journal *j, struct journal_size *out);

/* Walks events in order from sequence `from` (or the first after it) to the last known to be on
 * disk at the time of each call. The texts of an event live until the next call. */
struct journal_reader;
MUST_USE int journal_read(const struct journal *j, uint64_t from, struct err *e,
                          struct journal_reader **out);
/* 1 and an event, 0 at the end (more may come later), negative on damage. Kinds that this program
 * does not know are passed over. */
MUST_USE int journal_next(struct journal_reader *r, struct event *out, struct err *e);
void journal_reader_free(struct journal_reader *r);

/* Rewrites older segments without the events whose class is past its time: keep_us[class] < 0
 * keeps for ever. `spare` (may be NULL) is asked first: true keeps an event in any case. Sequence
 * numbers stay. The segment being written is left alone.
 * Readers opened before must be freed. *out_dropped counts events. */
typedef bool journal_spare(void *arg, const struct event *ev);
MUST_USE int journal_retain(struct journal *j, const int64_t keep_us[KEEP_CLASSES], int64_t now_us,
                            journal_spare *spare, void *arg, struct err *e, uint64_t *out_dropped);

/* Reads every byte of a journal, changes nothing. Problems go into *report, one line each. 0: all
 * is well; ERR_CORRUPT: something is not. *out_events counts good events. */
MUST_USE int journal_verify(const char *dir, struct buf *report, struct err *e,
                            uint64_t *out_events);

#endif
