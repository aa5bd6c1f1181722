/* Sentences at the terminal. See say.h. */
#include "cli/say.h"
#include "base/escape.h"

#include <stdio.h>

#define FILLING_MOST 1000

void say_of(const struct lang *l, const char *msgid, struct slice filling)
{
    struct buf safe = BUF_INIT(8 * FILLING_MOST), line = BUF_INIT(16 * FILLING_MOST);
    escape_add(&safe, ESCAPE_TERM, filling, FILLING_MOST);
    lang_fill(l, msgid, buf_slice(&safe), &line);
    fwrite(line.p, 1, line.n, stdout);
    buf_fini(&safe);
    buf_fini(&line);
}

void say(const struct lang *l, const char *msgid)
{
    say_of(l, msgid, SLICE(""));
}

void say_number(const struct lang *l, const char *msgid, long long n)
{
    char text[24];
    int len = snprintf(text, sizeof(text), "%lld", n);
    say_of(l, msgid, slice_of(text, (size_t)len));
}

/* Cells of a terminal: one per character, two for the scripts of East Asia. */
static int cells(const char *s)
{
    int n = 0;
    for (; *s; s++) {
        unsigned char c = (unsigned char)*s;
        if ((c & 0xC0) != 0x80)
            n += c >= 0xE3 && c <= 0xED ? 2 : 1;
    }
    return n;
}

int say_title(const struct lang *l, const char *msgid, int width)
{
    const char *text = lang_text(l, msgid);
    int n = cells(text), gap = n < width ? width - n : 0;
    printf("%*s%s", gap, "", text);
    return n + gap;
}
