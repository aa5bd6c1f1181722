/* Features of an index. See eval_source.h. */
#include "learn/eval_source.h"

#include "base/clock.h"

#include <stdlib.h>

#define MESSAGE_BYTES (64u << 20)

int eval_read_here(void *ctx, const char *path, enum feature_set set, struct arena *a,
                   struct err *e, struct features *out)
{
    (void)ctx;
    struct slice raw;
    int rc = index_slurp(a, path, MESSAGE_BYTES, e, &raw);
    if (rc < 0)
        return rc;
    struct message *m = message_parse(a, raw, NULL);
    features_extract(a, m, NULL, set, out);
    return 0;
}

void source_open(struct source *s, const struct index_file *index, const struct eval_options *o)
{
    *s = (struct source){.index = index, .options = o, .arena = arena_new(0)};
    s->kept = calloc(index->n, sizeof *s->kept);
    if (!s->kept)
        BUG("out of memory");
}

void source_drop(struct source *s, size_t i)
{
    free(s->kept[i]);
    s->kept[i] = NULL;
}

void source_close(struct source *s)
{
    for (size_t i = 0; i < s->index->n; i++)
        free(s->kept[i]);
    free(s->kept);
    arena_free(s->arena);
}

/* One block: the struct, then the hashes. */
static struct features *copy(const struct features *f)
{
    size_t n = 0;
    for (int c = 0; c < CHANNELS; c++)
        n += f->n[c];
    struct features *block = malloc(sizeof *block + n * sizeof(uint32_t));
    if (!block)
        BUG("out of memory");
    *block = *f;
    uint32_t *at = (uint32_t *)(void *)(block + 1);
    for (int c = 0; c < CHANNELS; c++) {
        memcpy(at, f->of[c], f->n[c] * sizeof *at);
        block->of[c] = at;
        at += f->n[c];
    }
    return block;
}

int source_get(struct source *s, size_t i, struct err *e, const struct features **out)
{
    if (!s->kept[i]) {
        struct features f = {0};
        const struct index_line *line = &s->index->lines[i];
        int64_t start = clock_cpu_us();
        arena_reset(s->arena);
        int rc = s->options->reader(s->options->reader_ctx, line->path, s->options->features,
                                    s->arena, e, &f);
        s->read_us += clock_cpu_us() - start;
        s->reads++;
        if (rc < 0) {
            err_prefix(e, "%s:%u: ", s->index->name, line->line);
            return rc;
        }
        s->kept[i] = copy(&f);
    }
    *out = s->kept[i];
    return 0;
}
