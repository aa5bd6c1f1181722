/* The library's folder in the store, and the objects that the program brings along. */
#include "node/keep_library.h"
#include "base/log.h"
#include "library/file.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int ship_one(struct keep *k, const json_t *o, struct arena *a, struct err *e)
{
    const char *id = json_string_value(json_object_get(o, "id"));
    const json_t *by = json_object_get(o, "by");
    struct library_by site = {.is_shipped = true,
                              .roles = ACTOR_OPERATOR,
                              .channel = SLICE("shipped"),
                              .organisation = keep_library_text(by, "organisation"),
                              .name = keep_library_text(by, "name"),
                              .speaks = CHARTER_ORGANISATION};
    struct event ev;
    struct slice made;
    json_t *body = json_object_get(o, "body");
    if (id && library_has(k->library, slice_str(id), body))
        return 0;
    int rc = library_propose(k->library, o, &site, a, e, &ev, &made);
    if (rc == 0 && id == NULL && library_has(k->library, made, body))
        return 0;
    return rc ? rc : store_append(k->store, &ev, e, NULL);
}

static int ship_file(struct keep *k, struct slice text, struct err *e)
{
    struct arena *a = arena_new(0);
    json_t *list, *o;
    size_t i;
    int rc = library_file_read(text, e, &list);
    if (rc == 0) {
        json_array_foreach(list, i, o)
        {
            struct err one = {0};
            if ((rc = ship_one(k, o, a, &one)) < 0) {
                const char *id = json_string_value(json_object_get(o, "id"));
                *e = one;
                err_prefix(e, "%s: ", id ? id : "object");
                log_event(LOG_WARN, "library_shipped", "error", LOG_S(e->text), NULL);
                rc = 0; /* the others are good */
            }
        }
        json_decref(list);
        rc = store_commit(k->store, true, e);
    }
    arena_free(a);
    return rc;
}

/* Once per start, at the first question: what this program brought and the library has not. Not
 * at the start itself, since most acts of a command line never ask the library. */
void keep_library_ready(struct question *q)
{
    struct keep *k = q->k;
    struct err e = {0};
    if (!k->library_ready) {
        k->library_ready = true;
        for (size_t i = 0; i < k->n_shipped; i++) {
            if (k->shipped[i].n && ship_file(k, k->shipped[i], &e) < 0)
                log_event(LOG_WARN, "library_shipped", "error", LOG_S(e.text), NULL);
        }
    }
    question_fold(q);
}

static struct slice map_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    void *p = MAP_FAILED;
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_size > 0 && st.st_size < LIBRARY_FILE_MOST)
        p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    if (fd >= 0)
        close(fd);
    return p == MAP_FAILED ? SLICE("") : slice_of(p, (size_t)st.st_size);
}

static int is_json(const struct dirent *d)
{
    return d->d_name[0] != '.' && slice_ends(slice_str(d->d_name), SLICE(".json"));
}

void keep_library_open(struct keep *k)
{
    struct slice first = slice_str(node_shipped(k->arena, SLICE(""), "library/10-resources.json"));
    const char *dir = arena_cstr(k->arena, slice_head(first, slice_rchr(first, '/')));
    struct dirent **names;
    int n = scandir(dir, &names, is_json, alphasort);
    k->library = library_new();
    k->shipped = ARENA_ARRAY(k->arena, struct slice, n > 0 ? (size_t)n : 1);
    for (int i = 0; i < n; i++) {
        struct slice text = map_file(arena_printf(k->arena, "%s/%s", dir, names[i]->d_name).p);
        if (text.n)
            k->shipped[k->n_shipped++] = text;
        free(names[i]);
    }
    if (n >= 0)
        free(names);
}

void keep_library_close(struct keep *k)
{
    for (size_t i = 0; i < k->n_shipped; i++)
        munmap((void *)(uintptr_t)k->shipped[i].p, k->shipped[i].n);
    library_free(k->library);
    k->library = NULL;
    k->n_shipped = 0;
}
