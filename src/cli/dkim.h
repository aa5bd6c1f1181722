/* What the files of `muster dkim` share. */
#ifndef MUSTER_CLI_DKIM_H
#define MUSTER_CLI_DKIM_H

#include "auth/signing.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/dkim_dns.h"
#include "cli/say.h"
#include "node/config.h"

struct dkim_words {
    const char *config, *selector, *type, *out, *zone, *domain;
    int64_t bits, keep_days, wait_hours;
    bool as_json, is_arc;
    const char *authserv_id;
};

/* Each runs one word of the command; argv are its operands. The exit code. */
int dkim_run_keygen(const struct dkim_words *w, int argc, char **argv);
int dkim_run_list(const struct dkim_words *w, int argc, char **argv);
int dkim_run_rotate(const struct dkim_words *w, int argc, char **argv);
int dkim_run_sign(const struct dkim_words *w, int argc, char **argv);
int dkim_run_verify(const struct dkim_words *w, int argc, char **argv);

/* The settings as the words name them, or an error printed and its exit code. */
int dkim_config(struct arena *a, const struct dkim_words *w, struct conf **out_conf,
                struct signing **out);
/* The person's language, whatever the configuration is like; NULL: English. */
const struct lang *dkim_lang(struct arena *a, const struct dkim_words *w);
/* dkim_dns_look; without a resolver process that is said, and nothing was asked. */
MUST_USE int dkim_look(const struct dkim_words *w, const struct conf *conf,
                       struct dkim_wanted *list, size_t n, struct err *e);
/* A selector that says when the key was made: "r202611", "e202611". */
struct slice dkim_new_selector(struct arena *a, enum crypt_kind kind);
/* Makes a key, writes it to a new file with mode 0600, tells its record. */
MUST_USE int dkim_make_key(struct arena *a, enum crypt_kind kind, unsigned bits, const char *path,
                           struct err *e, struct slice *out_record);

#endif
