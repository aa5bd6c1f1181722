/* What crypt.c and crypt_private.c share. */
#ifndef MUSTER_AUTH_CRYPT_INTERNAL_H
#define MUSTER_AUTH_CRYPT_INTERNAL_H

#include "auth/crypt.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

/* Sets e to what libcrypto said last and empties its list. */
int crypt_error(struct err *e, int code, const char *doing);
int crypt_public_numbers(struct slice n, struct slice exponent, struct err *e,
                         struct crypt_public **out);

#endif
