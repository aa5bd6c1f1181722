/* Keys and orders. See signer.h; the process itself is in signer_process.c. */
#include "node/signer.h"

#include "base/clock.h"
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_BYTES 65536
#define MINUTE_US      INT64_C(60000000)

struct held_key {
    struct slice domain, selector;
    struct crypt_private *key;
};

/* How many signatures a domain may still have; refills evenly. */
struct allowance {
    int64_t left_us, at_us; /* one signature costs MINUTE_US / per_minute */
};

struct signer {
    struct signing *signing;
    struct held_key *key;
    struct allowance *allowance; /* per domain of signing */
    size_t n;
};

/* ---- key files ---- */

int signer_read_key(const char *path, struct err *e, struct crypt_private **out)
{
    struct stat st;
    char *text = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK), rc = 0;
    if (fd < 0)
        return err_errno(e, "key %s", path);
    if (fstat(fd, &st) < 0)
        rc = err_errno(e, "key %s", path);
    else if (!S_ISREG(st.st_mode))
        rc = err_set(e, ERR_DENIED, "key %s: not a plain file", path);
    else if (st.st_mode & 077)
        rc = err_set(e, ERR_DENIED, "key %s: others may read or write it; do: chmod 600 %s", path,
                     path);
    else if (st.st_uid != 0 && st.st_uid != geteuid())
        rc = err_set(e, ERR_DENIED, "key %s: it belongs to neither root nor this account", path);
    else if (st.st_size > KEY_FILE_BYTES)
        rc = err_set(e, ERR_LIMIT, "key %s: too long to be a key", path);
    if (rc == 0 && (text = calloc(1, KEY_FILE_BYTES)) == NULL)
        BUG("out of memory");
    ssize_t n = rc == 0 ? read(fd, text, KEY_FILE_BYTES) : 0;
    close(fd);
    if (rc == 0 && n < 0)
        rc = err_errno(e, "key %s", path);
    if (rc == 0 && (rc = crypt_private_read(slice_of(text, (size_t)n), e, out)) < 0)
        err_prefix(e, "key %s: ", path);
    if (text)
        explicit_bzero(text, KEY_FILE_BYTES);
    free(text);
    return rc;
}

bool signer_is_wanted(const struct conf *conf)
{
    struct conf_block *b = NULL;
    while ((b = conf_next(conf, "sign", b)) && b->name.n == 0)
        continue;
    return b != NULL;
}

int signer_open(const struct conf *conf, struct err *e, struct signer **out)
{
    struct signer *s = calloc(1, sizeof(*s));
    struct arena *a = arena_new(0);
    if (s == NULL)
        BUG("out of memory");
    int rc = signing_compile(conf, e, &s->signing);
    if (rc == 0)
        rc = crypt_warm(e);
    size_t room = rc == 0 ? s->signing->n * SIGN_SELECTORS + 1 : 1;
    s->key = calloc(room, sizeof(*s->key));
    s->allowance = calloc(room, sizeof(*s->allowance));
    if (s->key == NULL || s->allowance == NULL)
        BUG("out of memory");
    for (size_t i = 0; rc == 0 && i < s->signing->n; i++) {
        const struct sign_domain *d = s->signing->domain[i];
        for (size_t k = 0; rc == 0 && k < d->key.n; k++) {
            struct held_key *held = &s->key[s->n];
            rc = signer_read_key(arena_cstr(a, d->key.items[k]), e, &held->key);
            held->domain = d->domain;
            held->selector = d->selector.items[k];
            s->n += rc == 0;
        }
    }
    arena_free(a);
    if (rc < 0)
        signer_free(s);
    else
        *out = s;
    return rc;
}

void signer_free(struct signer *s)
{
    for (size_t i = 0; i < s->n; i++)
        crypt_private_free(s->key[i].key);
    free(s->key);
    free(s->allowance);
    free(s);
}

/* ---- orders ---- */

void signer_ask_pack(struct buf *b, const struct sign_order *orders, size_t n)
{
    pack_u32(b, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        sign_order_pack(b, &orders[i]);
}

static struct crypt_private *find_key(struct signer *s, const struct sign_order *o)
{
    for (size_t i = 0; i < s->n; i++) {
        if (slice_ieq(s->key[i].domain, o->domain) && slice_eq(s->key[i].selector, o->selector))
            return s->key[i].key;
    }
    return NULL;
}

/* Takes one from the domain's allowance, which holds a minute's worth at most. */
static bool is_within_rate(struct signer *s, struct slice domain)
{
    for (size_t i = 0; i < s->signing->n; i++) {
        struct allowance *a = &s->allowance[i];
        if (!slice_ieq(s->signing->domain[i]->domain, domain))
            continue;
        int64_t now = clock_mono_us(), cost = MINUTE_US / s->signing->per_minute;
        a->left_us = a->at_us ? a->left_us + (now - a->at_us) : MINUTE_US;
        if (a->left_us > MINUTE_US)
            a->left_us = MINUTE_US;
        a->at_us = now;
        if (a->left_us < cost)
            return false;
        a->left_us -= cost;
        return true;
    }
    return false;
}

static int sign_one(struct signer *s, struct arena *a, const struct sign_order *o, struct err *e,
                    struct sign_field out[3], size_t *out_n)
{
    struct crypt_private *key = find_key(s, o);
    bool may_seal = s->signing->seal && slice_ieq(s->signing->seal->domain, o->domain);
    if (key == NULL || (o->purpose == SIGN_ARC && !may_seal))
        return err_set(e, ERR_DENIED, "nothing is signed with that domain and selector");
    if (!is_within_rate(s, o->domain))
        return err_set(e, ERR_LIMIT, "more signatures for %.*s than sign.per_minute allows",
                       SLICE_ARG(o->domain));
    return sign_make(a, o, key, e, out, out_n);
}

static int sign_all(struct signer *s, struct arena *a, struct slice orders, struct err *e,
                    struct sign_answer *out)
{
    struct unpack u = {.rest = orders};
    uint32_t n = unpack_u32(&u);
    if (u.bad || n > SIGN_SELECTORS)
        return err_set(e, ERR_PARSE, "the orders are not well formed");
    for (uint32_t i = 0; i < n; i++) {
        struct sign_order o = {0};
        size_t made = 0;
        if (!sign_order_unpack(&u, &o))
            return err_set(e, ERR_PARSE, "the orders are not well formed");
        int rc = sign_one(s, a, &o, e, &out->field[out->n], &made);
        if (rc < 0)
            return rc;
        out->n += made;
    }
    return unpack_done(&u) ? 0 : err_set(e, ERR_PARSE, "the orders are not well formed");
}

void signer_answer(struct signer *s, struct slice orders, struct buf *out)
{
    struct arena *a = arena_new(0);
    struct sign_answer answer = {0};
    struct err e = {0};
    answer.ok = sign_all(s, a, orders, &e, &answer) == 0;
    pack_u8(out, answer.ok);
    if (answer.ok) {
        pack_u32(out, (uint32_t)answer.n);
        for (size_t i = 0; i < answer.n; i++) {
            pack_bytes(out, slice_str(answer.field[i].name));
            pack_bytes(out, answer.field[i].value);
        }
    } else {
        log_event(LOG_WARN, "sign", "refused", LOG_S(e.text), NULL);
        pack_bytes(out, slice_str(e.text));
    }
    arena_free(a);
}

bool signer_answer_unpack(struct arena *a, struct slice bytes, struct sign_answer *out)
{
    struct unpack u = {.rest = bytes};
    *out = (struct sign_answer){.ok = unpack_u8(&u) != 0};
    if (!out->ok) {
        out->why = arena_dup(a, unpack_bytes(&u));
        return unpack_done(&u);
    }
    uint32_t n = unpack_u32(&u);
    if (u.bad || n > sizeof(out->field) / sizeof(out->field[0]))
        return false;
    for (; out->n < n; out->n++) {
        out->field[out->n].name = arena_cstr(a, unpack_bytes(&u));
        out->field[out->n].value = arena_dup(a, unpack_bytes(&u));
    }
    return unpack_done(&u);
}
