/* Taking people out of texts. See redact.h. */
#include "base/buf.h"
#include "base/utf8.h"
#include "desk/redact_internal.h"
#include "mail/url.h"

#include <sodium.h>

#define TEXT_MOST  (256u << 10)
#define NAME_LEAST 5u /* bytes of a name or local part that is looked for by itself */

void redact_init(struct redact *r, struct arena *a, const unsigned char key[REDACT_KEY])
{
    memset(r, 0, sizeof(*r));
    r->arena = a;
    memcpy(r->key, key, REDACT_KEY);
}

struct slice redact_word(struct redact *r, struct slice address)
{
    static const char digits[] = "abcdefghijkmnpqrstuvwxyz23456789";
    unsigned char hash[16];
    char word[17];
    struct slice low = arena_lower(r->arena, address);
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)low.p, low.n, r->key, REDACT_KEY);
    for (int i = 0; i < 16; i++)
        word[i] = digits[hash[i] & 31];
    word[16] = 0;
    return arena_printf(r->arena, "u-%s@redacted.invalid", word);
}

void redact_add(struct redact *r, struct slice address, struct slice name)
{
    size_t at = slice_rchr(address, '@');
    if (at == SIZE_MAX || at == 0 || address.n > 320 || r->n >= REDACT_PEOPLE)
        return;
    struct slice low = arena_lower(r->arena, address);
    for (size_t i = 0; i < r->n; i++) {
        if (slice_eq(r->people[i].address, low)) {
            if (r->people[i].name.n == 0)
                r->people[i].name = arena_lower(r->arena, slice_trim(name));
            return;
        }
    }
    struct redact_person *p = &r->people[r->n++];
    p->address = low;
    p->local = slice_head(low, at);
    p->domain = slice_from(low, at + 1);
    p->word = redact_word(r, low);
    name = slice_trim(name);
    if (name.n >= NAME_LEAST && slice_chr(name, '@') == SIZE_MAX && name.n < 128)
        p->name = arena_lower(r->arena, name);
}

void redact_add_list(struct redact *r, const struct address *list)
{
    for (; list; list = list->next) {
        if (list->domain.n)
            redact_add(r,
                       arena_printf(r->arena, "%.*s@%.*s", SLICE_ARG(list->local),
                                    SLICE_ARG(list->domain)),
                       list->display);
    }
}

/* Where strangers live under one name. */
static bool is_provider(struct slice domain)
{
    static const char *const names[] = {
        "gmail.com",   "googlemail.com", "outlook.com",   "hotmail.com",  "live.com",
        "msn.com",     "yahoo.com",      "ymail.com",     "aol.com",      "icloud.com",
        "me.com",      "gmx.de",         "gmx.net",       "gmx.com",      "web.de",
        "t-online.de", "freenet.de",     "orange.fr",     "free.fr",      "laposte.net",
        "wanadoo.fr",  "libero.it",      "mail.ru",       "yandex.ru",    "bk.ru",
        "inbox.ru",    "qq.com",         "163.com",       "126.com",      "sina.com",
        "naver.com",   "daum.net",       "hanmail.net",   "proton.me",    "protonmail.com",
        "zoho.com",    "mail.com",       "uol.com.br",    "terra.com.br", "bol.com.br",
        "seznam.cz",   "wp.pl",          "o2.pl",         "interia.pl",   "rediffmail.com",
        "comcast.net", "verizon.net",    "btinternet.com"};
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        if (slice_eq(domain, slice_str(names[i])))
            return true;
    }
    return slice_starts(domain, SLICE("yahoo.")) || slice_starts(domain, SLICE("hotmail.")) ||
           slice_starts(domain, SLICE("outlook.")) || slice_starts(domain, SLICE("live."));
}

static const struct redact_person *person_of(const struct redact *r, struct slice address)
{
    for (size_t i = 0; i < r->n; i++) {
        if (slice_ieq(r->people[i].address, address))
            return &r->people[i];
    }
    return NULL;
}

bool redact_has(const struct redact *r, struct slice address)
{
    return person_of(r, address) != NULL;
}

bool redact_is_person(const struct redact *r, struct slice address)
{
    size_t at = slice_rchr(address, '@');
    if (at == SIZE_MAX)
        return false;
    if (person_of(r, address))
        return true;
    if (slice_ieq(address, r->sender))
        return false;
    struct slice domain = slice_from(address, at + 1);
    for (size_t i = 0; i < r->n; i++) {
        if (slice_ieq(r->people[i].domain, domain) && !is_provider(r->people[i].domain))
            return true;
    }
    return false;
}

/* Names of desks, not of people: they stand in every other text. */
static bool is_role(struct slice local)
{
    static const char *const roles[] = {
        "info",       "office",     "sales",     "admin", "contact", "support",
        "service",    "postmaster", "webmaster", "hello", "team",    "mail",
        "email",      "kontakt",    "contacto",  "abuse", "root",    "noreply",
        "newsletter", "marketing",  "billing",   "user"};
    for (size_t i = 0; i < sizeof(roles) / sizeof(*roles); i++) {
        if (slice_eq(local, slice_str(roles[i])))
            return true;
    }
    return false;
}

bool redact_holds_person(const struct redact *r, struct slice s)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct redact_person *p = &r->people[i];
        if (p->local.n >= 4 && !is_role(p->local) && slice_ifind(s, p->local) != SIZE_MAX)
            return true;
        if (p->local.n < 4 && slice_ifind(s, p->domain) != SIZE_MAX &&
            slice_ifind(s, p->local) != SIZE_MAX)
            return true;
    }
    return false;
}

struct slice redact_address_of(struct redact *r, struct slice address)
{
    size_t at = slice_rchr(address, '@');
    const struct redact_person *p = person_of(r, address);
    if (p || redact_is_person(r, address)) {
        r->hits++;
        return p ? p->word : redact_word(r, address);
    }
    struct slice local = slice_head(address, at);
    if (slice_ieq(address, r->sender))
        return address;
    if (slice_chr(local, '=') == SIZE_MAX && !redact_is_token(r, local))
        return address;
    r->hits++;
    return arena_printf(r->arena, "*%.*s", SLICE_ARG(slice_from(address, at)));
}

/* ---- words of a text ---- */

static bool is_break(char c)
{
    return ascii_is_space(c) || (c && strchr("<>()[]\"',;", c));
}

/* Addresses inside one word ("mailto:a@b", "a@b|c@d"); false when there is none. */
static bool add_addresses(struct redact *r, struct slice word, struct buf *b)
{
    size_t done = 0;
    bool found = false;
    for (size_t i = 1; i + 1 < word.n; i++) {
        if (word.p[i] != '@')
            continue;
        size_t start = i, end = i + 1;
        while (start > done &&
               (ascii_is_alnum(word.p[start - 1]) || (unsigned char)word.p[start - 1] >= 0x80 ||
                strchr(".!#$%&*+-/=?^_`{|}~", word.p[start - 1])))
            start--;
        while (end < word.n && (ascii_is_alnum(word.p[end]) || strchr(".-", word.p[end]) ||
                                (unsigned char)word.p[end] >= 0x80))
            end++;
        while (end > i + 1 && strchr(".-", word.p[end - 1]))
            end--;
        if (start == i || end == i + 1)
            continue;
        buf_add(b, slice_of(word.p + done, start - done));
        buf_add(b, redact_address_of(r, slice_of(word.p + start, end - start)));
        done = end;
        i = end;
        found = true;
    }
    if (found)
        buf_add(b, slice_from(word, done));
    return found;
}

static struct slice link_text(struct redact *r, struct slice word)
{
    struct url url;
    bool is_bare = slice_istarts(word, SLICE("www."));
    struct slice whole = is_bare ? arena_printf(r->arena, "http://%.*s", SLICE_ARG(word)) : word;
    if (word.n > 4096 || !url_parse(r->arena, whole, NULL, &url))
        return SLICE("*");
    struct slice s = redact_url(r, &url);
    return s.n ? s : SLICE("*");
}

static void add_word(struct redact *r, struct slice word, struct buf *b)
{
    size_t scheme = slice_find(word, SLICE("://"));
    if ((scheme != SIZE_MAX && scheme < 12) || slice_istarts(word, SLICE("www."))) {
        buf_add(b, link_text(r, word));
    } else if (slice_chr(word, '@') != SIZE_MAX && add_addresses(r, word, b)) {
        return;
    } else if (word.n >= 8 && word.n <= 2048 && slice_chr(word, '@') == SIZE_MAX &&
               utf8_is_ascii(word) && redact_is_code(r, word)) {
        buf_chr(b, '*');
        r->hits++;
    } else {
        buf_add(b, word);
    }
}

/* Does a word end here? Between a Latin letter and a script without spaces it does, too. */
static bool is_edge(struct slice s, size_t at, bool is_before)
{
    size_t lead = at;
    if (at >= s.n)
        return true;
    if (is_before)
        while (lead > 0 && lead + 3 > at && ((unsigned char)s.p[lead] & 0xC0) == 0x80)
            lead--;
    unsigned char c = (unsigned char)s.p[lead];
    return c < 0x80 ? !ascii_is_alnum((char)c) : c >= 0xE3;
}

/* Takes every occurrence of a name as a whole out of the text. */
static struct slice without(struct redact *r, struct slice text, struct slice name,
                            struct slice word)
{
    size_t hit = slice_ifind(text, name);
    if (hit == SIZE_MAX)
        return text;
    struct buf b = BUF_INIT(2 * TEXT_MOST);
    struct slice rest = text;
    while ((hit = slice_ifind(rest, name)) != SIZE_MAX) {
        size_t at = (size_t)(rest.p - text.p) + hit;
        bool is_whole = (at == 0 || is_edge(text, at - 1, true)) &&
                        is_edge(text, at + name.n, false);
        buf_add(&b, slice_head(rest, hit));
        buf_add(&b, is_whole ? word : slice_head(slice_from(rest, hit), name.n));
        r->hits += is_whole;
        rest = slice_from(rest, hit + name.n);
    }
    buf_add(&b, rest);
    struct slice s = arena_dup(r->arena, buf_slice(&b));
    buf_fini(&b);
    return s;
}

/* Whole names and local parts first: a first name alone may be a piece of them. */
static struct slice without_names(struct redact *r, struct slice text)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct redact_person *p = &r->people[i];
        if (p->name.n >= NAME_LEAST)
            text = without(r, text, p->name, SLICE("[name]"));
        if (p->local.n >= NAME_LEAST && !is_role(p->local))
            text = without(r, text, p->local, SLICE("[name]"));
    }
    for (size_t i = 0; i < r->n; i++) {
        size_t space = slice_chr(r->people[i].name, ' ');
        struct slice first = slice_head(r->people[i].name, space == SIZE_MAX ? 0 : space);
        if (first.n >= 3)
            text = without(r, text, first, SLICE("[name]"));
    }
    return text;
}

struct slice redact_text(struct redact *r, struct slice text)
{
    struct buf b = BUF_INIT(2 * TEXT_MOST);
    text = slice_head(text, TEXT_MOST);
    for (size_t i = 0; i < text.n;) {
        size_t n = 0;
        while (i + n < text.n && is_break(text.p[i + n]))
            n++;
        buf_add(&b, slice_of(text.p + i, n));
        i += n;
        n = 0;
        while (i + n < text.n && !is_break(text.p[i + n]))
            n++;
        if (n)
            add_word(r, slice_of(text.p + i, n), &b);
        i += n;
    }
    struct slice s = arena_dup(r->arena, buf_slice(&b));
    buf_fini(&b);
    return without_names(r, s);
}
