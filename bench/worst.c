/* Looks for input that costs too much: every file of some folders is made into mail in several
 * ways, each repeated until it is as large as real mail gets, and scanned whole. An input that a
 * fuzzer found odd enough to keep is where a parser's worst case begins.
 *   worst CONFIG LIMIT FOLDER...
 * Prints the dearest inputs in CPU milliseconds a megabyte; 1 when one is over LIMIT. On stderr it
 * says how far it is, and names each input that is dearer than all before.
 *
 * What else runs on a machine makes CPU time longer, never shorter: whatever was over the limit is
 * looked at again at the end, in rounds some seconds apart, and its least figure counts.
 */
#include "base/clock.h"
#include "base/progress.h"
#include "node/world.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_BYTES ((size_t)64 << 10) /* first look */
#define AGAIN_BYTES ((size_t)1 << 20)  /* at whatever the first look found dear: */
#define AGAIN_SHARE 0.6                /* of the limit */
#define AGAIN_TIMES 3
#define ROUNDS      10 /* at the end, of what is over the limit */
#define ROUND_PAUSE 5  /* seconds */
#define SHOWN       20
#define FILE_MOST   ((size_t)64 << 10)
#define SAY_EVERY   ((int64_t)30 * 1000000) /* where there is no terminal for a bar */

/* How a file's bytes become mail. */
static const struct shape {
    const char *name, *before;
} shapes[] = {
    {"mail", ""},
    {"text", "Content-Type: text/plain; charset=utf-8\n\n"},
    {"html", "Content-Type: text/html; charset=utf-8\n\n"},
    {"latin", "Content-Type: text/html\n\n"},
    {"header", "Subject: "},
};
#define SHAPES (sizeof shapes / sizeof shapes[0])

struct cost {
    double ms; /* a megabyte */
    const struct shape *shape;
    char *path;
};

static struct {
    struct scan_world world;
    struct arena *arena;
    struct buf mail, file;
    double limit, dearest;
    size_t files, looks, total;
    int64_t said_us;
    struct progress bar;
    struct cost *kept; /* all that was found dear, and the first few */
    size_t n_kept, room;
} all = {.mail = {.max = (size_t)4 << 20}, .file = {.max = FILE_MOST}};

static void make(const struct shape *shape, struct slice bytes, size_t size)
{
    buf_reset(&all.mail);
    buf_str(&all.mail, shape->before);
    while (all.mail.n < size)
        buf_add(&all.mail, bytes);
}

static double scan_ms(void)
{
    static const struct envelope none;
    struct buf out = BUF_INIT((size_t)16 << 20);
    int64_t start = clock_cpu_us();
    struct scan *s = scan_begin(all.arena, &all.world, &none, buf_slice(&all.mail));
    while (scan_step(s, &all.world) == SCAN_WAITING)
        continue;
    scan_add_json(s, &out);
    int64_t took = clock_cpu_us() - start;
    arena_reset(all.arena);
    buf_fini(&out);
    return (double)took / 1e3 / ((double)all.mail.n / 1048576.0);
}

static void note(double ms, const struct shape *shape, const char *path)
{
    if (ms > all.dearest) {
        all.dearest = ms;
        progress_end(&all.bar);
        fprintf(stderr, "worst: file %zu of %zu: %.1f ms/MB  %-6s %s\n", all.files, all.total, ms,
                shape->name, path);
    }
    if (ms <= all.limit * AGAIN_SHARE && all.n_kept >= SHOWN)
        return;
    if (all.n_kept == all.room) {
        all.room = all.room ? all.room * 2 : 64;
        all.kept = realloc(all.kept, all.room * sizeof *all.kept);
    }
    char *copy = strdup(path);
    if (all.kept == NULL || copy == NULL)
        BUG("out of memory");
    all.kept[all.n_kept++] = (struct cost){ms, shape, copy};
}

/* The least of some scans of one size. */
static double least_of(const struct shape *shape, struct slice bytes, size_t size, int times)
{
    double least = 0.0;
    make(shape, bytes, size);
    for (int i = 0; i < times; i++) {
        double ms = scan_ms();
        least = i == 0 || ms < least ? ms : least;
    }
    return least;
}

static void look(const struct shape *shape, struct slice bytes, const char *path)
{
    const double dear = all.limit * AGAIN_SHARE;
    double ms = least_of(shape, bytes, FIRST_BYTES, 1);
    all.looks++;
    if (ms > dear)
        ms = least_of(shape, bytes, FIRST_BYTES, AGAIN_TIMES);
    if (ms > dear)
        ms = least_of(shape, bytes, AGAIN_BYTES, 1);
    note(ms, shape, path);
}

/* False: it cannot be read, or is empty. */
static bool read_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return false;
    size_t room;
    buf_reset(&all.file);
    char *at = buf_reserve(&all.file, FILE_MOST, &room);
    buf_wrote(&all.file, fread(at, 1, room, f));
    fclose(f);
    return all.file.n != 0;
}

static int take_file(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
    (void)st;
    (void)walk;
    if (kind != FTW_F || !read_file(path))
        return 0;
    all.files++;
    progress_at(&all.bar, all.files);
    if (clock_mono_us() - all.said_us > SAY_EVERY) {
        all.said_us = clock_mono_us();
        fprintf(stderr, "worst: file %zu of %zu, the dearest so far %.1f ms/MB\n", all.files,
                all.total, all.dearest);
    }
    for (size_t i = 0; i < SHAPES; i++)
        look(&shapes[i], buf_slice(&all.file), path);
    return 0;
}

/* Looks again at what is over the limit, until nothing is. */
static void settle(void)
{
    for (int round = 0; round < ROUNDS; round++) {
        size_t over = 0;
        if (round)
            sleep(ROUND_PAUSE);
        for (size_t i = 0; i < all.n_kept; i++) {
            struct cost *c = &all.kept[i];
            if (c->ms <= all.limit || !read_file(c->path))
                continue;
            double ms = least_of(c->shape, buf_slice(&all.file), AGAIN_BYTES, AGAIN_TIMES);
            c->ms = ms < c->ms ? ms : c->ms;
            over += c->ms > all.limit;
        }
        if (over == 0)
            return;
        fprintf(stderr, "worst: %zu over the limit after %d more looks\n", over, round + 1);
    }
}

static int count_file(const char *path, const struct stat *st, int kind, struct FTW *walk)
{
    (void)path;
    (void)walk;
    all.total += kind == FTW_F && st->st_size > 0;
    return 0;
}

static int dearer(const void *x, const void *y)
{
    const struct cost *a = x, *b = y;
    return (a->ms < b->ms) - (a->ms > b->ms);
}

int main(int argc, char **argv)
{
    struct err e = {0};
    struct conf *conf;
    struct arena *a = arena_new(0);
    if (argc < 4 || (all.limit = strtod(argv[2], NULL)) <= 0) {
        fprintf(stderr, "usage: worst CONFIG LIMIT FOLDER...\n");
        return 2;
    }
    if (node_config_read(a, argv[1], &e, &conf) < 0 || world_open(a, conf, &all.world, &e) < 0) {
        fprintf(stderr, "worst: %s\n", e.text);
        return 3;
    }
    all.arena = arena_new(0);
    for (int i = 3; i < argc; i++)
        (void)nftw(argv[i], count_file, 16, FTW_PHYS);
    progress_start(&all.bar, "scanning", all.total);
    all.said_us = clock_mono_us();
    for (int i = 3; i < argc; i++)
        if (nftw(argv[i], take_file, 16, FTW_PHYS) < 0)
            perror(argv[i]);
    progress_end(&all.bar);
    settle();
    if (all.n_kept)
        qsort(all.kept, all.n_kept, sizeof *all.kept, dearer);
    printf("%zu files, %zu mails; the dearest, ms of CPU a megabyte:\n", all.files, all.looks);
    for (size_t i = 0; i < all.n_kept && i < SHOWN; i++)
        printf("%8.1f  %-6s %s\n", all.kept[i].ms, all.kept[i].shape->name, all.kept[i].path);
    return all.files == 0 ? 3 : all.kept[0].ms > all.limit ? 1 : 0;
}
