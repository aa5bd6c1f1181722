/* The answer in plain sentences: what was decided, the reasons with their points, what would
 * have changed it, what the sender can do, and where to object. Every sentence is a message id
 * of the catalogues in lang/; foreign text passes the escaper before it is filled in. */
#include "scan/scan.h"
#include "scan/answer_law.h"

#include "auth/auth.h"
#include "base/escape.h"
#include "base/lang.h"
#include "base/utf8.h"
#include "scan/advice.h"

#include <math.h>
#include <stdio.h>

#define DETAIL_BYTES 160
#define REASONS_MAX  12
#define TOKENS_MAX   8
#define TOKENS_ASKED 400
/* Points under this are left out of the list unless nothing else is there. */
#define POINTS_SHOWN 0.05

struct why {
    const struct scan *s;
    const struct lang *lang;
    struct buf *out;
    const struct finding **sorted;
};

static void say(struct why *w, const char *msgid, struct slice filling)
{
    lang_fill(w->lang, msgid, filling, w->out);
}

static void say_number(struct why *w, const char *msgid, double value)
{
    char text[32];
    int n = snprintf(text, sizeof text, "%.1f", value);
    say(w, msgid, slice_of(text, (size_t)n));
}

/* A finding's reason with its detail, made harmless. */
static void say_reason(struct why *w, const struct finding *f)
{
    struct buf detail = BUF_INIT(1024);
    escape_add(&detail, ESCAPE_TERM, utf8_head(f->detail, DETAIL_BYTES), 400);
    say(w, f->reason, buf_slice(&detail));
    buf_fini(&detail);
}

static void headline(struct why *w)
{
    static const char *const sides[] = {N_("Not spam"), N_("Unsure"), N_("Spam")};
    static const char *const classes[CLASSES] = {
        N_("malware"),   N_("phishing"),         N_("scam"),          N_("unsolicited bulk mail"),
        N_("bulk mail"), N_("transaction mail"), N_("personal mail"), N_("other mail")};
    const struct verdict *v = &w->s->verdict;
    say(w, sides[v->side], (struct slice){0});
    buf_str(w->out, " (");
    say(w, classes[v->class], (struct slice){0});
    buf_str(w->out, "). ");
    say_number(w, N_("It has %s points"), v->score);
    buf_str(w->out, "; ");
    say_number(w, N_("spam begins at %s."), v->tag);
    buf_chr(w->out, ' ');
    say_number(w, N_("The chance that it is unwanted is %s %%."), 100.0 * v->probability);
    buf_chr(w->out, '\n');
}

static void part(struct buf *out, const char *name, enum auth_value v, struct slice domain)
{
    buf_printf(out, "%s%s %s", out->n ? ", " : "", name, auth_value_name(v));
    if (domain.n) {
        buf_str(out, " (");
        escape_add(out, ESCAPE_TERM, domain, 80);
        buf_chr(out, ')');
    }
}

/* One line of what authentication said, in the words of RFC 8601. */
static void authentication(struct why *w)
{
    const struct auth_result *r = w->s->auth;
    struct buf words = BUF_INIT(1024);
    if (!r || !r->is_done || r->is_skipped)
        return;
    if (r->has_spf)
        part(&words, "SPF", r->spf_mail_from.value, r->spf_mail_from.domain);
    size_t shown = 0;
    for (const struct dkim_result *k = r->dkim.first; k && shown < 4; k = k->next, shown++)
        part(&words, "DKIM", k->value, k->domain);
    if (r->dkim.n == 0)
        part(&words, "DKIM", AUTH_NONE, (struct slice){0});
    if (r->arc.value != AUTH_NONE)
        part(&words, "ARC", r->arc.value, r->arc.sealer);
    part(&words, "DMARC", r->dmarc.value,
         r->dmarc.worst ? r->dmarc.worst->from : (struct slice){0});
    say(w, N_("Who sent it: %s."), buf_slice(&words));
    buf_chr(w->out, '\n');
    buf_fini(&words);
}

static void reasons(struct why *w, bool is_against, const char *title)
{
    size_t shown = 0;
    double rest = 0;
    for (size_t i = 0; i < w->s->findings.n; i++) {
        const struct finding *f = w->sorted[i];
        if (f->state != FINDING_DONE || (is_against ? f->points : -f->points) <= 0)
            continue;
        if (shown == REASONS_MAX || fabs(f->points) < POINTS_SHOWN) {
            rest += f->points;
            continue;
        }
        if (shown++ == 0) {
            say(w, title, (struct slice){0});
            buf_chr(w->out, '\n');
        }
        buf_printf(w->out, "  %+5.1f  ", f->points);
        say_reason(w, f);
        if (strcmp(f->source, "muster")) {
            buf_str(w->out, " [");
            escape_add(w->out, ESCAPE_TERM, slice_str(f->source), 64);
            buf_chr(w->out, ']');
        }
        buf_chr(w->out, '\n');
    }
    if (shown && fabs(rest) >= POINTS_SHOWN) {
        buf_printf(w->out, "  %+5.1f  ", rest);
        say(w, N_("smaller reasons together"), (struct slice){0});
        buf_chr(w->out, '\n');
    }
}

/* What the classifier went by, as words that a person finds in the message; and what was verified
 * of the sender, even where single words weigh more, as nobody can find that there. */
static void learned_words(struct why *w, const struct scan_world *world)
{
    struct token_why *tokens = ARENA_ARRAY(w->s->arena, struct token_why, TOKENS_ASKED);
    size_t n = world->classifier
                   ? classifier_explain(world->classifier, w->s->own ? w->s->own : w->s->message,
                                        &w->s->facts, NULL, w->s->arena, tokens, TOKENS_ASKED)
                   : 0;
    for (size_t i = 0; i < n; i++) {
        if (i >= TOKENS_MAX && !(tokens[i].is_fact && fabs(tokens[i].points) >= POINTS_SHOWN))
            continue;
        if (i == 0)
            say(w, N_("What of it was learned earlier:"), (struct slice){0});
        buf_printf(w->out, "\n  %+5.1f  ", tokens[i].points);
        escape_add(w->out, ESCAPE_TERM, tokens[i].where, 40);
        buf_str(w->out, ": ");
        escape_add(w->out, ESCAPE_TERM, tokens[i].words, 80);
    }
    if (n)
        buf_chr(w->out, '\n');
}

/* Findings with no points that a person still wants to know. */
static void unknowns(struct why *w)
{
    bool is_first = true;
    for (size_t i = 0; i < w->s->findings.n; i++) {
        const struct finding *f = w->sorted[i];
        if (f->state != FINDING_INCOMPLETE)
            continue;
        if (is_first)
            say(w, N_("These questions were not answered in time and count nothing:"),
                (struct slice){0});
        is_first = false;
        buf_str(w->out, "\n  ");
        say_reason(w, f);
    }
    if (!is_first)
        buf_chr(w->out, '\n');
}

static void done_with_it(struct why *w)
{
    static const char *const acts[ACTIONS] = {
        N_("It was let through."),
        N_("It was marked and delivered."),
        N_("Its sender was asked to try again later, which mail servers do by themselves."),
        N_("It was put off for a while."),
        N_("It was kept in quarantine, from where it can be released."),
        N_("It was refused, and its sender was told so."),
        N_("It was thrown away by an explicit rule of this site's operator.")};
    const struct verdict *v = &w->s->verdict;
    say(w, acts[v->action], (struct slice){0});
    buf_chr(w->out, '\n');
    if (v->limited_by) {
        struct slice words = slice_str(lang_text(w->lang, v->limited_by));
        say(w, N_("Nothing harsher was done because %s."), words);
        buf_chr(w->out, '\n');
    }
}

/* Taking the strongest reasons away first gives the smallest set that changes the side. */
static void what_would_change(struct why *w)
{
    const struct verdict *v = &w->s->verdict;
    bool is_spam = v->side == SIDE_SPAM;
    double left = v->score;
    size_t n = 0, need = 0;
    for (size_t i = 0; i < w->s->findings.n; i++) {
        const struct finding *f = w->sorted[i];
        if ((is_spam ? f->points : -f->points) <= 0)
            continue;
        left -= f->points;
        n++;
        if (is_spam ? left < v->tag : left >= v->tag) {
            need = n;
            break;
        }
    }
    if (!is_spam)
        say_number(w, N_("Another %s points would have made it spam."), v->tag - v->score);
    if (need == 0 || need > 4) {
        if (is_spam)
            say(w, N_("No few reasons decided it: many would have to be absent."),
                (struct slice){0});
        buf_chr(w->out, '\n');
        return;
    }
    if (!is_spam)
        buf_chr(w->out, ' ');
    say(w,
        is_spam ? N_("It would not be spam without this:") : N_("It would be spam without this:"),
        (struct slice){0});
    for (size_t i = 0, k = 0; k < need; i++) {
        const struct finding *f = w->sorted[i];
        if ((is_spam ? f->points : -f->points) <= 0)
            continue;
        k++;
        buf_str(w->out, "\n  - ");
        say_reason(w, f);
    }
    buf_chr(w->out, '\n');
}

static void sender_advice(struct why *w)
{
    size_t said = 0;
    const char *before[3] = {0};
    for (size_t i = 0; i < w->s->findings.n && said < 3; i++) {
        const struct finding *f = w->sorted[i];
        const char *advice = f->points > POINTS_SHOWN ? advice_for(f->name) : NULL;
        if (!advice || advice == before[0] || advice == before[1])
            continue;
        if (said == 0)
            say(w, N_("What an honest sender can do:"), (struct slice){0});
        before[said++] = advice;
        buf_str(w->out, "\n  - ");
        say(w, advice, (struct slice){0});
    }
    if (said)
        buf_chr(w->out, '\n');
}

void scan_why(const struct scan *s, const struct scan_world *world, const struct lang *lang,
              struct buf *out)
{
    struct why w = {s, lang, out, finding_sorted(&s->findings, s->arena)};
    headline(&w);
    authentication(&w);
    reasons(&w, true, N_("Against it:"));
    reasons(&w, false, N_("For it:"));
    learned_words(&w, world);
    scan_why_law(s, lang, out);
    unknowns(&w);
    done_with_it(&w);
    what_would_change(&w);
    if (s->verdict.side != SIDE_HAM) {
        sender_advice(&w);
        struct buf where = BUF_INIT(512);
        escape_add(&where, ESCAPE_TERM, s->verdict.appeal, 200);
        say(&w, N_("Objections are free and go to %s;"), buf_slice(&where));
        buf_chr(out, ' ');
        say(&w, N_("please name %s."), slice_str(s->id));
        buf_chr(out, '\n');
        buf_fini(&where);
    }
}
