/* Where links lead, against what they say. Each check speaks once per message, with the first
 * place where it was seen. */
#include "evidence/families.h"

#include "evidence/rules.h"
#include "mail/html.h"
#include "mail/unicode.h"
#include "mail/url.h"

struct seen {
    bool hit[CHECKS];
    /* The hosts looked at last: most links of a message share one, and most pictures. */
    struct slice before, image;
    size_t hosted, short_links;
};

static void once(struct evidence *e, struct seen *s, enum check_id id, struct slice detail)
{
    if (s->hit[id])
        return;
    s->hit[id] = true;
    check_hit(e, id, detail);
}

static size_t labels(struct slice host)
{
    size_t n = 1;
    for (size_t i = 0; i < host.n; i++)
        n += host.p[i] == '.';
    return n;
}

/* A brand's own word in a host that is not the brand's: "paypal.com.check-in.example". */
static const struct brand *borrowed_brand(struct evidence *e, const struct url *u)
{
    struct slice rest = u->host;
    while (rest.n) {
        size_t end = 0;
        while (end < rest.n && rest.p[end] != '.' && rest.p[end] != '-')
            end++;
        const struct brand *b = brands_label(e->rules->brands, slice_head(rest, end));
        if (b && !brand_owns(b, u->domain))
            return b;
        rest = slice_from(rest, end + 1);
    }
    return NULL;
}

static void look_at_host(struct evidence *e, struct seen *s, const struct url *u)
{
    if (u->is_ip) {
        once(e, s, CHECK_link_ip, u->host);
        return;
    }
    struct slice first = {0};
    bool is_idn = slice_find(u->host, SLICE("xn--")) != SIZE_MAX;
    if (is_idn && mixed_words(u->uhost, 253, &first))
        once(e, s, CHECK_link_mixed, u->uhost);
    struct slice org = u->domain;
    size_t dot = slice_chr(org, '.');
    struct slice label = is_idn ? u->uhost : slice_head(org, dot == SIZE_MAX ? org.n : dot);
    if (is_idn && slice_chr(label, '.') != SIZE_MAX)
        label = slice_head(label, slice_chr(label, '.'));
    const struct brand *like = brands_look_alike(e->rules->brands, e->arena, label);
    if (like && !brand_owns(like, org))
        once(e, s, CHECK_link_like_brand, u->uhost);
    else if (borrowed_brand(e, u))
        once(e, s, CHECK_link_borrows_brand, u->host);
    unsigned lists = hosts_find(e->rules->hosts, u->host);
    s->hosted += (lists & HOSTS_FREEHOSTING) != 0;
    s->short_links += (lists & HOSTS_SHORTENERS) != 0;
    if (labels(u->host) >= 6)
        once(e, s, CHECK_link_deep_host, u->host);
}

/* Are there `want` hexadecimal digits in a row? Looked for from the far end of where they would
 * stand, so that most bytes of a path are passed over. */
static bool has_hex_run(struct slice s, size_t want)
{
    size_t low = 0; /* before it no such run begins */
    while (low + want <= s.n) {
        size_t i = low + want;
        while (i > low && ascii_hex(s.p[i - 1]) >= 0)
            i--;
        if (i == low)
            return true;
        low = i;
    }
    return false;
}

static bool is_program(struct slice path)
{
    static const char *const ends[] = {"exe", "scr", "js",  "jse", "vbs", "hta",
                                       "bat", "cmd", "msi", "lnk", "iso", "img",
                                       "jar", "ps1", "apk", "wsf", "vhd"};
    struct slice tail = path.n > 4 ? slice_from(path, path.n - 4) : path;
    size_t dot = slice_rchr(tail, '.');
    if (dot == SIZE_MAX)
        return false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (slice_ieq(slice_from(tail, dot + 1), slice_str(ends[i])))
            return true;
    return false;
}

/* Folders of site software that no visitor is sent to; pictures and documents lie there, too. */
static bool is_broken_into(struct slice path)
{
    static const char *const places[] = {"/wp-content/", "/wp-includes/", "/wp-admin/",
                                         "/.well-known/", "/cgi-sys/"};
    static const char *const harmless[] = {".pdf", ".jpg", ".png", ".gif"};
    bool is_inside = false;
    for (size_t i = 0; i + 6 < path.n && !is_inside; i++) {
        size_t slash = slice_chr(slice_from(path, i), '/');
        if (slash == SIZE_MAX || i + slash + 6 >= path.n)
            break;
        i += slash;
        char next = ascii_lower(path.p[i + 1]);
        for (size_t k = 0; k < sizeof places / sizeof *places; k++)
            is_inside |= next == places[k][1] &&
                         slice_istarts(slice_from(path, i), slice_str(places[k]));
    }
    for (size_t i = 0; is_inside && i < sizeof harmless / sizeof *harmless; i++)
        is_inside = !slice_iends(path, slice_str(harmless[i]));
    return is_inside;
}

static void look_at_rest(struct evidence *e, struct seen *s, const struct url *u)
{
    if (u->user.n)
        once(e, s, CHECK_link_userinfo, u->host);
    if (u->port > 0 && u->port != 80 && u->port != 443 && u->port != 8080 && u->port != 8443)
        once(e, s, CHECK_link_port, u->host);
    if (!s->hit[CHECK_link_hex] && has_hex_run(u->path, 48))
        once(e, s, CHECK_link_hex, u->host);
    if (!s->hit[CHECK_link_program] && is_program(u->path))
        once(e, s, CHECK_link_program, u->host);
    if (!s->hit[CHECK_link_broken_into] && is_broken_into(u->path))
        once(e, s, CHECK_link_broken_into, u->host);
    if (e->rcpt.n >= 6 && slice_ifind(u->fragment, e->rcpt) != SIZE_MAX)
        once(e, s, CHECK_link_fragment_recipient, u->host);
}

static void look_at_shown(struct evidence *e, struct seen *s, const struct link *l)
{
    if (l->from != LINK_HREF || !l->shown_domain.n || slice_eq(l->shown_domain, l->url.domain))
        return;
    /* Sending services count clicks on their own host: then the shown place is the sender's. */
    bool is_click_counter = slice_eq(l->shown_domain, e->from_domain);
    if (e->is_list)
        return;
    once(e, s, is_click_counter ? CHECK_link_shows_sender : CHECK_link_shows_other,
         l->shown_domain);
}

/* Where a form sends what is typed in; many name nothing and leave it to a script. */
static struct slice form_target(const struct html_form *f, const struct url *u)
{
    if (u->host.n)
        return u->host;
    return f->action.n ? slice_head(f->action, 80) : SLICE("?");
}

static void look_at_forms(struct evidence *e)
{
    for (size_t i = 0; i < e->m->n_parts; i++) {
        const struct html_view *v = e->m->parts[i]->html;
        for (const struct html_form *f = v ? v->forms : NULL; f; f = f->next) {
            struct url u = {0};
            bool is_foreign = url_parse(e->arena, f->action, NULL, &u) && u.domain.n &&
                              !slice_eq(u.domain, e->from_domain);
            if (f->has_password)
                check_hit(e, CHECK_form_password, form_target(f, &u));
            else if (is_foreign && f->inputs)
                check_hit(e, CHECK_form_foreign, u.host);
            else
                continue;
            return;
        }
    }
}

static void look_at_schemes(struct evidence *e)
{
    uint32_t data = 0, script = 0;
    for (size_t i = 0; i < e->m->n_parts; i++)
        if (e->m->parts[i]->html) {
            data += e->m->parts[i]->html->data_urls;
            script += e->m->parts[i]->html->javascript_urls;
        }
    if (data)
        check_hit(e, CHECK_link_data, (struct slice){0});
    if (script)
        check_hit(e, CHECK_link_script, (struct slice){0});
}

void family_link(struct evidence *e)
{
    struct seen s = {0};
    size_t free_images = 0;
    for (const struct link *l = e->m->links; l; l = l->next) {
        if (l->from == LINK_IMAGE && !free_images && !slice_eq(l->url.host, s.image)) {
            s.image = l->url.host;
            free_images = (hosts_find(e->rules->hosts, s.image) & HOSTS_IMAGES) != 0;
        }
        if (!link_is_web(l))
            continue;
        if (!slice_eq(l->url.host, s.before))
            look_at_host(e, &s, &l->url);
        s.before = l->url.host;
        look_at_rest(e, &s, &l->url);
        look_at_shown(e, &s, l);
    }
    struct slice none = {0};
    if (s.short_links)
        check_hit(e, CHECK_link_shortened, none);
    if (s.hosted && !e->is_list)
        check_hit(e, CHECK_link_free_host, none);
    if (free_images && !e->is_list)
        check_hit(e, CHECK_link_free_image, none);
    if (e->n_web && e->n_foreign == e->n_web && e->has_html && !e->is_list && !e->is_answer)
        check_hit(e, CHECK_link_all_foreign, none);
    look_at_forms(e);
    look_at_schemes(e);
}
