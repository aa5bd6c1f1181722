/* Dates: any bytes; what is read lies within the years a date can have. */
#include "mail/date.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct date d;
    if (date_parse(slice_of((const char *)data, size), &d) &&
        (d.us < INT64_C(-70000000000000000) || d.us > INT64_C(3200000000000000000)))
        abort();
    return 0;
}
