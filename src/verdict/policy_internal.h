/* What policy.c and lists.c share. */
#ifndef MUSTER_VERDICT_POLICY_INTERNAL_H
#define MUSTER_VERDICT_POLICY_INTERNAL_H

#include "verdict/policy.h"

struct policy_conf {
    double unsure, tag, greylist, quarantine, reject;
    int by_class[CLASSES]; /* 0: by score, else action + 1 */
    struct conf_list allow, allow_proven, block, members;
    int on_block;
    struct slice appeal;
    double own_points;
    bool own_lists;
};

enum policy_level { LEVEL_SITE, LEVEL_DOMAIN, LEVEL_GROUP, LEVEL_USER, LEVELS };

/* One entry of a list: an address, a domain (with its subdomains), or a network. */
struct policy_entry {
    struct slice word;    /* as written */
    struct slice address; /* "local@domain" or empty */
    struct slice domain;  /* or empty */
    unsigned char net[16];
    int bits; /* of the network as IPv6 (IPv4 mapped), -1: no network */
};

struct policy_list {
    struct policy_entry *entries;
    size_t n;
};

struct policy_block {
    struct slice name;
    enum policy_level level;
    const struct policy_conf *conf;
    const uint32_t *lines;
    struct policy_list allow, allow_proven, block;
    struct policy_block *next;
};

struct policy {
    struct policy_block *blocks;
};

bool policy_sets(const struct policy_block *b, const char *key);
bool policy_applies(const struct policy_block *b, struct slice rcpt);
MUST_USE int policy_read_list(struct arena *a, const struct conf_list *from, struct err *e,
                              struct policy_list *out);
/* The entry of a list that names the sender. *out_proven: the network, or a domain proven. */
const struct policy_entry *policy_match(const struct policy_list *list,
                                        const struct policy_sender *s, bool *out_proven);
/* Adds the finding for one place's lists. is_site: the operator's, else the recipient's. */
struct policy_lists_of {
    const struct policy_list *allow, *allow_proven, *block;
    bool is_site;
};
void policy_look(const struct policy_lists_of *l, const struct policy_sender *s,
                 struct findings *all);

#endif
