/* Questions of the command line. See inquiry.h. */
#include "cli/inquiry.h"
#include "base/clock.h"
#include "base/escape.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- reading ---- */

bool inquiry_when(const char *text, int64_t now_s, bool is_end, int64_t *out_s)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    int year, month, day;
    char end, unit;
    unsigned n;
    if (sscanf(text, "%4d-%2d-%2d%c", &year, &month, &day, &end) == 3) {
        if (year < 1970 || month < 1 || month > 12 || day < 1 || day > 31)
            return false;
        /* days from civil, after the proleptic Gregorian calendar: March begins the year */
        int64_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
        int64_t days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 719469;
        *out_s = days * 86400 + (is_end ? 86399 : 0);
        return true;
    }
    if (text[0] < '0' || text[0] > '9' || sscanf(text, "%6u%c%c", &n, &unit, &end) != 2)
        return false;
    for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
        if (units[i].letter == unit) {
            *out_s = now_s - (int64_t)n * units[i].seconds;
            return true;
        }
    }
    return false;
}

static bool read_int(const char *text, int64_t *out)
{
    char *end;
    *out = strtoll(text, &end, 10);
    return *text && *end == '\0';
}

/* The value as a member; NULL: not well formed. */
static json_t *value_of(enum inquiry_kind kind, const char *text)
{
    int64_t n = 0;
    char *end;
    double v;
    switch (kind) {
    case INQUIRY_INT:
        return read_int(text, &n) ? json_integer(n) : NULL;
    case INQUIRY_NUM:
        v = strtod(text, &end);
        return *text && *end == '\0' && isfinite(v) ? json_real(v) : NULL;
    case INQUIRY_TRUE:
        return json_true();
    case INQUIRY_SINCE:
    case INQUIRY_UNTIL:
        return inquiry_when(text, clock_now_us() / 1000000, kind == INQUIRY_UNTIL, &n)
                   ? json_integer(n)
                   : NULL;
    default:
        return json_string(text);
    }
}

static int take_option(struct inquiry *q, const struct inquiry_member *m, int o, const char *text)
{
    static const char *const wanted[] = {[INQUIRY_TEXT] = "text in UTF-8",
                                         [INQUIRY_INT] = "a whole number",
                                         [INQUIRY_NUM] = "a number",
                                         [INQUIRY_SINCE] = "45m, 3h, 2d, 1w or a day 2026-11-22",
                                         [INQUIRY_UNTIL] = "45m, 3h, 2d, 1w or a day 2026-11-22",
                                         [INQUIRY_OWN] = "text in UTF-8"};
    if (m->kind == INQUIRY_CONFIG) {
        q->config = text;
    } else if (m->kind == INQUIRY_JSON) {
        q->as_json = true;
    } else {
        json_t *v = value_of(m->kind, text);
        if (v == NULL)
            return command_error(q->command, EXIT_USAGE, "--%s takes %s, not '%s'",
                                 q->command->options[o].name, wanted[m->kind], text);
        if (m->kind != INQUIRY_OWN) {
            json_object_set_new(q->args, m->name, v);
        } else { /* may be given more than once */
            json_t *all = json_object_get(q->args, m->name);
            if (all == NULL)
                json_object_set_new(q->args, m->name, all = json_array());
            json_array_append_new(all, v);
        }
    }
    return EXIT_FINE;
}

int inquiry_read(const struct command *c, const struct inquiry_member *members, int argc,
                 char **argv, struct inquiry *out, bool *out_is_over)
{
    struct option_reader r = {.command = c, .argc = argc, .argv = argv};
    *out = (struct inquiry){.command = c, .args = json_object()};
    *out_is_over = false;
    for (;;) {
        int o = option_next(&r);
        if (o == OPTION_HELP) {
            *out_is_over = true;
            return EXIT_FINE;
        }
        if (o == OPTION_BAD)
            return EXIT_USAGE;
        if (o != OPTION_END) {
            int code = take_option(out, &members[o], o, r.value);
            if (code != EXIT_FINE)
                return code;
            continue;
        }
        for (; r.at < argc; r.at++) {
            if (out->n == INQUIRY_WORDS)
                return command_error(c, EXIT_USAGE, "'%s' is one word too many", argv[r.at]);
            out->word[out->n++] = argv[r.at];
        }
        return EXIT_FINE;
    }
}

void inquiry_end(struct inquiry *q)
{
    json_decref(q->args);
    q->args = NULL;
}

void inquiry_rest(struct inquiry *q, int n, const char *member)
{
    struct buf b = BUF_INIT(64 * 1024);
    for (int i = n; i < q->n; i++)
        buf_printf(&b, "%s%s", i > n ? " " : "", q->word[i]);
    json_t *text = json_string(buf_cstr(&b)); /* NULL: not UTF-8 */
    buf_fini(&b);
    json_object_set_new(q->args, member, text ? text : json_string("\xef\xbf\xbd"));
}

bool inquiry_is_verb(const struct inquiry *q, const char *word, const char *const *verbs)
{
    struct buf all = BUF_INIT(1024);
    for (int i = 0; verbs[i]; i++) {
        if (strcmp(verbs[i], word) == 0) {
            buf_fini(&all);
            return true;
        }
        buf_printf(&all, "%s%s", i == 0 ? "" : verbs[i + 1] ? ", " : " or ", verbs[i]);
    }
    const char *near = conf_nearest(slice_str(word), verbs);
    command_error(q->command, EXIT_USAGE,
                  near ? "unknown word '%s'; did you mean '%s'?" : "unknown word '%s'; say %s",
                  word, near ? near : buf_cstr(&all));
    buf_fini(&all);
    return false;
}

/* ---- asking ---- */

int inquiry_ask(const struct inquiry *q, const char *path, json_t **out_answer)
{
    struct err e = {0};
    struct actor a;
    json_error_t je;
    *out_answer = NULL;
    int code = actor_open(q->command, q->config, &a);
    if (code != EXIT_FINE)
        return code;
    char *args = json_dumps(q->args, JSON_COMPACT);
    if (actor_ask(&a, path, slice_str(args ? args : "{}"), &e) < 0)
        code = command_fail(q->command, &e);
    else if ((*out_answer = json_loadb(a.answer.p, a.answer.n, 0, &je)) == NULL)
        code = command_error(q->command, EXIT_FAILED, "the answer is not well formed");
    free(args);
    actor_close(&a);
    return code;
}

int inquiry_run(const struct inquiry *q, const char *path, const char *rows,
                void (*row)(const json_t *))
{
    json_t *answer;
    int code = inquiry_ask(q, path, &answer);
    if (answer)
        inquiry_print(q, answer, rows, row);
    json_decref(answer);
    return code;
}

/* ---- printing ---- */

void inquiry_print(const struct inquiry *q, const json_t *answer, const char *rows,
                   void (*row)(const json_t *))
{
    const json_t *one;
    size_t i;
    if (q->as_json) {
        char *text = json_dumps(answer, JSON_COMPACT);
        printf("%s\n", text ? text : "{}");
        free(text);
    } else if (rows == NULL) {
        inquiry_tree(answer, 0);
    } else {
        json_array_foreach(json_object_get(answer, rows), i, one) row(one);
        if (json_array_size(json_object_get(answer, rows)) == 0)
            printf("none\n");
    }
}

static void add_value(struct buf *b, const json_t *v)
{
    if (json_is_string(v))
        escape_add(b, ESCAPE_TERM, slice_str(json_string_value(v)), 200);
    else if (json_is_integer(v))
        buf_printf(b, "%lld", (long long)json_integer_value(v));
    else if (json_is_real(v))
        buf_printf(b, "%.1f", json_real_value(v));
    else if (json_is_boolean(v))
        buf_str(b, json_is_true(v) ? "yes" : "no");
}

void inquiry_put(const json_t *j, const char *key, int width)
{
    struct buf b = BUF_INIT(4096);
    add_value(&b, json_object_get(j, key));
    printf("%-*s  ", width, buf_cstr(&b));
    buf_fini(&b);
}

void inquiry_put_head(const json_t *j, const char *key, int most)
{
    struct buf b = BUF_INIT(4096);
    add_value(&b, json_object_get(j, key));
    printf("%-*.*s  ", most, most, buf_cstr(&b));
    buf_fini(&b);
}

void inquiry_put_score(const json_t *j, const char *key)
{
    printf("%-6.1f  ", json_number_value(json_object_get(j, key)));
}

static void put_row(const json_t *item)
{
    const char *key;
    const json_t *v;
    if (!json_is_object(item)) {
        struct buf b = BUF_INIT(4096);
        add_value(&b, item);
        printf(" %s", buf_cstr(&b));
        buf_fini(&b);
    }
    json_object_foreach((json_t *)item, key, v)
    {
        printf(" %s=", key);
        inquiry_put(item, key, 0);
    }
    putchar('\n');
}

void inquiry_tree(const json_t *j, int depth)
{
    const char *key;
    const json_t *v, *item;
    size_t i;
    json_object_foreach((json_t *)j, key, v)
    {
        printf("%*s%s:", depth * 2, "", key);
        if (json_is_object(v)) {
            putchar('\n');
            inquiry_tree(v, depth + 1);
        } else if (json_is_array(v)) {
            putchar('\n');
            json_array_foreach(v, i, item)
            {
                printf("%*s-", depth * 2 + 1, "");
                put_row(item);
            }
        } else {
            putchar(' ');
            inquiry_put(j, key, 0);
            putchar('\n');
        }
    }
}
