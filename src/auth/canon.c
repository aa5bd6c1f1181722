/* Canonical forms. See canon.h.
 *
 * Most bytes of a body are canonical as they stand. `plain_run` finds the longest such stretch
 * sixteen bytes at a time and hands it on without a copy; only what is not (white space that
 * shrinks, a bare LF) goes byte by byte through `step`.
 */
#include "auth/canon.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

const char *canon_name(enum canon c)
{
    return c == CANON_RELAXED ? "relaxed" : "simple";
}

void canon_out_init(struct canon_out *o, void (*take)(void *arg, const char *p, size_t n),
                    void *arg)
{
    o->take = take;
    o->arg = arg;
    o->total = 0;
    o->used = 0;
}

void canon_flush(struct canon_out *o)
{
    if (o->used)
        o->take(o->arg, o->room, o->used);
    o->used = 0;
}

void canon_put(struct canon_out *o, const char *p, size_t n)
{
    if (n == 0)
        return;
    o->total += n;
    if (n > sizeof(o->room) - o->used)
        canon_flush(o);
    if (n > sizeof(o->room) / 4) {
        canon_flush(o);
        o->take(o->arg, p, n);
        return;
    }
    memcpy(o->room + o->used, p, n);
    o->used += n;
}

static bool is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

/* ---- header fields ---- */

static void field_simple(struct canon_out *o, struct slice raw)
{
    while (raw.n) {
        size_t lf = slice_chr(raw, '\n');
        if (lf == SIZE_MAX) {
            canon_put(o, raw.p, raw.n);
            return;
        }
        canon_put(o, raw.p, lf && raw.p[lf - 1] == '\r' ? lf - 1 : lf);
        canon_put(o, "\r\n", 2);
        raw = slice_from(raw, lf + 1);
    }
}

/* True for the CR or LF of a fold, which go away. */
static bool is_fold_byte(struct slice s, size_t i)
{
    return s.p[i] == '\n' || (s.p[i] == '\r' && i + 1 < s.n && s.p[i + 1] == '\n');
}

static void field_relaxed(struct canon_out *o, struct slice raw)
{
    size_t colon = slice_chr(raw, ':');
    struct slice name = slice_head(raw, colon == SIZE_MAX ? raw.n : colon);
    for (size_t i = 0; i < name.n; i++) {
        char c = ascii_lower(name.p[i]);
        if (!is_wsp(c) && !is_fold_byte(name, i))
            canon_put(o, &c, 1);
    }
    canon_put(o, ":", 1);
    struct slice v = colon == SIZE_MAX ? (struct slice){raw.p, 0} : slice_from(raw, colon + 1);
    bool has_any = false, blank = false;
    for (size_t i = 0; i < v.n;) {
        if (is_wsp(v.p[i]) || is_fold_byte(v, i)) {
            blank = blank || is_wsp(v.p[i]);
            i++;
            continue;
        }
        size_t from = i;
        while (i < v.n && !is_wsp(v.p[i]) && !is_fold_byte(v, i))
            i++;
        if (blank && has_any)
            canon_put(o, " ", 1);
        canon_put(o, v.p + from, i - from);
        has_any = true;
        blank = false;
    }
}

void canon_field(struct canon_out *o, enum canon c, struct slice raw, bool with_end)
{
    if (c == CANON_RELAXED)
        field_relaxed(o, raw);
    else
        field_simple(o, raw);
    if (with_end)
        canon_put(o, "\r\n", 2);
}

/* ---- bodies ---- */

void canon_body_begin(struct canon_body *b, enum canon mode, struct canon_out *out)
{
    *b = (struct canon_body){.mode = mode, .out = out};
}

/* Content follows: writes what was held back before it. */
static void release(struct canon_body *b)
{
    for (; b->ends; b->ends--)
        canon_put(b->out, "\r\n", 2);
    if (b->has_blank)
        canon_put(b->out, " ", 1);
    b->has_blank = false;
    b->has_any = true;
}

static void content(struct canon_body *b, const char *p, size_t n)
{
    release(b);
    canon_put(b->out, p, n);
}

static void step(struct canon_body *b, char c)
{
    if (b->has_cr) {
        b->has_cr = false;
        if (c != '\n')
            content(b, "\r", 1);
    }
    if (c == '\r') {
        b->has_cr = true;
    } else if (c == '\n') {
        b->has_blank = false;
        b->ends++;
    } else if (b->mode == CANON_RELAXED && is_wsp(c)) {
        b->has_blank = true;
    } else {
        content(b, &c, 1);
    }
}

/* True when the byte at i, which has neighbours, must not be copied as it stands. */
static bool is_odd(enum canon mode, const char *p, size_t i)
{
    if (p[i] == '\n')
        return p[i - 1] != '\r';
    if (mode == CANON_SIMPLE)
        return false;
    return p[i] == '\t' ||
           (p[i] == ' ' && (is_wsp(p[i + 1]) || p[i + 1] == '\r' || p[i + 1] == '\n'));
}

/* How many bytes from p[from] on may be copied as they stand; p[from - 1] is there and was
 * handled. Stops one byte before the end, because each byte is judged by the next. */
static size_t plain_run(enum canon mode, const char *p, size_t from, size_t n)
{
    size_t i = from;
#ifdef __SSE2__
    const __m128i lf = _mm_set1_epi8('\n'), cr = _mm_set1_epi8('\r');
    const __m128i sp = _mm_set1_epi8(' '), tab = _mm_set1_epi8('\t');
    for (; i + 17 <= n; i += 16) {
        __m128i at = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
        __m128i before = _mm_loadu_si128((const __m128i *)(const void *)(p + i - 1));
        __m128i odd = _mm_andnot_si128(_mm_cmpeq_epi8(before, cr), _mm_cmpeq_epi8(at, lf));
        if (mode == CANON_RELAXED) {
            __m128i next = _mm_loadu_si128((const __m128i *)(const void *)(p + i + 1));
            __m128i ends = _mm_or_si128(
                _mm_or_si128(_mm_cmpeq_epi8(next, sp), _mm_cmpeq_epi8(next, tab)),
                _mm_or_si128(_mm_cmpeq_epi8(next, cr), _mm_cmpeq_epi8(next, lf)));
            odd = _mm_or_si128(odd, _mm_and_si128(ends, _mm_cmpeq_epi8(at, sp)));
            odd = _mm_or_si128(odd, _mm_cmpeq_epi8(at, tab));
        }
        int mask = _mm_movemask_epi8(odd);
        if (mask)
            return i - from + (size_t)__builtin_ctz((unsigned)mask);
    }
#endif
    while (i + 1 < n && !is_odd(mode, p, i))
        i++;
    return i - from;
}

/* Writes a run, holding back line ends at its end. */
static void run(struct canon_body *b, const char *p, size_t n)
{
    uint64_t ends = 0;
    while (n >= 2 && p[n - 2] == '\r' && p[n - 1] == '\n') {
        n -= 2;
        ends++;
    }
    if (n)
        content(b, p, n);
    b->ends += ends;
}

void canon_body_add(struct canon_body *b, struct slice piece)
{
    size_t i = 0;
    while (i < piece.n) {
        step(b, piece.p[i++]);
        if (b->has_cr || b->has_blank || piece.n - i < 2)
            continue;
        size_t n = plain_run(b->mode, piece.p, i, piece.n);
        if (n && piece.p[i + n - 1] == '\r')
            n--; /* its LF is not in the run */
        run(b, piece.p + i, n);
        i += n;
    }
}

void canon_body_end(struct canon_body *b)
{
    if (b->has_cr)
        content(b, "\r", 1);
    b->has_cr = false;
    if (b->mode == CANON_SIMPLE || b->has_any)
        canon_put(b->out, "\r\n", 2);
    canon_flush(b->out);
}
