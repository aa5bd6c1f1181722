/* Events: every kind packs and unpacks to itself, from every version; damage is refused. */
#include "helpers.h"
#include "base/json.h"
#include "base/rand.h"

/* Fills every field of ev's kind with something of its own. */
static void fill(struct event *ev, const struct event_info *info)
{
    static const char words[] = "words enough to fill a text field of an event, even a long one";
    unsigned n = 1;
    for (const struct event_field *f = info->fields; f->name; f++, n++) {
        char *to = (char *)ev + f->offset;
        size_t len = 3 + n < f->most ? 3 + n : f->most;
        switch (f->type) {
        case FIELD_U8:
            *to = (char)n;
            break;
        case FIELD_U32:
            *(uint32_t *)to = 0xF0000000u + n;
            break;
        case FIELD_U64:
            *(uint64_t *)to = 0xF000000000000000u + n;
            break;
        case FIELD_I64:
            *(int64_t *)to = -(int64_t)n;
            break;
        case FIELD_F64:
            *(double *)to = n + 0.5;
            break;
        case FIELD_RAW:
            memset(to, (int)n, f->most);
            break;
        case FIELD_TEXT:
        case FIELD_BYTES:
            *(struct slice *)to = slice_of(words, len);
            break;
        }
    }
}

static void round_trips(void **state)
{
    (void)state;
    for (const struct event_info *i = event_table(); i->name; i++) {
        struct event ev = {.kind = i->kind}, got = {.kind = i->kind, .version = i->version};
        struct buf one = BUF_INIT(EVENT_MOST), two = BUF_INIT(EVENT_MOST), text = BUF_INIT(65536);
        fill(&ev, i);
        OK(event_pack(&ev, &one, &test_err));
        OK(event_unpack(buf_slice(&one), &got, &test_err));
        OK(event_pack(&got, &two, &test_err));
        if (!slice_eq(buf_slice(&one), buf_slice(&two)))
            fail_msg("%s does not come back", i->name);
        struct json j = JSON_INIT(&text);
        event_json(&got, &j);
        assert_non_null(strstr(buf_cstr(&text), i->name));
        /* Cut anywhere, or with a byte more, it is refused. */
        struct err e;
        for (size_t n = 0; n < one.n; n++) {
            struct event cut = {.kind = i->kind, .version = i->version};
            assert_int_equal(event_unpack(slice_of(one.p, n), &cut, &e), ERR_CORRUPT);
        }
        buf_chr(&one, 'x');
        assert_int_equal(event_unpack(buf_slice(&one), &got, &e), ERR_CORRUPT);
        /* A newer program may have added fields. */
        got.version = (uint8_t)(i->version + 1);
        assert_int_equal(event_unpack(buf_slice(&one), &got, &e), 0);
        buf_fini(&one);
        buf_fini(&two);
        buf_fini(&text);
    }
}

static void table(void **state)
{
    (void)state;
    for (const struct event_info *i = event_table(); i->name; i++) {
        assert_ptr_equal(event_info(i->kind), i); /* each number stands once */
        assert_true(i->keep < KEEP_CLASSES && i->version > 0);
        for (const struct event_field *f = i->fields; f->name; f++)
            assert_true(f->since > 0 && f->since <= i->version);
    }
    assert_null(event_info(0));
    assert_null(event_info(99));
}

static void limits(void **state)
{
    (void)state;
    static char many[1 << 20];
    struct err e;
    struct buf out = BUF_INIT(EVENT_MOST + 1);
    struct event ev = {.kind = EVENT_LEARNED};
    ev.learned.lesson = slice_of(many, 960 * 1024 + 1);
    assert_int_equal(event_pack(&ev, &out, &e), ERR_LIMIT);
    ev = (struct event){.kind = EVENT_COUNTED};
    memset(many, 'a', 300);
    memcpy(many + 127, "\xC3\xA9", 2); /* a character across the limit is left out whole */
    ev.counted.name = slice_of(many, 300);
    buf_reset(&out);
    OK(event_pack(&ev, &out, &e));
    struct event got = {.kind = EVENT_COUNTED, .version = 1};
    OK(event_unpack(buf_slice(&out), &got, &test_err));
    assert_int_equal(got.counted.name.n, 127);
    got = (struct event){.kind = (enum event_kind)77};
    assert_int_equal(event_unpack(SLICE(""), &got, &e), ERR_NOENT);
    buf_fini(&out);
}

static void ids(void **state)
{
    (void)state;
    char text[37], back[37];
    unsigned char id[16];
    rand_uuid7(text);
    assert_true(event_id_parse(slice_str(text), id));
    event_id_text(id, back);
    assert_string_equal(text, back);
    static const char *const bad[] = {"",
                                      "0193",
                                      "0193f1f0-1111-7111-8111-11111111111",
                                      "0193f1f0-1111-7111-8111-1111111111111",
                                      "0193f1f0 1111-7111-8111-111111111111",
                                      "0193f1f0-1111-7111-8111-11111111111g"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(event_id_parse(slice_str(bad[i]), id));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(round_trips), cmocka_unit_test(table),
                                       cmocka_unit_test(limits), cmocka_unit_test(ids)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
