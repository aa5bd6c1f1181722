/* Random bytes from the kernel, and a small repeatable generator for tests and sampling. */
#ifndef MUSTER_BASE_RAND_H
#define MUSTER_BASE_RAND_H

#include <stddef.h>
#include <stdint.h>

/* Fills p with n bytes fit for keys; aborts when the kernel gives none. */
void rand_bytes(void *p, size_t n);
/* Next number of a repeatable sequence (splitmix64); *state is any start value. */
uint64_t rand_next(uint64_t *state);
/* UUIDv7 (RFC 9562) from clock_now_us and random bits, in its 36-character form. */
void rand_uuid7(char out[37]);

#endif
