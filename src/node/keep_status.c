/* The node's own state as JSON: status, counters, tokens, backup. */
#include "node/keep_verb.h"
#include "base/clock.h"
#include "node/keep_backup.h"

#include <unistd.h>

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
    if (q->k->refused[0]) {
        char when[32];
        jsonw_object(&j, "reload");
        jsonw_cstr(&j, "kept", "old settings and keys");
        jsonw_cstr(&j, "error", q->k->refused);
        jsonw_cstr(&j, "time", clock_rfc3339(q->k->refused_us, when));
        jsonw_object_end(&j);
    }
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

/* ---- tokens ---- */

static void tokens(struct question *q)
{
    struct slice verb = q->part[1];
    struct err e = {0};
    char token[65];
    int rc = 0;
    if (slice_eq(verb, SLICE("add")))
        rc = keep_token_add(q->k, question_text(q, "name"), question_text(q, "scope"), &e, token);
    else if (slice_eq(verb, SLICE("remove")))
        rc = keep_token_remove(q->k, question_text(q, "name"), &e);
    else if (!slice_eq(verb, SLICE("list")))
        rc = err_set(&e, ERR_USAGE, "say add, remove or list");
    if (rc < 0) {
        question_fail(q, &e);
        return;
    }
    if (slice_eq(verb, SLICE("list"))) {
        keep_token_list(q->k, q->out);
        return;
    }
    struct json j = JSON_INIT(q->out);
    jsonw_object(&j, NULL);
    jsonw_text(&j, "name", question_text(q, "name"));
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
        question_fail(q, &e);
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

static void backup(struct question *q)
{
    struct slice verb = q->part[1];
    struct err e = {0};
    const char *path = node_path(q->arena, node_main(q->k->conf)->data, KEEP_BACKUP);
    int rc = 0;
    if (slice_eq(verb, SLICE("begin")))
        rc = keep_backup_begin(q->k, path, &e);
    else if (slice_eq(verb, SLICE("end")) && q->k->backup == NULL && unlink(path) < 0)
        rc = err_errno(&e, "%s", path);
    if (rc < 0) {
        question_fail(q, &e);
        return;
    }
    keep_backup_status(q->k, q->out);
}

const struct keep_verb keep_node_verbs[] = {{"status", READS, status},   {"stat", READS, stat},
                                            {"metrics", READS, metrics}, {"tokens/*", ACTS, tokens},
                                            {"backup", READS, backup},   {"backup/*", ACTS, backup},
                                            {"sync", ACTS, sync_now},    {NULL, 0, NULL}};
