/* What the files of the journal share. Not for others. */
#ifndef MUSTER_JOURNAL_LOG_INTERNAL_H
#define MUSTER_JOURNAL_LOG_INTERNAL_H

#include "journal/log.h"
#include "journal/segment.h"

#define JOURNAL_BATCH_MOST (16u << 20)
#define JOURNAL_NAME_MOST  24u

struct journal {
    char *dir;
    int dir_fd;
    uint64_t segment_bytes;
    bool read_only;
    bool failed; /* the file could not be cut back: no more writing */
    unsigned char node[16];
    uint32_t first_file, last_file; /* numbers of segment files; 0: none yet */
    int fd;                         /* of the last segment, -1 when there is none */
    uint64_t end;                   /* bytes of the last segment that are written */
    uint64_t synced_end;            /* and known to be on disk, in that file */
    uint64_t first_seq;
    uint64_t written, synced; /* sequences */
    uint64_t next;            /* of the next append */
    struct buf batch;
    struct buf payload;
    uint64_t cut_bytes;
    char cut_words[256];
    struct journal_size size; /* segments and bytes of closed files, oldest */
};

void segment_name(uint32_t number, char out[JOURNAL_NAME_MOST]);
/* Numbers of the first and last segment file (0, 0: none); ERR_CORRUPT when one in between is
 * missing. */
MUST_USE int segment_list(int dir_fd, const char *dir, uint32_t *out_first, uint32_t *out_last,
                          struct err *e);
/* Maps a segment file for reading; an empty file gives an empty slice. */
MUST_USE int segment_map(int dir_fd, const char *dir, uint32_t number, struct slice *out,
                         struct err *e);
void segment_unmap(struct slice s);
/* Writes all or fails with errno set; EINTR and short writes are handled. */
bool write_all(int fd, struct slice s);

#endif
