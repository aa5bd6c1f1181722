/* The default limits. See limits.h. */
#include "mail/limits.h"

const struct mail_limits MAIL_LIMITS = {
    .message_bytes = 50u << 20,
    .header_bytes = 1u << 20,
    .header_fields = 2000,
    .field_bytes = 128u << 10,
    .parts = 1000,
    .depth = 30,
    .params = 200,
    .addresses = 2000,
    .encoded_words = 4000,
    .readings = 16,
    .names = 16,
    .decoded_bytes = 96u << 20,
    .text_bytes = 8u << 20,
    .html_bytes = 4u << 20,
    .html_depth = 256,
    .links = 4000,
    .wide_hosts = 50,
    .url_bytes = 8u << 10,
    .inline_files = 50,
};
