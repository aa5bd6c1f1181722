/* Arena: memory that lives as long as one task and is given back whole.
 *
 * One arena per message; everything parsed from it lies there, so nothing is freed
 * singly and nothing leaks. Memory is zeroed. When the hard maximum is passed or the
 * system is out of memory the process aborts: it is small, and its master restarts it
 * (parsers keep their own limits far below the maximum). Not for use by two threads.
 */
#ifndef MUSTER_BASE_ARENA_H
#define MUSTER_BASE_ARENA_H

#include "base/attr.h"
#include "base/slice.h"

struct arena;

/* max_bytes: hard maximum over the arena's life; 0 means 1 GiB. */
struct arena *arena_new(size_t max_bytes);
void arena_free(struct arena *a);
/* Forgets everything but keeps one block (at most 1 MiB) for the next task. */
void arena_reset(struct arena *a);
/* Bytes handed out since the last reset. */
size_t arena_used(const struct arena *a);

/* n zeroed bytes, aligned to 16; n = 0 gives a valid pointer. Never NULL. */
void *arena_alloc(struct arena *a, size_t n);
/* n bytes not zeroed, not aligned: for text. */
char *arena_bytes(struct arena *a, size_t n);
/* A zeroed array of count elements; aborts when the product overflows. */
void *arena_array(struct arena *a, size_t count, size_t size);
/* Grows an array in an arena: copies old_count elements to room for new_count. The old place
 * stays allotted, so grow by doubling. */
void *arena_grow(struct arena *a, void *old, size_t old_count, size_t new_count, size_t size);
/* A copy, with a NUL behind it that is not counted. */
struct slice arena_dup(struct arena *a, struct slice s);
char *arena_cstr(struct arena *a, struct slice s);
/* Both, one behind the other. */
struct slice arena_join(struct arena *a, struct slice front, struct slice back);
struct slice arena_lower(struct arena *a, struct slice s);
PRINTF_LIKE(2, 3) struct slice arena_printf(struct arena *a, const char *fmt, ...);

#define ARENA_NEW(a, type)          ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_array((a), (count), sizeof(type)))

#endif
