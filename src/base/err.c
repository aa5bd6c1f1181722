/* Errors. See err.h. */
#include "base/err.h"

#include <stdarg.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int err_set(struct err *e, int code, const char *fmt, ...)
{
    if (e) {
        va_list ap;
        va_start(ap, fmt);
        e->code = code;
        vsnprintf(e->text, sizeof(e->text), fmt, ap);
        va_end(ap);
    }
    return code;
}

static int code_of(int no)
{
    switch (no) {
    case ENOSPC:
    case EDQUOT:
    case EROFS:
    case EFBIG:
        return ERR_FULL;
    case ENOENT:
        return ERR_NOENT;
    case EACCES:
    case EPERM:
        return ERR_DENIED;
    case EEXIST:
        return ERR_EXISTS;
    case ETIMEDOUT:
        return ERR_TIMEOUT;
    default:
        return ERR_IO;
    }
}

int err_errno(struct err *e, const char *fmt, ...)
{
    int no = errno;
    if (e) {
        char words[400];
        va_list ap;
        va_start(ap, fmt);
        vsnprintf(words, sizeof(words), fmt, ap);
        va_end(ap);
        e->code = code_of(no);
        snprintf(e->text, sizeof(e->text), "%s: %s", words, strerror(no));
    }
    return code_of(no);
}

int err_prefix(struct err *e, const char *fmt, ...)
{
    if (e == NULL)
        return ERR_IO;
    char words[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(words, sizeof(words), fmt, ap);
    va_end(ap);
    size_t used = strlen(words);
    size_t room = sizeof(words) - used;
    if (strlen(e->text) < room)
        memcpy(words + used, e->text, strlen(e->text) + 1);
    else
        memcpy(words + used, e->text, room - 1), words[sizeof(words) - 1] = '\0';
    memcpy(e->text, words, sizeof(words));
    return e->code;
}

const char *err_name(int code)
{
    static const char *const names[] = {"none",      "usage",   "parse",  "io",
                                        "not found", "exists",  "denied", "limit",
                                        "full",      "timeout", "closed", "corrupt"};
    int i = -code;
    return i >= 0 && i < (int)(sizeof(names) / sizeof(names[0])) ? names[i] : "unknown";
}

void err_bug(const char *file, int line, const char *why)
{
    char text[256];
    int n = snprintf(text, sizeof(text), "muster: internal error at %s:%d: %s\n", file, line, why);
    if (n > 0) {
        size_t len = (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1;
        if (write(STDERR_FILENO, text, len) < 0)
            abort();
    }
    abort();
}
