/* Proof of control over what is listed, by publishing a word of ours: as a TXT record below a
 * reserved name (RFC 8552), or as a file under /.well-known/ (RFC 8615). Pure functions; who looks
 * is node/prover.c.
 *
 * The words are no secret: that they stand there is the proof, whoever asked for the look.
 */
#ifndef MUSTER_DESK_PROOF_H
#define MUSTER_DESK_PROOF_H

#include "base/arena.h"
#include "journal/listed.h"

enum proof_method {
    PROOF_MAIL, /* a secret sent to the role mailbox */
    PROOF_DNS,
    PROOF_WEB,
    PROOFS
};
const char *proof_method_name(enum proof_method m);
bool proof_method_parse(struct slice word, enum proof_method *out);

/* "_muster-appeal.shop.example"; of addresses and networks in their reverse zone. false: DNS has no
 * zone of just that. value as listed_plain gives it. */
bool proof_dns_name(struct arena *a, enum listed_kind k, struct slice value, struct slice *out);
/* The host whose web server shows control; false: none does. */
bool proof_host(enum listed_kind k, struct slice value, struct slice *out);
/* "/.well-known/muster-appeal/CODE" of an appeal. */
struct slice proof_path(struct arena *a, const unsigned char appeal[16]);
/* "muster-appeal=..." from 16 bytes that stand for the appeal. */
struct slice proof_words(struct arena *a, const unsigned char token[16]);
/* Does a line of the text say exactly these words? Blanks around it and quotes do not count. */
bool proof_says(struct slice text, struct slice words);

#endif
