/* Base model. See base_model.h. */
#include "learn/base_model.h"
#include "learn/model.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096

static const char MAGIC[8] = {'M', 'U', 'S', 'T', 'E', 'R', 'B', '\n'};

static uint32_t header_crc(const struct base_header *h)
{
    return hash_crc32c(0, slice_of((const char *)h, offsetof(struct base_header, crc)));
}

static uint64_t place(enum channel c, uint32_t feature)
{
    return hash_mix((uint64_t)feature << 8 | (uint64_t)c | 1ull << 48);
}

static unsigned char check_byte(uint64_t h)
{
    unsigned char c = (unsigned char)(h >> 56);
    return c ? c : 1; /* 0 marks an empty slot */
}

static int check_file(const struct base_header *h, size_t n, const char *path, struct err *e)
{
    if (n < PAGE)
        return err_set(e, ERR_CORRUPT, "%s: cut off: %zu bytes are no base model", path, n);
    if (memcmp(h->magic, MAGIC, sizeof MAGIC) != 0)
        return err_set(e, ERR_CORRUPT, "%s: not a base model of muster", path);
    if (h->version != BASE_VERSION || h->features_version != FEATURES_VERSION)
        return err_set(e, ERR_CORRUPT, "%s: version %u.%u, this program reads %d.%d", path,
                       h->version, h->features_version, BASE_VERSION, FEATURES_VERSION);
    if (h->crc != header_crc(h))
        return err_set(e, ERR_CORRUPT, "%s: the header's checksum is wrong", path);
    if (h->slots == 0 || (h->slots & (h->slots - 1)) || n != PAGE + (size_t)h->slots * 2)
        return err_set(e, ERR_CORRUPT, "%s: cut off: %zu bytes where %zu should be", path, n,
                       PAGE + (size_t)h->slots * 2);
    struct slice body = slice_of((const char *)h + PAGE, n - PAGE);
    if (h->body_hash != hash_bytes(body, 0))
        return err_set(e, ERR_CORRUPT, "%s: the weights' checksum is wrong", path);
    for (int c = 0; c < CHANNELS; c++) {
        if (!(h->scale[c] >= 0.0 && h->scale[c] <= 1.0))
            return err_set(e, ERR_CORRUPT, "%s: the header holds impossible numbers", path);
    }
    return 0;
}

int base_model_map(const char *path, struct err *e, struct base_model *out)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return err_errno(e, "%s", path);
    struct stat st;
    size_t n = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? (size_t)st.st_size : 0;
    void *p = n < PAGE ? NULL : mmap(NULL, n, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (p == MAP_FAILED)
        return err_set(e, ERR_IO, "%s: cannot be mapped", path);
    int rc = check_file(p, n, path, e);
    if (rc < 0) {
        if (p)
            munmap(p, n);
        return rc;
    }
    const struct base_header *h = p;
    *out = (struct base_model){
        .head = h, .slots = (const unsigned char *)p + PAGE, .mask = h->slots - 1, .map_bytes = n};
    return 0;
}

void base_model_close(struct base_model *b)
{
    if (b->head)
        munmap((void *)(uintptr_t)b->head, b->map_bytes);
    *b = (struct base_model){0};
}

uint64_t base_model_hash(const struct base_model *b)
{
    return b->head ? b->head->body_hash : 0;
}

static const unsigned char *slot_of(const struct base_model *b, uint64_t h)
{
    return b->slots + 2 * ((uint32_t)h & b->mask);
}

static int weight_at(const struct base_model *b, uint64_t h)
{
    const unsigned char *slot = slot_of(b, h);
    return (signed char)slot[1] & -(slot[0] == check_byte(h)); /* no branch: half of them differ */
}

uint32_t base_model_n(enum channel c, const struct features *f)
{
    switch (c) {
    case CHANNEL_TAGS:
    case CHANNEL_HEADERS:
        return f->n_first[c];
    case CHANNEL_TEXT:
        return f->n[c];
    default:
        return 0;
    }
}

/* Places are worked out and asked for a block ahead of being read: nearly half the time. */
#define BLOCK 32

static uint32_t look_ahead(const struct base_model *b, enum channel c, const uint32_t *feature,
                           uint32_t n, uint64_t places[BLOCK])
{
    n = n < BLOCK ? n : BLOCK;
    for (uint32_t i = 0; i < n; i++) {
        places[i] = place(c, feature[i]);
        __builtin_prefetch(slot_of(b, places[i]));
    }
    return n;
}

double base_model_sum(const struct base_model *b, enum channel c, const struct features *f)
{
    uint32_t n = b->head ? base_model_n(c, f) : 0;
    int sum = 0;
    if (n == 0 || b->head->scale[c] == 0.0)
        return 0.0;
    uint64_t places[2][BLOCK];
    uint32_t count = look_ahead(b, c, f->of[c], n, places[0]);
    for (uint32_t at = 0; count; at += BLOCK) {
        const uint64_t *now = places[at / BLOCK % 2];
        uint32_t read = count, next = at + count;
        count = look_ahead(b, c, f->of[c] + next, n - next, places[(at / BLOCK + 1) % 2]);
        for (uint32_t i = 0; i < read; i++)
            sum += weight_at(b, now[i]);
    }
    return BASE_PRIOR * b->head->scale[c] * sum / sqrt(f->n[c]);
}

double base_model_weight(const struct base_model *b, enum channel c, uint32_t feature)
{
    return b->head ? BASE_PRIOR * b->head->scale[c] * weight_at(b, place(c, feature)) : 0.0;
}

/* ---- writing ---- */

static int compare_strength(const void *x, const void *y)
{
    float a = fabsf(((const struct base_entry *)x)->weight);
    float b = fabsf(((const struct base_entry *)y)->weight);
    if (a != b)
        return a < b ? 1 : -1;
    uint32_t fa = ((const struct base_entry *)x)->feature;
    uint32_t fb = ((const struct base_entry *)y)->feature;
    return (fa > fb) - (fa < fb);
}

static uint32_t fill(unsigned char *body, uint32_t slots, const struct base_entry *entries,
                     size_t n, const double scale[CHANNELS])
{
    uint32_t filled = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t h = place(entries[i].channel, entries[i].feature);
        unsigned char *slot = body + 2 * ((uint32_t)h & (slots - 1));
        long v = lrint(entries[i].weight / scale[entries[i].channel]);
        if (slot[0] || v == 0)
            continue;
        slot[0] = check_byte(h);
        slot[1] = (unsigned char)(signed char)v;
        filled++;
    }
    return filled;
}

static int write_file(const char *path, const void *p, size_t n, struct err *e)
{
    FILE *f = fopen(path, "we");
    if (!f)
        return err_errno(e, "%s", path);
    bool ok = fwrite(p, 1, n, f) == n;
    if (fclose(f) != 0 || !ok)
        return err_errno(e, "%s", path);
    return 0;
}

int base_model_write(const char *path, uint32_t slots, const struct base_entry *entries, size_t n,
                     const uint64_t lessons[2], struct err *e)
{
    size_t bytes = PAGE + (size_t)slots * 2;
    unsigned char *file = calloc(1, bytes);
    struct base_entry *sorted = malloc((n + 1) * sizeof *sorted);
    if (!file || !sorted)
        BUG("no memory for a base model");
    struct base_header *h = (struct base_header *)(void *)file;
    memcpy(h->magic, MAGIC, sizeof MAGIC);
    h->version = BASE_VERSION;
    h->features_version = FEATURES_VERSION;
    h->slots = slots;
    memcpy(h->lessons, lessons, sizeof h->lessons);
    for (size_t i = 0; i < n; i++) {
        double *scale = &h->scale[entries[i].channel];
        *scale = fmax(*scale, fabs((double)entries[i].weight) / 127.0);
    }
    if (n)
        memcpy(sorted, entries, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare_strength);
    h->filled = fill(file + PAGE, slots, sorted, n, h->scale);
    h->body_hash = hash_bytes(slice_of((const char *)file + PAGE, bytes - PAGE), 0);
    h->crc = header_crc(h);
    int rc = write_file(path, file, bytes, e);
    free(sorted);
    free(file);
    return rc;
}
