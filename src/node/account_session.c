/* Sessions, proofs and guesses. See account.h. */
#include "node/account_internal.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/ip.h"
#include "base/rand.h"
#include "node/hasher.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MOST (8u * 1024 * 1024)
#define LINE      160u

/* ---- the file: a line per session, "HASH ACCOUNT MADE SEEN" ---- */

static void load_line(struct accounts *s, struct slice line)
{
    struct slice part[4];
    struct session one = {0};
    uint64_t made, seen;
    size_t n;
    for (int i = 0; i < 4; i++)
        if (!slice_split(&line, ' ', &part[i]))
            return;
    if (part[0].n != 64 || part[1].n != 32 || !slice_u64(part[2], &made) ||
        !slice_u64(part[3], &seen) || s->n_sessions == s->room ||
        sodium_hex2bin(one.hash, 32, part[0].p, 64, NULL, &n, NULL) < 0 ||
        sodium_hex2bin(one.account, 16, part[1].p, 32, NULL, &n, NULL) < 0)
        return;
    one.made_us = (int64_t)made;
    one.seen_us = (int64_t)seen;
    s->session[s->n_sessions++] = one;
}

void sessions_load(struct accounts *s)
{
    s->room = SESSIONS_MOST;
    s->session = calloc(s->room, sizeof(*s->session));
    char *text = malloc(FILE_MOST);
    if (s->session == NULL || text == NULL)
        BUG("out of memory");
    int fd = open(s->path, O_RDONLY | O_CLOEXEC);
    size_t n = 0;
    ssize_t got;
    while (fd >= 0 && n < FILE_MOST && (got = read(fd, text + n, FILE_MOST - n)) > 0)
        n += (size_t)got;
    if (fd >= 0)
        close(fd);
    struct slice rest = slice_of(text, n), line;
    while (slice_line(&rest, &line))
        load_line(s, line);
    free(text);
}

/* Not synced: a session that is lost is a log-in more. */
static void save(const struct accounts *s)
{
    struct buf b = BUF_INIT(FILE_MOST), fresh = BUF_INIT(4096);
    char hash[65], account[33];
    for (unsigned i = 0; i < s->n_sessions; i++) {
        const struct session *x = &s->session[i];
        sodium_bin2hex(hash, sizeof(hash), x->hash, 32);
        sodium_bin2hex(account, sizeof(account), x->account, 16);
        buf_printf(&b, "%s %s %lld %lld\n", hash, account, (long long)x->made_us,
                   (long long)x->seen_us);
    }
    buf_printf(&fresh, "%s.new", s->path);
    int fd = open(buf_cstr(&fresh), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd >= 0) {
        bool ok = write(fd, b.n ? b.p : "", b.n) == (ssize_t)b.n;
        close(fd);
        if (!ok || rename(buf_cstr(&fresh), s->path) < 0)
            unlink(buf_cstr(&fresh));
    }
    buf_fini(&fresh);
    buf_fini(&b);
}

/* ---- sessions ---- */

static bool is_over(const struct session *x, int64_t now_us)
{
    return now_us - x->seen_us > SESSION_IDLE_US || now_us - x->made_us > SESSION_LIFE_US;
}

static void forget(struct accounts *s, unsigned i)
{
    s->session[i] = s->session[--s->n_sessions];
    sodium_memzero(&s->session[s->n_sessions], sizeof(s->session[0]));
}

/* Those that are over make room; when all are in use the one unseen longest goes. */
static void make_room(struct accounts *s, int64_t now_us)
{
    unsigned oldest = 0;
    for (unsigned i = s->n_sessions; i > 0; i--)
        if (is_over(&s->session[i - 1], now_us))
            forget(s, i - 1);
    if (s->n_sessions < s->room)
        return;
    for (unsigned i = 1; i < s->n_sessions; i++)
        if (s->session[i].seen_us < s->session[oldest].seen_us)
            oldest = i;
    forget(s, oldest);
}

void session_make(struct accounts *s, const unsigned char account[16], int64_t now_us,
                  char out_token[SESSION_HEX + 1])
{
    unsigned char raw[SESSION_HEX / 2];
    make_room(s, now_us);
    rand_bytes(raw, sizeof(raw));
    sodium_bin2hex(out_token, SESSION_HEX + 1, raw, sizeof(raw));
    struct session *x = &s->session[s->n_sessions++];
    *x = (struct session){.made_us = now_us, .seen_us = now_us};
    memcpy(x->account, account, 16);
    account_mac(s, "session", slice_str(out_token), x->hash);
    save(s);
}

static struct session *find(struct accounts *s, struct slice token)
{
    unsigned char hash[32];
    if (token.n != SESSION_HEX)
        return NULL;
    account_mac(s, "session", token, hash);
    for (unsigned i = 0; i < s->n_sessions; i++)
        if (sodium_memcmp(s->session[i].hash, hash, 32) == 0)
            return &s->session[i];
    return NULL;
}

struct session *session_find(struct accounts *s, struct slice token, int64_t now_us)
{
    struct session *x = find(s, token);
    if (x == NULL || is_over(x, now_us))
        return NULL;
    x->seen_us = now_us;
    return x;
}

void session_end(struct accounts *s, struct slice token)
{
    struct session *x = find(s, token);
    if (x == NULL)
        return;
    forget(s, (unsigned)(x - s->session));
    save(s);
}

void session_end_others(struct accounts *s, const unsigned char account[16], struct slice but)
{
    unsigned char hash[32] = {0};
    if (but.n)
        account_mac(s, "session", but, hash);
    for (unsigned i = s->n_sessions; i > 0; i--)
        if (memcmp(s->session[i - 1].account, account, 16) == 0 &&
            memcmp(s->session[i - 1].hash, hash, 32) != 0)
            forget(s, i - 1);
    save(s);
}

unsigned session_count(const struct accounts *s, const unsigned char account[16])
{
    unsigned n = 0;
    for (unsigned i = 0; i < s->n_sessions; i++)
        n += memcmp(s->session[i].account, account, 16) == 0;
    return n;
}

/* ---- proofs ---- */

void account_salt(struct accounts *s, struct slice name, struct arena *a, struct account *out)
{
    struct err e = {0};
    if (account_by_name(s, name, a, &e, out) == 0)
        return;
    unsigned char raw[32];
    char *hex = arena_bytes(a, ACCOUNT_SALT_HEX + 1);
    account_mac(s, "no such account", arena_lower(a, name), raw);
    sodium_bin2hex(hex, ACCOUNT_SALT_HEX + 1, raw, ACCOUNT_SALT_HEX / 2);
    *out = (struct account){.salt = slice_str(hex), .ops = HASHER_OPS, .mem_kib = HASHER_MEM_KIB};
}

bool account_proof_hash(struct accounts *s, struct slice proof_hex, char out[ACCOUNT_PROOF_HEX + 1])
{
    unsigned char raw[32];
    size_t n = 0;
    if (proof_hex.n != ACCOUNT_PROOF_HEX ||
        sodium_hex2bin(raw, sizeof(raw), proof_hex.p, proof_hex.n, NULL, &n, NULL) < 0 || n != 32)
        return false;
    account_mac(s, "proof", slice_of((char *)raw, 32), raw);
    sodium_bin2hex(out, ACCOUNT_PROOF_HEX + 1, raw, sizeof(raw));
    return true;
}

static void code_hash(struct accounts *s, const struct account *acc, struct slice code,
                      char out[33])
{
    unsigned char mac[32];
    char text[64];
    size_t n = 0;
    for (size_t i = 0; i < code.n && n < 30; i++) /* as people type it */
        if (ascii_is_alnum(code.p[i]))
            text[n++] = ascii_lower(code.p[i]);
    memcpy(text + n, acc->id, 16);
    account_mac(s, "code", slice_of(text, n + 16), mac);
    sodium_bin2hex(out, 33, mac, 16);
}

void account_new_codes(struct accounts *s, struct account *acc, struct arena *a,
                       char out[ACCOUNT_CODES][20])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789-"; /* 31, without look-alikes */
    struct buf list = BUF_INIT(1024);
    for (unsigned i = 0; i < ACCOUNT_CODES; i++) {
        char hash[33];
        for (unsigned k = 0; k < 14; k++) {
            unsigned char byte;
            do
                rand_bytes(&byte, 1);
            while (byte >= 248); /* 8 times 31: no letter is likelier */
            out[i][k] = k == 4 || k == 9 ? '-' : letters[byte % 31];
        }
        out[i][14] = '\0';
        code_hash(s, acc, slice_str(out[i]), hash);
        buf_printf(&list, "%s%s", i ? "," : "", hash);
    }
    acc->codes = arena_dup(a, buf_slice(&list));
    buf_fini(&list);
}

/* Takes a recovery code from the list; false: it is not there. */
static bool use_code(struct accounts *s, struct account *acc, struct slice code, struct arena *a)
{
    struct buf left = BUF_INIT(1024);
    struct slice rest = acc->codes, part;
    char hash[33];
    bool found = false;
    code_hash(s, acc, code, hash);
    while (slice_split(&rest, ',', &part)) {
        if (part.n == 32 && sodium_memcmp(part.p, hash, 32) == 0) {
            found = true;
            continue;
        }
        if (left.n)
            buf_chr(&left, ',');
        buf_add(&left, part);
    }
    if (found)
        acc->codes = arena_dup(a, buf_slice(&left));
    buf_fini(&left);
    return found;
}

bool account_second(struct accounts *s, struct account *acc, struct slice code, int64_t now_us,
                    struct arena *a, bool *out_used)
{
    unsigned char secret[TOTP_SECRET];
    uint64_t *used = &s->totp_used[hash_bytes(slice_of((char *)acc->id, 16), 1) % TRIES];
    *out_used = false;
    if (!totp_of_base32(acc->totp, secret))
        return true; /* the account has none */
    uint64_t step = totp_check(secret, code, now_us, *used);
    sodium_memzero(secret, sizeof(secret));
    if (step) {
        *used = step;
        return true;
    }
    *out_used = code.n > 6 && use_code(s, acc, code, a);
    return *out_used;
}

/* ---- guessing ----
 *
 * Three counts go down with time: of a name, of a network, of a name from a network. Only the last
 * is strict, so that nobody can shut another out by guessing at his name from elsewhere. */

static const struct {
    double most, per_second;
} patience[3] = {{60, 0.1}, {40, 0.1}, {6, 1.0 / 60}};

static void places(struct accounts *s, struct slice name, struct slice client, struct tries *out[3])
{
    struct ip ip = {0};
    char text[80];
    unsigned char lower[64], mac[32];
    size_t n = name.n < sizeof(lower) ? name.n : sizeof(lower);
    (void)!ip_parse(client, &ip);
    for (size_t i = 0; i < n; i++)
        lower[i] = (unsigned char)ascii_lower(name.p[i]);
    for (int i = 0; i < 3; i++) {
        size_t len = 0;
        if (i != 1) {
            memcpy(text, lower, n);
            len = n;
        }
        if (i != 0) {
            size_t net = ip.is_v4 ? 15 : 8; /* /24 or /64 */
            memcpy(text + len, ip.byte, net);
            len += net;
        }
        account_mac(s,
                    i == 0   ? "tries name"
                    : i == 1 ? "tries net"
                             : "tries both",
                    slice_of(text, len), mac);
        uint64_t who;
        memcpy(&who, mac, sizeof(who));
        out[i] = &s->tries[i][who % TRIES];
        if (out[i]->who != who)
            *out[i] = (struct tries){.who = who};
    }
}

static double wrong_at(const struct tries *t, int i, int64_t now_us)
{
    double wrong = t->wrong - (double)(now_us - t->at_us) / 1e6 * patience[i].per_second;
    return wrong > 0 ? wrong : 0;
}

bool account_may_try(struct accounts *s, struct slice name, struct slice client, int64_t now_us)
{
    struct tries *t[3];
    places(s, name, client, t);
    for (int i = 0; i < 3; i++)
        if (wrong_at(t[i], i, now_us) >= patience[i].most)
            return false;
    return true;
}

void account_tried(struct accounts *s, struct slice name, struct slice client, int64_t now_us,
                   bool was_right)
{
    struct tries *t[3];
    places(s, name, client, t);
    for (int i = 0; i < 3; i++) {
        double wrong = wrong_at(t[i], i, now_us);
        t[i]->wrong = was_right ? (i == 2 ? 0 : wrong) : wrong + 1;
        t[i]->at_us = now_us;
    }
}
