/* XARF, both versions. */
#include "desk/xarf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct err e = {0};
    struct xarf x;
    struct slice s = slice_of((const char *)data, size);
    xarf_is(s);
    if (xarf_read(a, s, &e, &x) < 0 && e.text[0] == 0)
        __builtin_trap();
    arena_free(a);
    return 0;
}
