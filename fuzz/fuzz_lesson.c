/* Lessons and verified facts as the journal keeps them, and the user's layer as the view keeps it.
 */
#include "learn/overlay.h"
#include "learn/trainer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void try_facts(struct arena *a, struct slice bytes)
{
    struct features f = {0};
    struct buf again = BUF_INIT(FACTS_BYTES);
    if (facts_unpack(a, bytes, &f))
        facts_pack(&f, &again);
    if (f.n[CHANNEL_FACTS] ? !slice_eq(buf_slice(&again), bytes) : again.n != 0)
        BUG("facts do not come back as they were");
    buf_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static struct trainer *t;
    struct err e;
    if (!t && trainer_open(NULL, NULL, 1u << 12, &e, &t) < 0)
        return 0;
    struct arena *a = arena_new(64u << 20);
    struct slice bytes = slice_of((const char *)data, n);
    struct lesson l;
    try_facts(a, bytes);
    if (lesson_unpack(a, bytes, &e, &l) == 0) {
        struct buf again = BUF_INIT(1u << 20), undo = BUF_INIT(1u << 20),
                   layer = BUF_INIT(1u << 20);
        struct lesson same;
        lesson_pack(&l, &again);
        if (lesson_unpack(a, buf_slice(&again), &e, &same) < 0)
            BUG("what was packed cannot be read");
        trainer_learn(t, &l, &layer, &undo);
        if (trainer_unlearn(t, &l, buf_slice(&undo), &layer, &e) < 0)
            BUG("what was learned cannot be taken back");
        (void)!trainer_unlearn(t, &l, bytes, NULL, &e);
        buf_fini(&again);
        buf_fini(&undo);
        buf_fini(&layer);
    }
    struct buf layer = BUF_INIT(1u << 20);
    uint32_t slots;
    buf_add(&layer, bytes);
    struct overlay_view view = overlay_read(buf_slice(&layer));
    struct model_cell *cells = overlay_grow(&layer, &slots);
    if (view.slots && cells == NULL)
        BUG("a layer that can be read can be written");
    buf_fini(&layer);
    arena_free(a);
    return 0;
}
