/* No collective guilt: what a judgement may be bound to, and how wide. */
#include "charter/charter.h"

bool charter_basis_ok(enum charter_basis b)
{
    switch (b) {
    case CHARTER_BY_MESSAGE:
    case CHARTER_BY_LINK:
    case CHARTER_BY_ADDRESS:
    case CHARTER_BY_DOMAIN:
    case CHARTER_BY_NETWORK:
        return true;
    case CHARTER_BY_PROVIDER:
    case CHARTER_BY_COUNTRY:
    case CHARTER_BY_LANGUAGE:
    case CHARTER_BY_SCRIPT:
    case CHARTER_BASES:
        break;
    }
    return false;
}

bool charter_network_ok(bool is_ipv6, int prefix)
{
    return is_ipv6 ? prefix >= 48 && prefix <= 128 : prefix >= 24 && prefix <= 32;
}

bool charter_override_ok(bool is_explicit, bool is_logged, int64_t now_us, int64_t ends_us)
{
    return is_explicit && is_logged && ends_us > now_us && ends_us - now_us <= CHARTER_OVERRIDE_US;
}
