/* JSON writer. See json.h. */
#include "base/json.h"
#include "base/err.h"
#include "base/escape.h"

#include <math.h>
#include <stdio.h>

static void begin(struct json *j, const char *name)
{
    if (j->has_item[j->depth])
        buf_chr(j->out, ',');
    j->has_item[j->depth] = true;
    if (name) {
        buf_chr(j->out, '"');
        escape_add(j->out, ESCAPE_JSON, slice_str(name), 0);
        buf_str(j->out, "\":");
    }
}

static void open_level(struct json *j, const char *name, char c)
{
    begin(j, name);
    buf_chr(j->out, c);
    if (++j->depth >= JSON_DEPTH)
        BUG("JSON nested too deep");
    j->has_item[j->depth] = false;
}

static void close_level(struct json *j, char c)
{
    if (--j->depth < 0)
        BUG("JSON closed too often");
    buf_chr(j->out, c);
}

void jsonw_object(struct json *j, const char *name)
{
    open_level(j, name, '{');
}

void jsonw_object_end(struct json *j)
{
    close_level(j, '}');
}

void jsonw_array(struct json *j, const char *name)
{
    open_level(j, name, '[');
}

void jsonw_array_end(struct json *j)
{
    close_level(j, ']');
}

void jsonw_text(struct json *j, const char *name, struct slice value)
{
    begin(j, name);
    buf_chr(j->out, '"');
    escape_add(j->out, ESCAPE_JSON, value, 0);
    buf_chr(j->out, '"');
}

void jsonw_cstr(struct json *j, const char *name, const char *value)
{
    if (value)
        jsonw_text(j, name, slice_str(value));
    else
        jsonw_null(j, name);
}

void jsonw_int(struct json *j, const char *name, int64_t value)
{
    char text[24], *p = text + sizeof(text);
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;
    do {
        *--p = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        *--p = '-';
    begin(j, name);
    buf_add(j->out, slice_of(p, (size_t)(text + sizeof(text) - p)));
}

/* "%.*f" for up to six digits of a number of usual size: printf(3) calculates with hundreds of
 * digits (2 % of a scan). false when the last digit would be near a tie, which printf rounds by
 * all the bits of the number, or the number is large. */
static bool print_fixed(char text[32], int digits, double value, int *out_n)
{
    static const double powers[] = {1, 10, 100, 1e3, 1e4, 1e5, 1e6};
    if (digits < 0 || digits > 6 || fabs(value) >= 1e8)
        return false;
    double scaled = fabs(value) * powers[digits];
    uint64_t v = (uint64_t)scaled;
    double rest = scaled - (double)v;
    if (fabs(rest - 0.5) < 1e-6)
        return false;
    v += rest > 0.5;
    char *end = text + 32, *p = end;
    for (int i = 0; v || i <= digits; i++) {
        if (i == digits && digits > 0)
            *--p = '.';
        *--p = (char)('0' + v % 10);
        v /= 10;
    }
    if (signbit(value))
        *--p = '-';
    *out_n = (int)(end - p);
    memmove(text, p, (size_t)*out_n);
    return true;
}

void jsonw_num(struct json *j, const char *name, double value, int digits)
{
    if (!isfinite(value)) {
        jsonw_null(j, name);
        return;
    }
    char text[400];
    int n;
    if (!print_fixed(text, digits, value, &n))
        n = snprintf(text, sizeof(text), "%.*f", digits, value);
    while (digits > 0 && n > 1 && text[n - 1] == '0')
        n--;
    if (digits > 0 && text[n - 1] == '.')
        n--;
    if (n == 2 && text[0] == '-' && text[1] == '0')
        n = 1, text[0] = '0';
    begin(j, name);
    buf_add(j->out, slice_of(text, (size_t)n));
}

void jsonw_bool(struct json *j, const char *name, bool value)
{
    begin(j, name);
    buf_str(j->out, value ? "true" : "false");
}

void jsonw_null(struct json *j, const char *name)
{
    begin(j, name);
    buf_str(j->out, "null");
}

void jsonw_raw(struct json *j, const char *name, struct slice value)
{
    begin(j, name);
    buf_add(j->out, value);
}

int json_depth(struct slice s)
{
    int depth = 0, most = 0;
    bool in_text = false;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (in_text) {
            if (c == '\\')
                i++;
            else if (c == '"')
                in_text = false;
        } else if (c == '"') {
            in_text = true;
        } else if (c == '{' || c == '[') {
            most = ++depth > most ? depth : most;
        } else if (c == '}' || c == ']') {
            depth--;
        }
    }
    return most;
}
