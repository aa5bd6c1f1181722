/* Text of parts as UTF-8: charset and what HTML shows. See mime.h. */
#include "mail/mime.h"
#include "mail/unicode.h"
#include "base/utf8.h"

static void note(struct message *m, struct part *p, enum anomaly_kind kind)
{
    anomaly_add(&m->anomalies, kind, p->index, p->charset);
}

static void check_charset(struct message *m, struct part *p)
{
    if (p->charset.n == 0)
        return;
    const char *name = charset_name(p->charset);
    if (name == NULL)
        note(m, p, ANOMALY_charset_unknown);
    else if (strcmp(name, "utf-7") == 0)
        note(m, p, ANOMALY_charset_utf7);
    else if (strncmp(name, "utf-16", 6) == 0 || strncmp(name, "utf-32", 6) == 0)
        note(m, p, ANOMALY_charset_utf16);
}

void text_read(struct message *m, struct part *p)
{
    if (!p->is_text && !p->is_html)
        return;
    check_charset(m, p);
    size_t bad = 0, max = m->limits->text_bytes;
    if (p->decoded.n > max)
        note(m, p, ANOMALY_limit_text);
    struct slice bytes = slice_head(p->decoded, max);
    p->text = utf8_clean(m->arena, charset_to_utf8(m->arena, bytes, p->charset, max, &bad));
    if (bad)
        note(m, p, ANOMALY_charset_wrong);
}
