/* Structured log. See log.h. */
#include "base/log.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/escape.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_MAX_BYTES  4096
#define VALUE_MAX_BYTES 512

static struct {
    char process[32];
    enum log_level lowest;
    int fd;
} log_state = {"muster", LOG_INFO, STDERR_FILENO};

void log_init(const char *process, enum log_level lowest, int fd)
{
    snprintf(log_state.process, sizeof(log_state.process), "%s", process);
    log_state.lowest = lowest;
    log_state.fd = fd;
}

bool log_shows(enum log_level level)
{
    return level <= log_state.lowest && log_state.fd >= 0;
}

static bool needs_quotes(struct slice s)
{
    if (s.n == 0)
        return true;
    for (size_t i = 0; i < s.n; i++) {
        if (!ascii_is_alnum(s.p[i]) && strchr("-_.:/@+,<>%[]", s.p[i]) == NULL)
            return true;
    }
    return false;
}

static void add_value(struct buf *b, const struct log_value *v)
{
    if (v->kind == LOG_KIND_INT) {
        buf_printf(b, "%lld", (long long)v->i);
    } else if (v->kind == LOG_KIND_NUM) {
        buf_printf(b, "%.3f", v->f);
    } else if (needs_quotes(v->text)) {
        buf_chr(b, '"');
        escape_add(b, ESCAPE_LOG, v->text, VALUE_MAX_BYTES);
        buf_chr(b, '"');
    } else {
        escape_add(b, ESCAPE_LOG, v->text, VALUE_MAX_BYTES);
    }
}

void log_event(enum log_level level, const char *event, ...)
{
    static const char *const names[] = {"error", "warn", "info", "debug"};
    if (!log_shows(level))
        return;
    struct buf b = BUF_INIT(LINE_MAX_BYTES);
    char when[32];
    buf_printf(&b, "%s %s[%d] %s %s", clock_rfc3339(clock_now_us(), when), log_state.process,
               (int)getpid(), names[level], event);
    va_list ap;
    va_start(ap, event);
    for (const char *key = va_arg(ap, const char *); key; key = va_arg(ap, const char *)) {
        const struct log_value *v = va_arg(ap, const struct log_value *);
        buf_printf(&b, " %s=", key);
        add_value(&b, v);
    }
    va_end(ap);
    b.max++; /* the line end always fits */
    buf_chr(&b, '\n');
    ssize_t ignored = write(log_state.fd, b.p, b.n);
    (void)ignored; /* a log that cannot be written must not stop the work */
    buf_fini(&b);
}
