/* The queue of the desk's letters: its state stands in the book, so a kill at any point loses none;
 * one that was handed over just before may go out twice, under the same Message-ID. */
#include "node/keep_desk.h"
#include "base/clock.h"
#include "base/log.h"
#include "desk/letter.h"
#include "node/keep_choice.h"
#include "node/keep_digest.h"

#define WAIT_US INT64_C(60000000) /* before a letter is tried again, doubled each time */
#define TRIES   10

static struct letter_order *find(struct letter_queue *lq, const unsigned char id[16])
{
    for (size_t i = 0; i < lq->n; i++)
        if (memcmp(lq->order[i].id, id, 16) == 0)
            return &lq->order[i];
    return NULL;
}

static void posted(struct keep *k, const unsigned char id[16], enum letter_state state,
                   struct slice result)
{
    struct err e = {0};
    json_t *body = json_object();
    json_object_set_new(body, "state", json_integer((int)state));
    json_object_set_new(body, "result", desk_slice(slice_head(result, 200)));
    if (keep_desk_add(k, NULL, id, "posted", body, &e) < 0 || keep_desk_done(k, &e) < 0)
        log_event(LOG_ERROR, "letter", "error", LOG_S(e.text), NULL);
}

/* What the program that made the report speaks, as its words show. */
static struct slice report_language(struct arena *a, const struct case_row *c)
{
    struct err e;
    struct desk_report r;
    return desk_report_read(a, c->report, &e, &r) == 0 ? r.language : SLICE("");
}

/* The reporter's mailbox from under the case's key; his language as he chose it for his account,
 * as his mail or browser said it, or as his mail program writes. */
static int unseal(struct keep *k, struct arena *a, const unsigned char about[16],
                  struct slice *out_to, struct slice *out_language, struct err *e)
{
    struct choice choice;
    struct case_row c;
    unsigned char key[KEY_BYTES];
    struct buf plain = BUF_INIT(8192);
    json_error_t je;
    int rc = book_case(k->book, about, a, e, &c);
    keyring_name("case", slice_of((const char *)about, 16), key);
    if (rc == 0)
        rc = keyring_unseal(store_keys(k->store), key, c.sealed, &plain, e);
    json_t *o = rc == 0 ? json_loadb(plain.p, plain.n, 0, &je) : NULL;
    const char *mailbox = json_string_value(json_object_get(o, "mailbox"));
    const char *said = json_string_value(json_object_get(o, "language"));
    *out_to = mailbox ? arena_dup(a, slice_str(mailbox)) : SLICE("");
    if (rc == 0) {
        keep_choice_read(k, c.person, a, &choice);
        *out_language = choice.lang.n   ? choice.lang
                        : said && *said ? arena_dup(a, slice_str(said))
                                        : report_language(a, &c);
    }
    json_decref(o);
    buf_fini(&plain);
    return rc;
}

struct slice keep_desk_sender(struct arena *a, const struct keep *k)
{
    const struct desk_settings *s = desk_settings(k->conf);
    const struct conf_main *m = node_main(k->conf);
    if (s->from.n)
        return s->from;
    if (s->mailbox.n)
        return s->mailbox.items[0];
    struct slice domain = m->domains.n ? m->domains.items[0] : node_hostname(a, k->conf);
    return arena_printf(a, "postmaster@%.*s", SLICE_ARG(domain));
}

/* Packs the order; false: the letter is done with, unsent. */
static bool make(struct keep *k, struct arena *a, const struct letter_row *row, struct buf *packed)
{
    struct err e = {0};
    json_error_t je;
    const struct desk_settings *s = desk_settings(k->conf);
    const struct conf_main *m = node_main(k->conf);
    struct slice to = row->to, language = SLICE("");
    if (to.n == 0 && unseal(k, a, row->about, &to, &language, &e) < 0) {
        posted(k, row->id, LETTER_DROPPED, slice_str(e.text));
        return false;
    }
    json_t *words = json_loadb(row->words.p, row->words.n, 0, &je);
    const char *asked = json_string_value(json_object_get(words, "language"));
    if (asked && *asked)
        language = slice_str(asked);
    struct letter l = {.kind = row->kind,
                       .to = to,
                       .from = keep_desk_sender(a, k),
                       .site = s->name.n      ? s->name
                               : m->domains.n ? m->domains.items[0]
                                              : m->hostname,
                       .url = s->url,
                       .words = words,
                       .now_us = clock_now_us()};
    l.lang = keep_lang(k, language.n ? language : s->language, &l.code);
    memcpy(l.id, row->id, 16);
    struct buf raw = BUF_INIT(65536);
    bool is_fit = letter_write(&l, &raw);
    if (is_fit) {
        struct mail_order o = {.rcpt = &to, .n_rcpt = 1, .raw = buf_slice(&raw)};
        buf_reset(packed);
        mail_pack(packed, &o);
    } else {
        posted(k, row->id, LETTER_DROPPED, SLICE("the address is not fit for a letter"));
    }
    buf_fini(&raw);
    json_decref(words);
    return is_fit;
}

static size_t at_work(const struct letter_queue *lq)
{
    size_t n = 0;
    for (size_t i = 0; i < lq->n; i++)
        n += lq->order[i].again_us == 0;
    return n;
}

uint64_t letters_next(struct letter_queue *lq, struct keep *k, struct buf *packed)
{
    struct err e = {0};
    struct letter_row *rows;
    size_t n;
    uint64_t tag = 0;
    const size_t room = sizeof(lq->order) / sizeof(lq->order[0]);
    if (at_work(lq) >= LETTERS_AT_ONCE)
        return 0;
    struct arena *a = arena_new(0);
    if (book_letters(k->book, LETTER_OWED, NULL, room, a, &e, &rows, &n) < 0) {
        log_event(LOG_ERROR, "letter", "error", LOG_S(e.text), NULL);
        n = 0;
    }
    for (size_t i = 0; i < n && tag == 0; i++) {
        struct letter_order *o = find(lq, rows[i].id);
        if (o && (o->again_us == 0 || o->again_us > clock_mono_us()))
            continue;
        if ((o == NULL && lq->n == room) || !make(k, a, &rows[i], packed))
            continue;
        if (o == NULL) {
            o = &lq->order[lq->n++];
            *o = (struct letter_order){.tries = 0};
            memcpy(o->id, rows[i].id, 16);
        }
        o->again_us = 0;
        o->tries++;
        tag = o->tag = LETTER_TAG | ++lq->next_tag;
    }
    arena_free(a);
    return tag;
}

void letters_mailed(struct letter_queue *lq, struct keep *k, uint64_t tag,
                    const struct mail_result *r)
{
    struct letter_order *o = NULL;
    for (size_t i = 0; i < lq->n && o == NULL; i++)
        if (lq->order[i].tag == tag)
            o = &lq->order[i];
    if (o == NULL)
        return;
    if (r->outcome == MAIL_LATER && o->tries < TRIES) {
        o->again_us = clock_mono_us() + (WAIT_US << (o->tries < 6 ? o->tries - 1 : 5));
        return;
    }
    posted(k, o->id, r->outcome == MAIL_SENT ? LETTER_SENT : LETTER_FAILED, r->words);
    *o = lq->order[--lq->n];
}

void letters_forget(struct letter_queue *lq)
{
    lq->n = 0;
}
