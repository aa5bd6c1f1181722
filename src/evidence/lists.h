/* Lists of hosts and of brands that are built into the program (rules/). Read-only after they
 * are made. */
#ifndef MUSTER_EVIDENCE_LISTS_H
#define MUSTER_EVIDENCE_LISTS_H

#include "base/arena.h"
#include "base/err.h"

/* Lists of hosts; the bits of one mask. */
enum host_list {
    HOSTS_SHORTENERS = 1,  /* rules/hosts/shorteners.txt */
    HOSTS_FREEHOSTING = 2, /* rules/hosts/freehosting.txt */
    HOSTS_FREEMAIL = 4,    /* rules/hosts/freemail.txt */
    HOSTS_IMAGES = 8       /* rules/hosts/images.txt */
};

struct hosts;
struct hosts *hosts_new(void);
void hosts_free(struct hosts *h);
/* Reads lines of hosts into list `name` ("shorteners"); ERR_PARSE names the line. */
MUST_USE int hosts_read(struct hosts *h, const char *name, struct slice text, struct err *e);
/* Lists that hold the host or a domain above it. host: ASCII, lower case. */
unsigned hosts_find(const struct hosts *h, struct slice host);

struct brand {
    struct slice name;     /* the first spelling */
    struct slice *domains; /* organisational domains that rightly use it */
    size_t n_domains;
    bool is_word; /* an everyday word, too: counts only where it stands alone */
};

struct brands;
/* Reads rules/brands.txt; ERR_PARSE names the line. */
MUST_USE int brands_open(struct slice text, const char *name, struct err *e, struct brands **out);
void brands_close(struct brands *b);
/* The first brand named in a folded text (phrases_fold), or NULL. */
const struct brand *brands_named(const struct brands *b, struct slice folded);
/* The brand whose own label (the "paypal" of paypal.com) is exactly this word, or NULL. */
const struct brand *brands_label(const struct brands *b, struct slice word);
/* The brand whose label looks like this one to a person (UTS 39) without being it, or NULL. */
const struct brand *brands_look_alike(const struct brands *b, struct arena *a, struct slice label);
/* The skeleton that look-alikes share, in lower case. */
struct slice brands_skeleton(struct arena *a, struct slice label);
/* True when the organisational domain is one of the brand's, a national one included. */
bool brand_owns(const struct brand *b, struct slice org_domain);

#endif
