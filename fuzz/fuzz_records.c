/* Messages between processes as a scanner that was taken over might send them to keeper. */
#include "node/mailer.h"
#include "node/records.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct slice bytes = slice_of((const char *)data, n);
    struct arena *a = arena_new(0);
    struct record_scan scan;
    struct record_hold hold;
    struct record_lesson lesson;
    struct record_ask ask;
    struct record_answer answer;
    struct mail_order order;
    struct mail_result result;
    struct err e;
    struct lesson l;
    record_unpack_scan(bytes, &scan);
    record_unpack_hold(a, bytes, &hold);
    if (record_unpack_lesson(bytes, &lesson) && lesson_unpack(a, lesson.lesson, &e, &l) == 0)
        l.label = LABEL_HAM;
    record_unpack_ask(bytes, &ask);
    record_unpack_answer(bytes, &answer);
    mail_unpack(a, bytes, &order);
    mail_result_unpack(bytes, &result);
    arena_free(a);
    return 0;
}
