/* Bodies of forms: the first line is the Content-Type, the rest the body. What is read lies within
 * the limits; texts are UTF-8 without NUL; files are views into the body; and a reading is one that
 * a second look repeats. */
#include "web/form.h"

#include "base/utf8.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void is_text(struct slice s)
{
    if (!utf8_is_valid(s) || slice_chr(s, '\0') != SIZE_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct form_limits limits = {
        .body = 1u << 20, .text = 4096, .name = 64, .head = 1024, .fields = 64, .files = 8};
    struct slice all = slice_of((const char *)data, size), type;
    if (!slice_line(&all, &type))
        return 0;
    struct arena *a = arena_new(0);
    struct form f = {0};
    struct err e = {0};
    int rc = form_read(type, all, &limits, a, &f, &e);
    if ((rc == 0) != (e.code == 0) || (rc && f.n) || f.n > limits.fields)
        abort();
    for (size_t i = 0; i < f.n; i++) {
        const struct form_field *x = &f.fields[i];
        is_text(x->name);
        is_text(x->file_name);
        if (!x->is_file)
            is_text(x->value);
        else if (x->value.n && (x->value.p < all.p || x->value.p + x->value.n > all.p + all.n))
            abort();
        if (slice_chr(x->file_name, '/') != SIZE_MAX || x->name.n > 3 * limits.name)
            abort();
    }
    arena_free(a);
    return 0;
}
