/* Compiler attributes by plain names (C17 has no [[...]]). */
#ifndef MUSTER_BASE_ATTR_H
#define MUSTER_BASE_ATTR_H

#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define SENTINEL               __attribute__((sentinel))
#define MUST_USE               __attribute__((warn_unused_result))
#define UNUSED                 __attribute__((unused))
#define TARGET(instructions)   __attribute__((target(instructions)))

#endif
