/* Any bytes as a mail: the facts that laws ask for. What is seen lies within what was read, and
 * every answer has its ground. */
#include "law/message_facts.h"

#include "base/arena.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_new(0);
    struct sender_record sender = {SLICE("Seifen Lange GmbH"), SLICE("Lindenweg 3, 10115 Berlin"),
                                   SLICE("seifen-lange.example")};
    struct message_facts out;
    struct law_facts f;
    for (int i = 0; i < 2; i++) {
        struct message_facts_in in = {
            .arena = a,
            .m = message_parse(a, slice_of((const char *)data, size), NULL),
            .sender = i ? &sender : NULL,
            .is_mailing = true};
        message_facts_read(&in, &out);
        for (int k = 0; k < LAW_FACTS; k++)
            if (out.of[k].value != LAW_UNKNOWN && out.of[k].why == NULL)
                abort();
        law_facts_init(&f);
        message_facts_into(&out, &f);
    }
    arena_free(a);
    return 0;
}
