/* The policy sections: their settings, compiling, and what holds for one recipient. */
#include "verdict/policy_internal.h"

#include "charter/charter.h"

#define THRESHOLD(field, value, words)                                                  \
    {                                                                                   \
        .key = #field, .type = CONF_NUM, .offset = offsetof(struct policy_conf, field), \
        .def = value, .min = -100, .max = 1000, .unit = "points", .doc = words          \
    }
#define BY_CLASS(word, class, words)                                                               \
    {                                                                                              \
        .key = word, .type = CONF_CHOICE, .offset = offsetof(struct policy_conf, by_class[class]), \
        .def = "score", .choices = CLASS_CHOICES, .doc = words                                     \
    }
#define WORDS(field, words)                                                              \
    {                                                                                    \
        .key = #field, .type = CONF_LIST, .offset = offsetof(struct policy_conf, field), \
        .def = "", .doc = words                                                          \
    }

/* Index 0 is "score", then the actions in their order. */
static const char *const CLASS_CHOICES[] = {"score", "accept",     "tag",    "greylist",
                                            "defer", "quarantine", "reject", NULL};
static const char *const BLOCK_CHOICES[] = {"tag", "quarantine", "reject", "discard", NULL};
static const enum action BLOCK_ACTIONS[] = {ACTION_TAG, ACTION_QUARANTINE, ACTION_REJECT,
                                            ACTION_DISCARD};

static const struct conf_item POLICY_ITEMS[] = {
    THRESHOLD(unsure, "0.0", "above this score a message is unsure"),
    THRESHOLD(tag, "5.0", "from this score on a message is spam and marked as such"),
    THRESHOLD(greylist, "0", "from this score on an unsure message is greylisted; 0: never"),
    THRESHOLD(quarantine, "0", "from this score on a message goes to quarantine; 0: never"),
    THRESHOLD(reject, "12.0",
              "from this score on a message is refused, given reasons of two kinds"),
    BY_CLASS("malware", CLASS_MALWARE, "what happens to malware; score: by the thresholds"),
    BY_CLASS("phishing", CLASS_PHISHING, "what happens to phishing"),
    BY_CLASS("scam", CLASS_SCAM, "what happens to scams"),
    BY_CLASS("unsolicited", CLASS_UNSOLICITED, "what happens to other spam"),
    WORDS(allow, "senders to let through: addresses, domains, networks up to /24 and /48"),
    WORDS(allow_proven,
          "senders to let through only when SPF or DKIM proves their domain: addresses, domains"),
    WORDS(block, "senders to keep out: addresses, domains, networks up to /24 and /48"),
    {.key = "on_block",
     .type = CONF_CHOICE,
     .offset = offsetof(struct policy_conf, on_block),
     .def = "reject",
     .choices = BLOCK_CHOICES,
     .doc = "what happens to mail of a blocked sender"},
    WORDS(members, "addresses and @domains that a group consists of"),
    {.key = "appeal",
     .type = CONF_TEXT,
     .offset = offsetof(struct policy_conf, appeal),
     .def = "postmaster",
     .doc = "where people object to a verdict: an address or URL"},
    {.key = "own_points",
     .type = CONF_NUM,
     .offset = offsetof(struct policy_conf, own_points),
     .def = "3.0",
     .min = 0,
     .max = 20,
     .unit = "points",
     .doc = "how far people may move tag and quarantine for their own mail, either way; 0: not"},
    {.key = "own_lists",
     .type = CONF_BOOL,
     .offset = offsetof(struct policy_conf, own_lists),
     .def = "yes",
     .doc = "people may have lists of their own of senders to let through or to keep out"},
    {.key = NULL},
};

const struct conf_section POLICY_SECTIONS[] = {
    {.name = "policy",
     .named = false,
     .items = POLICY_ITEMS,
     .size = sizeof(struct policy_conf),
     .doc = "Thresholds, actions and lists of the whole site."},
    {.name = "policy",
     .named = true,
     .items = POLICY_ITEMS,
     .size = sizeof(struct policy_conf),
     .doc = "What differs for an address, a \"@domain\" or a group with members."},
    {.name = NULL},
};

static int item_index(const char *key)
{
    int i = 0;
    while (POLICY_ITEMS[i].key && strcmp(POLICY_ITEMS[i].key, key))
        i++;
    return i;
}

bool policy_sets(const struct policy_block *b, const char *key)
{
    return b->lines[item_index(key)] != 0;
}

static int add_block(struct policy *p, struct arena *a, const struct conf_block *from,
                     struct policy_block **tail, struct err *e)
{
    struct policy_block *b = ARENA_NEW(a, struct policy_block);
    b->name = from->name;
    b->conf = from->data;
    b->lines = from->lines;
    size_t at = slice_chr(b->name, '@');
    b->level = slice_is_empty(b->name) ? LEVEL_SITE
               : at == SIZE_MAX        ? LEVEL_GROUP
               : at == 0               ? LEVEL_DOMAIN
                                       : LEVEL_USER;
    if (b->level == LEVEL_GROUP && !b->conf->members.n)
        return err_set(e, ERR_PARSE, "policy \"%.*s\" is a group without members",
                       SLICE_ARG(b->name));
    int err = policy_read_list(a, &b->conf->allow, e, &b->allow);
    if (!err)
        err = policy_read_list(a, &b->conf->allow_proven, e, &b->allow_proven);
    if (!err)
        err = policy_read_list(a, &b->conf->block, e, &b->block);
    if (err)
        return err;
    if (*tail)
        (*tail)->next = b;
    else
        p->blocks = b;
    *tail = b;
    return 0;
}

int policy_compile(const struct conf *c, struct err *e, struct policy **out)
{
    struct policy *p = ARENA_NEW(c->arena, struct policy);
    struct policy_block *tail = NULL;
    for (struct conf_block *b = conf_next(c, "policy", NULL); b; b = conf_next(c, "policy", b)) {
        int err = add_block(p, c->arena, b, &tail, e);
        if (err)
            return err;
    }
    for (struct policy_block *b = p->blocks; b; b = b->next) {
        struct policy_view v;
        struct slice who = b->level == LEVEL_GROUP ? b->conf->members.items[0] : b->name;
        policy_view(p, c->arena, who, &v);
        bool in_order = v.unsure <= v.tag && v.tag <= v.reject &&
                        (v.quarantine <= 0 || v.quarantine >= v.tag) &&
                        (v.greylist <= 0 || v.greylist <= v.tag);
        if (!in_order)
            return err_set(e, ERR_PARSE,
                           "policy \"%.*s\": thresholds must rise: unsure, greylist, tag, "
                           "quarantine, reject",
                           SLICE_ARG(b->name));
    }
    *out = p;
    return 0;
}

static bool is_member(const struct policy_block *b, struct slice rcpt, struct slice domain)
{
    for (size_t i = 0; i < b->conf->members.n; i++) {
        struct slice m = b->conf->members.items[i];
        if (slice_ieq(m, rcpt) || (m.n && m.p[0] == '@' && slice_ieq(slice_from(m, 1), domain)))
            return true;
    }
    return false;
}

bool policy_applies(const struct policy_block *b, struct slice rcpt)
{
    size_t at = slice_rchr(rcpt, '@');
    struct slice domain = at == SIZE_MAX ? (struct slice){0} : slice_from(rcpt, at + 1);
    switch (b->level) {
    case LEVEL_SITE:
        return true;
    case LEVEL_DOMAIN:
        return domain.n && slice_ieq(slice_from(b->name, 1), domain);
    case LEVEL_GROUP:
        return rcpt.n && is_member(b, rcpt, domain);
    case LEVEL_USER:
        return rcpt.n && slice_ieq(b->name, rcpt);
    case LEVELS:
        break;
    }
    return false;
}

/* Takes over what block b sets itself. The site's block gives all, defaults included. */
static void take(struct policy_view *v, const struct policy_block *b)
{
    const struct policy_conf *c = b->conf;
    bool all = b->level == LEVEL_SITE;
#define TAKE(key, to, value)        \
    if (all || policy_sets(b, key)) \
    to = value
    TAKE("unsure", v->unsure, c->unsure);
    TAKE("tag", v->tag, c->tag);
    TAKE("greylist", v->greylist, c->greylist);
    TAKE("quarantine", v->quarantine, c->quarantine);
    TAKE("reject", v->reject, c->reject);
    TAKE("malware", v->by_class[CLASS_MALWARE], c->by_class[CLASS_MALWARE] - 1);
    TAKE("phishing", v->by_class[CLASS_PHISHING], c->by_class[CLASS_PHISHING] - 1);
    TAKE("scam", v->by_class[CLASS_SCAM], c->by_class[CLASS_SCAM] - 1);
    TAKE("unsolicited", v->by_class[CLASS_UNSOLICITED], c->by_class[CLASS_UNSOLICITED] - 1);
    TAKE("on_block", v->on_block, BLOCK_ACTIONS[c->on_block]);
    TAKE("appeal", v->appeal, c->appeal);
    TAKE("own_points", v->own_points, c->own_points);
    TAKE("own_lists", v->own_lists, c->own_lists);
#undef TAKE
}

void policy_view(const struct policy *p, struct arena *a, struct slice rcpt,
                 struct policy_view *out)
{
    static const char *const words[LEVELS] = {"site", "domain ", "group ", "user "};
    *out = (struct policy_view){.tag = 5.0,
                                .reject = 12.0,
                                .on_block = ACTION_REJECT,
                                .appeal = SLICE("postmaster"),
                                .rule = SLICE("site"),
                                .own_points = 3.0,
                                .own_lists = true,
                                .is_site = true};
    for (int i = 0; i < CLASSES; i++)
        out->by_class[i] = -1;
    for (int level = 0; p && level < LEVELS; level++)
        for (const struct policy_block *b = p->blocks; b; b = b->next) {
            if ((int)b->level != level || !policy_applies(b, rcpt))
                continue;
            take(out, b);
            if (level == LEVEL_SITE)
                continue;
            out->is_site = false;
            struct slice name = level == LEVEL_DOMAIN ? slice_from(b->name, 1) : b->name;
            out->rule = arena_printf(a, "%s%.*s", words[level], SLICE_ARG(name));
        }
}
