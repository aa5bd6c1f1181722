/* muster case contacts: lines "NETWORK MAILBOX", or RDAP answers (RFC 9083). */
#include "cli/desk_job.h"

#include <stdio.h>
#include <string.h>

static json_t *contact(const char *net, const char *mailbox, const char *source)
{
    json_t *o = json_object();
    json_object_set_new(o, "net", json_string(net));
    json_object_set_new(o, "mailbox", json_string(mailbox));
    json_object_set_new(o, "source", json_string(source));
    return o;
}

/* The mail address in an entity's jCard (RFC 7095): ["email", {}, "text", "abuse@..."]. */
static const char *card_mail(const json_t *entity)
{
    const json_t *card = json_array_get(json_object_get(entity, "vcardArray"), 1), *property;
    size_t i;
    json_array_foreach(card, i, property)
    {
        const char *name = json_string_value(json_array_get(property, 0));
        if (name && strcmp(name, "email") == 0)
            return json_string_value(json_array_get(property, 3));
    }
    return NULL;
}

static const char *abuse_mail(const json_t *entities, int depth)
{
    const json_t *entity, *role;
    size_t i, k;
    json_array_foreach(entities, i, entity)
    {
        bool is_abuse = false;
        json_array_foreach(json_object_get(entity, "roles"), k, role)
        {
            const char *s = json_string_value(role);
            is_abuse = is_abuse || (s && strcmp(s, "abuse") == 0);
        }
        const char *mail = is_abuse ? card_mail(entity) : NULL;
        if (mail == NULL && depth < 4)
            mail = abuse_mail(json_object_get(entity, "entities"), depth + 1);
        if (mail)
            return mail;
    }
    return NULL;
}

static void add_rdap(json_t *list, const json_t *network)
{
    const char *mail = abuse_mail(json_object_get(network, "entities"), 0);
    const json_t *cidr;
    size_t i;
    char net[80];
    json_array_foreach(json_object_get(network, "cidr0_cidrs"), i, cidr)
    {
        const char *v4 = json_string_value(json_object_get(cidr, "v4prefix"));
        const char *v6 = json_string_value(json_object_get(cidr, "v6prefix"));
        snprintf(net, sizeof(net), "%s/%lld",
                 v4   ? v4
                 : v6 ? v6
                      : "-",
                 (long long)json_integer_value(json_object_get(cidr, "length")));
        if (mail && (v4 || v6))
            json_array_append_new(list, contact(net, mail, "RDAP"));
    }
}

static void add_lines(json_t *list, struct slice text)
{
    struct slice line;
    while (slice_line(&text, &line)) {
        char net[64], mailbox[256];
        char row[400];
        snprintf(row, sizeof(row), "%.*s", SLICE_ARG(slice_head(line, sizeof(row) - 1)));
        if (row[0] != '#' && sscanf(row, "%63[^ \t,;]%*[ \t,;]%255[^ \t,;]", net, mailbox) == 2)
            json_array_append_new(list, contact(net, mailbox, "local table"));
    }
}

int case_contacts(struct desk_job *job, const char *path)
{
    struct buf text = BUF_INIT(64 * 1024 * 1024);
    json_error_t je;
    int code = desk_read_file(job, path, &text);
    if (code != EXIT_FINE) {
        buf_fini(&text);
        return code;
    }
    json_t *list = json_array(), *j = json_loadb(text.p, text.n, 0, &je), *one;
    size_t i;
    if (json_is_object(j))
        add_rdap(list, j);
    json_array_foreach(j, i, one) add_rdap(list, one);
    if (j == NULL)
        add_lines(list, buf_slice(&text));
    json_decref(j);
    buf_fini(&text);
    json_object_set_new(job->args, "contacts", list);
    return desk_ask(job, "contacts", NULL);
}
