/* Runs every written case against the shipped profiles. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>

int main(void)
{
    const char *source = getenv("MUSTER_SOURCE");
    struct arena *a = arena_new(0);
    struct law_library *lib;
    struct buf errors = BUF_INIT(65536), why = BUF_INIT(65536);
    struct err e = {0};
    struct case_list list;
    size_t failed = 0;
    if (law_library_open(&lib, &errors, &e) < 0 ||
        law_library_add_dir(lib, arena_printf(a, "%s/kits/law", source ? source : ".").p, &errors,
                            &e) < 0) {
        fprintf(stderr, "%s\n%s", e.text, buf_cstr(&errors));
        return 1;
    }
    cases_read(arena_printf(a, "%s/tests/law", source ? source : ".").p, &list);
    for (size_t i = 0; i < list.n; i++) {
        const struct law_case *c = &list.items[i];
        buf_reset(&why);
        if (case_holds(c, law_at(lib, c->code, c->day), &why))
            continue;
        failed++;
        printf("%s:%u: %.*s: %.*s\n%s", c->file, c->line, SLICE_ARG(c->code), SLICE_ARG(c->head),
               buf_cstr(&why));
    }
    printf("law cases: %zu passed, %zu failed, 0 skipped\n", list.n - failed, failed);
    arena_free(list.arena);
    arena_free(a);
    buf_fini(&why);
    buf_fini(&errors);
    law_library_free(lib);
    return failed != 0;
}
