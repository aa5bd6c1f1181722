/* Codes that prove a mailbox: their mail and their verbs. See keep_mailbox.h. */
#include "node/keep_mailbox.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/rand.h"
#include "node/account.h"
#include "node/keep_digest.h"
#include "node/keep_verb.h"
#include "node/own_mail.h"
#include "web/site.h"

#include <sodium.h>
#include <stdlib.h>

#define DAY_US   (INT64_C(86400) * 1000000)
#define HOUR_US  (INT64_C(3600) * 1000000)
#define RETRY_US (INT64_C(60) * 1000000)

/* No letter or digit that is taken for another. */
static const char alphabet[] = "ABCDEFGHJKMNPQRSTVWXYZ23456789";

static struct mailbox_proofs *proofs_of(struct keep *k)
{
    if (k->proofs == NULL) {
        if ((k->proofs = calloc(1, sizeof(*k->proofs))) == NULL)
            BUG("out of memory");
        rand_bytes(k->proofs->key, sizeof(k->proofs->key));
    }
    return k->proofs;
}

static void drop(struct mailbox_proofs *s, struct mailbox_proof *p)
{
    *p = s->proof[--s->n];
    sodium_memzero(&s->proof[s->n], sizeof(s->proof[s->n]));
}

static struct mailbox_proof *of_account(struct mailbox_proofs *s, const unsigned char account[16])
{
    for (size_t i = 0; i < s->n; i++) {
        if (memcmp(s->proof[i].account, account, 16) == 0)
            return &s->proof[i];
    }
    return NULL;
}

static void drop_ended(struct mailbox_proofs *s, int64_t now_us)
{
    for (size_t i = s->n; i > 0; i--) {
        if (s->proof[i - 1].until_us <= now_us)
            drop(s, &s->proof[i - 1]);
    }
}

/* ---- may it be sent? ---- */

/* NULL: it may. */
static const char *cap(struct question *q, const unsigned char person[16], int64_t now_us)
{
    const struct mailbox_proofs *s = proofs_of(q->k);
    const size_t room = sizeof(s->asked) / sizeof(s->asked[0]);
    struct account_act *acts;
    struct err e = {0};
    size_t n, by_account = 0, by_mailbox = 0, all = 0;
    if (account_acts(q->k->accounts, q->actor.account, 50, q->arena, &e, &acts, &n) < 0)
        return "the log of your account cannot be read";
    for (size_t i = 0; i < n; i++)
        by_account += slice_eq(acts[i].verb, SLICE("mailbox-asked")) &&
                      acts[i].at_us > now_us - DAY_US;
    for (size_t i = 0; i < room && i < s->n_asked; i++) {
        all += s->asked[i].at_us > now_us - HOUR_US;
        by_mailbox += s->asked[i].at_us > now_us - DAY_US &&
                      memcmp(s->asked[i].person, person, 16) == 0;
    }
    if (by_account >= MAILBOX_ACCOUNT_A_DAY || by_mailbox >= MAILBOX_EACH_A_DAY)
        return "enough codes were sent for today";
    if (all >= MAILBOX_ALL_AN_HOUR || s->n == MAILBOX_MOST)
        return "too many codes are asked for; try again in an hour";
    return NULL;
}

static bool is_ours(const struct keep *k, struct slice mailbox)
{
    const struct conf_list *domains = &node_main(k->conf)->domains;
    struct slice domain = slice_from(mailbox, slice_rchr(mailbox, '@') + 1);
    for (size_t i = 0; i < domains->n; i++) {
        if (slice_ieq(domains->items[i], domain))
            return true;
    }
    return false;
}

static void make_code(char out[MAILBOX_CODE + 1])
{
    for (unsigned i = 0; i < MAILBOX_CODE;) {
        unsigned char b;
        rand_bytes(&b, 1);
        if (b < 240) /* 8 times 30: none is likelier than another */
            out[i++] = alphabet[b % 30];
    }
    out[MAILBOX_CODE] = '\0';
}

/* The hash of a code for that mailbox; case, spaces and dashes do not matter. */
static void hash_code(const struct mailbox_proofs *s, const char *mailbox, struct slice code,
                      unsigned char out[32])
{
    struct buf b = BUF_INIT(600);
    buf_printf(&b, "%s ", mailbox);
    for (size_t i = 0; i < code.n && i < 40; i++) {
        char c = code.p[i];
        if (c != ' ' && c != '-')
            buf_chr(&b, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
    crypto_generichash(out, 32, (unsigned char *)b.p, b.n, s->key, sizeof(s->key));
    sodium_memzero(b.p, b.n);
    buf_fini(&b);
}

static void answer(struct question *q, const struct mailbox_proof *p)
{
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_bool(&j, "waiting", p != NULL);
    jsonw_cstr(&j, "mailbox", p ? p->mailbox : "");
    jsonw_int(&j, "until_us", p ? p->until_us : 0);
    jsonw_bool(&j, "sent", p && p->state == MAILBOX_MAILED);
    jsonw_object_end(&j);
}

/* ---- verbs ---- */

static void show(struct question *q)
{
    struct mailbox_proofs *s = proofs_of(q->k);
    drop_ended(s, clock_now_us());
    answer(q, of_account(s, q->actor.account));
}

static int note(struct question *q, struct account *acc, const char *verb, struct err *e)
{
    struct account_by by = {.actor = acc->id, .role = acc->roles};
    int rc = account_by_id(q->k->accounts, q->actor.account, q->arena, e, acc);
    return rc ? rc : account_write(q->k->accounts, acc, verb, &by, e);
}

static bool may_ask(struct question *q, struct slice mailbox, unsigned char person[16])
{
    if (!own_mail_address_ok(mailbox)) {
        question_refuse(q, 400, "this is no address");
        return false;
    }
    if (!is_ours(q->k, mailbox)) {
        question_refuse(q, 403, "this address is not of a domain of this site");
        return false;
    }
    keep_person_of(q->k, mailbox, person);
    const char *objection = cap(q, person, clock_now_us());
    if (objection)
        question_refuse(q, 429, objection);
    return objection == NULL;
}

/* account/mailbox/ask {"mailbox": ..., "lang": ...}: one code at a time, the newest counts. */
static void ask(struct question *q)
{
    struct mailbox_proofs *s = proofs_of(q->k);
    struct account acc = {0};
    struct err e = {0};
    unsigned char person[16];
    int64_t now = clock_now_us();
    struct slice mailbox = mailbox_canonical(q->arena, &q->k->mailboxes,
                                             slice_trim(question_text(q, "mailbox")));
    drop_ended(s, now);
    if (!may_ask(q, mailbox, person))
        return;
    if (note(q, &acc, "mailbox-asked", &e) < 0) {
        question_fail(q, &e);
        return;
    }
    struct mailbox_proof *p = of_account(s, acc.id);
    if (p)
        drop(s, p);
    p = &s->proof[s->n++];
    *p = (struct mailbox_proof){.until_us = now + MAILBOX_LIFE_US, .tries = MAILBOX_TRIES};
    memcpy(p->account, acc.id, 16);
    snprintf(p->mailbox, sizeof(p->mailbox), "%.*s", SLICE_ARG(mailbox));
    snprintf(p->lang, sizeof(p->lang), "%.*s", SLICE_ARG(slice_head(question_text(q, "lang"), 7)));
    make_code(p->code);
    hash_code(s, p->mailbox, slice_str(p->code), p->hash);
    struct mailbox_asked *a = &s->asked[s->n_asked++ % (sizeof(s->asked) / sizeof(s->asked[0]))];
    a->at_us = now;
    memcpy(a->person, person, 16);
    answer(q, p);
}

/* account/mailbox/prove {"code": ...} */
static void prove(struct question *q)
{
    struct mailbox_proofs *s = proofs_of(q->k);
    struct account acc = {0};
    struct err e = {0};
    unsigned char hash[32];
    drop_ended(s, clock_now_us());
    struct mailbox_proof *p = of_account(s, q->actor.account);
    if (p == NULL) {
        question_refuse(q, 404, "no code waits for this account; ask for one");
        return;
    }
    hash_code(s, p->mailbox, slice_trim(question_text(q, "code")), hash);
    if (sodium_memcmp(hash, p->hash, 32) != 0) {
        bool is_last = --p->tries == 0;
        if (is_last)
            drop(s, p);
        question_refuse(q, is_last ? 429 : 403,
                        is_last ? "this code is not right, and was the last try; ask for another"
                                : "this code is not right");
        return;
    }
    int rc = account_by_id(q->k->accounts, q->actor.account, q->arena, &e, &acc);
    struct account_by by = {.actor = acc.id, .role = acc.roles};
    acc.mailbox = arena_dup(q->arena, slice_str(p->mailbox));
    rc = rc ? rc : account_write(q->k->accounts, &acc, "mailbox-proven", &by, &e);
    if (rc < 0) {
        question_fail(q, &e);
        return;
    }
    drop(s, p);
    answer(q, NULL);
}

const struct keep_verb keep_mailbox_verbs[] = {{"account/mailbox", ACTOR_MEMBER, show},
                                               {"account/mailbox/ask", ACTOR_MEMBER, ask},
                                               {"account/mailbox/prove", ACTOR_MEMBER, prove},
                                               {NULL, 0, NULL}};

/* ---- mail ---- */

static void add_body(const struct keep *k, const struct mailbox_proof *p, const struct lang *lang,
                     struct buf *out)
{
    const struct web_conf *web = conf_data(k->conf, "web");
    struct slice none = {"", 0}, url = web->url;
    while (url.n && url.p[url.n - 1] == '/')
        url.n--;
    lang_fill(lang,
              N_("Somebody with an account here asks to see the mail that is held back for this "
                 "mailbox, and to decide on it."),
              none, out);
    buf_str(out, "\n");
    lang_fill(lang,
              N_("If that is you, type this code on the page of your account within an hour:"),
              none, out);
    buf_printf(out, "\n\n    %.4s-%s\n\n", p->code, p->code + 4);
    lang_fill(lang, N_("If not, do nothing: without the code nothing changes."), none, out);
    buf_str(out, "\n");
    if (url.n)
        buf_printf(out, "-- \n%.*s/account/mailbox\n", SLICE_ARG(url));
}

static bool make(struct keep *k, struct arena *a, const struct mailbox_proof *p, struct buf *packed)
{
    const char *code;
    char id[33];
    unsigned char raw[16];
    const struct lang *lang = keep_lang(k, slice_str(p->lang), &code);
    struct buf body = BUF_INIT(8192), subject = BUF_INIT(1024), mail = BUF_INIT(32768);
    struct slice to = slice_str(p->mailbox);
    rand_bytes(raw, sizeof(raw));
    sodium_bin2hex(id, sizeof(id), raw, sizeof(raw));
    lang_fill(lang, N_("A code for your mailbox"), (struct slice){"", 0}, &subject);
    add_body(k, p, lang, &body);
    struct own_mail m = {.from = keep_digest_from(k, a),
                         .to = to,
                         .subject = buf_slice(&subject),
                         .body = buf_slice(&body),
                         .id = arena_printf(a, "proof.%s", id),
                         .code = code,
                         .now_us = clock_now_us()};
    bool fits = own_mail_write(&m, &mail);
    struct mail_order o = {.rcpt = &to, .n_rcpt = 1, .raw = buf_slice(&mail)};
    buf_reset(packed);
    if (fits)
        mail_pack(packed, &o);
    sodium_memzero(body.p, body.n);
    sodium_memzero(mail.p, mail.n);
    buf_fini(&body);
    buf_fini(&subject);
    buf_fini(&mail);
    return fits;
}

uint64_t keep_mailbox_next(struct keep *k, struct buf *packed)
{
    struct mailbox_proofs *s = k->proofs;
    uint64_t tag = 0;
    if (s == NULL || s->n == 0)
        return 0;
    drop_ended(s, clock_now_us());
    struct arena *a = arena_new(0);
    for (size_t i = 0; i < s->n && tag == 0; i++) {
        struct mailbox_proof *p = &s->proof[i];
        if (p->state != MAILBOX_OWED || p->again_us > clock_mono_us())
            continue;
        if (make(k, a, p, packed))
            tag = p->tag = MAILBOX_TAG | ++s->next_tag;
        else
            log_event(LOG_ERROR, "proof", "error", LOG_S("digest.from is no address"), NULL);
        p->state = MAILBOX_MAILING; /* one that cannot be written is not tried again */
    }
    arena_free(a);
    return tag;
}

void keep_mailbox_mailed(struct keep *k, uint64_t tag, const struct mail_result *r)
{
    struct mailbox_proofs *s = k->proofs;
    for (size_t i = 0; s && i < s->n; i++) {
        struct mailbox_proof *p = &s->proof[i];
        if (p->tag != tag)
            continue;
        p->state = r->outcome == MAIL_LATER ? MAILBOX_OWED : MAILBOX_MAILED;
        p->again_us = clock_mono_us() + RETRY_US;
        if (r->outcome != MAIL_LATER)
            sodium_memzero(p->code, sizeof(p->code));
        if (r->outcome != MAIL_SENT)
            log_event(LOG_WARN, "proof", "outcome", LOG_T(r->words), NULL);
    }
}

void keep_mailbox_forget(struct keep *k)
{
    for (size_t i = 0; k->proofs && i < k->proofs->n; i++) {
        if (k->proofs->proof[i].state == MAILBOX_MAILING && k->proofs->proof[i].code[0])
            k->proofs->proof[i].state = MAILBOX_OWED;
    }
}
