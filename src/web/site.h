/* What all requests of one web process share: settings, languages, files of our own, the key of
 * form tokens. Opened before the walls close; afterwards nothing of it opens a file.
 */
#ifndef MUSTER_WEB_SITE_H
#define MUSTER_WEB_SITE_H

#include "base/conf.h"
#include "base/lang.h"
#include "web/page.h"

/* web { } */
enum web_join { WEB_JOIN_INVITED, WEB_JOIN_OPEN };

struct web_conf {
    struct slice title, url;
    struct conf_list hosts, proxies;
    int join;                       /* enum web_join */
    struct conf_list second_factor; /* roles that need one */
    int64_t max_conns, max_upload, rate, burst;
};

/* Ends with name = NULL. */
extern const struct conf_section WEB_SECTIONS[];

struct web_asset {
    const char *name; /* "style.css" */
    const char *type;
    struct slice bytes, packed; /* packed: gzip, or empty */
    char tag[17];               /* of its content */
};

#define SITE_ASSETS  32
#define SITE_TONGUES 9

struct rules; /* evidence/check.h */

struct web_site {
    const struct conf *all;    /* every setting, for the console to show; NULL: none */
    const struct rules *rules; /* points of the checks; NULL: as shipped */
    struct arena *arena;
    const struct web_conf *conf;
    const char *title;
    bool is_secure; /* its public address is https */
    struct web_asset asset[SITE_ASSETS];
    unsigned n_assets;
    const struct lang *lang[SITE_TONGUES]; /* as SITE_TONGUE; NULL: none, or English */
    unsigned char key[32];                 /* of form tokens and notes */
};

extern const struct tongue SITE_TONGUE[SITE_TONGUES];

/* Reads the files below `assets` and the catalogues below `catalogues` (CODE.mo); what is missing
 * is done without. conf NULL: defaults. The key is random until site_key. */
void site_open(struct web_site *s, struct arena *a, const struct web_conf *conf, const char *assets,
               const char *catalogues);
/* From keeper, so that forms outlive a restart. */
void site_key(struct web_site *s, struct slice key);
const struct web_asset *site_asset(const struct web_site *s, const char *name);
/* Index in SITE_TONGUE of what suits best: ?lang=, the cookie, Accept-Language, English. Languages
 * without a catalogue are passed over. */
unsigned site_choose(const struct web_site *s, struct slice query, struct slice cookie,
                     struct slice accept);
/* True when Host names this site: an address, localhost, or as the settings say. */
bool site_is_host(const struct web_site *s, struct slice host);

#endif
