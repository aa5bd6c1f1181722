/* Structured log lines: time, process, level, event name, key=value pairs.
 *
 * One line per event on stderr (journald or the terminal picks it up). Values pass through
 * the escaper and are quoted when they need it; there is no other way to log, so foreign
 * bytes cannot forge a line. Never log secrets or message text.
 *
 *   log_event(LOG_INFO, "scan", "id", LOG_S(id), "score", LOG_F(7.3), NULL);
 */
#ifndef MUSTER_BASE_LOG_H
#define MUSTER_BASE_LOG_H

#include "base/attr.h"
#include "base/slice.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

enum log_kind { LOG_KIND_TEXT, LOG_KIND_INT, LOG_KIND_NUM };

struct log_value {
    enum log_kind kind;
    struct slice text;
    int64_t i;
    double f;
};

#define LOG_T(s) (&(struct log_value){.kind = LOG_KIND_TEXT, .text = (s)})
#define LOG_S(s) (&(struct log_value){.kind = LOG_KIND_TEXT, .text = slice_str(s)})
#define LOG_I(n) (&(struct log_value){.kind = LOG_KIND_INT, .i = (int64_t)(n)})
#define LOG_F(x) (&(struct log_value){.kind = LOG_KIND_NUM, .f = (x)})

/* Name of this process in each line ("scanner-1"), the lowest level shown, and where lines go
 * (-1: nowhere; default stderr). The name is copied. */
void log_init(const char *process, enum log_level lowest, int fd);
/* Pairs of key (C string of ours) and value until NULL. */
SENTINEL void log_event(enum log_level level, const char *event, ...);
bool log_shows(enum log_level level);

#endif
