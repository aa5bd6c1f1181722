/* One message through mail, learn, evidence and verdict: the one way it walks. */
#ifndef MUSTER_SCAN_SCAN_H
#define MUSTER_SCAN_SCAN_H

#include "ask/ask.h"
#include "base/json.h"
#include "evidence/listed.h"
#include "journal/known.h"
#include "learn/classifier.h"
#include "learn/fingerprint.h"
#include "learn/near.h"
#include "mail/envelope.h"
#include "mail/message.h"
#include "verdict/verdict.h"

struct views;         /* journal/views.h */
struct rules;         /* evidence/check.h */
struct auth_settings; /* auth/settings.h */
struct auth_result;   /* auth/auth.h */
struct own_names;     /* evidence/own.h */
struct law_local;     /* law/local.h */
struct law_local_results;
struct sign_field; /* auth/sign.h */

#define SCAN_ROUNDS 32 /* runs of what asks; answers may come one by one */

/* What a scan reads; opened before the sandbox closes, the same for all scans of a process. */
struct scan_world {
    const struct classifier *classifier;
    struct views *views;         /* NULL: none (a stand-alone scan without a store) */
    const struct policy *policy; /* NULL: defaults */
    const struct rules *rules;   /* evidence/check.h rules_open; NULL: the shipped points */
    const struct conf *conf;
    const struct auth_settings *auth; /* NULL: defaults */
    const struct own_names *own;      /* the site's domains; NULL: none */
    const struct law_local *law;      /* definitions that hold for the users here; NULL: none */
    /* The 16 bytes under which a mailbox stands in the views; NULL: no personal layers. */
    void (*person_of)(void *arg, struct slice mailbox, unsigned char out[16]);
    void *person_arg;
    unsigned char digest_key[16];
    struct mail_limits limits;
    int64_t deadline_us; /* 0: none */
    /* DNS: without it nobody is asked and nothing is authenticated. */
    bool has_dns;
    int64_t dns_wait_us; /* for all answers of one message; 0: until the deadline */
};

/* Where a scan stands; those that ask may take several rounds. */
enum scan_stage { STAGE_READ, STAGE_AUTH, STAGE_JUDGE, STAGE_DONE };

struct scan {
    enum scan_stage stage;
    int round;
    int64_t begun_us, deadline_us; /* monotonic; deadline 0: none */
    int64_t wait_until_us;         /* for DNS; 0: nothing was asked */
    struct slice raw;
    struct policy_sender sender;
    char id[37]; /* UUIDv7 */
    unsigned char digest[16];
    struct arena *arena;
    struct envelope envelope;
    struct message *message;
    struct message *own; /* without the messages attached to it; NULL: nothing is */
    struct facts facts;  /* what is verified of the sender; known when authentication is done */
    struct auth_result *auth; /* NULL: DNS was not asked; complete once is_done */
    struct features features;
    struct fingerprint fingerprint;
    struct class_score classified;       /* by base and site model, without the personal layer */
    struct class_score whole_classified; /* with what is attached; when there is `own` */
    double user_points;                  /* what the personal layer adds */
    const struct choice *site_choice;    /* lists of the console; NULL: none */
    const struct choice *const *choices; /* one per recipient, NULL for none; or NULL */
    struct near_hit near;
    struct known_sender known; /* what the recipient knows of the author; all false: nothing */
    struct listed_hits listed; /* on this site's listings */
    struct listed_hits whole_listed; /* with what is attached; when there is `own` */
    struct ask *ask;                 /* NULL: no DNS */
    struct law_local_results *law;   /* NULL: none are applied */
    struct findings findings;
    struct verdict verdict;
    const struct sign_field *made; /* by the signer, for own mail or as a seal; n_signed of them */
    size_t n_signed;
    int64_t microseconds; /* wall time */
    struct slice json;    /* scan_json's answer once scan_keep_json made it */
};

enum scan_state { SCAN_DONE, SCAN_WAITING };

/* Begins: copies nothing; envelope and raw must live as long as the arena. */
struct scan *scan_begin(struct arena *a, const struct scan_world *w, const struct envelope *env,
                        struct slice raw);
/* Goes on as far as it can. SCAN_WAITING: s->ask holds questions; send those that are new
 * (ask_next), call again when answers came, and at scan_wait_until at the latest: then it goes on
 * without the rest. It never waits without has_dns. */
enum scan_state scan_step(struct scan *s, const struct scan_world *w);
/* Monotonic microseconds until which a waiting scan waits. */
int64_t scan_wait_until(const struct scan *s);
/* Nobody will answer: the scan goes on without what is missing. why: for people. */
void scan_give_up(struct scan *s, const char *why);
/* The answer as one JSON object (design section 5). file may be NULL. */
void scan_json(const struct scan *s, const char *file, struct json *j);
/* What authentication said as the "auth" object of that answer. */
void scan_json_auth(const struct auth_result *r, struct json *j);
/* Makes that answer (without a file) once, for door and history alike (4 % of a scan saved). */
void scan_keep_json(struct scan *s);
/* Adds it to out, as it was kept or made now. */
void scan_add_json(const struct scan *s, struct buf *out);
/* The answer in plain sentences, in the catalogue's language; several lines. */
struct lang;
void scan_why(const struct scan *s, const struct scan_world *w, const struct lang *lang,
              struct buf *out);

#endif
