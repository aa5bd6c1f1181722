/* A case as others read it: feedback report (RFC 5965, RFC 6650) or XARF 4, from the redacted
 * report. Each is a look at the evidence, and noted. */
#include "base/clock.h"
#include "base/rand.h"
#include "desk/arf.h"
#include "desk/letter.h"
#include "desk/xarf.h"
#include "node/keep_desk.h"

#define TEXT_MOST (256u << 10)

/* Of the site, as its letters: name, mailbox, and the mailbox's domain. */
static struct xarf_sender sender(struct question *q)
{
    const struct desk_settings *s = desk_settings(q->k->conf);
    struct xarf_sender who = {.contact = keep_desk_sender(q->arena, q->k)};
    who.domain = slice_from(who.contact, slice_rchr(who.contact, '@') + 1);
    who.org = s->name.n ? s->name : who.domain;
    return who;
}

/* To whom it goes: as asked for, else the sending network's contact; while there is none,
 * ourselves. */
static struct slice to_of(const struct question *q, const struct case_row *c, struct slice own)
{
    json_error_t je;
    struct slice asked = question_text(q, "to"), to = own;
    json_t *routes = json_loadb(c->routes.p, c->routes.n, 0, &je), *one;
    size_t i;
    json_array_foreach(routes, i, one)
    {
        const char *kind = json_string_value(json_object_get(one, "to"));
        const char *mailbox = json_string_value(json_object_get(one, "mailbox"));
        if (kind && mailbox && strcmp(kind, "network") == 0 &&
            letter_address_ok(slice_str(mailbox)))
            to = arena_dup(q->arena, slice_str(mailbox));
    }
    json_decref(routes);
    return letter_address_ok(asked) ? asked : to;
}

static int write_as(struct question *q, const struct case_row *c, const struct desk_report *r,
                    struct buf *out, struct err *e)
{
    struct xarf_sender who = sender(q);
    char id[37];
    rand_uuid7(id);
    if (slice_eq(question_text(q, "format"), SLICE("xarf")))
        return xarf_write(r, &who, id, e, out);
    struct arf_envelope env = {.from = who.contact,
                               .to = to_of(q, c, who.contact),
                               .subject = SLICE("Report of abuse"),
                               .words = SLICE("Recipients reported this mail. People are taken out "
                                              "of it (RFC 6590).\n"),
                               .id = arena_printf(q->arena, "%s@%.*s", id, SLICE_ARG(who.domain)),
                               .date_us = clock_now_us()};
    arf_write(r, &env, out);
    return 0;
}

static void export(struct question *q)
{
    struct err e = {0};
    struct case_row c;
    struct desk_report r;
    unsigned char id[16];
    struct slice format = question_text(q, "format");
    struct buf text = BUF_INIT(TEXT_MOST);
    if (!desk_code_arg(q, 1, id))
        return;
    if (!slice_eq(format, SLICE("arf")) && !slice_eq(format, SLICE("xarf"))) {
        question_refuse(q, 400, "say the format: arf or xarf");
        return;
    }
    int rc = book_case(q->k->book, id, q->arena, &e, &c);
    rc = rc ? rc : desk_report_read(q->arena, c.report, &e, &r);
    rc = rc ? rc : write_as(q, &c, &r, &text, &e);
    rc = rc ? rc : keep_desk_add(q->k, &q->actor, id, "looked", json_object(), &e);
    rc = rc ? rc : keep_desk_done(q->k, &e);
    if (rc < 0) {
        question_fail(q, &e);
    } else {
        struct json j = JSON_INIT(q->out);
        jsonw_object(&j, NULL);
        jsonw_text(&j, "format", format);
        jsonw_text(&j, "text", buf_slice(&text));
        jsonw_object_end(&j);
    }
    buf_fini(&text);
}

const struct keep_verb keep_handover_verbs[] = {{"case/*/export", DESK_STAFF, export}, {0}};
