/* Message catalogues: GNU .mo files, mapped, one per language; looked up per request, because
 * gettext(3) is process-global. The message id is the English sentence. */
#ifndef MUSTER_BASE_LANG_H
#define MUSTER_BASE_LANG_H

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

struct lang;

/* Maps a .mo file (at most 8 MiB); bounded and checked, a bad file is ERR_CORRUPT. */
MUST_USE int lang_open(const char *path, struct err *e, struct lang **out);
/* The same over bytes that outlive the catalogue. */
MUST_USE int lang_of_bytes(struct slice bytes, struct err *e, struct lang **out);
void lang_close(struct lang *l);
/* The translation, or msgid itself when l is NULL or has none. */
const char *lang_text(const struct lang *l, const char *msgid);
/* Writes the translation with its one %s replaced by `filling` (escape it first) and %% by %.
 * Never passes foreign text to printf; a translation whose place holders differ from the
 * original's is not used. */
void lang_fill(const struct lang *l, const char *msgid, struct slice filling, struct buf *out);

/* Marks a sentence for xgettext. */
#define N_(s) s

#endif
