/* Advice by the beginning of a check's name; the first row that fits wins. */
#include "scan/advice.h"

#include "base/lang.h"
#include "base/slice.h"

static const struct advice {
    const char *prefix;
    const char *words;
} ADVICE[] = {
    {"from_name", N_("Write your own name and no other address or brand into the sender's name.")},
    {"from_", N_("Name exactly one sender in From, with an address that can be answered.")},
    {"reply_to", N_("Let answers go to an address of your own domain.")},
};

const char *advice_for(const char *check)
{
    for (size_t i = 0; i < sizeof ADVICE / sizeof *ADVICE; i++)
        if (slice_starts(slice_str(check), slice_str(ADVICE[i].prefix)))
            return ADVICE[i].words;
    return NULL;
}
