/* What all requests share. See site.h. */
#include "web/site.h"

#include "base/hash.h"
#include "base/log.h"
#include "base/rand.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define ASSET_MOST (1024 * 1024)

/* In the order in which they are offered. */
const struct tongue SITE_TONGUE[SITE_TONGUES] = {
    {"en", "English", false},
    {"fr",
     "Fran\xc3\xa7"
     "ais",
     false},
    {"es", "Espa\xc3\xb1ol", false},
    {"pt", "Portugu\xc3\xaas", false},
    {"ar", "\xd8\xa7\xd9\x84\xd8\xb9\xd8\xb1\xd8\xa8\xd9\x8a\xd8\xa9", true},
    {"sw", "Kiswahili", false},
    {"id", "Bahasa Indonesia", false},
    {"zh", "\xe4\xb8\xad\xe6\x96\x87", false},
    {"de", "Deutsch", false},
};

static const char *const joins[] = {"invited", "open", NULL};

#define WEB(field) offsetof(struct web_conf, field)
static const struct conf_item web_items[] = {
    {"title", CONF_TEXT, WEB(title), "\"\"", .doc = "name of the site on its pages; empty: Muster"},
    {"url", CONF_TEXT, WEB(url), "\"\"",
     .doc = "public address, as https://toolkit.example.org; empty: none but this machine's"},
    {"hosts", CONF_LIST, WEB(hosts), "\"\"", .doc = "further names allowed in Host"},
    {"proxies", CONF_LIST, WEB(proxies), "\"\"",
     .doc = "addresses of reverse proxies whose X-Forwarded-For is believed"},
    {"join", CONF_CHOICE, WEB(join), "invited", .choices = joins,
     .doc = "who may make an account: those whom a steward invited, or everybody"},
    {"second_factor", CONF_LIST, WEB(second_factor), "\"\"",
     .doc = "roles that an account has only while its second factor is on, as steward, operator"},
    {"max_conns", CONF_INT, WEB(max_conns), "512", .min = 8, .max = 20000,
     .doc = "connections at once"},
    {"max_upload", CONF_SIZE, WEB(max_upload), "12M", .min = 65536, .max = 104857600,
     .unit = "bytes", .doc = "of one form with files"},
    {"rate", CONF_INT, WEB(rate), "20", .min = 1, .max = 100000,
     .doc = "requests a second from one address (IPv6: one /64)"},
    {"burst", CONF_INT, WEB(burst), "200", .min = 10, .max = 1000000,
     .doc = "requests that it may send at once"},
    {0}};

const struct conf_section WEB_SECTIONS[] = {
    {"web", false, web_items, sizeof(struct web_conf), "pages for people"}, {0}};

static const struct web_conf defaults = {
    .max_conns = 512, .max_upload = 12 << 20, .rate = 20, .burst = 200};

static const char *type_of(const char *name)
{
    static const char *const types[][2] = {{".css", "text/css; charset=utf-8"},
                                           {".svg", "image/svg+xml"},
                                           {".png", "image/png"},
                                           {".ico", "image/x-icon"},
                                           {".txt", "text/plain; charset=utf-8"},
                                           {".webmanifest", "application/manifest+json"}};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (slice_ends(slice_str(name), slice_str(types[i][0])))
            return types[i][1];
    return NULL;
}

static struct slice read_all(struct arena *a, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    if (fd < 0)
        return SLICE("");
    char *text = NULL;
    size_t n = 0;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= ASSET_MOST) {
        text = arena_bytes(a, (size_t)st.st_size + 1);
        ssize_t got;
        while (n < (size_t)st.st_size && (got = read(fd, text + n, (size_t)st.st_size - n)) > 0)
            n += (size_t)got;
    }
    close(fd);
    return slice_of(text, n);
}

static struct slice gzipped(struct arena *a, struct slice s)
{
    z_stream z = {0};
    if (s.n < 200 || deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return SLICE("");
    size_t room = deflateBound(&z, s.n);
    unsigned char *out = arena_alloc(a, room);
    unsigned char *in = (unsigned char *)arena_dup(a, s).p;
    z.next_in = in;
    z.avail_in = (uInt)s.n;
    z.next_out = out;
    z.avail_out = (uInt)room;
    bool ok = deflate(&z, Z_FINISH) == Z_STREAM_END;
    deflateEnd(&z);
    return ok && z.total_out < s.n ? slice_of((char *)out, z.total_out) : SLICE("");
}

static int by_name(const void *x, const void *y)
{
    return strcmp(((const struct web_asset *)x)->name, ((const struct web_asset *)y)->name);
}

static void read_assets(struct web_site *s, const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *entry;
    while (d && (entry = readdir(d)) != NULL && s->n_assets < SITE_ASSETS) {
        const char *type = type_of(entry->d_name);
        if (type == NULL || entry->d_name[0] == '.')
            continue;
        struct web_asset *as = &s->asset[s->n_assets++];
        as->name = arena_cstr(s->arena, slice_str(entry->d_name));
        as->type = type;
        as->bytes = read_all(s->arena, arena_printf(s->arena, "%s/%s", dir, entry->d_name).p);
        as->packed = strstr(type, "png") ? SLICE("") : gzipped(s->arena, as->bytes);
        snprintf(as->tag, sizeof(as->tag), "%016llx", (unsigned long long)hash_bytes(as->bytes, 0));
    }
    if (d)
        closedir(d);
    qsort(s->asset, s->n_assets, sizeof(s->asset[0]), by_name);
}

void site_open(struct web_site *s, struct arena *a, const struct web_conf *conf, const char *assets,
               const char *catalogues)
{
    *s = (struct web_site){.arena = a, .conf = conf ? conf : &defaults};
    s->title = s->conf->title.n ? arena_cstr(a, s->conf->title) : "Muster";
    s->is_secure = slice_istarts(s->conf->url, SLICE("https://"));
    rand_bytes(s->key, sizeof(s->key));
    if (assets)
        read_assets(s, assets);
    for (unsigned i = 1; i < SITE_TONGUES && catalogues; i++) {
        struct err e = {0};
        struct lang *l = NULL;
        const char *path = arena_printf(a, "%s/%s.mo", catalogues, SITE_TONGUE[i].code).p;
        if (access(path, R_OK) == 0 && lang_open(path, &e, &l) == 0)
            s->lang[i] = l;
        else if (e.code)
            log_event(LOG_WARN, "language", "error", LOG_S(e.text), NULL);
    }
}

void site_key(struct web_site *s, struct slice key)
{
    if (key.n == sizeof(s->key))
        memcpy(s->key, key.p, sizeof(s->key));
}

const struct web_asset *site_asset(const struct web_site *s, const char *name)
{
    for (unsigned i = 0; i < s->n_assets; i++)
        if (strcmp(s->asset[i].name, name) == 0)
            return &s->asset[i];
    return NULL;
}

/* ---- languages ---- */

/* "pt-BR" and "pt_BR" are served by pt; SITE_TONGUES: by none. */
static unsigned tongue_of(const struct web_site *s, struct slice word)
{
    size_t n = 0;
    while (n < word.n && ascii_is_alpha(word.p[n]))
        n++;
    for (unsigned i = 0; i < SITE_TONGUES; i++)
        if (slice_ieq(slice_head(word, n), slice_str(SITE_TONGUE[i].code)) &&
            (i == 0 || s->lang[i]))
            return i;
    return SITE_TONGUES;
}

/* Thousandths of ";q=0.8"; 1000 without. */
static unsigned quality(struct slice params)
{
    size_t at = slice_ifind(params, SLICE("q="));
    unsigned q = 0, weight = 100;
    if (at == SIZE_MAX)
        return 1000;
    params = slice_from(params, at + 2);
    if (params.n == 0 || params.p[0] != '0')
        return 1000;
    for (size_t i = 2; i < params.n && i < 5 && ascii_is_digit(params.p[i]); i++, weight /= 10)
        q += (unsigned)(params.p[i] - '0') * weight;
    return q;
}

unsigned site_choose(const struct web_site *s, struct slice query, struct slice cookie,
                     struct slice accept)
{
    unsigned best = SITE_TONGUES, best_q = 0;
    struct slice part, word;
    if ((best = tongue_of(s, query)) < SITE_TONGUES || (best = tongue_of(s, cookie)) < SITE_TONGUES)
        return best;
    for (unsigned n = 0; n < 40 && slice_split(&accept, ',', &part); n++) {
        part = slice_trim(part);
        if (!slice_split(&part, ';', &word))
            continue;
        unsigned i = tongue_of(s, word), q = quality(part);
        if (i < SITE_TONGUES && q > best_q) {
            best = i;
            best_q = q;
        }
    }
    return best < SITE_TONGUES ? best : 0;
}

/* ---- hosts ---- */

static struct slice without_port(struct slice host)
{
    size_t colon = slice_rchr(host, ':');
    if (colon == SIZE_MAX || (host.n && host.p[host.n - 1] == ']'))
        return host;
    for (size_t i = colon + 1; i < host.n; i++)
        if (!ascii_is_digit(host.p[i]))
            return SLICE(""); /* no port: "localhost:x@elsewhere" */
    return slice_head(host, colon);
}

static bool is_address(struct slice host)
{
    bool is_v6 = host.n > 2 && host.p[0] == '[' && host.p[host.n - 1] == ']';
    for (size_t i = is_v6; i < host.n - is_v6; i++) {
        bool ok = is_v6 ? ascii_hex(host.p[i]) >= 0 || host.p[i] == ':' || host.p[i] == '.'
                        : ascii_is_digit(host.p[i]) || host.p[i] == '.';
        if (!ok)
            return false;
    }
    return host.n > 0;
}

/* The host and port of "https://host:port/path". */
static struct slice host_of_url(struct slice url)
{
    size_t at = slice_find(url, SLICE("://"));
    struct slice rest = at == SIZE_MAX ? SLICE("") : slice_from(url, at + 3), host = SLICE("");
    (void)!slice_split(&rest, '/', &host);
    return host;
}

bool site_is_host(const struct web_site *s, struct slice host)
{
    struct slice bare = without_port(host);
    if (slice_ieq(bare, SLICE("localhost")) || is_address(bare) ||
        slice_ieq(bare, without_port(host_of_url(s->conf->url))))
        return bare.n > 0;
    for (size_t i = 0; i < s->conf->hosts.n; i++)
        if (slice_ieq(bare, s->conf->hosts.items[i]))
            return true;
    return false;
}
