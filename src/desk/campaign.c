/* Campaigns. See campaign.h. */
#include "desk/campaign.h"

#include "base/hash.h"

#define BANDS      21u /* of three values of F1 each */
#define BAND_BYTES 3u
#define LEAST_F2   8u /* smallest values of F2 that are marks */

static const char *const SHARED[] = {"bit.ly",
                                     "t.co",
                                     "tinyurl.com",
                                     "goo.gl",
                                     "ow.ly",
                                     "is.gd",
                                     "buff.ly",
                                     "rb.gy",
                                     "cutt.ly",
                                     "t.ly",
                                     "lnkd.in",
                                     "youtu.be",
                                     "google.com",
                                     "googleapis.com",
                                     "goo.gle",
                                     "youtube.com",
                                     "facebook.com",
                                     "fb.me",
                                     "twitter.com",
                                     "x.com",
                                     "instagram.com",
                                     "linkedin.com",
                                     "pinterest.com",
                                     "tiktok.com",
                                     "whatsapp.com",
                                     "wa.me",
                                     "telegram.org",
                                     "t.me",
                                     "apple.com",
                                     "microsoft.com",
                                     "office.com",
                                     "live.com",
                                     "sharepoint.com",
                                     "windows.net",
                                     "azurewebsites.net",
                                     "amazonaws.com",
                                     "amazon.com",
                                     "cloudfront.net",
                                     "dropbox.com",
                                     "box.com",
                                     "wetransfer.com",
                                     "github.com",
                                     "github.io",
                                     "blogspot.com",
                                     "wordpress.com",
                                     "weebly.com",
                                     "wixsite.com",
                                     "webflow.io",
                                     "netlify.app",
                                     "vercel.app",
                                     "pages.dev",
                                     "workers.dev",
                                     "firebaseapp.com",
                                     "web.app",
                                     "typeform.com",
                                     "jotform.com",
                                     "forms.gle",
                                     "list-manage.com",
                                     "mailchimp.com",
                                     "sendgrid.net",
                                     "hubspot.com",
                                     "constantcontact.com",
                                     "cmail19.com",
                                     "w3.org",
                                     "ipfs.io",
                                     "discord.com",
                                     "paypal.com",
                                     "gravatar.com",
                                     "wikipedia.org",
                                     "yahoo.com"};

bool campaign_is_shared(struct slice domain)
{
    for (size_t i = 0; i < sizeof(SHARED) / sizeof(*SHARED); i++) {
        if (slice_ieq(domain, slice_str(SHARED[i])))
            return true;
    }
    return false;
}

const char *campaign_why_name(enum campaign_why w)
{
    static const char *const names[] = {"none", "text", "file", "link", "near"};
    return (unsigned)w < sizeof(names) / sizeof(*names) ? names[w] : "?";
}

/* ---- marks ---- */

static struct slice hashed(struct arena *a, const char *kind, struct slice what)
{
    static const unsigned char key[16] = "campaign mark";
    return arena_printf(a, "%s:%016llx%016llx", kind, (unsigned long long)hash_sip(what, key),
                        (unsigned long long)hash_bytes(what, 0x63616d70));
}

static struct slice text_mark(struct arena *a, const struct desk_print *p, const char *kind)
{
    return p->exact ? arena_printf(a, "%s:%u:%016llx", kind, p->epoch, (unsigned long long)p->exact)
                    : SLICE("");
}

/* Does this link by itself tell one mailing from others? On a shared domain only what lies deep. */
static bool is_telling(const struct desk_link *l)
{
    struct slice rest = slice_from(l->url, slice_find(l->url, SLICE("://")) + 3), piece;
    size_t question = slice_chr(rest, '?');
    unsigned words = 0, n = 0;
    rest = slice_head(rest, question == SIZE_MAX ? rest.n : question);
    while (slice_split(&rest, '/', &piece))
        words += n++ > 0 && piece.n && !slice_eq(piece, SLICE("*"));
    return !campaign_is_shared(l->domain) || words >= 2;
}

static size_t link_marks(struct arena *a, const struct desk_report *r, struct slice *out, size_t n)
{
    for (size_t i = 0; i < r->n_links && i < 24; i++) {
        const struct desk_link *l = &r->links[i];
        /* The reported sender's own front page stands in every mail of his, good or bad. */
        bool is_own_front = slice_ieq(l->domain, r->original.from_domain) &&
                            slice_iends(l->url, SLICE("/"));
        if (l->url.n && is_telling(l) && !is_own_front)
            out[n++] = hashed(a, "l", l->url);
    }
    return n;
}

static size_t print_marks(struct arena *a, const struct desk_print *p, const char *kind,
                          struct slice *out, size_t n)
{
    if (p->tokens == 0)
        return n;
    for (uint32_t i = 0; i < BANDS; i++) {
        const unsigned char *b = &p->f1[i * BAND_BYTES];
        out[n++] = arena_printf(a, "%s1:%u:%u:%02x%02x%02x", kind, p->epoch, i, b[0], b[1], b[2]);
    }
    for (uint32_t i = 0; i < LEAST_F2 && i < p->n_f2; i++)
        out[n++] = arena_printf(a, "%s2:%u:%06x", kind, p->epoch, p->f2[i]);
    return n;
}

static size_t file_marks(struct arena *a, const struct desk_report *r, struct slice *out, size_t n)
{
    for (size_t i = 0; i < r->n_files && i < 16; i++) {
        /* A logo or a signature's image is in thousands of mails. */
        if (r->files[i].bytes >= 4096 || !slice_istarts(r->files[i].type, SLICE("image/")))
            out[n++] = hashed(a, "f", slice_of((const char *)r->files[i].sha256, 32));
    }
    return n;
}

size_t campaign_marks(struct arena *a, const struct desk_report *r, struct slice *out)
{
    size_t n = 0;
    struct slice text = text_mark(a, &r->print, "t");
    if (text.n)
        out[n++] = text;
    n = file_marks(a, r, out, n);
    n = link_marks(a, r, out, n);
    return print_marks(a, &r->print, "n", out, n);
}

size_t campaign_veto_marks(struct arena *a, const struct desk_print *p, struct slice *out)
{
    size_t n = 0;
    struct slice text = text_mark(a, p, "ht");
    if (text.n)
        out[n++] = text;
    return print_marks(a, p, "h", out, n);
}

/* ---- finding ---- */

static bool any_of(const struct campaign_store *s, const struct slice *marks, size_t n,
                   unsigned char out[16])
{
    for (size_t i = 0; i < n; i++) {
        if (s->find(s->arg, marks[i], out))
            return true;
    }
    return false;
}

/* Candidates that pieces of the print name, each once, whole prints compared. */
static bool find_near(const struct desk_print *p, const struct campaign_store *s,
                      const struct slice *marks, size_t n, unsigned char out[16])
{
    unsigned char seen[CAMPAIGN_LOOKS][16];
    size_t n_seen = 0;
    double best = -1;
    for (size_t i = 0; i < n && n_seen < CAMPAIGN_LOOKS; i++) {
        unsigned char id[16];
        struct desk_print other;
        struct desk_likeness like;
        bool is_new = s->find(s->arg, marks[i], id);
        for (size_t k = 0; k < n_seen && is_new; k++)
            is_new = memcmp(seen[k], id, 16) != 0;
        if (!is_new)
            continue;
        memcpy(seen[n_seen++], id, 16);
        if (!s->print(s->arg, id, &other))
            continue;
        desk_print_match(p, &other, NULL, &like);
        if (like.is_match && like.weight > best) {
            best = like.weight;
            memcpy(out, id, 16);
        }
    }
    return best >= 0;
}

static bool is_vetoed(struct arena *a, const struct desk_print *p, const struct campaign_store *s)
{
    struct slice marks[CAMPAIGN_MARKS];
    unsigned char id[16];
    size_t n = campaign_veto_marks(a, p, marks);
    unsigned hits = 0;
    if (n == 0)
        return false;
    if (p->exact && s->find(s->arg, marks[0], id))
        return true;
    /* two bands of three equal values, or half of the least hashes, are no accident */
    for (size_t i = 1; i < n && hits < 4; i++)
        hits += s->find(s->arg, marks[i], id);
    return hits >= 4;
}

enum campaign_why campaign_find(struct arena *a, const struct desk_report *r,
                                const struct campaign_store *s, unsigned char out[16])
{
    struct slice marks[CAMPAIGN_MARKS];
    bool is_wanted = is_vetoed(a, &r->print, s);
    struct slice text = text_mark(a, &r->print, "t");
    if (!is_wanted && text.n && s->find(s->arg, text, out))
        return CAMPAIGN_TEXT;
    if (any_of(s, marks, file_marks(a, r, marks, 0), out))
        return CAMPAIGN_FILE;
    if (any_of(s, marks, link_marks(a, r, marks, 0), out))
        return CAMPAIGN_LINK;
    if (!is_wanted && find_near(&r->print, s, marks, print_marks(a, &r->print, "n", marks, 0), out))
        return CAMPAIGN_NEAR;
    return CAMPAIGN_NONE;
}
