/* Objects: larger things kept by what they are: quarantined mail, messages set aside.
 *
 * An object's id is a keyed hash of its content, so the same content lies here once. On disk:
 * DIR/ab/REST-OF-THE-ID, zstd inside libsodium's secretstream under a key of its own in the
 * keyring; destroying the key erases the object even where its bytes remain. objects_put is on
 * disk, key and all, when it returns.
 */
#ifndef MUSTER_JOURNAL_OBJECTS_H
#define MUSTER_JOURNAL_OBJECTS_H

#include "journal/keyring.h"

#define OBJECT_ID 32u

struct objects;

/* most_bytes: largest content, 0: 128 MiB. The keyring must live as long. Leftovers of an
 * interrupted put are removed. */
MUST_USE int objects_open(const char *dir, struct keyring *keys, uint64_t most_bytes, struct err *e,
                          struct objects **out);
void objects_close(struct objects *o);
/* ERR_LIMIT over the maximum, ERR_FULL when the disk is. */
MUST_USE int objects_put(struct objects *o, struct slice content, struct err *e,
                         unsigned char out_id[OBJECT_ID]);
/* Appends the content. ERR_NOENT: never there or erased; ERR_CORRUPT: damaged. */
MUST_USE int objects_get(struct objects *o, const unsigned char id[OBJECT_ID], struct buf *out,
                         struct err *e);
bool objects_has(struct objects *o, const unsigned char id[OBJECT_ID]);
/* Destroys the key, then removes the file. No such object is fine. */
MUST_USE int objects_erase(struct objects *o, const unsigned char id[OBJECT_ID], struct err *e);
/* Walks the folder: files and their bytes on disk. */
MUST_USE int objects_size(struct objects *o, uint64_t *out_count, uint64_t *out_bytes,
                          struct err *e);
/* 64 hexadecimal digits and a NUL. */
void object_id_text(const unsigned char id[OBJECT_ID], char out[65]);

#endif
