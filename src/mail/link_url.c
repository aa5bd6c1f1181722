/* URLs of a message's links. See link_url.h. */
#include "mail/link_url.h"

#include "base/utf8.h"
#include "mail/url.h"

/* What may hold the host: behind the first two slashes up to the next; a browser takes "http:host",
 * too; else it is a path. */
static struct slice authority_of(struct slice s)
{
    size_t i = 0;
    while (i + 1 < s.n && i < 16 &&
           !((s.p[i] == '/' || s.p[i] == '\\') && (s.p[i + 1] == '/' || s.p[i + 1] == '\\')))
        i++;
    if (i + 1 < s.n && i < 16)
        s = slice_from(s, i + 2);
    else if (!slice_istarts(s, SLICE("http")))
        return (struct slice){NULL, 0};
    size_t end = 0;
    while (end < s.n && s.p[end] != '/' && s.p[end] != '\\' && s.p[end] != '?' && s.p[end] != '#' &&
           s.p[end] != '\0')
        end++;
    return slice_head(s, end);
}

bool link_url(struct message *m, uint32_t part, struct slice input, const struct url *base,
              struct url *out)
{
    struct slice host = authority_of(input);
    if (!utf8_is_ascii(host) || slice_chr(host, '%') != SIZE_MAX) {
        m->wide_hosts += !slice_eq(host, m->wide_host);
        m->wide_host = host;
        if (m->wide_hosts > m->limits->wide_hosts) {
            anomaly_add(&m->anomalies, ANOMALY_limit_links, part, slice_head(input, 80));
            *out = (struct url){.raw = input, .port = -1};
            return false;
        }
    }
    return url_parse(m->arena, input, base, out);
}
