/* Settings of authentication. See settings.h. */
#include "auth/settings.h"

struct conf_auth {
    struct slice authserv_id;
    struct conf_list relays, forwarders, own, lists, sealers, local;
    int mode, policy;
    bool explains, writes_received_spf;
};

static const char *const modes[] = {"walk", "list", NULL};
static const char *const policies[] = {"weigh", "follow", NULL};

#define AUTH(field) offsetof(struct conf_auth, field)
static const struct conf_item auth_items[] = {
    {"authserv_id", CONF_TEXT, AUTH(authserv_id), "\"\"",
     .doc = "name in Authentication-Results, under which forged ones are removed; empty: hostname"},
    {"trusted_relays", CONF_LIST, AUTH(relays), "\"\"", .unit = "networks",
     .doc = "own servers that hand mail on to this one: the client before them is what counts"},
    {"trusted_forwarders", CONF_LIST, AUTH(forwarders), "\"\"", .unit = "networks",
     .doc = "forwarders that users have chosen: the client before them counts, DMARC is excused"},
    {"own_networks", CONF_LIST, AUTH(own), "\"\"", .unit = "networks",
     .doc = "clients whose mail is this site's own: nothing is authenticated"},
    {"trusted_lists", CONF_LIST, AUTH(lists), "\"\"", .unit = "domains",
     .doc = "mailing lists, proven by their own signature or SPF, that excuse a failing DMARC"},
    {"trusted_sealers", CONF_LIST, AUTH(sealers), "\"\"", .unit = "domains",
     .doc = "ARC sealers (d=) whose word about a message's arrival is taken"},
    {"dmarc_ignore", CONF_LIST, AUTH(local), "\"\"", .unit = "domains",
     .doc = "author domains whose failing DMARC is not acted on"},
    {"dmarc_mode", CONF_CHOICE, AUTH(mode), "walk", .choices = modes,
     .doc = "organisational domain by walking DNS (RFC 9989) or by the public suffix list"},
    {"dmarc_policy", CONF_CHOICE, AUTH(policy), "weigh", .choices = policies,
     .doc = "weigh what a failing domain asks for among other reasons, or follow it"},
    {"spf_explanation", CONF_BOOL, AUTH(explains), "no",
     .doc = "ask for the explanation that a domain publishes for a failing SPF"},
    {"received_spf", CONF_BOOL, AUTH(writes_received_spf), "no",
     .doc = "write a Received-SPF field, too"},
    {0}};

const struct conf_section AUTH_SECTIONS[] = {
    {"auth", false, auth_items, sizeof(struct conf_auth), "who sent it: SPF, DKIM, DMARC, ARC"},
    {0}};

static int read_nets(struct arena *a, const struct conf_list *from, const char *key, struct err *e,
                     struct net **out)
{
    struct net *nets = ARENA_ARRAY(a, struct net, from->n + 1);
    for (size_t i = 0; i < from->n; i++)
        if (!net_parse(from->items[i], &nets[i]))
            return err_set(e, ERR_PARSE, "auth.%s: \"%.*s\" is no network", key,
                           SLICE_ARG(from->items[i]));
    *out = nets;
    return 0;
}

int auth_settings_compile(const struct conf *c, struct slice hostname,
                          const struct conf_list *domains, struct err *e,
                          struct auth_settings **out)
{
    const struct conf_auth *from = conf_data(c, "auth");
    struct auth_settings *s = ARENA_NEW(c->arena, struct auth_settings);
    *s = (struct auth_settings){.authserv_id = from->authserv_id.n ? from->authserv_id : hostname,
                                .n_relays = from->relays.n,
                                .n_forwarders = from->forwarders.n,
                                .n_own = from->own.n,
                                .lists = from->lists,
                                .sealers = from->sealers,
                                .local = from->local,
                                .domains = *domains,
                                .is_old_mode = from->mode == DMARC_MODE_LIST,
                                .follows_dmarc = from->policy == 1,
                                .explains = from->explains,
                                .writes_received_spf = from->writes_received_spf};
    int rc = read_nets(c->arena, &from->relays, "trusted_relays", e, &s->relays);
    if (rc == 0)
        rc = read_nets(c->arena, &from->forwarders, "trusted_forwarders", e, &s->forwarders);
    if (rc == 0)
        rc = read_nets(c->arena, &from->own, "own_networks", e, &s->own);
    if (rc == 0)
        *out = s;
    return rc;
}

const struct auth_settings *auth_settings_default(void)
{
    static const struct auth_settings none = {.authserv_id = {"localhost", 9}};
    return &none;
}
