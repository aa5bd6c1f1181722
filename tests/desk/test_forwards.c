/* Forwarded mail of many programs: the original is found, nobody is named, reports of one mailing
 * come together. With a folder as argument the mails are written there instead. */
#include "desk/campaign.h"
#include "desk/intake.h"
#include "forwards.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MARKS 20000u

struct memory {
    struct slice mark[MARKS];
    unsigned char id[MARKS][16];
    size_t n;
    struct desk_print print[FORWARDS];
    unsigned owner[FORWARDS]; /* mailing of the campaign that this case began */
};

static bool find(void *arg, struct slice mark, unsigned char out[16])
{
    struct memory *m = arg;
    for (size_t i = 0; i < m->n; i++) {
        if (slice_eq(m->mark[i], mark)) {
            memcpy(out, m->id[i], 16);
            return true;
        }
    }
    return false;
}

static bool print_of(void *arg, const unsigned char campaign[16], struct desk_print *out)
{
    *out = ((struct memory *)arg)->print[campaign[0] | campaign[1] << 8];
    return true;
}

struct seen {
    const struct desk_report *r;
    char why[512];
};

static void on_report(void *arg, const struct desk_report *r, const struct err *e)
{
    struct seen *s = arg;
    if (r && s->r == NULL)
        s->r = r;
    snprintf(s->why, sizeof(s->why), "%s", e->text);
}

/* NULL: all well; else what was wrong. */
static const char *fault(const struct forward_case *c, const struct desk_report *r)
{
    struct buf json = BUF_INIT(1 << 20);
    desk_report_json(r, false, &json);
    struct slice all = buf_slice(&json);
    size_t at = slice_chr(c->reporter, '@');
    const char *bad = NULL;
    if (r->form != (c->is_attached ? FORM_ATTACHED : c->is_source ? FORM_SOURCE : FORM_INLINE))
        bad = "form";
    else if (!slice_eq(r->original.from, slice_str(c->from)))
        bad = "author";
    else if (c->has_labels && !slice_eq(r->original.subject, slice_str(c->subject)))
        bad = "subject";
    else if (r->n_links == 0 || !slice_starts(r->links[0].url, slice_str(c->link)))
        bad = "link";
    else if (slice_ifind(all, c->reporter) != SIZE_MAX ||
             slice_ifind(all, slice_head(c->reporter, at)) != SIZE_MAX)
        bad = "address of the reporter";
    else if (slice_find(all, c->reporter_name) != SIZE_MAX)
        bad = "name of the reporter";
    else if (r->text.n < 200)
        bad = "text";
    buf_fini(&json);
    return bad;
}

/* Does it come to the other reports of its mailing, and to them alone? */
static bool joins(struct arena *keep, struct memory *m, unsigned number,
                  const struct forward_case *c, const struct desk_report *r, unsigned *campaigns)
{
    struct campaign_store s = {m, find, print_of};
    struct slice marks[CAMPAIGN_MARKS];
    unsigned char id[16] = {(unsigned char)number, (unsigned char)(number >> 8)}, other[16];
    if (campaign_find(keep, r, &s, id) == CAMPAIGN_NONE) {
        m->print[number] = r->print;
        m->owner[number] = c->mailing;
        ++*campaigns;
    }
    size_t n = campaign_marks(keep, r, marks);
    for (size_t i = 0; i < n && m->n < MARKS; i++) {
        if (!find(m, marks[i], other)) {
            m->mark[m->n] = marks[i];
            memcpy(m->id[m->n++], id, 16);
        }
    }
    return m->owner[id[0] | id[1] << 8] == c->mailing;
}

static int write_all(const char *folder)
{
    struct arena *a = arena_new(0);
    for (unsigned i = 0; i < FORWARDS; i++) {
        char path[512];
        struct forward_case c;
        forward_make(a, i, &c);
        snprintf(path, sizeof(path), "%s/%03u.eml", folder, i);
        FILE *f = fopen(path, "w");
        if (f == NULL || fwrite(c.bytes.p, 1, c.bytes.n, f) != c.bytes.n || fclose(f) != 0)
            return 1;
    }
    arena_free(a);
    return 0;
}

int main(int argc, char **argv)
{
    static struct memory memory;
    static const unsigned char key[REDACT_KEY] = "test";
    static const struct slice desk = {"spam@desk.example", 17};
    struct arena *keep = arena_new(0);
    unsigned passed = 0, failed = 0, campaigns = 0, mailings = 0;
    if (argc > 1)
        return write_all(argv[1]);
    for (unsigned i = 0; i < FORWARDS; i++) {
        struct arena *a = arena_new(0);
        struct forward_case c;
        struct seen s = {0};
        struct intake_from from = {.source = DESK_MAIL,
                                   .is_forward = true,
                                   .desks = &desk,
                                   .n_desks = 1,
                                   .key = key,
                                   .now_us = 1762164000000000};
        forward_make(a, i, &c);
        from.reporter.mailbox = c.reporter;
        desk_intake(a, c.bytes, &from, on_report, &s);
        const char *bad = s.r ? fault(&c, s.r) : "nothing found";
        if (bad == NULL && !joins(keep, &memory, i, &c, s.r, &campaigns))
            bad = "campaign";
        if (bad)
            printf("forwards: %03u %s %s %s: %s %s\n", i, c.program, c.tongue, c.broken, bad,
                   s.why);
        failed += bad != NULL;
        passed += bad == NULL;
        mailings = c.mailing + 1 > mailings ? c.mailing + 1 : mailings;
        arena_free(a);
    }
    printf("forwards: %u passed, %u failed, 0 skipped; %u campaigns of %u mailings\n", passed,
           failed, campaigns, mailings);
    if (campaigns != mailings)
        printf("forwards: reports of one mailing stand in several campaigns\n");
    arena_free(keep);
    return failed || campaigns != mailings;
}
