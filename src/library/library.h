/* The library: objects with versions, reviews and translations, folded from EVENT_LIBRARY into
 * library.db, and found by words and facets.
 *
 * Who proposes gives a body (item.h); a version is proposed until charter_reviewed says that it is
 * reviewed. An object shows its newest reviewed version, else the newest that its own author or
 * this site put there: a stranger's version of somebody else's object waits. Everything here is
 * keeper's; answers are JSON for web and command line. Counts of facets and filters come from
 * memory (some 60 bytes an object), words from FTS5; both stay within LIBRARY_LOOKED rows, so
 * that an answer takes milliseconds also among 50,000 objects.
 */
#ifndef MUSTER_LIBRARY_LIBRARY_H
#define MUSTER_LIBRARY_LIBRARY_H

#include "base/json.h"
#include "charter/actor.h"
#include "journal/fold.h"
#include "library/item.h"

#define LIBRARY_LOOKED     2000 /* matches of words that are looked at */
#define LIBRARY_PAGE_MOST  100
#define LIBRARY_PER_SOURCE 5   /* proposals a day from one network without an account */
#define LIBRARY_STRANGERS  500 /* proposals without an account that wait, in all */

struct library;

struct library *library_new(void);
/* Also frees its db; the store must be closed. */
void library_free(struct library *l);
/* For the store's folder: into FOLD_DB, kind EVENT_LIBRARY, fn library_fold, arg l, db this. */
struct db *library_db(struct library *l);
fold_fn library_fold;

/* ---- questions ---- */

struct library_ask {
    struct slice words;
    bool has_kind, with_waiting; /* with_waiting: those of strangers too (the usual) */
    enum library_kind kind;
    int value[FACETS]; /* -1: any */
    enum { LIBRARY_BY_RANK, LIBRARY_BY_NEWEST, LIBRARY_BY_YEAR } order;
    struct slice language; /* of the reader: titles in it where there are any */
    size_t from, most;
    bool with_facets;
};

/* Members of the open object: total, is_bounded, items, facets. */
MUST_USE int library_search(struct library *l, const struct library_ask *q, struct arena *a,
                            struct json *j, struct err *e);
/* Members of the open object: all that is known of one object: body, state, versions, reviews,
 * translations, link, adopters, what refers to it. version 0: the one shown. ERR_NOENT. */
MUST_USE int library_show(struct library *l, struct slice id, int version, struct slice language,
                          struct arena *a, struct json *j, struct err *e);
/* Matrix of how many objects there are by region, topic and language (those of `languages`, codes
 * parted by spaces), and the emptiest cells. */
MUST_USE int library_gaps(struct library *l, struct slice languages, struct json *j, struct err *e);
/* Links to be checked, those least lately checked first; shown to strangers alone: left out. */
MUST_USE int library_links(struct library *l, int64_t before_us, size_t most, struct arena *a,
                           struct json *j, struct err *e);
/* Everything as objects for a file that can be loaded again, those after row `from`; *out_next is
 * 0 at the end. */
MUST_USE int library_export(struct library *l, int64_t from, size_t most, struct arena *a,
                            struct json *j, struct err *e, int64_t *out_next);
/* Members: how many objects by kind and state. */
MUST_USE int library_counts(struct library *l, struct json *j, struct err *e);

/* ---- acts: each checks and fills an event that the caller appends ---- */

struct library_by { /* who does it; texts may be empty */
    unsigned char actor[16];
    unsigned roles;
    enum stakeholder stakeholder;
    struct slice name, organisation;
    int speaks;                   /* enum charter_speaks, already weighed */
    struct slice sealed;          /* name and organisation as hex, sealed; instead of them */
    struct slice channel, source; /* "web"; a keyed hash of where from, for those without account */
    bool is_shipped, is_local;
};

/* `args`: {"kind", "id" (may be absent), "body"}. ERR_USAGE names the field; ERR_EXISTS: such a
 * link is there already (out_id says where); ERR_LIMIT: too many wait. The event's body lies in
 * the arena; out_id in the arena, too. sealed (may be empty): who, sealed under the object's key;
 * then name and organisation are left out. */
MUST_USE int library_propose(struct library *l, const json_t *args, const struct library_by *by,
                             struct arena *a, struct err *e, struct event *out,
                             struct slice *out_id);
MUST_USE int library_review(struct library *l, struct slice id, int version, bool is_for,
                            struct slice note, const struct library_by *by, struct arena *a,
                            struct err *e, struct event *out);
/* restore false: withdraw. A reason is needed. */
MUST_USE int library_withdraw(struct library *l, struct slice id, bool restore, struct slice reason,
                              const struct library_by *by, struct arena *a, struct err *e,
                              struct event *out);
/* Takes the names of people off an object; its author or an operator. The caller destroys the key.
 */
MUST_USE int library_erase(struct library *l, struct slice id, const struct library_by *by,
                           struct arena *a, struct err *e, struct event *out);
MUST_USE int library_adopt(struct library *l, struct slice id, const json_t *adopter,
                           const struct library_by *by, struct arena *a, struct err *e,
                           struct event *out);
/* What a check of a link found: status 0 means no answer; detail for people. */
MUST_USE int library_checked(struct library *l, struct slice id, int status, struct slice url,
                             struct slice detail, const struct library_by *by, struct arena *a,
                             struct err *e, struct event *out);
/* True when the object's newest version from this site has this very body (nothing to load). */
bool library_has(struct library *l, struct slice id, const json_t *body);

#endif
