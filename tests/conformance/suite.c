/* Helper of the conformance drivers. See suite.h. */
#include "suite.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

const char *suite_path(struct arena *a, const char *tail)
{
    const char *dir = getenv("CONFORMANCE_DIR"), *source = getenv("MUSTER_SOURCE");
    if (dir && dir[0])
        return arena_cstr(a, arena_printf(a, "%s/%s", dir, tail));
    return arena_cstr(a,
                      arena_printf(a, "%s/../shared/conformance/%s", source ? source : ".", tail));
}

bool suite_exists(struct arena *a, const char *tail)
{
    FILE *f = fopen(suite_path(a, tail), "rb");
    if (f)
        fclose(f);
    return f != NULL;
}

struct slice suite_load(struct arena *a, const char *tail)
{
    FILE *f = fopen(suite_path(a, tail), "rb");
    if (f == NULL)
        return (struct slice){NULL, 0};
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    size_t n = size > 0 ? (size_t)size : 0;
    char *p = arena_bytes(a, n + 1);
    n = fread(p, 1, n, f);
    p[n] = '\0';
    fclose(f);
    return slice_of(p, n);
}

static char unpacked[64];

bool suite_unpack(struct arena *a, const char *tail)
{
    if (!suite_exists(a, tail))
        return false;
    snprintf(unpacked, sizeof(unpacked), "/tmp/muster-suite-XXXXXX");
    if (mkdtemp(unpacked) == NULL)
        return false;
    struct slice command = arena_printf(a, "tar -I zstd -C '%s' -xf '%s'", unpacked,
                                        suite_path(a, tail));
    if (system(arena_cstr(a, command)) != 0) {
        printf("%s: cannot be unpacked\n", tail);
        suite_pack_away();
        return false;
    }
    setenv("CONFORMANCE_DIR", unpacked, 1);
    return true;
}

void suite_pack_away(void)
{
    char command[128];
    snprintf(command, sizeof(command), "rm -rf '%s'", unpacked);
    if (unpacked[0] && system(command) != 0)
        printf("%s stays\n", unpacked);
    unpacked[0] = '\0';
}

static int by_name(const void *x, const void *y)
{
    return strcmp(*(const char *const *)x, *(const char *const *)y);
}

const char **suite_files(struct arena *a, const char *tail, const char *ending, size_t *out_n)
{
    size_t n = 0, room = 4096;
    const char **list = ARENA_ARRAY(a, const char *, room);
    DIR *d = opendir(suite_path(a, tail));
    for (struct dirent *e; d && (e = readdir(d)) != NULL && n < room;) {
        struct slice name = slice_str(e->d_name);
        if (name.p[0] != '.' && slice_ends(name, slice_str(ending)))
            list[n++] = arena_cstr(a, name);
    }
    if (d)
        closedir(d);
    qsort(list, n, sizeof(list[0]), by_name);
    *out_n = n;
    return list;
}

static void close_case(struct suite *s)
{
    if (!s->is_open)
        return;
    s->is_open = false;
    if (s->why && s->is_bad) {
        s->skipped++;
        printf("%s: exception %s: %s\n", s->name, s->label, s->why);
    } else if (s->why) {
        s->failed++;
        printf("%s: %s passes now: take its exception away\n", s->name, s->label);
    } else if (s->is_bad) {
        s->failed++;
    } else {
        s->passed++;
    }
}

void suite_case(struct suite *s, const char *label)
{
    close_case(s);
    s->is_open = true;
    s->is_bad = false;
    s->why = NULL;
    snprintf(s->label, sizeof(s->label), "%s", label);
    for (const struct suite_exception *e = s->exceptions; e && e->name; e++) {
        size_t n = strlen(e->name);
        bool is_prefix = n && e->name[n - 1] == '*';
        if (is_prefix ? strncmp(e->name, label, n - 1) == 0 : strcmp(e->name, label) == 0)
            s->why = e->why;
    }
}

void suite_differs(struct suite *s, const char *fmt, ...)
{
    s->is_bad = true;
    if (s->why && getenv("SUITE_VERBOSE") == NULL)
        return;
    printf("%s: %s: ", s->name, s->label);
    va_list ap;
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
}

void suite_skip(struct suite *s, const char *label, const char *why)
{
    close_case(s);
    s->skipped++;
    printf("%s: skipped %s: %s\n", s->name, label, why);
}

bool suite_end(struct suite *s)
{
    close_case(s);
    printf("%s: %u passed, %u failed, %u skipped\n", s->name, s->passed, s->failed, s->skipped);
    return s->failed == 0;
}
