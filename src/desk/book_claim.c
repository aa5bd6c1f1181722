/* What the reports of a campaign say together, and the desk's work, which is that for each campaign
 * with open cases.
 *
 * A campaign may have many thousands of reports. Its rows come out of one index in one pass and are
 * counted here: SQL would sort them into a tree of its own for each thing that is told apart, which
 * takes ten times as long. */
#include "desk/book_internal.h"

#include <limits.h>
#include <math.h>
#include <stdlib.h>

#define PERSON_BYTES 17 /* a mark that there is one, then his name */

struct voice { /* one report */
    unsigned char network[16], party[16], person[PERSON_BYTES];
    double weight;
};

struct voices {
    struct voice *row;
    size_t n, room;
};

static int by_person(const void *x, const void *y)
{
    const struct voice *a = x, *b = y;
    return memcmp(a->person, b->person, PERSON_BYTES);
}

static int by_network(const void *x, const void *y)
{
    const struct voice *a = x, *b = y;
    int order = memcmp(a->network, b->network, 16);
    return order ? order : by_person(a, b);
}

static int by_party(const void *x, const void *y)
{
    const struct voice *a = x, *b = y;
    int order = memcmp(a->party, b->party, 16);
    return order ? order : by_person(a, b);
}

static struct voice *more(struct voices *v)
{
    if (v->n == v->room) {
        v->room = v->room ? v->room * 2 : 256;
        v->row = reallocarray(v->row, v->room, sizeof(*v->row));
        if (v->row == NULL)
            BUG("out of memory");
    }
    return &v->row[v->n++];
}

/* Columns network, party, person and weight from `at` on. */
static void read_voice(sqlite3_stmt *st, int at, struct voices *v)
{
    struct voice *w = more(v);
    *w = (struct voice){.weight = sqlite3_column_double(st, at + 3)};
    db_raw(st, at, w->network, 16);
    db_raw(st, at + 1, w->party, 16);
    if (sqlite3_column_bytes(st, at + 2) == 16) {
        w->person[0] = 1;
        db_raw(st, at + 2, w->person + 1, 16);
    }
}

static unsigned count_persons(struct voices *v)
{
    unsigned n = 0;
    if (v->n)
        qsort(v->row, v->n, sizeof(*v->row), by_person);
    for (size_t i = 0; i < v->n; i++)
        n += v->row[i].person[0] && (i == 0 || by_person(&v->row[i], &v->row[i - 1]) != 0);
    return n;
}

/* How many networks (or parties), and what they weigh: of one person's reports from there the
 * weightiest counts, then what charter gives so much from one source. */
static unsigned count_places(struct voices *v, bool is_party, double *out_weight)
{
    double of_place = 0, of_person = 0;
    unsigned n = 0;
    *out_weight = 0;
    if (v->n)
        qsort(v->row, v->n, sizeof(*v->row), is_party ? by_party : by_network);
    for (size_t i = 0; i < v->n; i++) {
        const struct voice *w = &v->row[i], *next = i + 1 < v->n ? w + 1 : NULL;
        bool is_last = next == NULL || memcmp(is_party ? w->party : w->network,
                                              is_party ? next->party : next->network, 16) != 0;
        of_person = fmax(of_person, w->weight);
        if (!is_last && by_person(w, next) == 0)
            continue;
        of_place += of_person;
        of_person = 0;
        if (is_last) {
            *out_weight += charter_source_weight(of_place);
            of_place = 0;
            n++;
        }
    }
    return n;
}

int book_claim(struct book *b, const unsigned char campaign[16], struct err *e,
               struct charter_claim *out)
{
    struct voices v = {0};
    double networks, parties;
    unsigned sources = 0;
    int r = 0, category = INT_MAX;
    struct charter_claim c = {.is_lawful_bulk = true};
    sqlite3_stmt *st = db_prepare(b->db, BOOK_CLAIM, e);
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_raw(st, 1, campaign, 16);
    while ((r = db_step(b->db, st, "weighing", e)) == 1) {
        int of = sqlite3_column_int(st, 6);
        read_voice(st, 0, &v);
        sources |= 1u << (sqlite3_column_int(st, 4) & 31);
        c.is_lawful_bulk &= sqlite3_column_int(st, 5) == 1;
        category = of < category ? of : category;
        c.has_consent |= sqlite3_column_int(st, 7) == OUTCOME_CONSENT;
    }
    sqlite3_reset(st);
    c.is_lawful_bulk &= v.n > 0;
    c.kinds = (unsigned)__builtin_popcount(sources);
    if (v.n == 0 || !case_harm((enum desk_category)category, &c.harm))
        c.harm = HARM_SPAM;
    c.reporters = count_persons(&v);
    unsigned n = count_places(&v, false, &networks), m = count_places(&v, true, &parties);
    c.sources = n < m ? n : m;
    c.weight = fmin(networks, parties);
    free(v.row);
    if (r == 0)
        *out = c;
    return r;
}

/* ---- the desk's work ---- */

struct work {
    struct work_row *row;
    size_t n, most;    /* room for twice as many */
    struct voices now; /* of the campaign that is being read */
};

/* What harms first, then what more sources reported, then what is due. */
static int by_need(const void *x, const void *y)
{
    const struct work_row *a = x, *b = y;
    bool a_harms = a->category == DESK_MALWARE || a->category == DESK_PHISHING;
    bool b_harms = b->category == DESK_MALWARE || b->category == DESK_PHISHING;
    if (a_harms != b_harms)
        return a_harms ? -1 : 1;
    if (a->sources != b->sources)
        return a->sources > b->sources ? -1 : 1;
    if (a->due_us != b->due_us)
        return a->due_us < b->due_us ? -1 : 1;
    return memcmp(a->campaign, b->campaign, 16);
}

static void cut(struct work *w)
{
    qsort(w->row, w->n, sizeof(*w->row), by_need);
    w->n = w->n > w->most ? w->most : w->n;
}

static void end_campaign(struct work *w)
{
    double weight;
    if (w->now.n == 0)
        return;
    struct work_row *row = &w->row[w->n - 1];
    unsigned networks = count_places(&w->now, false, &weight);
    unsigned parties = count_places(&w->now, true, &weight);
    row->sources = networks < parties ? networks : parties;
    row->reporters = count_persons(&w->now);
    row->cases = w->now.n;
    w->now.n = 0;
    if (w->n == 2 * w->most)
        cut(w);
}

static void read_open(struct work *w, sqlite3_stmt *st)
{
    unsigned char campaign[16];
    int64_t at = sqlite3_column_int64(st, 5), due = sqlite3_column_int64(st, 6);
    enum desk_category category = (enum desk_category)sqlite3_column_int(st, 7);
    db_raw(st, 0, campaign, 16);
    if (w->now.n && memcmp(w->row[w->n - 1].campaign, campaign, 16) != 0)
        end_campaign(w);
    if (w->now.n == 0) {
        struct work_row *row = &w->row[w->n++];
        *row = (struct work_row){.oldest_us = at, .due_us = due, .category = category};
        memcpy(row->campaign, campaign, 16);
    }
    read_voice(st, 1, &w->now);
    struct work_row *row = &w->row[w->n - 1];
    row->oldest_us = at < row->oldest_us ? at : row->oldest_us;
    row->due_us = due < row->due_us ? due : row->due_us;
    row->category = category < row->category ? category : row->category;
    row->weight += sqlite3_column_double(st, 4);
}

static int read_first(struct book *b, struct work_row *w, struct arena *a, struct err *e)
{
    sqlite3_stmt *st = db_prepare(b->db, BOOK_WORK_FIRST, e);
    if (st == NULL)
        return ERR_CORRUPT;
    db_bind_raw(st, 1, w->campaign, 16);
    int r = db_step(b->db, st, "reading the work", e);
    if (r == 1) {
        db_raw(st, 0, w->first, 16);
        w->from_domain = db_text(st, 1, a);
        w->host = db_text(st, 2, a);
    }
    sqlite3_reset(st);
    return r < 0 ? r : 0;
}

int book_work(struct book *b, size_t limit, struct arena *a, struct err *e, struct work_row **out,
              size_t *out_n)
{
    struct work w = {.most = limit == 0 ? 50 : limit > 10000 ? 10000 : limit};
    int r;
    sqlite3_stmt *st = db_prepare(b->db, BOOK_WORK, e);
    if (st == NULL)
        return ERR_CORRUPT;
    w.row = ARENA_ARRAY(a, struct work_row, 2 * w.most);
    while ((r = db_step(b->db, st, "reading the work", e)) == 1)
        read_open(&w, st);
    sqlite3_reset(st);
    end_campaign(&w);
    free(w.now.row);
    cut(&w);
    for (size_t i = 0; r == 0 && i < w.n; i++)
        r = read_first(b, &w.row[i], a, e);
    *out = w.row;
    *out_n = w.n;
    return r;
}
