/* Slots of keys. See keyring.h.
 *
 * Slot (128 bytes): u32 crc of the rest | u32 state (0 free, 1 used) | name[32] | key[32] | zeros.
 * Slot 0 is the file's head: "MUSTERK1" where the name would stand.
 */
#include "journal/keyring.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/rand.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define SLOT 128u

struct entry {
    unsigned char name[KEY_BYTES], key[KEY_BYTES];
    uint32_t slot; /* 0: empty place of the table */
};

struct keyring {
    char *path;
    int fd;
    struct entry *table; /* open addressing; size is a power of two */
    size_t room, used;
    uint32_t slots; /* in the file, the head counted */
    uint32_t *free_slots;
    size_t n_free, free_room;
    bool is_dirty;
};

void keyring_name(const char *kind, struct slice what, unsigned char out[KEY_BYTES])
{
    crypto_generichash_state st;
    crypto_generichash_init(&st, NULL, 0, KEY_BYTES);
    crypto_generichash_update(&st, (const unsigned char *)kind, strlen(kind) + 1);
    crypto_generichash_update(&st, (const unsigned char *)what.p, what.n);
    crypto_generichash_final(&st, out, KEY_BYTES);
}

static struct entry *place(struct entry *table, size_t room, const unsigned char *name)
{
    uint64_t h;
    memcpy(&h, name, 8); /* names are hashes already */
    for (size_t i = h & (room - 1);; i = (i + 1) & (room - 1))
        if (table[i].slot == 0 || memcmp(table[i].name, name, KEY_BYTES) == 0)
            return &table[i];
}

static void insert(struct keyring *k, const struct entry *e)
{
    if ((k->used + 1) * 2 > k->room) {
        size_t room = k->room ? k->room * 2 : 256;
        struct entry *table = calloc(room, sizeof(*table));
        if (table == NULL)
            BUG("out of memory");
        for (size_t i = 0; i < k->room; i++)
            if (k->table[i].slot)
                *place(table, room, k->table[i].name) = k->table[i];
        if (k->table)
            sodium_memzero(k->table, k->room * sizeof(*table));
        free(k->table);
        k->table = table;
        k->room = room;
    }
    struct entry *to = place(k->table, k->room, e->name);
    k->used += to->slot == 0;
    *to = *e;
}

/* Empties a place and moves later ones of its run, so that look-ups still find them. */
static void take_out(struct keyring *k, struct entry *e)
{
    size_t hole = (size_t)(e - k->table), mask = k->room - 1;
    sodium_memzero(e, sizeof(*e));
    k->used--;
    for (size_t i = (hole + 1) & mask; k->table[i].slot; i = (i + 1) & mask) {
        struct entry moved = k->table[i];
        sodium_memzero(&k->table[i], sizeof(moved));
        *place(k->table, k->room, moved.name) = moved;
        sodium_memzero(&moved, sizeof(moved));
    }
}

static void add_free(struct keyring *k, uint32_t slot)
{
    if (k->n_free == k->free_room) {
        k->free_room = k->free_room ? k->free_room * 2 : 64;
        k->free_slots = realloc(k->free_slots, k->free_room * sizeof(*k->free_slots));
        if (k->free_slots == NULL)
            BUG("out of memory");
    }
    k->free_slots[k->n_free++] = slot;
}

static uint32_t slot_crc(const unsigned char slot[SLOT])
{
    return hash_crc32c(0, slice_of((const char *)slot + 4, SLOT - 4));
}

static int write_slot(struct keyring *k, uint32_t number, uint32_t state, const unsigned char *name,
                      const unsigned char *key, struct err *e)
{
    unsigned char slot[SLOT] = {0};
    slot[4] = (unsigned char)state;
    if (name)
        memcpy(slot + 8, name, KEY_BYTES);
    if (key)
        memcpy(slot + 40, key, KEY_BYTES);
    uint32_t crc = slot_crc(slot);
    memcpy(slot, &crc, 4);
    ssize_t n = pwrite(k->fd, slot, SLOT, (off_t)number * SLOT);
    sodium_memzero(slot, SLOT);
    if (n != (ssize_t)SLOT) {
        errno = n < 0 ? errno : ENOSPC;
        return err_errno(e, "%s", k->path);
    }
    k->is_dirty = true;
    return 0;
}

static const unsigned char head[KEY_BYTES] = "MUSTERK1";

static int read_slots(struct keyring *k, struct err *e)
{
    unsigned char slot[SLOT];
    off_t size = lseek(k->fd, 0, SEEK_END);
    k->slots = (uint32_t)(((uint64_t)size + SLOT - 1) / SLOT);
    if (size == 0) {
        k->slots = 1;
        int r = write_slot(k, 0, 1, head, NULL, e);
        return r ? r : keyring_sync(k, e);
    }
    for (uint32_t i = 0; i < k->slots; i++) {
        ssize_t n = pread(k->fd, slot, SLOT, (off_t)i * SLOT);
        if (n < 0)
            return err_errno(e, "%s", k->path);
        uint32_t crc;
        memcpy(&crc, slot, 4);
        bool good = n == (ssize_t)SLOT && crc == slot_crc(slot);
        if (i == 0 && (!good || memcmp(slot + 8, head, KEY_BYTES) != 0))
            return err_set(e, ERR_CORRUPT, "%s: not a key file, or its head is damaged", k->path);
        if (i > 0 && good && slot[4] == 1) {
            struct entry entry = {.slot = i};
            memcpy(entry.name, slot + 8, KEY_BYTES);
            memcpy(entry.key, slot + 40, KEY_BYTES);
            insert(k, &entry);
        } else if (i > 0) {
            if (!good)
                log_event(LOG_WARN, "key_slot_damaged", "file", LOG_S(k->path), "slot", LOG_I(i),
                          NULL);
            add_free(k, i);
        }
    }
    sodium_memzero(slot, SLOT);
    return 0;
}

int keyring_open(const char *path, struct err *e, struct keyring **out)
{
    if (sodium_init() < 0)
        BUG("libsodium does not start");
    struct keyring *k = calloc(1, sizeof(*k));
    if (k == NULL || (k->path = strdup(path)) == NULL)
        BUG("out of memory");
    k->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int r = k->fd < 0 ? err_errno(e, "%s", path) : read_slots(k, e);
    if (r < 0) {
        keyring_close(k);
        return r;
    }
    *out = k;
    return 0;
}

void keyring_close(struct keyring *k)
{
    if (k == NULL)
        return;
    if (k->fd >= 0)
        close(k->fd);
    if (k->table)
        sodium_memzero(k->table, k->room * sizeof(*k->table));
    free(k->table);
    free(k->free_slots);
    free(k->path);
    free(k);
}

static struct entry *find(struct keyring *k, const unsigned char *name)
{
    struct entry *e = k->room ? place(k->table, k->room, name) : NULL;
    return e && e->slot ? e : NULL;
}

int keyring_get(struct keyring *k, const unsigned char name[KEY_BYTES], bool make,
                unsigned char out_key[KEY_BYTES], struct err *e)
{
    struct entry *old = find(k, name);
    if (old) {
        memcpy(out_key, old->key, KEY_BYTES);
        return 0;
    }
    if (!make)
        return ERR_NOENT;
    struct entry fresh = {.slot = k->n_free ? k->free_slots[k->n_free - 1] : k->slots};
    memcpy(fresh.name, name, KEY_BYTES);
    rand_bytes(fresh.key, KEY_BYTES);
    int r = write_slot(k, fresh.slot, 1, name, fresh.key, e);
    if (r < 0)
        return r;
    if (k->n_free)
        k->n_free--;
    else
        k->slots++;
    insert(k, &fresh);
    memcpy(out_key, fresh.key, KEY_BYTES);
    sodium_memzero(&fresh, sizeof(fresh));
    return 0;
}

int keyring_sync(struct keyring *k, struct err *e)
{
    if (k->is_dirty && fdatasync(k->fd) < 0)
        return err_errno(e, "%s", k->path);
    k->is_dirty = false;
    return 0;
}

int keyring_destroy(struct keyring *k, const unsigned char name[KEY_BYTES], bool *out_was,
                    struct err *e)
{
    struct entry *old = find(k, name);
    if (out_was)
        *out_was = old != NULL;
    if (old == NULL)
        return 0;
    int r = write_slot(k, old->slot, 0, NULL, NULL, e);
    if (r == 0)
        r = keyring_sync(k, e);
    if (r < 0)
        return r;
    add_free(k, old->slot);
    take_out(k, old);
    return 0;
}

int keyring_destroy_all(struct keyring *k, const unsigned char *names, size_t n, struct err *e)
{
    int r = 0;
    for (size_t i = 0; r == 0 && i < n; i++) {
        const struct entry *old = find(k, names + i * KEY_BYTES);
        r = old ? write_slot(k, old->slot, 0, NULL, NULL, e) : 0;
    }
    r = r ? r : keyring_sync(k, e);
    for (size_t i = 0; r == 0 && i < n; i++) {
        struct entry *old = find(k, names + i * KEY_BYTES);
        if (old == NULL)
            continue;
        add_free(k, old->slot);
        take_out(k, old);
    }
    return r;
}

uint64_t keyring_count(const struct keyring *k)
{
    return k->used;
}

int keyring_seal(struct keyring *k, const unsigned char name[KEY_BYTES], struct slice plain,
                 struct buf *out, struct err *e)
{
    unsigned char key[KEY_BYTES], nonce[crypto_secretbox_NONCEBYTES];
    int r = keyring_get(k, name, true, key, e);
    if (r < 0)
        return r;
    size_t need = plain.n + SEAL_EXTRA, room;
    char *to = buf_reserve(out, need, &room);
    if (room < need) {
        sodium_memzero(key, sizeof(key));
        return err_set(e, ERR_LIMIT, "%zu bytes to seal do not fit", plain.n);
    }
    rand_bytes(nonce, sizeof(nonce));
    memcpy(to, nonce, sizeof(nonce));
    crypto_secretbox_easy((unsigned char *)to + sizeof(nonce), (const unsigned char *)plain.p,
                          plain.n, nonce, key);
    buf_wrote(out, need);
    sodium_memzero(key, sizeof(key));
    return 0;
}

int keyring_unseal(struct keyring *k, const unsigned char name[KEY_BYTES], struct slice sealed,
                   struct buf *out, struct err *e)
{
    unsigned char key[KEY_BYTES];
    if (keyring_get(k, name, false, key, e) < 0)
        return err_set(e, ERR_NOENT, "its key was destroyed");
    int r = 0;
    size_t need = sealed.n < SEAL_EXTRA ? 0 : sealed.n - SEAL_EXTRA, room;
    char *to = buf_reserve(out, need, &room);
    const unsigned char *from = (const unsigned char *)sealed.p;
    if (room < need)
        r = err_set(e, ERR_LIMIT, "%zu sealed bytes do not fit", need);
    else if (sealed.n < SEAL_EXTRA ||
             crypto_secretbox_open_easy((unsigned char *)to, from + crypto_secretbox_NONCEBYTES,
                                        sealed.n - crypto_secretbox_NONCEBYTES, from, key) != 0)
        r = err_set(e, ERR_CORRUPT, "sealed bytes are damaged");
    else
        buf_wrote(out, need);
    sodium_memzero(key, sizeof(key));
    return r;
}
