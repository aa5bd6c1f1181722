/* Spam changed as a spammer would change it, for measuring (see eval_attack.h): pure functions
 * from a message to the message with more in it, parsed again. Everything lies in the arena. */
#ifndef MUSTER_LEARN_ATTACK_MAIL_H
#define MUSTER_LEARN_ATTACK_MAIL_H

#include "mail/message.h"

/* `text` at the start of the first text part, or of every one. NULL when the first (or, for all,
 * each) is base64 or missing. */
struct message *attack_add_text(struct arena *a, const struct message *m, struct slice text,
                                bool in_all);
/* The headers of `ham` that a sender may copy, behind those of `m`. */
struct message *attack_add_headers(struct arena *a, const struct message *m,
                                   const struct message *ham);
/* The headers of `ham` in place of those of `m`, From and Received lines too; what says where
 * the message goes, its subject and the form of its body stay. */
struct message *attack_forge_headers(struct arena *a, const struct message *m,
                                     const struct message *ham);

#endif
