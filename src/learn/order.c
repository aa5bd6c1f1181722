/* Radix sort of small sets of hashes: linear, 8 bits at a time. */
#include "learn/order.h"

static bool is_sorted(const uint32_t *p, uint32_t n)
{
    for (uint32_t i = 1; i < n; i++) {
        if (p[i] < p[i - 1])
            return false;
    }
    return true;
}

static void sort_once(const uint32_t *from, uint32_t n, int shift, uint32_t *to)
{
    uint32_t at[257] = {0};
    for (uint32_t i = 0; i < n; i++)
        at[(from[i] >> shift & 255) + 1]++;
    for (int k = 0; k < 256; k++)
        at[k + 1] += at[k];
    for (uint32_t i = 0; i < n; i++)
        to[at[from[i] >> shift & 255]++] = from[i];
}

static void sort(const uint32_t *from, uint32_t n, uint32_t *out)
{
    uint32_t other[FEATURES_MAX];
    if (is_sorted(from, n)) {
        for (uint32_t i = 0; i < n; i++)
            out[i] = from[i];
        return;
    }
    sort_once(from, n, 0, other);
    sort_once(other, n, 8, out);
    sort_once(out, n, 16, other);
    sort_once(other, n, 24, out);
}

void order_groups(const uint32_t *features, uint32_t n_first, uint32_t n, uint32_t *out)
{
    sort(features, n_first, out);
    sort(features + n_first, n - n_first, out + n_first);
}
