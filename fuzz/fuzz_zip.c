/* Zip archives of any shape: every name lies inside the archive. */
#include "base/zip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);
int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    struct zip_entry entries[ZIP_ENTRIES];
    struct slice bytes = slice_of((const char *)data, n);
    size_t count = zip_list(bytes, entries);
    if (count > ZIP_ENTRIES)
        abort();
    for (size_t i = 0; i < count; i++)
        if (entries[i].name.n && (entries[i].name.p < bytes.p ||
                                  entries[i].name.p + entries[i].name.n > bytes.p + bytes.n))
            abort();
    return zip_is(bytes) && count > n;
}
