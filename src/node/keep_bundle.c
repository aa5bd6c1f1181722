/* Handing a case over to another node, and taking one in: signed, under stated terms
 * (desk/bundle.h).
 *
 * What another node sends is one voice, however many cases it sends: its claims weigh as that of a
 * reporter. It is taken in only when the key is known to be that node's. */
#include "base/clock.h"
#include "desk/bundle.h"
#include "node/keep_desk.h"

#include <sodium.h>

/* The node's pair of keys, made when first asked for. */
static int keys(struct keep *k, unsigned char key[BUNDLE_KEY], unsigned char secret[64],
                struct err *e)
{
    unsigned char seed[32];
    int rc = store_secret(k->store, "node key", seed, e);
    if (rc == 0)
        bundle_keys(seed, key, secret);
    sodium_memzero(seed, sizeof(seed));
    return rc;
}

static struct slice own_name(struct question *q)
{
    const struct conf_main *m = node_main(q->k->conf);
    return m->domains.n ? m->domains.items[0] : node_hostname(q->arena, q->k->conf);
}

/* For partners, to be told by another way than with the bundles. */
static void show_key(struct question *q)
{
    struct err e = {0};
    unsigned char key[BUNDLE_KEY], secret[64];
    char text[BUNDLE_KEY_TEXT];
    if (keys(q->k, key, secret, &e) < 0) {
        question_fail(q, &e);
        return;
    }
    sodium_memzero(secret, sizeof(secret));
    bundle_key_text(key, text);
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "node", own_name(q));
    jsonw_cstr(&j, "key", text);
    jsonw_object_end(&j);
}

/* What stands for a case outside: not its code, which lets its holder withdraw it. */
static struct slice reference_of(struct question *q, const unsigned char id[16],
                                 const unsigned char secret[64])
{
    unsigned char hash[16];
    char text[CODE_CHARS];
    crypto_generichash(hash, sizeof(hash), id, 16, secret, 32);
    code_text(hash, text);
    return arena_dup(q->arena, slice_str(text));
}

static void bundle(struct question *q)
{
    struct err e = {0};
    struct case_row c;
    unsigned char id[16], key[BUNDLE_KEY], secret[64];
    char when[32];
    struct slice terms = question_text(q, "terms");
    if (!desk_code_arg(q, 1, id))
        return;
    int rc = terms.n > DESK_TEXT_MOST ? err_set(&e, ERR_USAGE, "the terms are too long") : 0;
    rc = rc ? rc : book_case(q->k->book, id, q->arena, &e, &c);
    rc = rc ? rc : keys(q->k, key, secret, &e);
    rc = rc ? rc : keep_desk_add(q->k, &q->actor, id, "looked", json_object(), &e);
    if (!keep_desk_finish(q, rc, &e))
        return;
    struct bundle b = {.from = own_name(q),
                       .made = slice_str(clock_rfc3339(clock_now_us(), when)),
                       .reference = reference_of(q, id, secret),
                       .terms = terms.n ? terms
                                        : SLICE("for working on this case alone; not to be passed "
                                                "on; to be deleted when it is closed"),
                       .category = slice_str(desk_category_name(c.category)),
                       .report = c.report.n ? c.report : SLICE("{}")};
    bundle_write(&b, secret, q->out);
    sodium_memzero(secret, sizeof(secret));
}

/* ---- taking one in ---- */

/* The key that is known for a node: as given with the question, or by desk.partners
 * ("other.example=ed25519:..."). */
static bool known_key(struct question *q, struct slice node, unsigned char out[BUNDLE_KEY])
{
    const struct conf_list *list = &desk_settings(q->k->conf)->partners;
    struct slice given = question_text(q, "key");
    if (given.n)
        return bundle_key_parse(given, out);
    for (size_t i = 0; i < list->n; i++) {
        size_t at = slice_chr(list->items[i], '=');
        if (at != SIZE_MAX && slice_ieq(slice_trim(slice_head(list->items[i], at)), node))
            return bundle_key_parse(slice_trim(slice_from(list->items[i], at + 1)), out);
    }
    return false;
}

static int check_key(struct question *q, const struct bundle *b, struct err *e)
{
    unsigned char known[BUNDLE_KEY];
    char text[BUNDLE_KEY_TEXT];
    bundle_key_text(b->key, text);
    if (!known_key(q, b->from, known))
        return err_set(e, ERR_DENIED,
                       "the key of %.*s is not known here; the bundle names %s: ask them for it by "
                       "another way, then give it as --key or in desk.partners",
                       SLICE_ARG(b->from), text);
    if (memcmp(known, b->key, BUNDLE_KEY) != 0)
        return err_set(e, ERR_DENIED,
                       "the bundle is signed by %s, which is not the key known for %.*s", text,
                       SLICE_ARG(b->from));
    return 0;
}

static json_t *origin_of(const struct bundle *b)
{
    char text[BUNDLE_KEY_TEXT];
    json_t *o = json_object();
    bundle_key_text(b->key, text);
    json_object_set_new(o, "from", desk_slice(b->from));
    json_object_set_new(o, "made", desk_slice(b->made));
    json_object_set_new(o, "reference", desk_slice(b->reference));
    json_object_set_new(o, "terms", desk_slice(b->terms));
    json_object_set_new(o, "key", json_string(text));
    return o;
}

/* Without `accept` it only says what it is and on which terms. */
static void import(struct question *q)
{
    struct err e = {0};
    struct bundle b;
    struct desk_report r;
    unsigned char id[16];
    const char *how = "";
    bool accepts = question_true(q, "accept");
    int rc = bundle_read(q->arena, question_text(q, "bundle"), &e, &b);
    rc = rc ? rc : check_key(q, &b, &e);
    rc = rc ? rc : desk_report_read(q->arena, b.report, &e, &r);
    if (rc == 0 && accepts) {
        json_t *origin = origin_of(&b);
        rc = keep_case_take_partner(q, &r, b.from, origin, &e, id, &how);
        json_decref(origin);
    }
    if (rc < 0) {
        question_fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "from", b.from);
    jsonw_text(&j, "made", b.made);
    jsonw_text(&j, "reference", b.reference);
    jsonw_text(&j, "category", b.category);
    jsonw_text(&j, "about", r.original.from_domain);
    jsonw_text(&j, "terms", b.terms);
    jsonw_bool(&j, "accepted", accepts);
    if (accepts) {
        desk_code(&j, "code", id);
        jsonw_cstr(&j, "taken", how);
    }
    jsonw_object_end(&j);
}

const struct keep_verb keep_bundle_verbs[] = {
    {"bundle/key", 0, show_key},
    {"bundle/import", ACTOR_OPERATOR | ACTOR_STEWARD, import},
    {"case/*/bundle", ACTOR_OPERATOR | ACTOR_STEWARD, bundle},
    {0}};
