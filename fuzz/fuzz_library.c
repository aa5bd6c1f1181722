/* Any bytes as what comes to the library: a file of objects, a body, words, a proposal by mail. */
#include "library/file.h"
#include "library/item.h"
#include "library/mail.h"
#include "library/words.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void body(enum library_kind k, const json_t *j)
{
    struct buf texts = BUF_INIT(1 << 20), words = BUF_INIT(1 << 20);
    struct library_item item;
    struct err e;
    library_item_read(k, j, &item); /* must hold for bodies that were not checked, too */
    if (item.n_languages > LIBRARY_LISTED || item.n_countries > LIBRARY_LISTED)
        abort();
    if (library_item_check(k, j, &e) < 0 && e.text[0] == '\0')
        abort();
    library_item_texts(j, &texts);
    words_add(buf_slice(&texts), &words);
    buf_fini(&texts);
    buf_fini(&words);
}

static void file(struct slice s)
{
    json_t *list, *one;
    struct err e;
    size_t i;
    if (library_file_read(s, &e, &list) < 0)
        return;
    json_array_foreach(list, i, one)
    {
        const char *kind = json_string_value(json_object_get(one, "kind"));
        enum library_kind k = library_kind_of(slice_str(kind));
        body(k < LIBRARY_KINDS ? k : LIBRARY_RESOURCE, json_object_get(one, "body"));
    }
    json_decref(list);
}

/* What mail gives is a proposal that the checks take. */
static void mail(struct arena *a, struct slice s)
{
    struct buf out = BUF_INIT(1 << 20);
    struct err e = {0};
    if (library_from_mail(message_parse(a, s, NULL), SLICE("x"), a, &out)) {
        json_t *j = json_loadb(out.p, out.n, JSON_REJECT_DUPLICATES, NULL);
        const json_t *b = json_object_get(j, "body");
        if (j == NULL || (library_item_check(LIBRARY_RESOURCE, b, &e) < 0 &&
                          !slice_starts(slice_str(e.text), SLICE("url:"))))
            abort();
        json_decref(j);
    }
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice s = slice_of((const char *)data, size), asked[WORDS_ASKED];
    struct arena *a = arena_new(0);
    if (size && data[0] == '{')
        file(s);
    else
        mail(a, s);
    size_t n = words_asked(s, a, asked);
    for (size_t i = 0; i < n; i++) {
        if (asked[i].n == 0 || slice_chr(asked[i], '"') != SIZE_MAX)
            abort(); /* it goes into a question to FTS5 between quotes */
    }
    (void)words_slug(a, s, 60);
    (void)library_id_ok(s);
    arena_free(a);
    return 0;
}
