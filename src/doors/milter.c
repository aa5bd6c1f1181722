/* The milter machine: packets in, packets out. See milter.h. */
#include "doors/milter.h"

#include "base/arena.h"
#include "base/err.h"
#include "base/escape.h"
#include "doors/edits.h"

#include <stdlib.h>

enum { /* SMFIP_*: what the MTA need not send or wait for */
       NO_UNKNOWN = 0x100,
       NO_DATA = 0x200,
       NR_HEADER = 0x80,
       NR_CONNECT = 0x1000,
       NR_HELO = 0x2000,
       NR_MAIL = 0x4000,
       NR_RCPT = 0x8000,
       NR_DATA = 0x10000,
       NR_UNKNOWN = 0x20000,
       NR_EOH = 0x40000,
       NR_BODY = 0x80000,
       HEADER_LEADING_SPACE = 0x100000
};

#define PROTOCOL_WANTED                                                                      \
    (NO_UNKNOWN | NO_DATA | NR_HEADER | NR_CONNECT | NR_HELO | NR_MAIL | NR_RCPT | NR_DATA | \
     NR_UNKNOWN | NR_EOH | NR_BODY | HEADER_LEADING_SPACE)

#define VERSION_MIN 2
#define VERSION_MAX 6
#define EDITS_MAX   64 /* removal records that are honoured */
#define NAME_BYTES  1024
#define KEEP_BYTES  (16u * 1024)

enum phase { PHASE_NEW, PHASE_OPEN, PHASE_MAIL, PHASE_BODY, PHASE_WAIT };

struct milter {
    struct milter_limits limits;
    uint32_t wanted, actions, protocol, version;
    enum phase phase;
    size_t body_left; /* bytes of a body packet still to come */
    /* Of the connection. */
    struct buf name, ip, helo, tls;
    bool is_forged;  /* Sendmail: the reverse name did not lead back */
    bool has_macros; /* CONNECT's macros came, before CONNECT itself */
    /* Of the transaction. */
    struct arena *arena;
    size_t spent;
    struct envelope env;
    size_t rcpt_room;
    struct slice *rcpt_raw; /* as the MTA wrote them, for DELRCPT */
    struct buf raw;
    struct buf heads; /* offset of each header field in raw, as size_t */
    bool too_many_rcpt, too_much_head, has_blank;
};

struct milter *milter_new(const struct milter_limits *limits, uint32_t actions)
{
    struct milter *m = calloc(1, sizeof(*m));
    if (m == NULL)
        BUG("out of memory");
    m->limits = *limits;
    m->wanted = actions;
    m->name = m->ip = m->helo = m->tls = BUF_INIT(NAME_BYTES);
    m->raw = BUF_INIT(limits->message_bytes);
    m->heads = BUF_INIT(limits->message_bytes / 2 * sizeof(size_t));
    return m;
}

/* A small block is kept for the next message, a large one given back. */
static void empty(struct buf *b)
{
    if (b->room > KEEP_BYTES)
        buf_fini(b);
    buf_reset(b);
}

static void end_transaction(struct milter *m)
{
    if (m->arena)
        arena_reset(m->arena);
    m->spent = 0;
    m->env = (struct envelope){0};
    m->rcpt_room = 0;
    m->rcpt_raw = NULL;
    empty(&m->raw);
    empty(&m->heads);
    m->too_many_rcpt = m->too_much_head = m->has_blank = false;
    if (m->phase != PHASE_NEW)
        m->phase = PHASE_OPEN;
}

static void end_connection(struct milter *m)
{
    end_transaction(m);
    buf_reset(&m->name);
    buf_reset(&m->ip);
    buf_reset(&m->helo);
    buf_reset(&m->tls);
    m->is_forged = m->has_macros = false;
}

void milter_free(struct milter *m)
{
    if (m == NULL)
        return;
    arena_free(m->arena);
    buf_fini(&m->raw);
    buf_fini(&m->heads);
    buf_fini(&m->name);
    buf_fini(&m->ip);
    buf_fini(&m->helo);
    buf_fini(&m->tls);
    free(m);
}

/* ---- packets ---- */

static uint32_t get32(const char *p)
{
    const unsigned char *u = (const unsigned char *)p;
    return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static void put32(struct buf *out, uint32_t v)
{
    char b[4] = {(char)(v >> 24), (char)(v >> 16), (char)(v >> 8), (char)v};
    buf_add(out, slice_of(b, 4));
}

/* Starts a packet; returns where its length stands. */
static size_t packet(struct buf *out, char cmd)
{
    size_t at = out->n;
    put32(out, 0);
    buf_chr(out, cmd);
    return at;
}

static void packet_end(struct buf *out, size_t at)
{
    uint32_t n = (uint32_t)(out->n - at - 4);
    out->p[at] = (char)(n >> 24);
    out->p[at + 1] = (char)(n >> 16);
    out->p[at + 2] = (char)(n >> 8);
    out->p[at + 3] = (char)n;
}

static void packet_empty(struct buf *out, char cmd)
{
    packet_end(out, packet(out, cmd));
}

static void go_on(const struct milter *m, uint32_t no_reply, struct buf *out)
{
    if (!(m->protocol & no_reply))
        packet_empty(out, 'c');
}

/* The next NUL-terminated word; one whose NUL is missing ends with the data. */
static bool word(struct slice *rest, struct slice *out)
{
    return slice_split(rest, '\0', out);
}

static void set(struct buf *b, struct slice s)
{
    buf_reset(b);
    buf_add(b, s);
}

/* ---- commands ---- */

/* Macros that we read, per stage, in the words of SMFIR_SETSYMLIST: fewer bytes on the wire. */
static void ask_macros(struct buf *out)
{
    static const struct {
        uint32_t stage;
        const char *names;
    } lists[] = {{0, "{client_addr} {client_name} {client_resolve}"},
                 {1, "{tls_version}"},
                 {2, "i {auth_authen}"},
                 {5, "i"}};
    for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
        put32(out, lists[i].stage);
        buf_str(out, lists[i].names);
        buf_chr(out, '\0');
    }
}

static enum milter_event negotiate(struct milter *m, struct slice d, struct buf *out)
{
    if (d.n < 12 || get32(d.p) < VERSION_MIN)
        return MILTER_BAD;
    end_connection(m);
    m->version = get32(d.p) < VERSION_MAX ? get32(d.p) : VERSION_MAX;
    m->actions = get32(d.p + 4) & m->wanted;
    m->protocol = get32(d.p + 8) & PROTOCOL_WANTED;
    m->phase = PHASE_OPEN;
    size_t at = packet(out, 'O');
    put32(out, m->version);
    put32(out, m->actions);
    put32(out, m->protocol);
    if (m->actions & MILTER_SET_MACROS)
        ask_macros(out);
    packet_end(out, at);
    return MILTER_MORE;
}

static bool is_name(struct slice s)
{
    return s.n > 0 && s.p[0] != '[' && !slice_ieq(s, SLICE("unknown"));
}

static void set_ip(struct milter *m, struct slice ip)
{
    if (slice_istarts(ip, SLICE("IPv6:")))
        ip = slice_from(ip, 5);
    set(&m->ip, ip);
}

static void connected(struct milter *m, struct slice d)
{
    struct slice host, ip;
    if (!m->has_macros)
        end_connection(m);
    m->has_macros = false;
    if (word(&d, &host) && is_name(host))
        set(&m->name, host);
    if (d.n < 3)
        return;
    char family = d.p[0];
    d = slice_from(d, 3);
    if ((family == '4' || family == '6') && word(&d, &ip))
        set_ip(m, ip);
}

static struct slice keep(struct milter *m, struct slice s)
{
    if (m->arena == NULL)
        m->arena = arena_new(m->limits.envelope_bytes * 4 + m->limits.recipients * 128 + 1048576);
    m->spent += s.n + 1;
    if (m->spent > m->limits.envelope_bytes) {
        m->too_many_rcpt = true;
        return slice_of("", 0);
    }
    return arena_dup(m->arena, s);
}

/* One macro; single letters may come with or without braces. */
static void macro(struct milter *m, struct slice name, struct slice value)
{
    if (name.n >= 2 && name.p[0] == '{' && name.p[name.n - 1] == '}')
        name = slice_of(name.p + 1, name.n - 2);
    if (slice_eq(name, SLICE("i")))
        m->env.queue_id = keep(m, value);
    else if (slice_eq(name, SLICE("auth_authen")))
        m->env.auth_user = keep(m, value);
    else if (slice_eq(name, SLICE("tls_version")))
        set(&m->tls, value);
    else if (slice_eq(name, SLICE("client_addr")) && m->ip.n == 0)
        set_ip(m, value);
    else if (slice_eq(name, SLICE("client_name")) && m->name.n == 0 && is_name(value))
        set(&m->name, value);
    else if (slice_eq(name, SLICE("client_resolve")))
        m->is_forged = !slice_eq(value, SLICE("OK"));
}

/* Macros come just before the command they belong to, so those of CONNECT and MAIL begin a new
 * connection or transaction, should the MTA not have ended the last one. */
static void macros(struct milter *m, struct slice d)
{
    struct slice name, value;
    if (d.n == 0)
        return;
    if (d.p[0] == 'C') {
        end_connection(m);
        m->has_macros = true;
    } else if (d.p[0] == 'M' && m->phase != PHASE_OPEN) {
        end_transaction(m);
    }
    d = slice_from(d, 1);
    while (word(&d, &name)) {
        value = SLICE("");
        (void)word(&d, &value);
        macro(m, name, value);
    }
}

static struct slice bare(struct slice a)
{
    if (a.n >= 2 && a.p[0] == '<' && a.p[a.n - 1] == '>')
        return slice_of(a.p + 1, a.n - 2);
    return a;
}

static void mail_from(struct milter *m, struct slice d)
{
    struct slice from = SLICE("");
    if (m->phase != PHASE_OPEN)
        end_transaction(m);
    m->env = (struct envelope){.queue_id = m->env.queue_id, .auth_user = m->env.auth_user};
    m->rcpt_room = 0;
    (void)word(&d, &from);
    m->env.mail_from = bare(keep(m, from));
    m->env.has_mail_from = true;
    m->phase = PHASE_MAIL;
}

static void rcpt_to(struct milter *m, struct slice d)
{
    struct slice to;
    if (!word(&d, &to))
        return;
    if (m->env.n_rcpt >= m->limits.recipients)
        m->too_many_rcpt = true;
    if (m->too_many_rcpt)
        return;
    struct slice kept = keep(m, to);
    if (m->too_many_rcpt)
        return;
    size_t n = m->env.n_rcpt;
    if (n == m->rcpt_room) {
        size_t room = n ? n * 2 : 8;
        m->env.rcpt = arena_grow(m->arena, m->env.rcpt, n, room, sizeof(struct slice));
        m->rcpt_raw = arena_grow(m->arena, m->rcpt_raw, n, room, sizeof(struct slice));
        m->rcpt_room = room;
    }
    m->rcpt_raw[n] = kept;
    m->env.rcpt[n] = bare(kept);
    m->env.n_rcpt = n + 1;
}

/* Line ends inside a folded value come as LF; the message had CRLF. */
static void add_crlf(struct buf *raw, struct slice s)
{
    size_t lf;
    while ((lf = slice_chr(s, '\n')) != SIZE_MAX) {
        bool has_cr = lf > 0 && s.p[lf - 1] == '\r';
        buf_add(raw, slice_head(s, lf));
        buf_str(raw, has_cr ? "\n" : "\r\n");
        s = slice_from(s, lf + 1);
    }
    buf_add(raw, s);
}

static void header(struct milter *m, struct slice d)
{
    struct slice name = SLICE(""), value = SLICE("");
    (void)word(&d, &name);
    (void)word(&d, &value);
    size_t at = m->raw.n;
    buf_add(&m->heads, slice_of((const char *)&at, sizeof(at)));
    buf_add(&m->raw, name);
    buf_chr(&m->raw, ':');
    if (!(m->protocol & HEADER_LEADING_SPACE))
        buf_chr(&m->raw, ' ');
    add_crlf(&m->raw, value);
    buf_str(&m->raw, "\r\n");
    if (m->raw.full || m->heads.full)
        m->too_much_head = true;
}

static void blank_line(struct milter *m)
{
    if (!m->has_blank)
        buf_str(&m->raw, "\r\n");
    m->has_blank = true;
    m->phase = PHASE_BODY;
}

/* What the machine refuses without a scan: it could not answer right. */
static bool refuses(struct milter *m, struct buf *out)
{
    struct milter_reply r = {.act = MILTER_TEMPFAIL,
                             .code = "452 4.5.3",
                             .text = SLICE("Too many recipients for one message")};
    if (m->too_much_head)
        r = (struct milter_reply){
            .act = MILTER_REJECT, .code = "552 5.3.4", .text = SLICE("Message header too large")};
    else if (!m->too_many_rcpt)
        return false;
    milter_answer(m, &r, out);
    return true;
}

static enum milter_event end_of_message(struct milter *m, struct slice d, struct buf *out)
{
    if (m->phase != PHASE_MAIL && m->phase != PHASE_BODY) {
        packet_empty(out, 'c');
        return MILTER_MORE;
    }
    blank_line(m);
    buf_add(&m->raw, d);
    m->phase = PHASE_WAIT;
    if (refuses(m, out))
        return MILTER_MORE;
    m->env.client_ip = buf_slice(&m->ip);
    m->env.client_name = m->is_forged ? SLICE("") : buf_slice(&m->name);
    m->env.helo = buf_slice(&m->helo);
    m->env.tls = buf_slice(&m->tls);
    m->env.is_cut = m->raw.full;
    return MILTER_MESSAGE;
}

static void helo(struct milter *m, struct slice d)
{
    struct slice w = SLICE("");
    (void)word(&d, &w);
    set(&m->helo, w);
}

static enum milter_event command(struct milter *m, char cmd, struct slice d, struct buf *out)
{
    if (m->phase == PHASE_NEW && cmd != 'O')
        return cmd == 'Q' ? MILTER_QUIT : MILTER_BAD;
    switch (cmd) {
    case 'O':
        return negotiate(m, d, out);
    case 'D':
        macros(m, d);
        break;
    case 'C':
        connected(m, d);
        go_on(m, NR_CONNECT, out);
        break;
    case 'H':
        helo(m, d);
        go_on(m, NR_HELO, out);
        break;
    case 'M':
        mail_from(m, d);
        go_on(m, NR_MAIL, out);
        break;
    case 'R':
        if (m->phase == PHASE_MAIL)
            rcpt_to(m, d);
        go_on(m, NR_RCPT, out);
        break;
    case 'T':
        go_on(m, NR_DATA, out);
        break;
    case 'U':
        go_on(m, NR_UNKNOWN, out);
        break;
    case 'L':
        if (m->phase == PHASE_MAIL)
            header(m, d);
        go_on(m, NR_HEADER, out);
        break;
    case 'N':
        if (m->phase == PHASE_MAIL)
            blank_line(m);
        go_on(m, NR_EOH, out);
        break;
    case 'E':
        return end_of_message(m, d, out);
    case 'A':
        end_transaction(m);
        break;
    case 'K':
        end_connection(m);
        break;
    case 'Q':
        return MILTER_QUIT;
    default:
        return MILTER_BAD;
    }
    return MILTER_MORE;
}

/* Body chunks are taken as they come, in pieces, so that nothing holds them twice. */
static void body(struct milter *m, struct slice in, struct buf *out)
{
    if (m->phase == PHASE_MAIL)
        blank_line(m);
    if (m->phase == PHASE_BODY)
        buf_add(&m->raw, in);
    m->body_left -= in.n;
    if (m->body_left == 0)
        go_on(m, NR_BODY, out);
}

enum milter_event milter_feed(struct milter *m, struct slice in, size_t *out_used, struct buf *out)
{
    size_t at = 0;
    enum milter_event event = MILTER_MORE;
    while (event == MILTER_MORE && m->phase != PHASE_WAIT && at < in.n) {
        struct slice rest = slice_from(in, at);
        if (m->body_left) {
            struct slice piece = slice_head(rest, m->body_left);
            at += piece.n;
            body(m, piece, out);
            continue;
        }
        if (rest.n < 5)
            break;
        size_t len = get32(rest.p);
        if (len == 0 || len > m->limits.packet_bytes) {
            event = MILTER_BAD;
        } else if (rest.p[4] == 'B' && m->phase != PHASE_NEW) {
            m->body_left = len - 1;
            at += 5;
            if (m->body_left == 0)
                body(m, SLICE(""), out);
        } else if (rest.n < 4 + len) {
            break;
        } else {
            at += 4 + len;
            event = command(m, rest.p[4], slice_of(rest.p + 5, len - 1), out);
        }
    }
    *out_used = at;
    return event;
}

struct envelope *milter_envelope(struct milter *m)
{
    return &m->env;
}

struct slice milter_raw(const struct milter *m)
{
    return buf_slice(&m->raw);
}

bool milter_may(const struct milter *m, uint32_t action)
{
    return (m->actions & action) == action;
}

bool milter_is_waiting(const struct milter *m)
{
    return m->phase == PHASE_WAIT;
}

bool milter_is_busy(const struct milter *m)
{
    return m->phase == PHASE_MAIL || m->phase == PHASE_BODY || m->phase == PHASE_WAIT;
}

/* ---- the answer ---- */

/* Name and value of the i-th header field as it stands in raw. */
static void head_at(const struct milter *m, size_t i, struct slice *out_name,
                    struct slice *out_value)
{
    size_t at;
    memcpy(&at, m->heads.p + i * sizeof(at), sizeof(at));
    size_t end = m->raw.n;
    if ((i + 1) * sizeof(end) < m->heads.n)
        memcpy(&end, m->heads.p + (i + 1) * sizeof(end), sizeof(end));
    struct slice field = slice_of(m->raw.p + at, end - at);
    size_t colon = slice_chr(field, ':');
    *out_name = slice_trim(slice_head(field, colon));
    *out_value = slice_from(field, colon + 1);
}

/* Numbers count per name from 1. Going from the last field to the first keeps the numbers of
 * those before it right, whether or not the MTA renumbers as it deletes. */
static void remove_headers(const struct milter *m, struct slice edits, struct buf *out)
{
    struct edit list[EDITS_MAX];
    uint32_t seen[EDITS_MAX] = {0}; /* of each record's name, up to the field looked at */
    size_t n_list = 0, n_heads = m->heads.n / sizeof(size_t);
    struct slice name, value;
    while (n_list < EDITS_MAX && edit_next(&edits, &list[n_list]))
        n_list += list[n_list].is_add ? 0 : 1;
    if (n_list == 0)
        return;
    for (size_t i = 0; i < n_heads; i++) {
        head_at(m, i, &name, &value);
        for (size_t k = 0; k < n_list; k++)
            seen[k] += slice_ieq(name, list[k].name);
    }
    for (size_t i = n_heads; i-- > 0;) {
        bool is_gone = false;
        head_at(m, i, &name, &value);
        for (size_t k = 0; k < n_list; k++) {
            if (!slice_ieq(name, list[k].name))
                continue;
            uint32_t number = seen[k]--;
            if (is_gone || !edit_removes(&list[k], name, value))
                continue;
            is_gone = true;
            size_t at = packet(out, 'm');
            put32(out, number);
            buf_add(out, name);
            buf_chr(out, '\0');
            buf_chr(out, '\0');
            packet_end(out, at);
        }
    }
}

/* Each added field goes to the top, so the last one goes first. Version 2 MTAs may not know
 * INSHEADER; there fields are added at the end. */
static void add_headers(const struct milter *m, struct slice edits, struct buf *out)
{
    struct edit list[EDITS_MAX];
    size_t n = 0;
    while (n < EDITS_MAX && edit_next(&edits, &list[n]))
        n += list[n].is_add;
    bool inserts = m->version > 2;
    for (size_t i = 0; i < n; i++) {
        const struct edit *e = &list[inserts ? n - 1 - i : i];
        size_t at = packet(out, inserts ? 'i' : 'h');
        if (inserts)
            put32(out, 0);
        buf_add(out, e->name);
        buf_chr(out, '\0');
        if (m->protocol & HEADER_LEADING_SPACE)
            buf_chr(out, ' ');
        buf_add(out, e->value);
        buf_chr(out, '\0');
        packet_end(out, at);
    }
}

static void modify(const struct milter *m, const struct milter_reply *r, struct buf *out)
{
    if (milter_may(m, MILTER_CHANGE_HEADERS))
        remove_headers(m, r->edits, out);
    if (milter_may(m, MILTER_ADD_HEADERS))
        add_headers(m, r->edits, out);
    for (size_t i = 0; milter_may(m, MILTER_DEL_RCPT) && i < r->n_drop; i++) {
        if (r->drop_rcpt[i] >= m->env.n_rcpt)
            continue;
        size_t at = packet(out, '-');
        buf_add(out, m->rcpt_raw[r->drop_rcpt[i]]);
        buf_chr(out, '\0');
        packet_end(out, at);
    }
}

/* libmilter's rule: a per cent sign in the text is doubled. */
static void add_text(struct buf *out, struct slice text)
{
    struct buf safe = BUF_INIT(1024);
    escape_add(&safe, ESCAPE_SMTP, text, 0);
    struct slice rest = buf_slice(&safe);
    size_t percent;
    while ((percent = slice_chr(rest, '%')) != SIZE_MAX) {
        buf_add(out, slice_head(rest, percent));
        buf_str(out, "%%");
        rest = slice_from(rest, percent + 1);
    }
    buf_add(out, rest);
    buf_chr(out, '\0');
    buf_fini(&safe);
}

static void refuse(const struct milter_reply *r, struct buf *out)
{
    if (r->code == NULL) {
        packet_empty(out, r->act == MILTER_REJECT ? 'r' : 't');
        return;
    }
    size_t at = packet(out, 'y');
    buf_str(out, r->code);
    buf_chr(out, ' ');
    add_text(out, r->text);
    packet_end(out, at);
}

void milter_answer(struct milter *m, const struct milter_reply *r, struct buf *out)
{
    if (m->phase != PHASE_WAIT)
        return;
    switch (r->act) {
    case MILTER_HOLD:
    case MILTER_ACCEPT:
        modify(m, r, out);
        if (r->act == MILTER_HOLD && milter_may(m, MILTER_QUARANTINE)) {
            size_t at = packet(out, 'q');
            add_text(out, r->text);
            packet_end(out, at);
        }
        /* Other filters of the MTA may still want to see it: continue, not accept. */
        packet_empty(out, 'c');
        break;
    case MILTER_DISCARD:
        packet_empty(out, 'd');
        break;
    case MILTER_REJECT:
    case MILTER_TEMPFAIL:
        refuse(r, out);
        break;
    }
    end_transaction(m);
}
