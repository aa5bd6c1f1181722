/* Questions and acts over the control doors: who may ask what, and the answers as JSON. */
#include "node/keep.h"
#include "base/clock.h"
#include "base/json.h"
#include "base/log.h"
#include "journal/pseudonym.h"
#include "node/keep_backup.h"

#include <jansson.h>
#include <stdlib.h>
#include <unistd.h>

#define ARGS_MOST 65536

struct question {
    struct keep *k;
    const struct record_ask *ask;
    json_t *args; /* an object, maybe empty */
    struct arena *arena;
    uint32_t *status;
    struct buf *out;
};

static void refuse(struct question *q, uint32_t status, const char *words)
{
    *q->status = status;
    buf_reset(q->out);
    keep_error(q->out, words);
}

static void fail(struct question *q, const struct err *e)
{
    refuse(q, keep_status_of(e->code), e->text);
}

static struct slice text_arg(const struct question *q, const char *name)
{
    const char *s = json_string_value(json_object_get(q->args, name));
    return s ? slice_str(s) : SLICE("");
}

static int64_t int_arg(const struct question *q, const char *name, int64_t def)
{
    json_t *v = json_object_get(q->args, name);
    return json_is_integer(v) ? json_integer_value(v) : def;
}

bool keep_is_admin(const struct record_caller *who)
{
    return who->is_local_peer && (who->uid == 0 || who->uid == geteuid());
}

/* ---- numbers ---- */

/* Names and meanings are those of struct resolver_figures. */
static void dns_status(const struct resolver_figures *f, struct json *j)
{
    const char *name;
    uint64_t value;
    jsonw_object(j, "dns");
    for (size_t i = 0; (name = figure_at(f, i, &value)); i++)
        jsonw_int(j, name, (int64_t)value);
    jsonw_object_end(j);
}

static void status(struct question *q)
{
    struct json j = JSON_INIT(q->out);
    struct class_score none;
    struct features empty = {0};
    classifier_score(trainer_classifier(q->k->trainer), &empty, NULL, &none);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "version", MUSTER_VERSION);
    jsonw_int(&j, "uptime_seconds", (clock_now_us() - q->k->started_us) / 1000000);
    jsonw_cstr(&j, "mode", node_main(q->k->conf)->mode == MODE_SHADOW ? "shadow" : "act");
    jsonw_object(&j, "scanned");
    for (int i = 0; i < 3; i++)
        jsonw_int(&j, side_name((enum side)i), q->k->counts[i]);
    jsonw_object_end(&j);
    jsonw_object(&j, "learned");
    jsonw_int(&j, "spam", (int64_t)none.learned_spam);
    jsonw_int(&j, "ham", (int64_t)none.learned_ham);
    jsonw_object_end(&j);
    if (q->k->has_dns)
        dns_status(&q->k->dns, &j);
    jsonw_object(&j, "store");
    store_status(q->k->store, &j);
    jsonw_object_end(&j);
    jsonw_object_end(&j);
}

/* The shape of rspamd's /stat, as far as its numbers mean something here. */
static void stat(struct question *q)
{
    struct json j = JSON_INIT(q->out);
    struct class_score s;
    struct features empty = {0};
    int64_t *n = q->k->counts;
    classifier_score(trainer_classifier(q->k->trainer), &empty, NULL, &s);
    jsonw_object(&j, NULL);
    jsonw_cstr(&j, "version", MUSTER_VERSION);
    jsonw_int(&j, "uptime", (clock_now_us() - q->k->started_us) / 1000000);
    jsonw_bool(&j, "read_only", false);
    jsonw_int(&j, "scanned", n[0] + n[1] + n[2]);
    jsonw_int(&j, "learned", (int64_t)(s.learned_spam + s.learned_ham));
    jsonw_object(&j, "actions");
    jsonw_int(&j, "reject", 0);
    jsonw_int(&j, "add header", n[SIDE_SPAM]);
    jsonw_int(&j, "greylist", 0);
    jsonw_int(&j, "no action", n[SIDE_HAM] + n[SIDE_UNSURE]);
    jsonw_object_end(&j);
    jsonw_int(&j, "spam_count", n[SIDE_SPAM]);
    jsonw_int(&j, "ham_count", n[SIDE_HAM] + n[SIDE_UNSURE]);
    jsonw_int(&j, "connections", 0);
    jsonw_int(&j, "control_connections", 0);
    jsonw_array(&j, "statfiles");
    for (int i = 0; i < 2; i++) {
        jsonw_object(&j, NULL);
        jsonw_cstr(&j, "symbol", i ? "SPAM" : "HAM");
        jsonw_cstr(&j, "type", "mmap");
        jsonw_int(&j, "revision", (int64_t)(i ? s.learned_spam : s.learned_ham));
        jsonw_int(&j, "used", 0);
        jsonw_int(&j, "total", TRAINER_SLOTS);
        jsonw_int(&j, "size", (int64_t)TRAINER_SLOTS * 8);
        jsonw_int(&j, "languages", 0);
        jsonw_int(&j, "users", 1);
        jsonw_object_end(&j);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

static void family(struct json *j, const char *name, const char *type, const char *help)
{
    jsonw_object(j, name);
    jsonw_cstr(j, "type", type);
    jsonw_cstr(j, "help", help);
    jsonw_array(j, "values");
}

static void sample(struct json *j, const char *label, const char *value, int64_t n)
{
    jsonw_object(j, NULL);
    jsonw_object(j, "labels");
    if (label)
        jsonw_cstr(j, label, value);
    jsonw_object_end(j);
    jsonw_int(j, "value", n);
    jsonw_object_end(j);
}

static void family_end(struct json *j)
{
    jsonw_array_end(j);
    jsonw_object_end(j);
}

/* Since the resolver process started. */
static void dns_metrics(const struct resolver_figures *f, struct json *j)
{
    family(j, "muster_dns_questions_total", "counter", "questions of messages to the resolver");
    sample(j, NULL, NULL, (int64_t)f->questions);
    family_end(j);
    family(j, "muster_dns_answers_total", "counter", "questions by how they were answered");
    sample(j, "from", "cache", (int64_t)f->hits);
    sample(j, "from", "stale", (int64_t)f->stale);
    sample(j, "from", "timeout", (int64_t)f->timeouts);
    sample(j, "from", "refused", (int64_t)f->refused);
    family_end(j);
    family(j, "muster_dns_lookups_total", "counter", "look-ups by what came of them");
    sample(j, "result", "answer", (int64_t)f->answered);
    sample(j, "result", "failed", (int64_t)f->failed);
    sample(j, "result", "bogus", (int64_t)f->bogus);
    family_end(j);
    family(j, "muster_dns_waiting", "gauge", "look-ups under way");
    sample(j, NULL, NULL, (int64_t)f->waiting);
    family_end(j);
    family(j, "muster_dns_breakers_open", "gauge", "zones that are silent; all: nobody answers");
    sample(j, "of", "zones", (int64_t)f->open);
    sample(j, "of", "all", (int64_t)f->all_open);
    family_end(j);
    family(j, "muster_dns_cache_bytes", "gauge", "answers kept");
    sample(j, NULL, NULL, (int64_t)f->cache_bytes);
    family_end(j);
}

static void metrics(struct question *q)
{
    struct json j = JSON_INIT(q->out);
    struct class_score s;
    struct features empty = {0};
    struct journal_size size;
    classifier_score(trainer_classifier(q->k->trainer), &empty, NULL, &s);
    journal_size(store_journal(q->k->store), &size);
    jsonw_object(&j, NULL);
    family(&j, "muster_scans_total", "counter", "messages judged since the start");
    for (int i = 0; i < 3; i++)
        sample(&j, "verdict", side_name((enum side)i), q->k->counts[i]);
    family_end(&j);
    family(&j, "muster_learned", "gauge", "lessons in the site's model");
    sample(&j, "label", "spam", (int64_t)s.learned_spam);
    sample(&j, "label", "ham", (int64_t)s.learned_ham);
    family_end(&j);
    family(&j, "muster_journal_bytes", "gauge", "size of the journal");
    sample(&j, NULL, NULL, (int64_t)size.bytes);
    family_end(&j);
    family(&j, "muster_journal_sequence", "counter", "events written");
    sample(&j, NULL, NULL, (int64_t)journal_last(store_journal(q->k->store)));
    family_end(&j);
    family(&j, "muster_store_behind", "gauge", "1 when views or archive lag behind the journal");
    sample(&j, NULL, NULL, store_is_behind(q->k->store));
    family_end(&j);
    if (q->k->has_dns)
        dns_metrics(&q->k->dns, &j);
    family(&j, "muster_uptime_seconds", "gauge", "since keeper started");
    sample(&j, NULL, NULL, (clock_now_us() - q->k->started_us) / 1000000);
    family_end(&j);
    jsonw_object_end(&j);
}

/* ---- history ---- */

/* What was scanned a moment ago waits for its batch; who asks wants to see it. */
static void fold_now(struct question *q)
{
    struct err e = {0};
    if (store_commit(q->k->store, true, &e) < 0 && e.code != ERR_FULL)
        log_event(LOG_WARN, "history", "error", LOG_S(e.text), NULL);
}

static void why(struct question *q, struct slice id)
{
    struct err e = {0};
    struct scan_row row;
    unsigned char raw[16];
    if (!event_id_parse(id, raw)) {
        refuse(q, 400, "this is not the ID of a scan");
        return;
    }
    fold_now(q);
    if (archive_scan(store_archive(q->k->store), raw, q->arena, &e, &row) < 0) {
        if (e.code == ERR_NOENT)
            refuse(q, 404, "the history holds no message with this ID");
        else
            fail(q, &e);
        return;
    }
    buf_add(q->out, row.findings.n ? row.findings : SLICE("{}"));
}

static void history_row(struct json *j, const struct scan_row *r)
{
    char id[37], when[32];
    event_id_text(r->id, id);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "id", id);
    jsonw_cstr(j, "time", clock_rfc3339(r->at_us, when));
    jsonw_cstr(j, "verdict", side_name((enum side)r->side));
    jsonw_num(j, "score", r->score, 2);
    jsonw_cstr(j, "class", class_name((enum mail_class)r->mail_class));
    jsonw_cstr(j, "action", action_name((enum action)r->action));
    jsonw_text(j, "from_domain", r->from_domain);
    jsonw_text(j, "subject", r->subject);
    jsonw_int(j, "bytes", (int64_t)r->size_bytes);
    jsonw_int(j, "microseconds", (int64_t)r->microseconds);
    jsonw_object_end(j);
}

static void history(struct question *q)
{
    struct err e = {0};
    struct scan_row *rows;
    size_t n;
    int64_t limit = int_arg(q, "limit", 50);
    struct history_query h = {.side = (int)int_arg(q, "side", -1),
                              .mail_class = -1,
                              .words = text_arg(q, "words"),
                              .before_seq = (uint64_t)int_arg(q, "before", 0),
                              .limit = limit < 1 || limit > 1000 ? 50 : (size_t)limit};
    struct slice verdict = text_arg(q, "verdict");
    for (int i = 0; i < 3; i++) {
        if (slice_eq(verdict, slice_str(side_name((enum side)i))))
            h.side = i;
    }
    fold_now(q);
    if (archive_history(store_archive(q->k->store), &h, q->arena, &e, &rows, &n) < 0) {
        fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "messages");
    for (size_t i = 0; i < n; i++)
        history_row(&j, &rows[i]);
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

/* ---- quarantine ---- */

static void hold_row(struct question *q, struct json *j, const struct hold *h)
{
    struct err e = {0};
    struct hold_words w = {0};
    char id[37], when[32];
    event_id_text(h->hold, id);
    jsonw_object(j, NULL);
    jsonw_cstr(j, "hold", id);
    event_id_text(h->id, id);
    jsonw_cstr(j, "id", id);
    jsonw_cstr(j, "kind", hold_kind_name(h->kind));
    jsonw_cstr(j, "state", hold_state_name(h->state));
    jsonw_num(j, "score", h->score, 2);
    jsonw_cstr(j, "time", clock_rfc3339(h->made_us, when));
    jsonw_cstr(j, "expires", clock_rfc3339(h->expires_us, when));
    if (quarantine_open(q->k->store, h, q->arena, &e, &w, NULL) == 0) {
        jsonw_text(j, "recipient", w.rcpt);
        jsonw_text(j, "from", w.from);
        jsonw_text(j, "subject", w.subject);
    }
    jsonw_object_end(j);
}

static void holds(struct question *q)
{
    struct err e = {0};
    struct hold *rows;
    size_t n;
    int64_t limit = int_arg(q, "limit", 200);
    struct holds_query h = {.states = text_arg(q, "all").n ? 0 : 1u << HOLD_HELD,
                            .limit = limit < 1 || limit > 1000 ? 200 : (size_t)limit};
    unsigned char person[16];
    struct slice user = text_arg(q, "user");
    if (user.n) {
        keep_person_of(q->k, user, person);
        h.person = person;
    }
    if (archive_holds(store_archive(q->k->store), &h, q->arena, &e, &rows, &n) < 0) {
        fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_array(&j, "holds");
    for (size_t i = 0; i < n; i++)
        hold_row(q, &j, &rows[i]);
    jsonw_array_end(&j);
    jsonw_object_end(&j);
}

/* quarantine/ID/release|refuse|delete */
static void hold_act(struct question *q, struct slice id, struct slice verb)
{
    static const struct {
        const char *word;
        enum hold_act act;
    } verbs[] = {{"release", HOLD_RELEASE}, {"refuse", HOLD_REFUSE}, {"delete", HOLD_DELETE}};
    struct err e = {0};
    struct hold h;
    struct quarantine_act act = {
        .who = {.role = HOLD_BY_OPERATOR},
        .reason = text_arg(q, "reason"),
        .allow_once = json_is_true(json_object_get(q->args, "allow_once"))};
    struct slice user = text_arg(q, "user"); /* acting for a user has that user's rights only */
    if (user.n) {
        act.who.role = HOLD_BY_USER;
        keep_person_of(q->k, user, act.who.person);
    }
    bool known = false;
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
        if (slice_eq(verb, slice_str(verbs[i].word))) {
            act.act = verbs[i].act;
            known = true;
        }
    }
    if (!known || !event_id_parse(id, act.hold)) {
        refuse(q, 400,
               known ? "this is not the ID of a held message" : "say release, refuse or delete");
        return;
    }
    if (quarantine_do(q->k->store, &act, q->arena, &e, &h) < 0) {
        fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    hold_row(q, &j, &h);
}

/* ---- tokens ---- */

static void tokens(struct question *q, struct slice verb)
{
    struct err e = {0};
    char token[65];
    int rc = 0;
    if (slice_eq(verb, SLICE("add")))
        rc = keep_token_add(q->k, text_arg(q, "name"), text_arg(q, "scope"), &e, token);
    else if (slice_eq(verb, SLICE("remove")))
        rc = keep_token_remove(q->k, text_arg(q, "name"), &e);
    else if (!slice_eq(verb, SLICE("list")))
        rc = err_set(&e, ERR_USAGE, "say add, remove or list");
    if (rc < 0) {
        fail(q, &e);
        return;
    }
    if (slice_eq(verb, SLICE("list"))) {
        keep_token_list(q->k, q->out);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "name", text_arg(q, "name"));
    if (slice_eq(verb, SLICE("add")))
        jsonw_cstr(&j, "token", token);
    jsonw_object_end(&j);
}

static void sync_now(struct question *q)
{
    struct err e = {0};
    int rc = store_commit(q->k->store, true, &e);
    if (rc == 0)
        rc = keep_sync_model(q->k, &e);
    if (rc < 0) {
        fail(q, &e);
        return;
    }
    struct json j = JSON_INIT(q->out);
    char hash[17];
    snprintf(hash, sizeof(hash), "%016llx", (unsigned long long)trainer_hash(q->k->trainer));
    jsonw_object(&j, NULL);
    jsonw_int(&j, "sequence", (int64_t)journal_last(store_journal(q->k->store)));
    jsonw_cstr(&j, "model", hash);
    jsonw_object_end(&j);
}

/* ---- backup ---- */

static void backup(struct question *q, struct slice verb)
{
    struct err e = {0};
    const char *path = node_path(q->arena, node_main(q->k->conf)->data, KEEP_BACKUP);
    int rc = 0;
    if (slice_eq(verb, SLICE("begin")))
        rc = keep_backup_begin(q->k, path, &e);
    else if (slice_eq(verb, SLICE("end")) && q->k->backup == NULL && unlink(path) < 0)
        rc = err_errno(&e, "%s", path);
    if (rc < 0) {
        fail(q, &e);
        return;
    }
    keep_backup_status(q->k, q->out);
}

/* ---- which question ---- */

static void answer(struct question *q)
{
    struct slice rest = q->ask->path, part[3] = {SLICE(""), SLICE(""), SLICE("")};
    for (int i = 0; i < 3 && slice_split(&rest, '/', &part[i]); i++)
        continue;
    bool is_act = part[2].n || slice_eq(part[0], SLICE("tokens")) ||
                  slice_eq(part[0], SLICE("quarantine")) || slice_eq(part[0], SLICE("sync"));
    if (!keep_may(q->k, &q->ask->who, is_act ? ACT_ADMIN : ACT_READ)) {
        refuse(q, q->ask->who.token.n ? 403 : 401,
               is_act
                   ? "this needs a token with the scope \"admin\", or root on the control socket"
                   : "this needs a token with the scope \"read\", or root on the control socket");
        return;
    }
    *q->status = 200;
    if (slice_eq(part[0], SLICE("status")))
        status(q);
    else if (slice_eq(part[0], SLICE("stat")))
        stat(q);
    else if (slice_eq(part[0], SLICE("metrics")))
        metrics(q);
    else if (slice_eq(part[0], SLICE("why")))
        why(q, part[1]);
    else if (slice_eq(part[0], SLICE("history")))
        history(q);
    else if (slice_eq(part[0], SLICE("quarantine")) && part[2].n)
        hold_act(q, part[1], part[2]);
    else if (slice_eq(part[0], SLICE("quarantine")))
        holds(q);
    else if (slice_eq(part[0], SLICE("tokens")))
        tokens(q, part[1]);
    else if (slice_eq(part[0], SLICE("backup")))
        backup(q, part[1]);
    else if (slice_eq(part[0], SLICE("dmarc"))) {
        fold_now(q);
        keep_dmarc(q->k, q->arena, part[1], int_arg(q, "days", 0), q->status, q->out);
    } else if (slice_eq(part[0], SLICE("sent-reports"))) {
        fold_now(q);
        keep_sent_reports(q->k, q->arena, q->status, q->out);
    } else if (slice_eq(part[0], SLICE("sync")))
        sync_now(q);
    else
        refuse(q, 404, "there is no such question");
}

void keep_ask(struct keep *k, const struct record_ask *r, uint32_t *status_out, struct buf *out)
{
    struct question q = {.k = k, .ask = r, .status = status_out, .out = out};
    json_error_t je;
    if (r->json.n > ARGS_MOST) {
        refuse(&q, 413, "the arguments are longer than 64 KiB");
        return;
    }
    q.args = r->json.n ? json_loadb(r->json.p, r->json.n, JSON_REJECT_DUPLICATES, &je)
                       : json_object();
    if (!json_is_object(q.args)) {
        refuse(&q, 400, "the arguments are not a JSON object");
        json_decref(q.args);
        return;
    }
    q.arena = arena_new(0);
    answer(&q);
    arena_free(q.arena);
    json_decref(q.args);
}
