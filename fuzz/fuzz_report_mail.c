/* Reports in anything: mail, gzip, zip, plain; failure reports in any words. */
#include "auth/report.h"

#include <stdlib.h>

struct seen {
    size_t n;
};

static void on_report(void *arg, const struct report *r, const struct err *e)
{
    struct seen *s = arg;
    s->n++;
    if (r == NULL && e->text[0] == '\0')
        abort(); /* refused without a reason */
    if (r && r->domain.n == 0)
        abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    struct arena *a = arena_new(0);
    struct seen s = {0};
    if (report_find(a, slice_of((const char *)data, n), on_report, &s) != s.n)
        abort();
    arena_free(a);
    return 0;
}
