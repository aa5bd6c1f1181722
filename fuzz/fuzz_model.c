/* Opening model files: site snapshots and base models. */
#include "learn/base_model.h"
#include "learn/classifier.h"
#include "learn/eval_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static char path[64];
    if (!path[0]) {
        snprintf(path, sizeof path, "/tmp/muster-fuzz-XXXXXX");
        int fd = mkstemp(path);
        if (fd < 0)
            return 0;
        close(fd);
    }
    FILE *f = fopen(path, "wb");
    if (!f)
        return 0;
    fwrite(data, 1, n, f);
    fclose(f);
    struct err e;
    struct classifier *c;
    uint32_t features[3] = {1, 2, 3};
    struct features of = {
        .of = {features, features, features, features}, .n = {3, 3, 3, 3}, .n_first = {1, 1, 1, 0}};
    struct class_score s;
    for (int as_base = 0; as_base < 2; as_base++) {
        if (classifier_open(as_base ? path : NULL, as_base ? NULL : path, &e, &c) == 0) {
            classifier_score(c, &of, NULL, &s);
            classifier_close(c);
        }
    }
    struct arena *a = arena_new(64u << 20);
    struct index_file index;
    if (index_read(a, path, &e, &index) == 0 && index.n == 0)
        BUG("an index without lines is an error");
    arena_free(a);
    unlink(path);
    return 0;
}
